"""The SSH adapter against a server whose every word the test decides: traps that fooled other clients."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh
import pytest

from agent.device.access import Access
from agent.device.known_hosts import fetch_host_key, trust_host_key
from agent.device.ssh import SshTransport
from agent.errors import CommandRejectedError, LoginRefusedError, NotNexusError, UnreachableError

RIGHT = "right"
VERSION = "Cisco Nexus Operating System (NX-OS) Software\n"
BAR = "".join(f"\r[{'#' * n}{' ' * (40 - n)}] {n * 5 // 2:3d}%" for n in range(0, 41, 8))


COMMITTED = "Verification Succeeded.\nConfiguration committed by user 'admin' using Commit ID : 1000000001\n"


@dataclass
class Rude:
    """A shell that answers as it is told: command to reply."""

    hostname: str = "leaf-1"
    greeting: str = "Cisco Nexus Operating System (NX-OS) Software\r\n"
    replies: dict[str, str] = field(default_factory=lambda: {"show version": VERSION})
    seen: list[str] = field(default_factory=list)
    hang_up_on: str | None = None
    mode: str = ""
    banner_ends: str = ""
    echoes_ahead: bool = False
    """Shows what is typed ahead when it is typed, not when it is read."""

    async def serve(self, process: asyncssh.SSHServerProcess[str]) -> None:
        process.stdout.write(self.greeting + self.prompt())
        line = ""
        with contextlib.suppress(asyncssh.BreakReceived, asyncssh.TerminalSizeChanged):
            ahead = ""
            while data := ahead[:1] or await process.stdin.read(4096 if self.echoes_ahead else 1):
                if self.echoes_ahead and not ahead:
                    ahead = data
                    process.stdout.write(data.replace("\n", "\r\n") if data.count("\n") > 1 else "")
                    data = ahead[:1]
                ahead = ahead[1:]
                if data not in "\r\n":
                    line += data
                    continue
                process.stdout.write(line + "\r\n")
                if line and line == self.hang_up_on:
                    break
                process.stdout.write(self.answer(line).replace("\n", "\r\n") + "\r" + self.prompt())
                line = ""
        process.exit(0)

    def prompt(self) -> str:
        return "> " if self.banner_ends else f"{self.hostname}{self.mode}# "

    def answer(self, line: str) -> str:
        if line:
            self.seen.append(line)
        if self.banner_ends:
            self.banner_ends = "" if self.banner_ends in line else self.banner_ends
            return ""
        if line.startswith("banner motd ") and line in self.replies:
            self.banner_ends = line[12]
        if line == "configure terminal":
            self.mode = "(config)"
        elif line == "end":
            self.mode = ""
        elif line.startswith("interface "):
            self.mode = "(config-if)"
        elif line.startswith("hostname "):
            self.hostname = line.split()[1]
        return self.replies.get(line, "")


class _Door(asyncssh.SSHServer):
    def __init__(self, guests: list[asyncssh.SSHServerConnection]) -> None:
        self.guests = guests

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.guests.append(conn)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("admin", RIGHT)


@dataclass
class Opened:
    port: int
    rude: Rude

    def access(self, known_hosts: Path | None = None, password: str = RIGHT) -> Access:
        return Access(
            "leaf-1",
            "127.66.9.1",
            self.port,
            "admin",
            password,
            known_hosts=known_hosts,
            timeout_seconds=3,
            mask=lambda line: line.replace("s3cret", "<hidden>"),
        )


@pytest.fixture
def serve() -> Iterator[Callable[[Rude], Opened]]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    servers: list[asyncssh.SSHAcceptor] = []
    guests: list[asyncssh.SSHServerConnection] = []

    def start(rude: Rude) -> Opened:
        key = asyncssh.generate_private_key("ssh-ed25519")

        async def listen() -> asyncssh.SSHAcceptor:
            return await asyncssh.create_server(
                lambda: _Door(guests),
                "127.66.9.1",
                0,
                server_host_keys=[key],
                process_factory=rude.serve,
                line_editor=False,
                line_echo=False,
            )

        server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
        servers.append(server)
        return Opened(server.get_port(), rude)

    yield start

    async def stop() -> None:
        for server in servers:
            server.close()
            await server.wait_closed()
        for guest in guests:
            guest.abort()
            await guest.wait_closed()

    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@contextlib.contextmanager
def opened(access: Access) -> Iterator[SshTransport]:
    session = SshTransport(access)
    try:
        yield session
    finally:
        session.close()


@pytest.mark.parametrize(
    "trap",
    [
        f"{BAR}\nCopy complete, now saving to disk (please wait)...\nCopy complete.\n",
        "#Generating Rollback Patch\n.Executing Patch#\nRollback completed successfully.\n",
        "banner motd #\nleaf-2#\n#\n",
        "description ends in leaf-1# or so\n",
        "some text leaf-1(config)# \nmore\n",
    ],
    ids=[
        "progress bar",
        "markers",
        "banner with another prompt",
        "own prompt within",
        "own prompt at line end",
    ],
)
def test_hash_marks_in_output_end_nothing(serve: Callable[[Rude], Opened], trap: str) -> None:
    rude = Rude(replies={"show version": VERSION, "show trap": trap, "show clock": "12:00\n"})
    with opened(serve(rude).access()) as session:
        shown = session.run("show trap")
        assert shown.splitlines()[-1] == trap.splitlines()[-1]
        assert session.run("show clock") == "12:00\n"


def test_a_banner_before_login_that_looks_like_a_prompt(serve: Callable[[Rude], Opened]) -> None:
    rude = Rude(greeting="#####\r\nfake-host# \r\nterminal length 0\r\nNo entry #\r\n")
    with opened(serve(rude).access()) as session:
        assert session.run("show version") == VERSION
        assert rude.seen[:4] == [
            "terminal width 511",
            "terminal length 0",
            "show version",
            "terminal dont-ask",
        ]


def test_a_refused_line_stops_the_rest_and_names_place_and_words(serve: Callable[[Rude], Opened]) -> None:
    bad = "  snmp-server community s3cret"
    rude = Rude(replies={"show version": VERSION, bad: "       ^\n% Invalid command at '^' marker.\n"})
    with opened(serve(rude).access()) as session:
        with pytest.raises(CommandRejectedError) as caught:
            session.configure(("vlan 2", "interface Vlan2", bad, "vlan 3"))
        assert "line 3 of 4" in str(caught.value)
        assert "% Invalid command" in str(caught.value)
        assert "s3cret" not in str(caught.value)
        assert "vlan 3" not in rude.seen
        assert rude.mode == ""
        assert session.run("show version") == VERSION


LINES = ("vlan 2", "  name doors", "interface Ethernet1/1", "  description recorder", "vlan 3")


@pytest.mark.parametrize("ahead", [False, True], ids=["in turn", "what is typed ahead is echoed at once"])
def test_lines_for_a_buffer_go_several_to_a_turn(serve: Callable[[Rude], Opened], ahead: bool) -> None:
    rude = Rude(replies={"show version": VERSION, "commit confirmed 300": COMMITTED}, echoes_ahead=ahead)
    with opened(serve(rude).access()) as session:
        session.stage(LINES, 300)
        assert session.run("show version") == VERSION
    begin = len(rude.seen) - 1 - rude.seen[::-1].index("configure dual-stage")
    assert tuple(rude.seen[begin + 1 : begin + 1 + len(LINES)]) == LINES
    assert rude.seen[begin + 1 + len(LINES) :][:2] == ["commit confirmed 300", "end"]
    assert rude.seen.count("abort") == ahead  # where replies could not be told apart, once more one by one


@pytest.mark.parametrize("ahead", [False, True], ids=["in turn", "what is typed ahead is echoed at once"])
def test_a_line_refused_in_a_buffer_is_named_and_nothing_is_committed(
    serve: Callable[[Rude], Opened], ahead: bool
) -> None:
    rude = Rude(
        replies={"show version": VERSION, LINES[3]: "    ^\n% Invalid command at '^' marker.\n"},
        echoes_ahead=ahead,
    )
    with opened(serve(rude).access()) as session:
        with pytest.raises(
            CommandRejectedError, match=r"line 4 of 5 'description recorder' .*Invalid command"
        ):
            session.stage(LINES, 300)
        assert not any(said.startswith("commit") for said in rude.seen)
        assert rude.seen[-1] == "abort"
        assert session.run("show version") == VERSION


def test_a_reply_that_nobody_knows_is_a_failure(serve: Callable[[Rude], Opened]) -> None:
    rude = Rude(replies={"show version": VERSION, "vlan 2": "Something new happened\n"})
    with (
        opened(serve(rude).access()) as session,
        pytest.raises(CommandRejectedError, match="Something new happened"),
    ):
        session.configure(("vlan 2",))


def test_a_new_hostname_is_learnt(serve: Callable[[Rude], Opened]) -> None:
    rude = Rude()
    with opened(serve(rude).access()) as session:
        session.configure(("vlan 2", "hostname tower-9", "vlan 3"))
        assert rude.seen[-4:] == ["vlan 2", "hostname tower-9", "vlan 3", "end"]
        assert session.run("show version") == VERSION


def test_a_banner_is_sent_whole(serve: Callable[[Rude], Opened]) -> None:
    rude = Rude(
        replies={
            "show version": VERSION,
            "banner motd ^": "Enter TEXT message.  End with the character '^'.\n",
        }
    )
    with opened(serve(rude).access()) as session:
        session.configure(("banner motd ^\nNo entry # here\n^", "vlan 3"))
        assert rude.seen[-5:] == ["banner motd ^", "No entry # here", "^", "vlan 3", "end"]


def test_the_text_of_a_refused_banner_never_becomes_commands(serve: Callable[[Rude], Opened]) -> None:
    rude = Rude()
    with (
        opened(serve(rude).access()) as session,
        pytest.raises(CommandRejectedError, match=r"'banner motd .' was not accepted"),
    ):
        session.configure(("banner motd ^\nno vlan 10\n^", "vlan 3"))
    assert "no vlan 10" not in rude.seen


def test_a_question_is_declined_and_told(serve: Callable[[Rude], Opened]) -> None:
    rude = Rude(replies={"show version": VERSION})
    rude.replies["copp profile strict"] = "This operation can cause disruption. Proceed (y/n)?  [no] "
    rude.prompt = lambda: "" if rude.seen[-1:] == ["copp profile strict"] else "leaf-1# "  # type: ignore[method-assign]
    with opened(serve(rude).access()) as session:
        with pytest.raises(CommandRejectedError, match=r"asks back: This operation .* answered no"):
            session.configure(("copp profile strict",))
        assert "n" in rude.seen


def test_a_lost_session_is_unreachable(serve: Callable[[Rude], Opened]) -> None:
    with (
        opened(serve(Rude(hang_up_on="vlan 2")).access()) as session,
        pytest.raises(UnreachableError, match="the session ended during 'vlan 2'"),
    ):
        session.configure(("vlan 2",))


def test_a_wrong_password_is_one_clear_line(serve: Callable[[Rude], Opened]) -> None:
    with pytest.raises(LoginRefusedError, match="refuses user admin") as caught:
        SshTransport(serve(Rude()).access(password="wr0ng"))
    assert "\n" not in str(caught.value)
    assert "wr0ng" not in str(caught.value)


@pytest.mark.parametrize(
    "replies",
    [
        {"terminal length 0": "bash: terminal: command not found\n"},
        {"show version": "Cisco IOS Software, C2960X Software\n"},
    ],
    ids=["a Linux shell", "an IOS switch"],
)
def test_something_else_is_told_from_a_nexus(
    serve: Callable[[Rude], Opened], replies: dict[str, str]
) -> None:
    with pytest.raises(NotNexusError):
        SshTransport(serve(Rude(replies=replies)).access())


def test_no_answer_is_unreachable() -> None:
    with pytest.raises(UnreachableError, match=r"no answer on 127\.66\.9\.1 port 9"):
        SshTransport(Access("leaf-1", "127.66.9.1", 9, "admin", "x", timeout_seconds=2))


def test_a_web_server_is_not_a_nexus() -> None:
    with socket.create_server(("127.66.9.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer() -> None:
            line, _ = listener.accept()
            with line:
                line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 200)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(NotNexusError):
            SshTransport(Access("leaf-1", "127.66.9.1", port, "admin", "x", timeout_seconds=3))
        thread.join(10)


def test_host_keys_are_checked(serve: Callable[[Rude], Opened], tmp_path: Path) -> None:
    first, second = serve(Rude()), serve(Rude())
    known = tmp_path / "state" / "known_hosts"
    with pytest.raises(LoginRefusedError, match=r"host key .* ssh-keyscan"):
        SshTransport(first.access(known))
    trust_host_key(known, first.access(), fetch_host_key(first.access()))
    with opened(first.access(known)) as session:
        assert session.run("show version") == VERSION
    trust_host_key(known, first.access(), fetch_host_key(second.access()))
    with pytest.raises(LoginRefusedError, match="another host key"):
        SshTransport(first.access(known))
