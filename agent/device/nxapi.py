"""NX-API: JSON-RPC over HTTPS . Lines go in bounded batches; the first bad reply names its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests
import urllib3

from agent.device.access import Access
from agent.device.blocks import Block, parents_of, split_blocks
from agent.device.hearing import Hear, unheard
from agent.device.replies import refusal_of_command, refusal_of_line
from agent.errors import CommandRejectedError, LoginRefusedError, NotNexusError, UnreachableError

BATCH = 100
"""Commands in one request: some releases refuse bodies beyond about 10 kB or 300 s of work."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """One command of a batch: position 0 is ours (mode, parents sent again), else the line's own."""

    position: int
    command: str


class NxapiTransport:
    """Stateless requests; satisfies ``Transport``."""

    def __init__(self, access: Access) -> None:
        """Log in and see that it is a Nexus; raises UnreachableError, LoginRefusedError or NotNexusError."""
        self._access = access
        self.hear: Hear = unheard
        self._url = f"{access.scheme}://{access.host}:{access.port}/ins"
        self._http = requests.Session()
        self._http.trust_env = False  # no proxy between us and a switch, no .netrc
        self._http.auth = (access.username, access.password)
        self._http.verify = access.verify_tls
        if access.verify_tls is False:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        try:
            version = self.run("show version")
        except BaseException:
            self.close()
            raise
        if "NX-OS" not in version and "Nexus Operating System" not in version:
            self.close()
            raise self._stranger("its 'show version' is not NX-OS")

    @property
    def name(self) -> str:
        return self._access.name

    def run(self, command: str) -> str:
        """Output of one exec command; raises CommandRejectedError, UnreachableError."""
        text, error = _text_of(self._post(["terminal dont-ask", command], command)[-1])
        self.hear(command, error or text)
        words = error or refusal_of_command(text)
        if words:
            raise CommandRejectedError(self.name, f"refuses '{command}': {words}", hint="check the release")
        return text

    def configure(self, lines: tuple[str, ...]) -> None:
        """Send the lines in batches; raises CommandRejectedError at the first not known to be good."""
        for batch in _batches(lines):
            replies = self._post([sent.command for sent in batch], "configure terminal")
            for sent, reply in zip(batch, replies, strict=False):
                text, error = _text_of(reply)
                self.hear(sent.command, error or text)
                if words := error or refusal_of_line(text):
                    raise self._refused(sent, len(lines), words)
            if len(replies) < len(batch):
                raise self._refused(batch[len(replies)], len(lines), "no reply came for it")

    def close(self) -> None:
        """Drop the connection."""
        self._http.close()

    def _refused(self, sent: _Sent, total: int, words: str) -> CommandRejectedError:
        shown = self._access.mask(sent.command.splitlines()[0]).strip()
        which = f"line {sent.position} of {total}" if sent.position else "the way into the mode,"
        return CommandRejectedError(
            self.name,
            f"{which} '{shown}' was not accepted: {words}",
            hint="correct the intent or the template, then plan again",
        )

    def _post(self, commands: list[str], for_command: str) -> list[dict[str, Any]]:
        body = [
            {"jsonrpc": "2.0", "method": "cli_ascii", "params": {"cmd": command, "version": 1}, "id": number}
            for number, command in enumerate(commands, start=1)
        ]
        where = f"{self._access.host} port {self._access.port}"
        try:
            answer = self._http.post(
                self._url,
                json=body,
                headers={"Content-Type": "application/json-rpc"},
                timeout=(self._access.timeout_seconds, self._access.patience(for_command)),
            )
        except requests.exceptions.SSLError as exc:
            raise LoginRefusedError(
                self.name,
                f"the certificate of {where} is not trusted",
                hint="install a certificate of your CA, or set MOULIN_VERIFY_TLS=false for a lab",
            ) from exc
        except requests.exceptions.InvalidHeader as exc:
            raise self._stranger("its HTTP headers are broken") from exc
        except (requests.exceptions.ConnectionError, requests.exceptions.Timeout) as exc:
            raise _why_no_answer(self._access, exc) from exc
        except requests.exceptions.RequestException as exc:
            raise self._stranger("it does not speak HTTP as NX-API does") from exc
        return self._replies(answer)

    def _replies(self, answer: requests.Response) -> list[dict[str, Any]]:
        if answer.status_code in {401, 403}:
            problem = f"{self._access.host} port {self._access.port} refuses user {self._access.username}"
            raise LoginRefusedError(
                self.name, problem, hint="check the password in MOULIN_SECRET_… and the AAA of the switch"
            )
        try:
            data = answer.json()
        except requests.exceptions.JSONDecodeError as exc:
            raise self._stranger(f"it answers HTTP {answer.status_code} without JSON-RPC") from exc
        replies = data if isinstance(data, list) else [data]
        if not all(isinstance(reply, dict) and ("result" in reply or "error" in reply) for reply in replies):
            raise self._stranger("its JSON is not JSON-RPC")
        return sorted(replies, key=lambda reply: int(reply.get("id") or 0))

    def _stranger(self, why: str) -> NotNexusError:
        return NotNexusError(
            self.name,
            f"{self._access.host} port {self._access.port} is not an NX-API: {why}",
            hint="check the address in hosts.yaml and 'feature nxapi'",
        )


def _why_no_answer(
    access: Access, exc: requests.exceptions.RequestException
) -> UnreachableError | NotNexusError:
    where = f"{access.host} port {access.port}"
    if any(
        word in str(exc)
        for word in ("BadStatusLine", "RemoteDisconnected", "ProtocolError", "IncompleteRead")
    ):
        return NotNexusError(
            access.name, f"{where} answers, but does not speak HTTP as NX-API does", hint="check hosts.yaml"
        )
    return UnreachableError(
        access.name, f"no answer on {where}", hint="check the address, the management VRF and 'feature nxapi'"
    )


def _text_of(reply: dict[str, Any]) -> tuple[str, str | None]:
    """(output, error words) of one JSON-RPC reply, whichever form the release gives it."""
    if error := reply.get("error"):
        data = error.get("data") or {}
        words = str(data.get("msg") if isinstance(data, dict) else data).strip() if data else ""
        return "", " / ".join(line.strip() for line in words.splitlines() if line.strip()) or str(
            error.get("message")
        )
    result = reply.get("result")
    if result is None:
        return "", None
    if isinstance(result, dict):
        shown = result.get("msg", result.get("body", ""))
        return (shown if isinstance(shown, str) else str(shown or "")), None
    return str(result), None


def _batches(lines: tuple[str, ...]) -> Iterator[list[_Sent]]:
    """Requests of at most BATCH commands; one that begins inside a mode enters it again first."""
    batch: list[_Sent] = []
    for block in split_blocks(lines):
        if not batch:
            batch = _enter(lines, block)
        batch.append(_Sent(block.position, "\n".join(block.lines)))
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _enter(lines: tuple[str, ...], block: Block) -> list[_Sent]:
    parents = parents_of(lines, block.position - 1)
    return [_Sent(0, "configure terminal"), *(_Sent(0, parent) for parent in parents)]
