"""Traps and informs of the virtual Nexus, net-snmp and strangers: heard, polled after, bounded."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from pyasn1.codec.ber import encoder
from pysnmp.proto import api

from agent import metrics as m
from agent.collect.poll import Clocks
from agent.collect.snmp.backend import Community, read_credentials
from agent.collect.traps.gate import Limits
from agent.collect.traps.receiver import engine_id
from agent.flows.newsdesk import Newsdesk
from agent.flows.notices import Notices, Surroundings
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, Target
from agent.records import Event
from agent.store.timeline import Timeline
from vnexus import hardware
from vnexus.lab import Lab
from vnexus.testing import free_ports, running
from vnexus.topology import Endpoint, NodeSpec, Topology

ADDRESS = "127.66.37.21"
PORT, SECOND = "Ethernet1/7", "Ethernet1/8"
SYSTEM = Clocks(time.monotonic, time.time)
NOC = read_credentials("v3 noc sha256 Auth-pass-1 aes128 Priv-pass-1")
USER = "snmp-server user noc network-operator auth sha-256 Auth-pass-1 priv aes-128 Priv-pass-1"
SEALED = ("-u", "noc", "-a", "SHA-256", "-A", "Auth-pass-1", "-x", "AES", "-X", "Priv-pass-1")


def surroundings(watch: Watch | None = None, *senders: str) -> Surroundings:
    return Surroundings(
        senders=dict.fromkeys(senders or (ADDRESS,), "hall"),
        credentials=(Community("watchers"), NOC),
        port_name=watch.polling.port_name if watch else lambda *_: "",
        clocks=SYSTEM,
    )


def silent_desk() -> Newsdesk:
    return Newsdesk(Timeline(1000), lambda *_: None)


def free_udp() -> int:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def hall(port: int, *more: str) -> Iterator[Lab]:
    lines = ("snmp-server community watchers group network-operator", *more)
    spec = NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", ADDRESS, lines)
    cameras = (
        Endpoint("hall", PORT, "camera", "cam-001", "00aa.bbcc.0001"),
        Endpoint("hall", SECOND, "camera", "cam-002", "00aa.bbcc.0002"),
    )
    with running(Topology("notices", (spec,), endpoints=cameras), free_ports(ADDRESS)) as lab:
        yield lab


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # its own timeout bounds it
            await asyncio.sleep(0.02)


def kinds(timeline: Timeline) -> list[str]:
    return [event.kind for event in reversed(timeline.recent())]


def test_a_cut_link_is_on_the_page_long_before_the_interval() -> None:
    port = free_udp()
    told: list[Event] = []

    async def main(lab: Lab) -> float:
        target = Target("hall", ADDRESS, lab.topology.listen.snmp, "ro", "hall", "building", "n9k")
        watch = Watch(
            Expectations((target,), (), (), ()),
            {"ro": "watchers"},
            WatchOptions(interval_seconds=600, soon_seconds=0.5),
        )
        notices = Notices(("127.0.0.1", port), surroundings(watch), Newsdesk(watch.timeline, watch.poll_soon))
        watch.add_feed(notices)
        watch.timeline.subscribe(told.append)
        await watch.open()
        stop = asyncio.Event()
        work = asyncio.create_task(watch.run(stop))
        try:
            await watch.poll("hall")
            await until(lambda: watch.page("hall").value(m.INTERFACE_UP, "hall", PORT) == 1)
            index = hardware.if_index("N9K-C9348GC-FX3PH", PORT)
            assert watch.polling.port_name("hall", index) == PORT  # for traps that carry no name
            begun = time.monotonic()
            await asyncio.to_thread(lab.world.add_fault, "endpoint-unplug", {"endpoint": "cam-001"})
            await until(lambda: watch.page("hall").value(m.INTERFACE_UP, "hall", PORT) == 0)
            seconds = time.monotonic() - begun
            assert watch.page("hall").value(m.INTERFACE_UP, "hall", SECOND) == 1
        finally:
            stop.set()
            await work
            await watch.close()
        assert notices.page().value(m.NOTIFICATIONS, "understood") == len(told)
        return seconds

    with hall(
        port,
        f"snmp-server host 127.0.0.1 traps version 2c watchers udp-port {port}",
        "snmp-server enable traps link",
    ) as lab:
        assert asyncio.run(main(lab)) < 2.0
    down = next(event for event in told if event.kind == "link-down")
    assert (down.device, down.interface, down.text) == ("hall", PORT, f"{PORT} is down")
    assert [event.kind for event in told].count("link-down") == 1  # Cisco's own trap said it again


def hear(
    do: Callable[[Notices], Awaitable[None]],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    senders: tuple[str, ...] = (),
    **more: Limits,
) -> Notices:
    """Listen while ``do`` runs; the notices, with all that they counted."""

    async def main() -> Notices:
        notices = Notices(
            (host, port), surroundings(None, *senders), silent_desk(), limits=more.get("limits")
        )
        notices.bind()
        stop = asyncio.Event()
        work = asyncio.create_task(notices.run(stop))
        await asyncio.sleep(0)
        try:
            await do(notices)
        finally:
            stop.set()
            await work
        return notices

    return asyncio.run(main())


def where(notices: Notices) -> str:
    host, port = notices._listen
    return f"{host}:{port}"


def counts(notices: Notices) -> dict[str, float]:
    page = notices.page()
    words = ("understood", "duplicate", "stranger", "limited", "malformed", "refused")
    return {word: page.value(m.NOTIFICATIONS, word) or 0 for word in words}


def message(kind: str) -> bytes:
    """An authenticationFailure of v2c, by pysnmp's own writer."""
    module = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
    pdu = getattr(module, kind)()
    module.apiPDU.set_defaults(pdu)
    trap = ((1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0), module.ObjectIdentifier((1, 3, 6, 1, 6, 3, 1, 1, 5, 5)))
    module.apiPDU.set_varbinds(pdu, (((1, 3, 6, 1, 2, 1, 1, 3, 0), module.TimeTicks(5)), trap))
    whole = module.Message()
    module.apiMessage.set_defaults(whole)
    module.apiMessage.set_community(whole, "watchers")
    module.apiMessage.set_pdu(whole, pdu)
    return bytes(encoder.encode(whole))


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        (("snmp-server host 127.0.0.1 traps version 1 watchers udp-port {port}",), "trap"),
        (("snmp-server host 127.0.0.1 informs version 2c watchers udp-port {port}",), "inform"),
        (
            (
                USER,
                "snmp-server host 127.0.0.1 traps version 3 priv noc udp-port {port}",
            ),
            "trap",
        ),
        (
            (
                f"{USER} engineID {{engine}}",
                "snmp-server host 127.0.0.1 informs version 3 priv noc udp-port {port}",
            ),
            "inform",
        ),
    ],
    ids=["v1", "v2c-inform", "v3", "v3-inform"],
)
def test_every_version_of_a_switch_is_understood(lines: tuple[str, ...], source: str) -> None:
    port = free_udp()
    engine = ":".join(str(byte) for byte in engine_id("127.0.0.1", port))
    words = tuple(line.format(port=port, engine=engine) for line in lines)
    with ExitStack() as stack:

        async def do(notices: Notices) -> None:
            lab = await asyncio.to_thread(stack.enter_context, hall(port, *words))
            await asyncio.to_thread(lab.world.add_fault, "endpoint-unplug", {"endpoint": "cam-002"})
            await until(lambda: "link-down" in kinds(notices.desk.timeline))
            if source == "inform":
                await until(lambda: lab.notifier.statistics.acknowledged > 0)

        notices = hear(do, port=port)
    down = notices.desk.timeline.recent(kind="link-down")[0]
    assert (down.interface, down.source, down.fields["oper"]) == (SECOND, source, "down")


