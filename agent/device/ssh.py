"""SSH to a Nexus: netmiko opens and authenticates, the reading is our own.

Every read ends at the prompt of the known hostname after our own echo, never at a bare ``#``: progress bars
(``[####] 100%``), ``#Generating Rollback Patch`` and banners hold that character.
"""

from __future__ import annotations

import codecs
import io
import re
import time
from typing import cast

from paramiko import Channel
from paramiko.ssh_exception import SSHException
from scp import SCPClient, SCPException

from agent.device.access import Access
from agent.device.blocks import Block, split_blocks
from agent.device.hearing import Hear, unheard
from agent.device.login import open_netmiko
from agent.device.paste import handfuls, split_replies
from agent.device.replies import refusal_of_command, refusal_of_line
from agent.errors import CommandRejectedError, DeviceError, NotNexusError, UnreachableError

_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,62}"
_MODE = r"(?:\([A-Za-z0-9_.\-/@:+ ]{1,48}\))*"
_ANY_PROMPT = re.compile(rf"(?:^|\n)(?P<host>{_NAME}){_MODE}# ?$")
_FIRST_PROMPT = re.compile(rf"terminal length 0\n+(?P<host>{_NAME}){_MODE}# ?$")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_QUESTION = re.compile(r"[^\n]*\(y(?:es)?/no?(?:/cancel)?\)\s*\??\s*(?:\[\w*\])?\s*$")
_RETURNS = re.compile(r"\r+\n\r*")
_TAIL = 2000
_SILENCE_SECONDS = 1.0
_WAITS = re.compile(r"Enter TEXT message\.[^\n]*\n?(?:> ?)?$")
_STAGE = "configure dual-stage"
_RENAMES = re.compile(r"\s*(?:no )?(?:hostname|switchname)\b")
_COMMITTED = re.compile(r"^Configuration committed by ", re.MULTILINE)
_MOVES_CONFIG = re.compile(r"(rollback running-config|configure replace) ")


