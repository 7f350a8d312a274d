"""Whatever arrives at the trap port: a counted outcome, never an exception, never memory without bounds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import encoder
from pysnmp.carrier.asyncio.dgram.udp import DOMAIN_NAME
from pysnmp.proto import api

from agent.collect.snmp.backend import Community, read_credentials
from agent.collect.snmp.ber import encode_integer, encode_tlv
from agent.collect.traps.gate import Gate, Limits
from agent.collect.traps.known import standard_dictionary
from agent.collect.traps.meaning import understand
from agent.collect.traps.notification import Notification
from agent.collect.traps.receiver import Receiver, engine_id, open_socket

SENDER = "192.0.2.1"


def written(version: int, kind: str) -> bytes:
    module = api.PROTOCOL_MODULES[version]
    pdu = getattr(module, kind)()
    (module.apiTrapPDU if kind == "TrapPDU" else module.apiPDU).set_defaults(pdu)
    message = module.Message()
    module.apiMessage.set_defaults(message)
    module.apiMessage.set_community(message, "watchers")
    module.apiMessage.set_pdu(message, pdu)
    return bytes(encoder.encode(message))


def sealed(engine: bytes) -> bytes:
    """A message of version 3 whose seal is wrong; of an empty engine id, a question for ours."""
    security = [encode_tlv(0x04, engine), encode_integer(7), encode_integer(5000)]
    security += [encode_tlv(0x04, part) for part in (b"noc", bytes(24), bytes(8))]
    header = encode_integer(77) + encode_integer(65_507) + encode_tlv(0x04, b"\x07") + encode_integer(3)
    parts = encode_integer(3) + encode_tlv(0x30, header)
    parts += encode_tlv(0x04, encode_tlv(0x30, b"".join(security))) + encode_tlv(0x04, bytes(64))
    return encode_tlv(0x30, parts)


SEEDS = (
    written(api.SNMP_VERSION_1, "TrapPDU"),
    written(api.SNMP_VERSION_2C, "TrapPDU"),
    written(api.SNMP_VERSION_2C, "InformRequestPDU"),
    written(api.SNMP_VERSION_2C, "GetRequestPDU"),
    sealed(bytes.fromhex("800000000102030405")),
    sealed(engine_id("127.0.0.1", 9162)),
    sealed(b""),
)


class Ear:
    """A receiver in a loop of its own, that is fed by hand."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.heard: list[Notification] = []
        gate = Gate({SENDER: "hall"}, self.loop.time, Limits(1e9, 1e9, 1e9, 1e9))
        self.receiver = Receiver(gate, self.heard.append, lambda: 0.0)
        users = [Community("watchers"), read_credentials("v3 noc sha256 Auth-pass-1 aes128 Priv-pass-1")]
        self.loop.run_until_complete(self.receiver.open(open_socket("127.0.0.1", 0), users))
        engine: Any = self.receiver._engine
        self.transport = engine.transport_dispatcher.get_transport(DOMAIN_NAME)

    def feed(self, data: bytes) -> None:
        self.transport.datagram_received(data, (SENDER, 5000))

    def close(self) -> None:
        self.receiver.close()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()


@pytest.fixture(scope="module")
def ear() -> Iterator[Ear]:
    made = Ear()
    yield made
    made.close()


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A message with some bytes replaced, cut out or put in."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data) - 1))
        match draw(st.sampled_from(("set", "cut", "add"))):
            case "set":
                data[at] = draw(st.integers(0, 255))
            case "cut":
                del data[at : at + draw(st.integers(1, 6))]
            case _:
                data[at:at] = draw(st.binary(max_size=6))
        if not data:
            return b""
    return bytes(data)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.one_of(changed(), st.binary(max_size=300)))
def test_any_datagram_is_one_counted_outcome(ear: Ear, data: bytes) -> None:
    receiver = ear.receiver
    gate, counts, heard = receiver.gate.counts.copy(), receiver.counts.copy(), len(ear.heard)
    ear.feed(data)
    assert receiver.gate.counts.total() == gate.total() + 1
    assert receiver.counts.total() <= counts.total() + 1
    assert len(ear.heard) - heard == receiver.counts["understood"] - counts["understood"]
    for notification in ear.heard[heard:]:
        meaning = understand(notification, standard_dictionary(), lambda *_: "")
        assert len(meaning.event.text) <= 200
    assert all(len(engines) <= 4 for engines in receiver._engines.values())


def test_the_seeds_are_understood(ear: Ear) -> None:
    before = ear.receiver.counts["understood"]
    for seed in SEEDS[:3]:
        ear.feed(seed)
    assert ear.receiver.counts["understood"] == before + 3
    refused = ear.receiver.counts["refused"]
    for seed in SEEDS[4:6]:
        ear.feed(seed)
    assert ear.receiver.counts["refused"] == refused + 2