def test_an_inform_that_is_sent_again_is_one_event_and_answered_each_time() -> None:
    data = message("InformRequestPDU")

    async def do(notices: Notices) -> None:
        loop = asyncio.get_running_loop()
        with socket.socket(type=socket.SOCK_DGRAM) as sock:
            sock.setblocking(False)
            for _ in range(3):
                await loop.sock_sendto(sock, data, notices._listen)
                async with asyncio.timeout(10):
                    assert await loop.sock_recv(sock, 2000)

    notices = hear(do, senders=("127.0.0.1",))
    assert counts(notices) | {"understood": 1, "duplicate": 2} == counts(notices)
    assert kinds(notices.desk.timeline) == ["login-refused"]


@pytest.mark.skipif(shutil.which("snmptrap") is None, reason="net-snmp's snmptrap is not installed")
def test_what_is_not_sealed_as_its_user_is_not_heard() -> None:
    """Wrong password, downgraded, replayed, unknown user, wrong community: refused and counted."""
    engine = ("-e", "0x8000000001020304")
    what = ("55", "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.2.1.2.2.1.1.7", "i", "7")
    wrong = tuple("Auth-pass-2" if word == "Auth-pass-1" else word for word in SEALED)
    old = ("-Z", "1,10")  # boots and time long before the first message's

    async def do(notices: Notices) -> None:
        async def send(*words: str, good: bool = False) -> None:
            before = counts(notices)
            command = ("snmptrap", *words, where(notices), *what)
            done = await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)
            assert done.returncode == 0
            word = "understood" if good else "refused"
            await until(lambda: counts(notices)[word] == before[word] + 1)

        await send("-v3", *engine, *wrong, "-l", "authPriv")
        await send("-v3", *engine, *SEALED, "-l", "authPriv", "-Z", "7,5000", good=True)
        await send("-v3", *engine, *SEALED, "-l", "authPriv", *old)
        await send("-v3", *engine, *SEALED, "-l", "authPriv", "-Z", "7,4000")
        await send("-v3", *engine, *SEALED, "-l", "authNoPriv", "-Z", "7,5001")
        await send("-v3", *engine, "-u", "noc", "-l", "noAuthNoPriv")
        await send("-v3", *engine, "-u", "nobody", "-l", "noAuthNoPriv")
        await send("-v2c", "-c", "guessed")

    notices = hear(do, senders=("127.0.0.1",))
    assert counts(notices)["understood"] == 1
    assert len(notices.desk.timeline) == 1


