"""Traps, informs and syslog, received on a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

import pytest

from vnexus import hardware
from vnexus.config.session import ConfigSession
from vnexus.lab import Lab
from vnexus.snmp import ber
from vnexus.snmp.message import Pdu
from vnexus.snmp.secure import read_envelope
from vnexus.snmp.usm import decrypt
from vnexus.testing import free_ports
from vnexus.topology import Endpoint, NodeSpec, Topology

PORT = "Ethernet1/7"
LINK_DOWN, LINK_UP = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4"
CIE_DOWN, CONFIG = "1.3.6.1.4.1.9.9.276.0.1", "1.3.6.1.4.1.9.9.43.2.0.2"
SUPPLY, FAN = "1.3.6.1.4.1.9.9.117.2.0.2", "1.3.6.1.4.1.9.9.117.2.0.6"
COLD, WARM, REFUSED = "1.3.6.1.6.3.1.1.5.1", "1.3.6.1.6.3.1.1.5.2", "1.3.6.1.6.3.1.1.5.5"
PATIENCE = 20.0


class Receiver(asyncio.DatagramProtocol):
    """Keeps what comes; answers informs with ``answer``."""

    def __init__(self) -> None:
        self.seen: asyncio.Queue[bytes] = asyncio.Queue()
        self.senders: set[str] = set()
        self.answer: Callable[[bytes], bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.seen.put_nowait(data)
        self.senders.add(addr[0])
        if self.answer is not None:
            self.transport.sendto(self.answer(data), addr)

    async def until(self, wanted: Callable[[bytes], bool]) -> bytes:
        """The first datagram of that kind."""
        async with asyncio.timeout(PATIENCE):
            while not wanted(data := await self.seen.get()):
                pass
        return data

    async def trap(self, oid: str) -> bytes:
        return await self.until(lambda data: trap_oid(data) == oid)


def parts(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    while start < end:
        tag, first, last = ber.read_tlv(data, start, end)
        yield tag, first, last
        start = last


def bindings(data: bytes) -> dict[str, bytes]:
    """OID in hex to contents, of a version 2c message."""
    _, start, end = ber.read_tlv(data, 0, len(data))
    _, first, last = list(parts(data, start, end))[2]
    _, first, last = list(parts(data, first, last))[3]
    found = {}
    for _, inside, after in parts(data, first, last):
        (_, a, b), (_, c, d) = parts(data, inside, after)
        found[data[a:b].hex()] = data[c:d]
    return found


def body(oid: str) -> str:
    return ber.oid(oid)[2:].hex()


def trap_oid(data: bytes) -> str | None:
    value = bindings(data).get(body("1.3.6.1.6.3.1.1.4.1.0"))
    known = (LINK_DOWN, LINK_UP, CIE_DOWN, CONFIG, SUPPLY, FAN, COLD, WARM, REFUSED)
    return next((oid for oid in known if value == ber.oid(oid)[2:]), None)


def test_a_port_without_privileges_stands_in_for_162() -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        transport, receiver = await loop.create_datagram_endpoint(Receiver, local_addr=("127.0.0.1", 0))
        address = "127.66.8.21"
        listen = replace(free_ports(address), traps=transport.get_extra_info("sockname")[1])
        line = "snmp-server host 127.0.0.1 traps version 2c city"
        spec = NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", address, (line,))
        async with Lab(Topology("traps", (spec,), listen=listen)):
            await receiver.trap(COLD)
        transport.close()

    asyncio.run(run())


@asynccontextmanager
async def listening(*lines: str, **more: Any) -> AsyncIterator[tuple[Lab, Receiver]]:
    """A lab of one switch with a camera; ``{port}`` in the lines is the receiver's."""
    loop = asyncio.get_running_loop()
    transport, receiver = await loop.create_datagram_endpoint(Receiver, local_addr=("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    startup = tuple(line.format(port=port) for line in lines)
    address = "127.66.8.21"
    spec = NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", address, startup)
    camera = Endpoint("hall", PORT, "camera", "cam-001", "00aa.bbcc.0001")
    topology = Topology("traps", (spec,), endpoints=(camera,), stations=more.get("stations", {}))
    listen = replace(free_ports(address), syslog=port if more else 0)
    try:
        async with Lab(replace(topology, listen=listen)) as lab:
            yield lab, receiver
    finally:
        transport.close()


HOST = "snmp-server host 127.0.0.1 traps version 2c city udp-port {port}"


def configure(lab: Lab, *lines: str) -> None:
    session = ConfigSession(lab.nodes["hall"].config)
    for line in lines:
        assert not session.feed(line).error


def test_a_camera_that_goes_is_told_with_its_port() -> None:
    async def run() -> None:
        async with listening(HOST, "snmp-server enable traps link") as (lab, receiver):
            await receiver.trap(COLD)
            number = lab.world.add_fault("endpoint-unplug", {"endpoint": "cam-001"})
            seen = bindings(await receiver.trap(LINK_DOWN))
            index = hardware.if_index("N9K-C9348GC-FX3PH", PORT)
            assert seen[body(f"1.3.6.1.2.1.2.2.1.8.{index}")] == b"\x02"
            assert seen[body(f"1.3.6.1.2.1.2.2.1.7.{index}")] == b"\x01"
            assert seen[body(f"1.3.6.1.2.1.31.1.1.1.1.{index}")] == PORT.encode()
            await receiver.trap(CIE_DOWN)
            lab.world.remove_fault(number)
            seen = bindings(await receiver.trap(LINK_UP))
            assert seen[body(f"1.3.6.1.2.1.2.2.1.8.{index}")] == b"\x01"
            assert receiver.senders == {"127.66.8.21"}

    asyncio.run(run())


def test_parts_and_changes_are_told() -> None:
    async def run() -> None:
        async with listening(HOST, "snmp-server enable traps") as (lab, receiver):
            lab.world.add_fault("psu-fail", {"node": "hall", "slot": 2})
            assert bindings(await receiver.trap(SUPPLY))[body("1.3.6.1.4.1.9.9.117.1.1.2.1.2.471")] == b"\x08"
            lab.world.add_fault("fan-fail", {"node": "hall", "fan": 3})
            assert bindings(await receiver.trap(FAN))[body("1.3.6.1.4.1.9.9.117.1.4.1.1.1.536")] == b"\x03"
            configure(lab, "vlan 120")
            await receiver.trap(CONFIG)
            lab.agents["hall"].reply(ber.tlv(0x30, ber.integer(1) + ber.octets(b"wrong") + GET))
            await receiver.trap(REFUSED)
            lab.world.reboot("hall")
            await receiver.trap(WARM)

    asyncio.run(run())


GET = ber.tlv(Pdu.GET, ber.integer(1) + ber.integer(0) * 2 + ber.tlv(ber.SEQUENCE, b""))


def test_what_is_not_asked_for_is_not_sent() -> None:
    """Configuration and authentication traps are off until they are asked for; links can be muted."""

    async def run() -> None:
        async with listening(HOST, f"interface {PORT}", "  no snmp trap link-status") as (lab, receiver):
            lab.world.add_fault("endpoint-unplug", {"endpoint": "cam-001"})
            configure(lab, "vlan 120")
            lab.agents["hall"].reply(ber.tlv(0x30, ber.integer(1) + ber.octets(b"wrong") + GET))
            lab.world.refresh()
            lab.world.add_fault("fan-fail", {"node": "hall", "fan": 1})
            before = []
            while (oid := trap_oid(await receiver.until(lambda _: True))) != FAN:
                before.append(oid)
            assert before == [COLD]

    asyncio.run(run())


def test_an_inform_is_acknowledged() -> None:
    async def run() -> None:
        line = "snmp-server host 127.0.0.1 informs version 2c city udp-port {port}"
        async with listening(line) as (lab, receiver):
            receiver.answer = lambda data: data.replace(b"\xa6", b"\xa2", 1)
            heard = asyncio.Event()
            take = lab.notifier.take
            lab.notifier.take = lambda data: (take(data), heard.set())[0]
            data = await receiver.trap(COLD)
            assert b"\xa6" in data
            async with asyncio.timeout(PATIENCE):
                await heard.wait()
            assert lab.notifier.statistics.acknowledged == 1

    asyncio.run(run())


def test_a_trap_of_version_3_is_sealed_by_the_nodes_engine() -> None:
    user = "snmp-server user noc network-operator auth sha auth-pass-1 priv aes-128 priv-pass-1"
    host = "snmp-server host 127.0.0.1 traps version 3 priv noc udp-port {port}"

    async def run() -> None:
        async with listening(user, host) as (lab, receiver):
            envelope = read_envelope(await receiver.until(lambda _: True))
            assert envelope.engine == hardware.engine_id("127.66.8.21")
            noc = lab.agents["hall"].engine.users[b"noc"]
            assert noc.digest(envelope.zeroed) == envelope.digest
            clear = decrypt(noc, envelope.body, envelope.at, envelope.salt)
            assert ber.oid(COLD) in clear

    asyncio.run(run())


def test_syslog_lines_are_those_of_nx_os() -> None:
    async def run() -> None:
        async with listening("logging server 127.0.0.1 5 port {port}") as (lab, receiver):
            lab.world.add_fault("endpoint-unplug", {"endpoint": "cam-001"})
            line = (await receiver.until(lambda _: True)).decode()
            assert line.startswith("<189>: 20")
            assert line.endswith(
                f" UTC: %ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface {PORT} is down (Link failure)"
            )
            configure(lab, "vlan 120")
            await receiver.until(lambda data: b"%VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by" in data)

    asyncio.run(run())


def test_a_server_of_the_configuration_has_a_stand_in_and_a_port() -> None:
    async def run() -> None:
        stations = {"10.66.2.14": "127.0.0.1"}
        async with listening("logging server 10.66.2.14 5 use-vrf management", stations=stations) as (
            lab,
            receiver,
        ):
            lab.world.add_fault("endpoint-unplug", {"endpoint": "cam-001"})
            await receiver.until(lambda data: b"IF_DOWN_LINK_FAILURE" in data)

    asyncio.run(run())


def test_a_severity_holds_back_what_matters_less() -> None:
    async def run() -> None:
        async with listening("logging server 127.0.0.1 2 port {port}") as (lab, receiver):
            lab.world.add_fault("endpoint-unplug", {"endpoint": "cam-001"})
            lab.world.add_fault("psu-fail", {"node": "hall", "slot": 1})
            assert (await receiver.until(lambda _: True)).startswith(b"<186>")

    asyncio.run(run())


@pytest.mark.parametrize("host", ["192.0.2.7", "collector"])
def test_nothing_ever_leaves_this_machine(host: str) -> None:
    lines = (f"snmp-server host {host} traps version 2c city", f"logging server {host} 6", HOST)

    async def run() -> None:
        async with listening(*lines) as (lab, receiver):
            lab.world.add_fault("fan-fail", {"node": "hall", "fan": 1})
            await receiver.trap(FAN)
            configure(lab, "vlan 120")
            lab.world.add_fault("fan-fail", {"node": "hall", "fan": 2})
            await receiver.trap(FAN)
            assert lab.notifier.statistics.not_loopback >= 3
            assert receiver.senders == {"127.66.8.21"}

    asyncio.run(run())
