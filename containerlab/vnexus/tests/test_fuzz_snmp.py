"""The SNMP agent and any bytes: a message, or one declared error, or silence; never anything else."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vnexus.config.snmpkeys import localized, private_key
from vnexus.lab import Lab
from vnexus.snmp import ber
from vnexus.snmp.ber import BerError
from vnexus.snmp.message import Pdu, read_request
from vnexus.snmp.secure import Engine, read_envelope
from vnexus.snmp.usm import Level, Moment, User
from vnexus.topology import Link, NodeSpec, Topology
from vnexus.world import Clock

LONG = int(os.environ.get("VNEXUS_FUZZ", "0"))
"""Examples of a long run (fuzz/run.py)."""
SMALL = settings(
    max_examples=LONG or 150, deadline=None, derandomize=not LONG, suppress_health_check=list(HealthCheck)
)
COMMON = (
    "feature lldp",
    "snmp-server community public group network-operator",
    "snmp-server user noc network-operator auth sha-256 Auth-pass-1 priv aes-128 Priv-pass-1",
    "snmp-server user bare network-operator",
)
TOPOLOGY = Topology(
    "fuzz",
    tuple(NodeSpec(f"leaf-{n}", "n9k-10", "N9K-C9348GC-FX3PH", f"127.66.71.{n}", COMMON) for n in (1, 2)),
    (Link("leaf-1", "Ethernet1/49", "leaf-2", "Ethernet1/49"),),
)
SYS_NAME = (1, 3, 6, 1, 2, 1, 1, 5, 0)
subids = st.tuples(st.integers(0, 2), st.integers(0, 39)).flatmap(
    lambda head: st.lists(st.integers(0, 2**32 - 1), max_size=20).map(lambda rest: (*head, *rest))
)
PDUS = st.sampled_from([Pdu.GET, Pdu.GET_NEXT, Pdu.SET, Pdu.GET_BULK, Pdu.RESPONSE, Pdu.TRAP, 0xA4, 0x30])


@cache
def lab() -> Lab:
    wall = [1_800_000_000.0]
    return Lab(TOPOLOGY, clock=Clock(lambda: wall[0]))


def encoded(subids_: tuple[int, ...]) -> bytes:
    return ber.tlv(ber.OID, ber.oid_body(subids_))


def pdu(kind: int, numbers: tuple[int, int, int], names: list[tuple[int, ...]]) -> bytes:
    variables = b"".join(ber.tlv(ber.SEQUENCE, encoded(name) + b"\x05\x00") for name in names)
    return ber.tlv(kind, b"".join(map(ber.integer, numbers)) + ber.tlv(ber.SEQUENCE, variables))


def plain(version: int, community: bytes, body: bytes) -> bytes:
    return ber.tlv(ber.SEQUENCE, ber.integer(version) + ber.octets(community) + body)


GET_NAME = plain(1, b"public", pdu(Pdu.GET, (1, 0, 0), [SYS_NAME]))
small = st.integers(-(2**31), 2**31 - 1)
messages = st.builds(
    plain,
    st.sampled_from([0, 1, 1, 1, 2, 3, 7]),
    st.sampled_from([b"public", b"public", b"wrong", b""]),
    st.builds(pdu, PDUS, st.tuples(small, small, small), st.lists(subids, max_size=6)),
)


def manager() -> tuple[Engine, User]:
    """The other side: seals requests as the user ``noc`` does."""
    engine = lab().agents["leaf-1"].engine
    user = User(
        b"noc", "sha-256", localized("sha-256", "Auth-pass-1", engine.identity),
        "aes-128", private_key("sha-256", "Priv-pass-1", "aes-128", engine.identity),
    )  # fmt: skip
    return Engine(engine.identity, lambda: Moment(1, 0)), user


def sealed(level: Level, body: bytes) -> bytes:
    engine, user = manager()
    message = engine.seal(ber.integer(5), user, level, b"", body)
    at = message.index(b"\x04\x01" + bytes((level and (1, 3)[level - 1],)))
    return message[: at + 2] + bytes((message[at + 2] | 4,)) + message[at + 3 :] if not level else message


@st.composite
def damaged(draw: Callable[[st.SearchStrategy[object]], object], whole: st.SearchStrategy[bytes]) -> bytes:
    """Cut, doubled, flipped, stretched."""
    data = bytearray(draw(whole))  # type: ignore[call-overload]
    for _ in range(draw(st.integers(1, 4))):  # type: ignore[call-overload]
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        how = draw(st.sampled_from(["flip", "cut", "insert", "length"]))
        if how == "cut":
            del data[at:]  # type: ignore[misc]
        elif how == "insert":
            data[at:at] = draw(st.binary(max_size=9))  # type: ignore[misc]
        elif data:
            data[at] = (
                draw(st.integers(0, 255)) if how == "flip" else draw(st.sampled_from([0, 127, 128, 132, 255]))
            )  # type: ignore[index,call-overload]
    return bytes(data)


def asked(data: bytes) -> None:
    """The agent answers well-formed bytes or nothing, and its neighbour goes on answering."""
    for agent in lab().agents.values():
        answer = agent.reply(data)
        if answer is not None:
            tag, _, end = ber.read_tlv(answer, 0, len(answer))
            assert (tag, end) == (ber.SEQUENCE, len(answer))
            assert len(answer) <= max(len(data), 8000) + 512
    said = lab().agents["leaf-2"].reply(GET_NAME)
    assert said is not None
    assert said.endswith(b"leaf-2")


@SMALL
@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_come_back(value: int) -> None:
    data = ber.integer(value)
    assert ber.read_integer(data, 0, len(data)) == (value, len(data))


@SMALL
@given(st.integers(0, 2**32 - 1))
def test_lengths_come_back(size: int) -> None:
    data = bytes((ber.OCTETS,)) + ber.length(size)
    if size <= 70_000:
        whole = data + bytes(size)
        assert ber.read_tlv(whole, 0, len(whole)) == (ber.OCTETS, len(data), len(whole))
    else:
        with pytest.raises(BerError):
            ber.read_tlv(data, 0, len(data))


@SMALL
@given(subids)
def test_names_come_back_and_sort_as_they_count(name: tuple[int, ...]) -> None:
    assert ber.key_of_body(ber.oid_body(name)) == ber.key(name)


@SMALL
@given(subids, subids)
def test_names_sort_as_they_count(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    assert (ber.key(one) < ber.key(other)) == (one < other)


@SMALL
@given(st.sampled_from([0, 1]), st.binary(max_size=40), small, small, small, st.lists(subids, max_size=6))
def test_requests_come_back(  # noqa: PLR0917 - as drawn
    version: int, community: bytes, number: int, one: int, two: int, names: list[tuple[int, ...]]
) -> None:
    read = read_request(plain(version, community, pdu(Pdu.GET, (number, one, two), names)))
    assert (read.version, read.community, read.first, read.second) == (version, community, one, two)
    assert read.request_id == ber.integer(number)
    assert read.keys == tuple(map(ber.key, names))


@SMALL
@given(st.binary(max_size=300) | damaged(messages))
def test_any_bytes_are_a_message_or_one_error(data: bytes) -> None:
    for read in (read_request, read_envelope):
        try:
            read(data)
        except BerError:
            continue


@SMALL
@given(st.binary(max_size=300) | messages | damaged(messages))
def test_the_agent_survives_plain_messages(data: bytes) -> None:
    asked(data)


@SMALL
@given(
    damaged(
        st.builds(
            sealed,
            st.sampled_from(Level),
            st.builds(pdu, PDUS, st.tuples(small, small, small), st.lists(subids, max_size=4)),
        )
    )
)
def test_the_agent_survives_version_3(data: bytes) -> None:
    asked(data)


@SMALL
@given(
    st.builds(pdu, PDUS, st.tuples(small, small, small), st.lists(subids, max_size=4)), st.binary(max_size=60)
)
def test_the_agent_survives_who_knows_the_password(body: bytes, rest: bytes) -> None:
    """Whatever is inside, rightly signed and encrypted."""
    asked(sealed(Level.PRIV, body))
    asked(sealed(Level.AUTH, body + rest))


def test_a_good_message_of_version_3_is_answered() -> None:
    """Else the laws above would hold for an agent that refuses everything."""
    before = lab().agents["leaf-1"].statistics.requests
    asked(sealed(Level.PRIV, pdu(Pdu.GET, (1, 0, 0), [SYS_NAME])))
    asked(sealed(Level.AUTH, pdu(Pdu.GET_BULK, (1, 0, 20), [(1, 3)])))
    assert lab().agents["leaf-1"].statistics.requests == before + 2


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x30\x84\xff\xff\xff\xff", id="a-length-of-four-gigabytes"),
        pytest.param(b"\x30\x80" * 5000, id="indefinite-lengths-nested"),
        pytest.param(ber.tlv(0x30, b"\x02\x01\x01") * 1000, id="many-messages"),
        pytest.param(
            plain(1, b"public", pdu(Pdu.GET_BULK, (1, 0, 2**31 - 1), [(1, 3)] * 4000)), id="bulk-of-thousands"
        ),
        pytest.param(plain(1, b"public", pdu(Pdu.GET, (1, 0, 0), [SYS_NAME] * 4000)), id="get-of-thousands"),
        pytest.param(
            plain(0, b"public", pdu(Pdu.GET_NEXT, (1, 0, 0), [(2, 39)] * 3000)), id="v1-behind-the-end"
        ),
        pytest.param(plain(1, b"public", pdu(Pdu.SET, (1, 0, 0), [SYS_NAME] * 3000)), id="set-of-thousands"),
        pytest.param(plain(2, b"public", pdu(Pdu.GET, (1, 0, 0), [SYS_NAME])), id="version-2-party"),
        pytest.param(plain(1, b"p" * 60_000, pdu(Pdu.GET, (1, 0, 0), [SYS_NAME])), id="long-community"),
    ],
)
def test_known_tricks(data: bytes) -> None:
    asked(data)