class SshTransport:
    """An interactive session in exec mode; satisfies ``Transport``."""

    def __init__(self, access: Access) -> None:
        """Log in and learn the hostname; raises UnreachableError, LoginRefusedError or NotNexusError."""
        self._access = access
        self._session = open_netmiko(access)
        self._channel = cast("Channel", self._session.remote_conn)
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._host = ""
        self.hear: Hear = unheard
        try:
            self._learn()
        except DeviceError:
            self.close()
            raise

    @property
    def name(self) -> str:
        return self._access.name

    def run(self, command: str) -> str:
        """Output of one exec command; raises CommandRejectedError, UnreachableError."""
        prompt = _ANY_PROMPT if _MOVES_CONFIG.match(command) else None
        reply = self._ask(command, prompt)
        if words := refusal_of_command(reply):
            raise CommandRejectedError(self.name, f"refuses '{command}': {words}", hint="check the release")
        return reply

    def store(self, name: str, text: str) -> None:
        """Put a file on bootflash by SCP; raises CommandRejectedError when the switch does not take it."""
        under = self._session.remote_conn_pre
        transport = under.get_transport() if under is not None else None
        if transport is None:
            raise self._lost(f"storing {name}")
        try:
            with SCPClient(transport, socket_timeout=self._access.timeout_seconds) as client:
                client.putfo(io.BytesIO(text.encode()), f"bootflash:{name}")
        except (SCPException, SSHException, OSError, EOFError) as exc:
            problem = f"does not take the file {name} by SCP ({exc})"
            raise CommandRejectedError(self.name, problem, hint="is 'feature scp-server' on?") from exc

    def configure(self, lines: tuple[str, ...]) -> None:
        """Send the lines one by one from config mode; raises CommandRejectedError at the first bad reply."""
        self._expect_clean("configure terminal", self._ask("configure terminal"))
        try:
            for block in split_blocks(lines):
                if block.lines[0].strip():
                    self._send(block, len(lines))
        except CommandRejectedError:
            self._ask("end")
            raise
        self._ask("end")

    def stage(self, lines: tuple[str, ...], seconds: int) -> None:
        """Commit the lines on trial; raises CommandRejectedError when one is refused; none counts then."""
        self._expect_clean(_STAGE, self._ask(_STAGE))
        try:
            if not self._paste(lines):  # once more, one by one: the switch says itself what it does not take
                self._ask("abort")
                self._expect_clean(_STAGE, self._ask(_STAGE))
                for block in split_blocks(lines):
                    if block.lines[0].strip():
                        self._send(block, len(lines))
            self._commit(f"commit confirmed {seconds}", silence=False)
        except CommandRejectedError:
            self._ask("abort")
            raise
        self._ask("end")

    def confirm_stage(self) -> None:
        """Make the commit on trial stand; raises CommandRejectedError."""
        self._expect_clean(_STAGE, self._ask(_STAGE))
        self._commit("commit", silence=True)
        self._ask("end")

    def _paste(self, lines: tuple[str, ...]) -> bool:
        """Whether all lines were taken, several to a turn. Only for a buffer: a refusal harms nothing."""
        if any(block.banner or _RENAMES.match(block.lines[0]) for block in split_blocks(lines)):
            return False
        for hand in handfuls(lines):
            self._write("".join(f"{line}\n" for line in hand))
            text = self._read(_prompt_of(self._host), hand[0], self._access.timeout_seconds, turns=len(hand))
            replies = split_replies(text, hand, _any_of(self._host))
            for line, reply in zip(hand, replies or (text,), strict=False):
                self.hear(line, reply)
            if replies is None or any(refusal_of_line(reply) for reply in replies):
                return False
        return True

    def _commit(self, command: str, *, silence: bool) -> None:
        reply = self._ask(command, _ANY_PROMPT)
        if not _COMMITTED.search(reply) and (reply.strip() or not silence):
            words = refusal_of_line(reply) or "no words"
            hint = "see: show configuration commit list"
            raise CommandRejectedError(self.name, f"'{command}' was not accepted: {words}", hint=hint)

    def close(self) -> None:
        """End the session."""
        self._session.disconnect()

    def _send(self, block: Block, total: int) -> None:
        first = block.lines[0]
        if block.banner:
            reply = self._send_banner(block.lines)
        else:
            reply = self._ask(first, _ANY_PROMPT if _RENAMES.match(first) else None)
        if words := refusal_of_line(reply):
            raise CommandRejectedError(
                self.name,
                f"line {block.position} of {total} '{self._shown(first)}' was not accepted: {words}",
                hint="correct the intent or the template, then plan again",
            )

    def _send_banner(self, lines: tuple[str, ...]) -> str:
        """Reply to a banner. Its text goes out only once the switch waits for it: else it would be typed."""
        self._write(lines[0] + "\n")
        ours = _prompt_of(self._host)
        try:
            text = self._read(re.compile(f"{_WAITS.pattern}|{ours.pattern}"), lines[0], _SILENCE_SECONDS)
        except UnreachableError:
            text = ""  # some releases wait without a word; one that refuses shows its prompt
        if ours.search(text):
            return _without_echo(ours.sub("", text), lines[0]) + "it does not wait for the text"
        self._write("\n".join(lines[1:]) + "\n")
        text = self._read(ours, lines[-1], self._access.timeout_seconds)
        reply = _without_text(ours.sub("", text), lines)
        self.hear("\n".join(lines), reply)
        return reply

    def _expect_clean(self, command: str, reply: str) -> None:
        if words := refusal_of_line(reply):
            hint = "check the role of the user and that nobody holds the configuration lock"
            raise CommandRejectedError(self.name, f"'{command}' was not accepted: {words}", hint=hint)

    def _learn(self) -> None:
        """Quieten the terminal and find the hostname, anchored on the echo of our own last command."""
        self._write("terminal width 511\nterminal length 0\n")
        try:
            found = self._read(_FIRST_PROMPT, "terminal length 0", min(self._access.timeout_seconds, 15.0))
        except UnreachableError as exc:
            raise NotNexusError(
                self.name,
                f"{self._access.host} port {self._access.port} lets us in, but shows no NX-OS prompt",
                hint="check the address in hosts.yaml",
            ) from exc
        if match := _FIRST_PROMPT.search(found):
            self._host = match["host"]
        if not re.search(r"NX-OS|Cisco Nexus Operating System", self._ask("show version")):
            raise NotNexusError(
                self.name,
                f"{self._access.host} port {self._access.port} is not NX-OS by its 'show version'",
                hint="check the address and the platform in hosts.yaml",
            )
        self._ask("terminal dont-ask")

    def _ask(self, command: str, prompt: re.Pattern[str] | None = None) -> str:
        """Reply to a command without echo and prompt; ``prompt`` overrides the known hostname's."""
        ours = _prompt_of(self._host)
        self._write(command + "\n")
        text = self._read(prompt or ours, command, self._access.patience(command))
        match = (prompt or ours).search(text)
        if prompt and match and match["host"] != self._host:
            self._host = match["host"]
            self._write("\n")
            self._read(_prompt_of(self._host), "", self._access.timeout_seconds)
        reply = _without_echo(text[: match.start("host")] if match else text, command)
        self.hear(command, reply)
        return reply

    def _write(self, text: str) -> None:
        try:
            self._channel.sendall(text.encode())
        except OSError as exc:
            raise self._lost("sending") from exc

    def _read(self, prompt: re.Pattern[str], command: str, seconds: float, turns: int = 1) -> str:
        """All text up to a prompt that stands at the end, after the echo of the command.

        ``turns`` is how many prompts there must be, where several lines were sent at once.
        """
        deadline = time.monotonic() + seconds
        pieces: list[str] = []
        while True:
            self._channel.settimeout(max(deadline - time.monotonic(), 0.01))
            try:
                data = self._channel.recv(65536)
            except TimeoutError as exc:
                raise UnreachableError(
                    self.name,
                    f"no prompt within {seconds:.0f} s after '{self._shown(command)}'",
                    hint="check the load of the switch, or raise MOULIN_TIMEOUT_SECONDS",
                ) from exc
            if not data:
                raise self._lost(f"'{self._shown(command)}'")
            pieces.append(self._decoder.decode(data))
            tail = _clean(_end_of(pieces))
            if prompt.search(tail):
                text = _clean("".join(pieces))
                if _echoed(text, command) and (turns == 1 or len(_any_of(self._host).findall(text)) >= turns):
                    return text
            elif question := _QUESTION.search(tail):
                self._decline(question[0], command)

    def _shown(self, command: str) -> str:
        return self._access.mask(command.split("\n", 1)[0]).strip()

    def _decline(self, question: str, command: str) -> None:
        self._write("n\n")
        raise CommandRejectedError(
            self.name,
            f"'{self._shown(command)}' asks back: {question.strip()}",
            hint="answered no; do this one by hand or leave it out of the intent",
        )

    def _lost(self, doing: str) -> UnreachableError:
        return UnreachableError(
            self.name, f"the session ended during {doing}", hint="check the path to the switch"
        )