def test_strangers_and_garbage_are_counted_and_nothing_else() -> None:
    bomb = b"\x30\x84\x7f\xff\xff\xff" + b"\x30\x80" * 200
    rubbish = (
        b"",
        b"\x30",
        b"\x30\x03\x02\x01\x01",
        bomb,
        b"\x30\x82\x01\x00" + bytes(256),
        bytes(range(200)),
    )

    async def do(notices: Notices) -> None:
        for source in ("127.0.0.1", "127.0.0.9"):
            with socket.socket(type=socket.SOCK_DGRAM) as sock:
                sock.bind((source, 0))
                for data in rubbish:
                    sock.sendto(data, notices._listen)
        await until(lambda: sum(counts(notices).values()) == 2 * len(rubbish))

    notices = hear(do, senders=("127.0.0.1",))
    assert counts(notices)["stranger"] == len(rubbish)
    assert counts(notices)["malformed"] + counts(notices)["refused"] == len(rubbish)
    assert len(notices.desk.timeline) == 0


FLOOD = """
import socket, sys, time
data, target = bytes.fromhex(sys.argv[1]), ("127.0.0.1", int(sys.argv[2]))
sock, begun = socket.socket(type=socket.SOCK_DGRAM), time.monotonic()
for number in range(30_000):
    sock.sendto(data, target)
    ahead = begun + number / 10_000 - time.monotonic()
    if ahead > 0.001:
        time.sleep(ahead)
"""


def test_a_flood_is_dropped_and_the_loop_stays_alive() -> None:
    """10,000 traps a second of one switch for three seconds: 50 a second are read, the rest are counted."""
    gaps: list[float] = []
    begun = time.monotonic()

    async def do(notices: Notices) -> None:
        command = (sys.executable, "-c", FLOOD, message("TrapPDU").hex(), str(notices._listen[1]))
        sender = await asyncio.create_subprocess_exec(*command)
        ended = asyncio.create_task(sender.wait())
        while not ended.done():
            before = time.monotonic()
            await asyncio.sleep(0.01)
            gaps.append(time.monotonic() - before - 0.01)
        assert await ended == 0

    notices = hear(do, senders=("127.0.0.1",), limits=Limits())
    seen = counts(notices)
    assert 0 < seen["understood"] + seen["duplicate"] <= 200 + 50 * (time.monotonic() - begun)
    assert seen["limited"] > 1_000  # what the kernel had no room for is not even that
    assert notices.page().value(m.NOTIFICATIONS_LIMITED, "hall") == seen["limited"]
    assert max(gaps) < 3.0
    assert len(gaps) > 20
    assert len(notices.desk.timeline) <= 4  # one story; told again after the window at most
    assert len(notices.desk.repeats) == 1


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 here")
def test_one_socket_hears_ipv6_and_ipv4() -> None:
    async def do(notices: Notices) -> None:
        port = notices._listen[1]
        for family, address in ((socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.1")):
            with socket.socket(family, socket.SOCK_DGRAM) as sock:
                sock.bind((address, 0))
                sock.sendto(message("TrapPDU"), (address, port))
        await until(lambda: counts(notices)["understood"] + counts(notices)["duplicate"] == 2)

    notices = hear(do, host="::", senders=("::1", "127.0.0.1"))
    assert counts(notices)["stranger"] == 0
