"""Probes over sockets: the embedded lab's endpoints, pings of loopback, and servers that misbehave."""

from __future__ import annotations

import asyncio
import random
import socket
import socketserver
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from agent import metrics as m
from agent.collect.poll import Clocks
from agent.collect.probes.outcome import Outcome
from agent.collect.probes.ping import Pinger, open_icmp
from agent.collect.probes.prober import WORKERS, Prober, State
from agent.errors import UsageError
from agent.flows.probing import Probing
from agent.intent.expectation import ExpectedPort, ExpectedProbe
from agent.store.timeline import Timeline
from vnexus.lab import Lab
from vnexus.testing import free_ports, running
from vnexus.topology import Endpoint, NodeSpec, Topology

CLOCKS = Clocks(time.monotonic, time.time)
ADDRESS, CAMERA, DOOR, DISPLAY = "127.66.37.41", "127.66.37.42", "127.66.37.43", "127.66.37.44"


def expected(endpoint: str, method: str, address: str, at: int, **more: object) -> ExpectedProbe:
    port = ExpectedPort("hall", "Ethernet1/7", "camera", "cctv", "mairie", "city", endpoint, "rue Haute 12")
    probe = ExpectedProbe(port, method, method, address, at, every_seconds=1.0, timeout_seconds=0.8)
    return replace(probe, **more)


PROBES = (
    expected("cam-001", "echo", CAMERA, 10007, probe="icmp"),
    expected("cam-001", "rtsp", CAMERA, 10554, path="/axis-media/media.amp"),
    expected("door-1", "tcp", DOOR, 10443),
    expected("ecr-1", "https", DISPLAY, 10443, match="ecr-1 ok", path="/status"),
    expected("ecr-1", "http", DISPLAY, 10080, status=(200,)),
    expected("ecr-1", "sip", DISPLAY, 5060),
    expected("ecr-1", "dns", DISPLAY, 10053, name="www.bellerive.example", match=DISPLAY),
)


@contextmanager
def hall() -> Iterator[Lab]:
    spec = NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", ADDRESS)
    display = ("https/{}:10443", "http/{}:10080", "sip/{}:5060", "dns/{}:10053")
    endpoints = (
        Endpoint(
            "hall", "Ethernet1/7", "camera", "cam-001", "00aa.bbcc.0001", watts=6.5,
            answers=(f"rtsp/{CAMERA}:10554", f"echo/{CAMERA}:10007"),
        ),
        Endpoint("hall", "Ethernet1/8", "door", "door-1", "00aa.bbcc.0002", answers=(f"tcp/{DOOR}:10443",)),
        Endpoint(
            "hall", "Ethernet1/9", "display", "ecr-1", "00aa.bbcc.0003",
            answers=tuple(answer.format(DISPLAY) for answer in display),
        ),
    )  # fmt: skip
    with running(Topology("probes", (spec,), endpoints=endpoints), free_ports(ADDRESS)) as lab:
        assert lab.stand_ins.taken == []
        yield lab


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # its own timeout bounds it
            await asyncio.sleep(0.02)


def probing(do: Callable[[Probing, list[str]], Awaitable[None]], probes: Sequence[ExpectedProbe]) -> Probing:
    async def main() -> Probing:
        polled: list[str] = []
        made = Probing(
            probes, CLOCKS, Timeline(), lambda device, _: polled.append(device), chance=random.Random(3)
        )
        stop = asyncio.Event()
        work = asyncio.create_task(made.run(stop))
        try:
            await do(made, polled)
        finally:
            stop.set()
            await work
        return made

    return asyncio.run(main())


def series(made: Probing, endpoint: str, probe: str) -> float | None:
    return made.page().value(m.PROBE_SUCCESS, "cctv", "mairie", "city", endpoint, probe)


def test_a_camera_that_is_cut_turns_red_and_green_again() -> None:
    with hall() as lab:

        async def do(made: Probing, polled: list[str]) -> None:
            await until(lambda: made.page().value(m.SERVICE_ANSWERING, "cctv", "mairie") == 1)
            await until(lambda: all(state.last and state.last.success for state in made.prober.states))
            expiry = made.page().value(
                m.PROBE_EXPIRY, "cctv", "mairie", "city", "ecr-1", "https"
            )  # fmt: skip
            assert expiry is not None
            assert 300 < (expiry - time.time()) / 86_400 < 400
            fault = await asyncio.to_thread(lab.world.add_fault, "endpoint-unplug", {"endpoint": "cam-001"})
            await until(lambda: series(made, "cam-001", "rtsp") == series(made, "cam-001", "icmp") == 0)
            await until(lambda: len(polled) == 1)
            page = made.page()
            assert page.value(m.SERVICE_ANSWERING, "cctv", "mairie") == pytest.approx(2 / 3)
            assert page.value(m.SERVICE_UP, "cctv", "mairie") == 1
            assert series(made, "door-1", "tcp") == series(made, "ecr-1", "dns") == 1
            assert (page.value(m.PROBES, "cctv", "mairie", "failed") or 0) >= 2
            await asyncio.to_thread(lab.world.remove_fault, fault)
            await until(lambda: series(made, "cam-001", "rtsp") == series(made, "cam-001", "icmp") == 1)
            await until(lambda: len(made._timeline) == 2)

        made = probing(do, PROBES)
    up, down = made._timeline.recent()
    assert (down.kind, up.kind) == ("probe-down", "probe-up")
    assert (down.device, down.interface) == ("hall", "Ethernet1/7")
    assert down.text.startswith("camera rue Haute 12 does not answer: ")


