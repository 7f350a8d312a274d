"""The NX-API adapter against an HTTP server whose every word the test decides."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from agent.device.access import Access
from agent.device.nxapi import BATCH, NxapiTransport
from agent.errors import CommandRejectedError, LoginRefusedError, NotNexusError, UnreachableError

VERSION = "Cisco Nexus Operating System (NX-OS) Software\n"
RIGHT = "right"


@dataclass
class Rude:
    """Command to result: text, or a dict that is the whole reply; ``raw`` answers every request as it is."""

    replies: dict[str, str | dict[str, Any]] = field(default_factory=dict)
    requests: list[list[str]] = field(default_factory=list)
    raw: tuple[int, bytes] | None = None
    stop_on_error: bool = True

    def answer(self, commands: list[str]) -> list[dict[str, Any]]:
        self.requests.append(commands)
        found: list[dict[str, Any]] = []
        for number, command in enumerate(commands, start=1):
            reply = self.replies.get(command, VERSION if command == "show version" else "")
            if isinstance(reply, str):
                reply = {"result": {"msg": reply} if reply else None}
            found.append({"jsonrpc": "2.0", "id": number} | reply)
            if "error" in reply and self.stop_on_error:
                break
        return found


class _Handler(BaseHTTPRequestHandler):
    rude: Rude

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.rude.raw is not None:
            return self._say(*self.rude.raw)
        login = base64.b64decode(self.headers.get("Authorization", "Basic ")[6:]).decode()
        if login != f"admin:{RIGHT}":
            return self._say(401, b"Unauthorized")
        replies = self.rude.answer([call["params"]["cmd"] for call in json.loads(body)])
        return self._say(200, json.dumps(replies if len(replies) > 1 else replies[0]).encode())

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


Open = Callable[[Rude], Access]


@pytest.fixture
def serve() -> Iterator[Open]:
    servers: list[ThreadingHTTPServer] = []

    def start(rude: Rude, password: str = RIGHT) -> Access:
        handler = type("Handler", (_Handler,), {"rude": rude})
        server = ThreadingHTTPServer(("127.66.9.2", 0), handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return access(server.server_port, password)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def access(port: int, password: str = RIGHT) -> Access:
    return Access(
        "leaf-1",
        "127.66.9.2",
        port,
        "admin",
        password,
        transport="nxapi",
        scheme="http",
        timeout_seconds=3,
        mask=lambda line: line.replace("s3cret", "<hidden>"),
    )


ERROR = {"error": {"code": -32602, "message": "Invalid params", "data": {"msg": "% Invalid command\n"}}}


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (ERROR, "% Invalid command"),
        ("ERROR: VLAN 4094 is reserved\n", "ERROR: VLAN 4094"),
        ("Never seen before\n", "Never seen before"),
        ({"result": {"body": {"odd": "thing"}}}, "odd"),
        ({"error": {"code": -32603, "message": "Internal error"}}, "Internal error"),
    ],
    ids=["JSON-RPC error", "refusal in a good reply", "unknown words", "unknown shape", "internal"],
)
@pytest.mark.parametrize("stop_on_error", [True, False], ids=["stops", "continues"])
def test_the_first_bad_line_is_named(serve: Open, reply: Any, words: str, stop_on_error: bool) -> None:
    lines = ("vlan 2", "snmp-server community s3cret", "vlan 3")
    rude = Rude({lines[1]: reply}, stop_on_error=stop_on_error)
    session = NxapiTransport(serve(rude))
    with pytest.raises(CommandRejectedError) as caught:
        session.configure(lines)
    session.close()
    assert "line 2 of 3 'snmp-server community <hidden>'" in str(caught.value)
    assert words in str(caught.value)


def test_a_line_without_a_reply_is_a_failure(serve: Open) -> None:
    rude = Rude()
    session = NxapiTransport(serve(rude))
    rude.raw = (200, b'[{"jsonrpc": "2.0", "id": 1, "result": null}]')
    with pytest.raises(CommandRejectedError, match=r"line 1 of 2 'vlan 2' .* no reply"):
        session.configure(("vlan 2", "vlan 3"))
    session.close()


def test_batches_are_bounded_and_enter_their_mode_again(serve: Open) -> None:
    rude = Rude({f"  address {BATCH + 7}": "Nope\n"})
    session = NxapiTransport(serve(rude))
    lines = ("router x", *(f"  address {number}" for number in range(2, 3 * BATCH)))
    with pytest.raises(CommandRejectedError, match=rf"line {BATCH + 7} of {len(lines)} 'address"):
        session.configure(lines)
    session.close()
    sent = rude.requests[1:]
    assert all(len(batch) <= BATCH for batch in sent)
    assert [batch[:2] for batch in sent] == [["configure terminal", "router x"]] * 2


def test_all_lines_arrive_once_and_in_order(serve: Open) -> None:
    rude = Rude({"vrf member A": "Warning: Deleted all L3 config on interface Vlan2\n"})
    session = NxapiTransport(serve(rude))
    lines = tuple(f"vlan {number}" for number in range(2, 2 + 2 * BATCH))
    session.configure(lines)
    session.close()
    sent = [line for batch in rude.requests[1:] for line in batch if line != "configure terminal"]
    assert tuple(sent) == lines


def test_a_wrong_password_is_one_clear_line(serve: Callable[[Rude, str], Access]) -> None:
    with pytest.raises(LoginRefusedError, match="refuses user admin") as caught:
        NxapiTransport(serve(Rude(), "wr0ng"))
    assert "wr0ng" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "raw",
    [(200, b"<html>a web server</html>"), (404, b"not found"), (200, b'{"hello": 1}'), (200, b"[1]")],
    ids=["HTML", "404", "other JSON", "a list"],
)
def test_something_else_is_told_from_a_nexus(serve: Open, raw: tuple[int, bytes]) -> None:
    with pytest.raises(NotNexusError):
        NxapiTransport(serve(Rude(raw=raw)))


def test_no_answer_is_unreachable() -> None:
    with pytest.raises(UnreachableError, match="no answer"):
        NxapiTransport(access(9))
