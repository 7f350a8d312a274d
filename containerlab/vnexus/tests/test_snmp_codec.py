"""The codec holds its laws, and the agent survives any bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vnexus.snmp import Agent, ber
from vnexus.snmp.message import Pdu, read_request

if TYPE_CHECKING:
    from conftest import Lab

FIGURES = st.integers(-(2**40), 2**40)
SUBIDS = st.lists(st.integers(0, 2**32 - 1), max_size=40)
OIDS = st.builds(lambda head, tail: (*head, *tail), st.sampled_from([(1, 0), (1, 3), (0, 9), (2, 5)]), SUBIDS)


@given(OIDS)
def test_an_oid_comes_back(subids: tuple[int, ...]) -> None:
    assert ber.key_of_body(ber.oid_body(subids)) == ber.key(subids)


@given(OIDS, OIDS)
def test_keys_sort_as_oids_do(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    assert (ber.key(a) < ber.key(b)) == (a < b)


@given(st.integers(-(2**31), 2**31 - 1))
def test_an_integer_comes_back(value: int) -> None:
    encoded = ber.integer(value)
    assert ber.read_integer(encoded, 0, len(encoded)) == (value, len(encoded))


@given(st.integers(0, 2**64 - 1))
def test_a_counter_comes_back(value: int) -> None:
    encoded = ber.counter64(value)
    assert ber.read_tlv(encoded, 0, len(encoded)) == (ber.COUNTER64, 2, len(encoded))
    assert int.from_bytes(encoded[2:], signed=True) == value


@given(st.binary(max_size=70_000))
def test_contents_of_any_length_come_back(body: bytes) -> None:
    encoded = ber.tlv(ber.OCTETS, body)
    assert ber.read_tlv(encoded, 0, len(encoded)) == (ber.OCTETS, len(encoded) - len(body), len(encoded))


def request(pdu: int, names: list[tuple[int, ...]], first: int = 0, second: int = 0) -> bytes:
    varbinds = b"".join(
        ber.tlv(ber.SEQUENCE, ber.tlv(ber.OID, ber.oid_body(name)) + b"\x05\x00") for name in names
    )
    body = ber.integer(7) + ber.integer(first) + ber.integer(second) + ber.tlv(ber.SEQUENCE, varbinds)
    return ber.tlv(ber.SEQUENCE, ber.integer(1) + ber.octets(b"public") + ber.tlv(pdu, body))


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_any_bytes_are_survived(lab: Lab, data: bytes) -> None:
    agent = Agent(lab.world, "leaf-1")
    agent.reply(data)
    assert agent.statistics.malformed + agent.statistics.bad_community + agent.statistics.requests == 1


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.builds(request, st.sampled_from(list(Pdu)), st.lists(OIDS, max_size=4), FIGURES, FIGURES),
    position=st.integers(0, 10_000),
    bit=st.integers(0, 7),
    cut=st.integers(0, 40),
)
def test_damaged_requests_are_survived(lab: Lab, data: bytes, position: int, bit: int, cut: int) -> None:
    agent = Agent(lab.world, "leaf-1")
    agent.reply(data)
    damaged = bytearray(data)
    damaged[position % len(damaged)] ^= 1 << bit
    agent.reply(bytes(damaged))
    agent.reply(data[: len(data) - cut])


@pytest.mark.parametrize("size", [500, 1400, 8000])
def test_a_bulk_reply_keeps_its_size(lab: Lab, size: int) -> None:
    lab.configs["hall"].text["snmp-server packetsize "] = str(size)
    lab.configs["hall"].touch()
    answer = Agent(lab.world, "hall").reply(request(Pdu.GET_BULK, [(1, 3, 6, 1, 2, 1, 2)], 0, 1000))
    assert answer is not None
    assert size * 0.8 < len(answer) <= size


def test_too_much_in_one_get_is_too_big(lab: Lab) -> None:
    names = [(1, 3, 6, 1, 2, 1, 1, 1, 0)] * 60
    answer = Agent(lab.world, "hall").reply(request(Pdu.GET, names))
    assert answer is not None
    assert len(answer) < 60
    assert b"\x02\x01\x01\x02\x01\x00\x30\x00" in answer


@pytest.mark.parametrize(("first", "second"), [(0, 0), (5, 0), (-3, 4), (2, -1), (0, 2**31)])
def test_odd_bulk_figures_are_taken_as_the_rfc_says(lab: Lab, first: int, second: int) -> None:
    asked = [(1, 3, 6, 1, 2, 1, 1), (1, 3, 6, 1, 2, 1, 2, 2, 1, 2)]
    answer = Agent(lab.world, "hall").reply(request(Pdu.GET_BULK, asked, first, second))
    assert answer is not None
    assert len(answer) <= 8000


def test_the_end_of_a_bulk_walk_is_marked(lab: Lab) -> None:
    for asked in ([(1, 3, 7)], [(1, 3, 6, 1, 6, 3, 10, 2, 1, 3)], [(1, 3, 7), (1, 3, 7, 1)]):
        answer = Agent(lab.world, "hall").reply(request(Pdu.GET_BULK, asked, 0, 10))
        assert answer is not None
        assert ber.END_OF_MIB in answer


def test_a_request_is_read_whole(lab: Lab, get_name: bytes) -> None:
    seen = read_request(get_name)
    assert (seen.pdu, seen.community, seen.keys) == (
        Pdu.GET,
        b"public",
        (ber.key((1, 3, 6, 1, 2, 1, 1, 5, 0)),),
    )
