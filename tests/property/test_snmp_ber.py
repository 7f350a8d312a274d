"""Whatever comes from the wire: a message, or one clean error; and what we write, we read back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.collect.snmp import ber
from agent.collect.snmp.ber import BerError, Header, Row, encode_integer, encode_tlv
from agent.collect.snmp.request import FIRST_ID, LAST_ID, write_bulk, write_get

numbers = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=12).map(tuple)
oids = st.tuples(st.sampled_from((43, 40, 80, 119)), numbers).map(lambda pair: (pair[0], *pair[1]))
values = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(lambda n: (encode_integer(n), n)),
    st.integers(0, 2**64 - 1).map(lambda n: (encode_tlv(0x46, n.to_bytes(n.bit_length() // 8 + 1)), n)),
    st.binary(max_size=300).map(lambda raw: (encode_tlv(0x04, raw), raw)),
    st.sampled_from((0x05, 0x80, 0x81, 0x82)).map(lambda tag: (bytes((tag, 0)), None)),
)


def read(data: bytes) -> tuple[Header, list[Row]] | None:
    try:
        header = ber.read_header(data)
        return header, ber.read_rows(data, header.at, header.end)
    except BerError:
        return None


def write(request_id: int, rows: list[tuple[bytes, bytes]]) -> bytes:
    bindings = b"".join(encode_tlv(0x30, encode_tlv(0x06, oid) + value) for oid, value in rows)
    pdu = encode_integer(request_id) + encode_integer(0) * 2 + encode_tlv(0x30, bindings)
    return encode_tlv(0x30, encode_integer(1) + encode_tlv(0x04, b"public") + encode_tlv(0xA2, pdu))


@given(st.binary(max_size=400))
def test_noise_is_a_clean_error(data: bytes) -> None:
    read(data)


@given(st.lists(st.tuples(oids, values), max_size=6), st.data())
def test_damaged_messages_are_clean_errors_or_messages(
    rows: list[tuple[tuple[int, ...], tuple[bytes, ber.Value]]], data: st.DataObject
) -> None:
    message = bytearray(write(7, [(ber.encode_numbers(oid), raw) for oid, (raw, _) in rows]))
    for _ in range(data.draw(st.integers(1, 4))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    read(bytes(message[: data.draw(st.integers(0, len(message)))]))
    found = read(bytes(message))
    if found is not None:  # then it is bounded by what came in
        assert sum(len(oid) for oid, _ in found[1]) <= len(message)


@given(
    st.integers(-(2**31), 2**31 - 1),
    st.lists(st.tuples(oids, values), min_size=8, max_size=40),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 255)), max_size=3),
)
def test_the_short_way_to_a_header_finds_the_same(
    request_id: int,
    rows: list[tuple[tuple[int, ...], tuple[bytes, ber.Value]]],
    damages: list[tuple[int, int]],
) -> None:
    message = bytearray(write(request_id, [(ber.encode_numbers(oid), raw) for oid, (raw, _) in rows]))
    if len(message) > 300 and not damages:
        assert ber.read_usual(bytes(message)) is not None
    for at, byte in damages:
        message[at % len(message)] = byte
    short = ber.read_usual(bytes(message))
    if short is not None:
        assert short == ber.read_header(bytes(message))


@given(st.integers(-(2**31), 2**31 - 1), st.lists(st.tuples(oids, values), max_size=40))
def test_what_is_written_is_read(
    request_id: int, rows: list[tuple[tuple[int, ...], tuple[bytes, ber.Value]]]
) -> None:
    found = read(write(request_id, [(ber.encode_numbers(oid), raw) for oid, (raw, _) in rows]))
    assert found is not None
    header, decoded = found
    assert (header.request_id, header.community, header.kind) == (request_id, b"public", ber.RESPONSE)
    assert decoded == [(ber.encode_numbers(oid), value) for oid, (_, value) in rows]


@given(oids, oids)
def test_oids_come_back_and_sort_as_numbers(one: tuple[int, ...], two: tuple[int, ...]) -> None:
    raw = ber.encode_numbers(one)
    assert ber.decode_numbers(raw) == one
    assert ber.encode_oid(ber.decode_oid(raw)) == raw
    assert ber.follows(raw, ber.encode_numbers(two)) == (two > one)


@given(
    st.binary(min_size=1, max_size=40),
    st.integers(FIRST_ID, LAST_ID),
    st.lists(oids.map(ber.encode_numbers), min_size=1, max_size=60),
    st.integers(1, 100),
)
def test_requests_are_well_formed(community: bytes, request_id: int, asked: list[bytes], size: int) -> None:
    got = read(write_get(community, request_id, asked))
    assert got is not None
    assert got[0][:3] == (community, ber.GET, request_id)
    assert got[1] == [(oid, None) for oid in asked]
    bulk = read(write_bulk(community, request_id, asked[0], size))
    assert bulk is not None
    assert bulk[0][:5] == (community, ber.GET_BULK, request_id, 0, size)
    assert bulk[1] == [(asked[0], None)]