def ask(probe: ExpectedProbe) -> Outcome:
    async def main() -> Outcome:
        return await Prober(CLOCKS, random.Random(1)).ask(probe)

    return asyncio.run(main())


def test_a_certificate_that_nobody_signed_is_not_trusted() -> None:
    with hall():
        outcome = ask(expected("ecr-1", "https", DISPLAY, 10443, verify=True, name="ecr-1"))
        assert (outcome.success, outcome.problem.split(":")[0]) == (False, "certificate not trusted")
        wrong = ask(expected("ecr-1", "https", DISPLAY, 10443, match="another page"))
        assert (wrong.problem, wrong.expiry is not None) == ("the page does not say 'another page'", True)


@contextmanager
def answering(words: bytes, *, hang_up: bool = True) -> Iterator[int]:
    """A TCP server that says this to everybody, whatever is asked."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.recv(4096)
                self.request.sendall(words)
                while not hang_up and self.request.recv(4096):
                    pass

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 1024

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join(10)


@pytest.mark.parametrize(
    ("method", "words", "problem"),
    [
        ("rtsp", b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n", ""),
        ("rtsp", b"RTSP/1.0 503 Busy\r\n\r\n", "answers 503"),
        ("rtsp", b"HTTP/1.1 200 OK\r\n\r\n", "does not speak RTSP/1.0"),
        ("rtsp", b"", "hung up"),
        ("rtsp", b"R" * 200_000, "answers too much"),
        ("http", b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", ""),
        ("http", b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "answers 500"),
        ("http", b"SSH-2.0-OpenSSH\r\n", "does not speak HTTP"),
        ("http", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000, "does not speak HTTP"),
        ("http", b"", "does not speak HTTP"),
        ("https", b"HTTP/1.1 400 Bad Request\r\n\r\n", "no tls"),
    ],
)
def test_strange_servers(method: str, words: bytes, problem: str) -> None:
    with answering(words) as port:
        outcome = ask(expected("x", method, "127.0.0.1", port))
    assert outcome.success == (not problem)
    assert outcome.problem.startswith(problem)


def test_silence_and_nobody_there() -> None:
    with answering(b"", hang_up=False) as port:
        outcome = ask(expected("x", "rtsp", "127.0.0.1", port, timeout_seconds=0.2))
        assert (outcome.problem, 0.2 <= outcome.seconds < 1) == ("no answer in 0.2 s", True)
        assert ask(expected("x", "tcp", "127.0.0.1", port)).success
    for method in ("tcp", "rtsp", "http", "https", "echo", "sip"):
        assert ask(expected("x", method, "127.0.0.1", port)).problem == "connection refused"
    assert ask(expected("x", "dns", "127.0.0.1", port, name="a.example")).problem == "connection refused"


def test_many_that_never_answer_take_bounded_tasks_and_do_not_stop_the_others() -> None:
    """1,500 silent ones beside one that answers: never more tasks than workers."""
    most = 0

    with answering(b"", hang_up=False) as silent, answering(b"RTSP/1.0 200 OK\r\n\r\n") as good:
        probes = [
            expected(f"s{number}", "rtsp", "127.0.0.1", silent, every_seconds=3.0, timeout_seconds=0.3)
            for number in range(1500)
        ]
        probes.append(expected("good", "rtsp", "127.0.0.1", good, every_seconds=0.5))

        async def do(made: Probing, _: list[str]) -> None:
            nonlocal most
            while sum(made.prober.counts.values()) < 1500:
                most = max(most, made.prober.running)
                await asyncio.sleep(0.01)

        made = probing(do, probes)
    assert 0 < most <= WORKERS
    assert (made.page().value(m.PROBES, "cctv", "mairie", "answered") or 0) >= 3


def may_ping(family: int) -> bool:
    try:
        open_icmp(family)[0].close()
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect(("::1" if family == socket.AF_INET6 else "127.0.0.1", 9))
    except (UsageError, OSError):
        return False
    return True


@pytest.mark.skipif(not may_ping(socket.AF_INET), reason="ICMP is not allowed here")
def test_thousands_of_pings_by_one_socket() -> None:
    addresses = [f"127.77.{number // 250}.{number % 250 + 1}" for number in range(2000)]

    async def main() -> tuple[list[float], list[str]]:
        pinger = Pinger(b"12345678")
        seconds: list[float] = []
        problems: list[str] = []

        def done(spent: float | None, problem: str) -> None:
            seconds.append(spent) if spent is not None else problems.append(problem)

        for number, address in enumerate(addresses):
            pinger.ping(address, 5.0, done)
            if number % 200 == 0:
                await asyncio.sleep(0)
        await until(lambda: len(seconds) + len(problems) == len(addresses))
        pinger.ping("255.255.255.255", 1.0, done)  # the kernel refuses
        assert pinger.waiting == 0
        pinger.close()
        return seconds, problems

    seconds, problems = asyncio.run(main())
    assert len(seconds) == 2000
    assert len(problems) == 1
    assert min(seconds) >= 0
    assert max(seconds) < 5


@pytest.mark.skipif(not may_ping(socket.AF_INET6), reason="ICMPv6 is not allowed here")
def test_a_ping_of_ipv6() -> None:
    def do(made: Probing, _: list[str]) -> Awaitable[None]:
        return until(lambda: sum(made.prober.counts.values()) > 0)

    made = probing(do, [expected("six", "icmp", "::1", 0)])
    assert made.prober.counts["cctv", "mairie", "answered"] == 1


def test_what_is_old_is_not_shown() -> None:
    state = State(PROBES[0], Outcome(success=True, seconds=0.1), at=1000.0)
    assert state.fresh(1003.0) is not None
    assert state.fresh(1004.0) is None
