"""SSH to a Nexus: netmiko opens and authenticates, the reading is our own.

Every read ends at the prompt of the known hostname after our own echo, never at a bare ``#``: progress bars
(``[####] 100%``), ``#Generating Rollback Patch`` and banners hold that character.
"""

from __future__ import annotations

import codecs
import io
import re
import socket
import time
from pathlib import Path
from typing import Any, cast

from netmiko.cisco import CiscoNxosSSH
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoBaseException, NetmikoTimeoutException
from paramiko import Channel, SSHClient, Transport
from paramiko.ssh_exception import BadHostKeyException, SSHException
from scp import SCPClient, SCPException

from agent.device.access import Access
from agent.device.blocks import Block, split_blocks
from agent.device.hearing import Hear, unheard
from agent.device.known_hosts import keys_of, name_of
from agent.device.replies import refusal_of_command, refusal_of_line
from agent.errors import CommandRejectedError, DeviceError, LoginRefusedError, NotNexusError, UnreachableError

_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,62}"
_MODE = r"(?:\([A-Za-z0-9_.\-/@:+ ]{1,48}\))*"
_ANY_PROMPT = re.compile(rf"(?:^|\n)(?P<host>{_NAME}){_MODE}# ?$")
_FIRST_PROMPT = re.compile(rf"terminal length 0\n+(?P<host>{_NAME}){_MODE}# ?$")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_QUESTION = re.compile(r"[^\n]*\(y(?:es)?/no?(?:/cancel)?\)\s*\??\s*(?:\[\w*\])?\s*$")
_SILENCE_SECONDS = 1.0
_WAITS = re.compile(r"Enter TEXT message\.[^\n]*\n?(?:> ?)?$")
_RENAMES = re.compile(r"\s*(?:no )?(?:hostname|switchname)\b")
_COMMITTED = re.compile(r"^Configuration committed by ", re.MULTILINE)
_MOVES_CONFIG = re.compile(r"(rollback running-config|configure replace) ")


class _Client(SSHClient):
    """paramiko's client on a socket that sends at once: waiting for more takes 40 ms at turns of a login."""

    def connect(self, *args: Any, **named: Any) -> None:
        """As paramiko's."""
        named["transport_factory"] = _at_once
        super().connect(*args, **named)


def _at_once(sock: Any, **named: Any) -> Transport:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Transport(sock, **named)


class _Session(CiscoNxosSSH):
    """netmiko's connection; what it would do after login is done below with an anchored prompt."""

    def session_preparation(self) -> None:
        """Nothing: ``SshTransport`` learns the prompt itself."""

    def _build_ssh_client(self) -> SSHClient:
        """A client that knows the keys of this switch only, or takes any."""
        client = _Client()
        if self.alt_host_keys:
            for kind, key in keys_of(Path(self.alt_key_file), self.host, self.port).items():
                client.get_host_keys().add(name_of(self.host, self.port), kind, key)
        client.set_missing_host_key_policy(self.key_policy)
        return client


class SshTransport:
    """An interactive session in exec mode; satisfies ``Transport``."""

    def __init__(self, access: Access) -> None:
        """Log in and learn the hostname; raises UnreachableError, LoginRefusedError or NotNexusError."""
        self._access = access
        self._session = _connect(access)
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
        self._expect_clean("configure dual-stage", self._ask("configure dual-stage"))
        try:
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
        self._expect_clean("configure dual-stage", self._ask("configure dual-stage"))
        self._commit("commit", silence=True)
        self._ask("end")

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

    def _read(self, prompt: re.Pattern[str], command: str, seconds: float) -> str:
        """All text up to a prompt that stands at the end, after the echo of the command."""
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
            tail = _clean("".join(pieces[-8:]))[-2000:]
            if prompt.search(tail):
                text = _clean("".join(pieces))
                if _echoed(text, command):
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


def _clean(text: str) -> str:
    return re.sub(r"\r+\n\r*", "\n", _ESCAPES.sub("", text)).replace("\r", "\n").replace("\x00", "")


def _prompt_of(host: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|\n)(?P<host>{re.escape(host)}){_MODE}# ?$")


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def _echoed(text: str, command: str) -> bool:
    """Whether the switch has taken in the first line of the command: it always echoes."""
    return _squeezed(command.split("\n", 1)[0]) in _squeezed(text)


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


def _connect(access: Access) -> _Session:
    strict = access.known_hosts is not None
    where = f"{access.host} port {access.port}"
    try:
        return _Session(
            device_type="cisco_nxos",
            host=access.host,
            port=access.port,
            username=access.username,
            password=access.password,
            conn_timeout=access.timeout_seconds,
            auth_timeout=access.timeout_seconds,
            banner_timeout=access.timeout_seconds,
            ssh_strict=strict,
            alt_host_keys=strict,
            alt_key_file=str(access.known_hosts or ""),
            allow_agent=False,
            use_keys=False,
        )
    except NetmikoAuthenticationException as exc:
        problem = f"{where} refuses user {access.username}"
        raise LoginRefusedError(
            access.name, problem, hint="check the password in MOULIN_SECRET_… and the AAA of the switch"
        ) from exc
    except NetmikoTimeoutException as exc:
        raise _why_no_session(access, exc) from exc
    except (NetmikoBaseException, SSHException, OSError, EOFError) as exc:
        raise UnreachableError(
            access.name, f"{where} ends the session at login", hint="check 'show users'"
        ) from exc


def _why_no_session(access: Access, exc: NetmikoTimeoutException) -> DeviceError:
    """Netmiko folds three cases into one; its text and its context tell them apart."""
    where = f"{access.host} port {access.port}"
    text = str(exc)
    if isinstance(exc.__context__, BadHostKeyException):
        return LoginRefusedError(
            access.name,
            f"{where} shows another host key than the one in {access.known_hosts}",
            hint="if the switch was replaced, remove its old line there; if not, somebody may listen",
        )
    if "not found in known_hosts" in text:
        return LoginRefusedError(
            access.name,
            f"the host key of {where} is not in {access.known_hosts}",
            hint=f"run ssh-keyscan -p {access.port} {access.host} >> {access.known_hosts} and compare it",
        )
    if isinstance(exc.__context__, SSHException):
        return NotNexusError(
            access.name, f"{where} answers, but does not speak SSH as a switch does", hint="check hosts.yaml"
        )
    return UnreachableError(
        access.name, f"no answer on {where}", hint="check the address, the management VRF and 'feature ssh'"
    )
