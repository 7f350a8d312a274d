"""Traps of protocols and parts, version 1, informs of version 3: received on a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import cast

import pytest

from vnexus.lab import Lab
from vnexus.snmp import ber
from vnexus.snmp.message import Pdu
from vnexus.snmp.secure import Complaint, Engine, Refused, read_envelope
from vnexus.snmp.usm import Level, Moment, User, decrypt, read_users
from vnexus.testing import free_ports
from vnexus.topology import Topology

OSPF, BACKWARD, HSRP = "1.3.6.1.2.1.14.16.2.2", "1.3.6.1.2.1.15.7.2", "1.3.6.1.4.1.9.9.106.2.0.1"
SENSOR, POE, TOPOLOGY_CHANGE = "1.3.6.1.4.1.9.9.91.2.0.1", "1.3.6.1.2.1.105.0.1", "1.3.6.1.2.1.17.0.2"
EVENT = "1.3.6.1.4.1.9.9.43.2.0.1"
HOST = "snmp-server host 127.0.0.1 traps version 2c city udp-port {port}"


class Receiver(asyncio.DatagramProtocol):
    """Keeps what comes; answers with ``answer``."""

    def __init__(self) -> None:
        self.seen: asyncio.Queue[bytes] = asyncio.Queue()
        self.answer: Callable[[bytes], bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.seen.put_nowait(data)
        if self.answer is not None:
            self.transport.sendto(self.answer(data), addr)

    async def until(self, wanted: Callable[[bytes], bool]) -> bytes:
        """The first datagram of that kind."""
        async with asyncio.timeout(20):
            while not wanted(data := await self.seen.get()):
                pass
        return data

    async def trap(self, oid: str) -> bytes:
        return await self.until(lambda data: ber.oid(oid) in data)


@asynccontextmanager
async def routed_lab(topology: Topology, node: str, *lines: str) -> AsyncIterator[tuple[Lab, Receiver]]:
    """The routed lab; one node tells a receiver."""
    loop = asyncio.get_running_loop()
    transport, receiver = await loop.create_datagram_endpoint(Receiver, local_addr=("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    more = tuple(line.format(port=port) for line in lines)
    nodes = tuple(replace(n, startup=n.startup + more) if n.name == node else n for n in topology.nodes)
    try:
        async with Lab(replace(topology, nodes=nodes, listen=free_ports(nodes[0].address))) as lab:
            lab.journal.agreements.look((node,))
            yield lab, receiver
    finally:
        transport.close()


@pytest.mark.parametrize(
    ("node", "fault", "arguments", "oid"),
    [
        ("edge", "link-cut", {"node": "edge", "port": "Ethernet1/1"}, OSPF),
        ("edge", "carrier-down", {"endpoint": "transit"}, BACKWARD),
        ("core-2", "power-off", {"node": "core-1"}, HSRP),
        ("core-2", "power-off", {"node": "core-1"}, TOPOLOGY_CHANGE),
        ("edge", "heat", {"node": "edge", "celsius": 60}, SENSOR),
        ("hall", "endpoint-unplug", {"endpoint": "cam-001"}, POE),
    ],
)
def test_what_happens_is_told(
    routed_topology: Topology, node: str, fault: str, arguments: dict[str, object], oid: str
) -> None:
    async def run() -> None:
        async with routed_lab(routed_topology, node, HOST, "snmp-server enable traps") as (lab, receiver):
            lab.world.add_fault(fault, arguments)
            assert await receiver.trap(oid)

    asyncio.run(run())


def test_a_change_of_the_configuration_is_told_with_its_source(routed_topology: Topology) -> None:
    async def run() -> None:
        async with routed_lab(routed_topology, "edge", HOST, "snmp-server enable traps config") as (
            lab,
            receiver,
        ):
            assert not lab.nodes["edge"].merge("vlan 77")
            assert ber.oid("1.3.6.1.4.1.9.9.43.1.1.6.1.3.1") in await receiver.trap(EVENT)

    asyncio.run(run())


def test_what_was_not_asked_for_is_not_told(routed_topology: Topology) -> None:
    async def run() -> None:
        async with routed_lab(routed_topology, "edge", HOST, "snmp-server enable traps bgp") as (
            lab,
            receiver,
        ):
            lab.world.add_fault("link-cut", {"node": "edge", "port": "Ethernet1/1"})
            lab.world.add_fault("carrier-down", {"endpoint": "transit"})
            before = []
            while ber.oid(BACKWARD) not in (data := await receiver.until(lambda _: True)):
                before.append(data)
            assert not any(ber.oid(OSPF) in data for data in before)

    asyncio.run(run())


def test_version_1_names_its_enterprise(routed_topology: Topology) -> None:
    async def run() -> None:
        host = HOST.replace("2c", "1")
        async with routed_lab(routed_topology, "edge", host, "snmp-server enable traps ospf") as (
            lab,
            receiver,
        ):
            lab.world.add_fault("link-cut", {"node": "edge", "port": "Ethernet1/1"})
            down = await receiver.until(
                lambda data: ber.oid("1.3.6.1.6.3.1.1.5") + _agent() + ber.integer(2) in data
            )
            assert b"\xa4" in down
            special = ber.oid("1.3.6.1.2.1.14.16.2") + _agent() + ber.integer(6) + ber.integer(2)
            assert special in await receiver.until(lambda data: ber.oid("1.3.6.1.2.1.14.16.2") in data)

    asyncio.run(run())


def _agent() -> bytes:
    return ber.tlv(ber.IP_ADDRESS, bytes((127, 66, 8, 9)))


REMOTE = b"\x80\x00\x00\x09\x03\x11\x22\x33\x44\x55\x66"


def _answer(engine: Engine, user: User, data: bytes) -> bytes:
    """A receiver with an engine of its own: tells it to who does not know it, acknowledges the rest."""
    envelope = read_envelope(data)
    if envelope.engine != REMOTE:
        report = engine.report(envelope, Refused(Complaint.ENGINE))
        assert report is not None
        return report
    assert user.digest(envelope.zeroed) == envelope.digest
    clear = decrypt(user, envelope.body, envelope.at, envelope.salt)
    assert bytes((Pdu.INFORM,)) in clear
    empty = ber.integer(1) + ber.integer(0) * 2 + ber.tlv(ber.SEQUENCE, b"")
    return engine.seal(envelope.message_id, user, Level.PRIV, b"", ber.tlv(Pdu.RESPONSE, empty))


def test_an_inform_of_version_3_asks_the_receivers_engine_first(routed_topology: Topology) -> None:
    name = ":".join(str(octet) for octet in REMOTE)
    user_line = (
        f"snmp-server user far network-operator auth sha Auth-pass-1 priv aes-128 Priv-pass-1 engineID {name}"
    )
    host = "snmp-server host 127.0.0.1 informs version 3 priv far udp-port {port}"

    async def run() -> None:
        async with routed_lab(routed_topology, "edge", user_line, host) as (lab, receiver):
            config = lab.nodes["edge"].config
            assert b"far" not in read_users(config.lines())
            far = read_users(config.lines(), remote=True)[b"far"]
            engine = Engine(REMOTE, lambda: Moment(7, 1234), {b"far": far})
            receiver.answer = lambda data: _answer(engine, far, data)
            lab.world.add_fault("link-cut", {"node": "edge", "port": "Ethernet1/1"})
            async with asyncio.timeout(20):
                while not lab.notifier.statistics.acknowledged:  # noqa: ASYNC110 - the notifier counts, nobody calls
                    await asyncio.sleep(0.02)

    asyncio.run(run())
