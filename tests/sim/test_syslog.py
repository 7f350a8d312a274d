"""Syslog of the virtual Nexus and of strangers over real sockets: heard, polled after, bounded."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

from agent import metrics as m
from agent.collect.poll import Clocks
from agent.collect.snmp.backend import Community
from agent.collect.syslog.known import standard_lexicon
from agent.collect.syslog.meaning import Understanding
from agent.collect.traps.gate import Limits
from agent.flows.newsdesk import Newsdesk
from agent.flows.notices import Notices, Surroundings
from agent.flows.syslog import Syslog
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, Target
from agent.store.timeline import Timeline
from vnexus.testing import free_ports, running
from vnexus.topology import Endpoint, NodeSpec, Topology

ADDRESS = "127.66.41.21"
PORT = "Ethernet1/7"
SYSTEM = Clocks(time.monotonic, time.time)
UP = b"<189>: 2026 Nov 22 12:00:00 UTC: %ETHPORT-5-IF_UP: Interface Ethernet1/7 is up"


def free_udp() -> int:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # its own timeout bounds it
            await asyncio.sleep(0.02)


def test_a_cut_link_is_one_event_of_trap_and_syslog_and_polled_at_once() -> None:
    traps, logs = free_udp(), free_udp()
    lines = (
        "snmp-server community watchers group network-operator",
        f"snmp-server host 127.0.0.1 traps version 2c watchers udp-port {traps}",
        f"logging server 127.0.0.1 5 port {logs}",
    )
    spec = NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", ADDRESS, lines)
    camera = Endpoint("hall", PORT, "camera", "cam-001", "00aa.bbcc.0001")
    with running(Topology("logs", (spec,), endpoints=(camera,)), free_ports(ADDRESS)) as lab:

        async def main() -> None:
            target = Target("hall", ADDRESS, lab.topology.listen.snmp, "ro", "hall", "building", "n9k")
            options = WatchOptions(interval_seconds=600, soon_seconds=0.5)
            watch = Watch(Expectations((target,), (), (), ()), {"ro": "watchers"}, options)
            desk = Newsdesk(watch.timeline, watch.poll_soon)
            around = Surroundings(
                {ADDRESS: "hall"}, (Community("watchers"),), watch.polling.port_name, SYSTEM
            )
            notices = Notices(("127.0.0.1", traps), around, desk)
            understanding = Understanding(standard_lexicon())
            syslog = Syslog(("127.0.0.1", logs), {ADDRESS: "hall"}, desk, understanding, SYSTEM)
            watch.add_feed(notices)
            watch.add_feed(syslog)
            await watch.open()
            stop = asyncio.Event()
            work = asyncio.create_task(watch.run(stop))
            try:
                await watch.poll("hall")
                await until(lambda: watch.page("hall").value(m.INTERFACE_UP, "hall", PORT) == 1)
                await asyncio.to_thread(lab.world.add_fault, "endpoint-unplug", {"endpoint": "cam-001"})
                await until(lambda: watch.page("hall").value(m.INTERFACE_UP, "hall", PORT) == 0)
                await until(lambda: syslog.counts["duplicate"] + notices.repeated > 0)
            finally:
                stop.set()
                await work
                await watch.close()
            (down,) = [event for event in watch.timeline.recent() if event.kind == "link-down"]
            assert set(down.source.split("+")) == {"trap", "syslog"}
            assert (down.interface, down.fields["reason"]) == (PORT, "Link failure")
            assert abs(syslog.page().value(m.CLOCK_SKEW, "hall") or 99) < 5

        asyncio.run(main())


def hear(do: Callable[[Syslog], Awaitable[None]], limits: Limits | None = None) -> Syslog:
    """Listen while ``do`` runs, for 127.0.0.1 alone; the feed with all that it counted."""

    async def main() -> Syslog:
        desk = Newsdesk(Timeline(1000), lambda *_: None)
        understanding = Understanding(standard_lexicon())
        syslog = Syslog(("127.0.0.1", 0), {"127.0.0.1": "hall"}, desk, understanding, SYSTEM, limits)
        syslog.bind()
        stop = asyncio.Event()
        work = asyncio.create_task(syslog.run(stop))
        await asyncio.sleep(0)
        try:
            await do(syslog)
        finally:
            stop.set()
            await work
        return syslog

    return asyncio.run(main())


def counts(syslog: Syslog) -> dict[str, float]:
    words = ("understood", "other", "unheeded", "duplicate", "repeated", "stranger", "limited", "malformed")
    return {word: syslog.page().value(m.SYSLOG_LINES, word) or 0 for word in words}


def test_strangers_and_garbage_are_counted_and_nothing_else() -> None:
    rubbish = (b"", bytes(100), b"\xff" * 60_000, b"<", b"<189>", bytes(range(256)), b"<999999>: x")

    async def do(syslog: Syslog) -> None:
        for source in ("127.0.0.1", "127.0.0.9"):
            with socket.socket(type=socket.SOCK_DGRAM) as sock:
                sock.bind((source, 0))
                for data in rubbish:
                    sock.sendto(data, syslog.listen)
        await until(lambda: sum(counts(syslog).values()) == 2 * len(rubbish))

    seen = counts(hear(do))
    assert seen["stranger"] == len(rubbish)
    assert seen["malformed"] == 3
    assert seen["other"] == 4


def test_a_stream_is_heard_in_both_framings_and_strangers_are_hung_up_on() -> None:
    async def do(syslog: Syslog) -> None:
        down = UP.replace(b"IF_UP", b"IF_DOWN_NONE").replace(b"is up", b"is down (None)")
        _, writer = await asyncio.open_connection(*syslog.listen)
        writer.write(b"%d %s" % (len(UP), UP) + down + b"\n" + UP[:30])
        await writer.drain()
        await until(lambda: len(syslog.desk.timeline) == 2)
        stranger, other = await asyncio.open_connection(*syslog.listen, local_addr=("127.0.0.9", 0))
        assert await stranger.read() == b""
        other.close()
        writer.close()

    syslog = hear(do)
    assert [event.kind for event in syslog.desk.timeline.recent()] == ["link-down", "link-up"]
    assert counts(syslog)["stranger"] == 1