def _end_of(pieces: list[str]) -> str:
    """The last 2000 characters or so: a prompt or a question stands there."""
    if len(pieces[-1]) >= _TAIL:
        return pieces[-1][-_TAIL:]
    return "".join(pieces[-8:])[-_TAIL:]


def _clean(text: str) -> str:
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    if "\r" in text:
        text = _RETURNS.sub("\n", text).replace("\r", "\n")
    return text.replace("\x00", "")


def _prompt_of(host: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|\n)(?P<host>{re.escape(host)}){_MODE}# ?$")


def _any_of(host: str) -> re.Pattern[str]:
    """Its prompt, wherever it stands in a line: an echo may follow."""
    return re.compile(rf"(?:^|\n){re.escape(host)}{_MODE}# ?")


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _echoed(text: str, command: str) -> bool:
    """Whether the switch has taken in the first line of the command: it always echoes."""
    wanted = _squeezed(command.split("\n", 1)[0])
    return wanted in _squeezed(text[:_TAIL]) or wanted in _squeezed(text)


def _without_echo(text: str, command: str) -> str:
    r"""The text after the echo of the command; an echo that the terminal wrapped is found too.

    >>> _without_echo("show clock\n12:00\n", "show clock")
    '12:00\n'
    """
    wanted, seen = _squeezed(command.split("\n", 1)[0]), ""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        seen += _squeezed(line)
        if seen.endswith(wanted):
            return "\n".join(lines[index + 1 :])
    return text


def _without_text(reply: str, block: tuple[str, ...]) -> str:
    """The reply to a banner without the echo of its own text, which some releases show after ``> ``."""
    own = {line.strip() for line in block}
    kept = [
        line for line in reply.splitlines() if line.strip().removeprefix("> ").strip() not in own | {">", ""}
    ]
    return "\n".join(kept)
