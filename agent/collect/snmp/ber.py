"""BER of SNMP messages: what a poller needs, bounded against hostile agents (X.690, RFC 3416, RFC 3417).

OIDs stay raw bytes: a poller compares and looks them up millions of times and shows them hardly ever. Only
values are decoded: INTEGER, Counter, Gauge, TimeTicks to ``int``; OCTET STRING, IpAddress, Opaque to
``bytes``; OBJECT IDENTIFIER to ``ObjectId``; NULL, noSuchObject, noSuchInstance, endOfMibView to ``None``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TypeAlias

from agent.errors import AgentError

GET, GET_NEXT, RESPONSE, GET_BULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA5, 0xA8

_UNSIGNED = frozenset((0x41, 0x42, 0x43, 0x46))  # Counter32, Gauge32, TimeTicks, Counter64
_OCTETS = frozenset((0x04, 0x40, 0x44, 0x45))  # OCTET STRING, IpAddress, Opaque, NsapAddress
_LONGEST_OID = 640  # 128 sub-identifiers of five bytes (RFC 2578 §3.5)
_ABSENT = frozenset((0x05, 0x80, 0x81, 0x82))  # NULL, noSuchObject, noSuchInstance, endOfMibView


class BerError(AgentError):
    """Bytes that are not a well-formed SNMP message."""


class ObjectId(bytes):
    """A value of type OBJECT IDENTIFIER, in raw bytes.

    >>> print(ObjectId(encode_oid("1.3.6.1.4.1.9")))
    1.3.6.1.4.1.9
    """

    __slots__ = ()

    def __str__(self) -> str:
        return decode_oid(self)


Value: TypeAlias = int | bytes | None
Row: TypeAlias = tuple[bytes, Value]
"""(raw OID, value)."""


class Header(NamedTuple):
    """The part of a message before its variable bindings."""

    community: bytes
    """Empty in SNMPv3."""
    kind: int
    request_id: int
    error_status: int
    error_index: int
    at: int
    """Where the variable bindings begin."""
    end: int


@lru_cache(maxsize=4096)
def encode_oid(text: str) -> bytes:
    """Raw bytes of a dotted OID.

    >>> encode_oid("1.3.6.1.2.1.2.2.1.2").hex()
    '2b0601020102020102'
    """
    try:
        numbers = [int(part) for part in text.strip(".").split(".")]
    except ValueError as exc:
        raise BerError(f"{text!r} is not an OID. write numbers with dots between") from exc
    if len(numbers) < 2 or numbers[0] > 2 or min(numbers) < 0 or (numbers[0] < 2 and numbers[1] > 39):
        raise BerError(f"{text!r} is not an OID. it begins with 0, 1 or 2 and has two numbers or more")
    return encode_numbers((numbers[0] * 40 + numbers[1], *numbers[2:]))


def encode_numbers(numbers: tuple[int, ...]) -> bytes:
    """Base-128 form of sub-identifiers, as they stand behind the first two arcs (X.690 §8.19).

    >>> encode_numbers((1, 128, 16384)).hex()
    '018100818000'
    """
    out = bytearray()
    for number in numbers:
        if number < 0x80:
            out.append(number)
            continue
        groups = [number & 0x7F]
        number >>= 7  # noqa: PLW2901  # the number is consumed seven bits at a time
        while number:
            groups.append(0x80 | (number & 0x7F))
            number >>= 7  # noqa: PLW2901
        out += bytes(reversed(groups))
    return bytes(out)


def decode_numbers(raw: bytes) -> tuple[int, ...]:
    """Sub-identifiers of raw bytes, the inverse of ``encode_numbers``; BerError when the last one is cut."""
    numbers = []
    number = 0
    for byte in raw:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(number)
            number = 0
    if raw and raw[-1] >= 0x80:
        raise BerError("an OID ends in the middle of a number")
    return tuple(numbers)


def decode_oid(raw: bytes) -> str:
    """Dotted form of a raw OID.

    >>> decode_oid(encode_oid("1.3.6.1.4.1.9.12.3.1.3.2193"))
    '1.3.6.1.4.1.9.12.3.1.3.2193'
    """
    numbers = decode_numbers(raw)
    if not numbers:
        return ""
    top = min(numbers[0] // 40, 2)
    return ".".join(str(number) for number in (top, numbers[0] - 40 * top, *numbers[1:]))


def follows(before: bytes, after: bytes) -> bool:
    """Whether ``after`` is greater in MIB order; raw bytes alone do not sort numbers above 16383."""
    return decode_numbers(after) > decode_numbers(before)


def encode_tlv(tag: int, body: bytes) -> bytes:
    """Tag, definite length, body."""
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    if size < 0x100:
        return bytes((tag, 0x81, size)) + body
    return bytes((tag, 0x82)) + size.to_bytes(2) + body


def encode_integer(value: int) -> bytes:
    """INTEGER in as few bytes as two's complement needs."""
    return encode_tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def read_version(data: bytes) -> int:
    """0, 1 and 3 for SNMPv1, v2c and v3; BerError when the message does not begin as one.

    >>> read_version(bytes.fromhex("3003020103"))
    3
    """
    try:
        at, end = open_element(data, 0, 0x30, len(data))
        return read_integer(data, at, end)[0]
    except IndexError:
        raise BerError("the message is cut short") from None


def read_header(data: bytes) -> Header:
    """Header of an SNMPv1 or v2c message; BerError when it is not one, or has bytes missing or left over."""
    try:
        at, end = open_element(data, 0, 0x30, len(data))
        if end != len(data):
            raise BerError("bytes are left after the message")
        version, at = read_integer(data, at, end)
        if version not in (0, 1):
            raise BerError(f"SNMP version code {version} where 1 (v2c) is expected")
        start, at = open_element(data, at, 0x04, end)
        return read_pdu(data, at, end, data[start:at])
    except IndexError:
        raise BerError("the message is cut short") from None


def read_usual(data: bytes) -> Header | None:
    """Header of a v2c response without error, between 256 B and 64 kB long; None for any other message.

    What ``read_header`` gives, at a fifth of its cost: nearly all messages of a walk are such.
    """
    try:
        size = len(data)
        if data[:2] != b"\x30\x82" or data[4:8] != b"\x02\x01\x01\x04" or data[8] >= 0x80:
            return None
        name = 9 + data[8]
        number = data[name + 5]
        at = name + 6 + number
        if (
            (data[2] << 8 | data[3]) + 4 != size
            or data[name : name + 2] != b"\xa2\x82"
            or (data[name + 2] << 8 | data[name + 3]) + name + 4 != size
            or data[name + 4] != 0x02
            or not 0 < number < 10
            or data[at : at + 8] != b"\x02\x01\x00\x02\x01\x00\x30\x82"
            or (data[at + 8] << 8 | data[at + 9]) + at + 10 != size
        ):
            return None
    except IndexError:
        return None
    request_id = int.from_bytes(data[name + 6 : at], signed=True)
    return Header(data[9:name], RESPONSE, request_id, 0, 0, at + 10, size)


def read_pdu(data: bytes, at: int, end: int, community: bytes = b"") -> Header:
    """Header of the PDU that fills the bytes between two positions; raises BerError or IndexError."""
    kind = data[at]
    at, stop = open_element(data, at, kind, end)
    if stop != end or not 0xA0 <= kind <= 0xA8:
        raise BerError("the PDU does not fill the message")
    request_id, at = read_integer(data, at, end)
    status, at = read_integer(data, at, end)
    index, at = read_integer(data, at, end)
    at, stop = open_element(data, at, 0x30, end)
    if stop != end:
        raise BerError("the variable bindings do not fill the PDU")
    return Header(community, kind, request_id, status, index, at, end)


def read_rows(data: bytes, at: int, end: int) -> list[Row]:
    """Variable bindings between two positions; raises BerError on anything malformed."""
    rows: list[Row] = []
    add = rows.append
    to_int = int.from_bytes
    try:
        while at < end:
            if data[at] != 0x30:
                raise BerError("a variable binding is not a SEQUENCE")
            size = data[at + 1]
            at += 2
            if size >= 0x80:
                size, at = _read_length(data, at - 1)
            stop = at + size
            size = data[at + 1]
            if data[at] != 0x06 or not 0 < size < 0x80 or stop > end:
                oid, at = _read_long_oid(data, at, stop, end)
            else:
                oid = data[at + 2 : at + 2 + size]
                at += 2 + size
            tag = data[at]
            size = data[at + 1]
            at += 2
            if size >= 0x80:
                size, at = _read_length(data, at - 1)
            if at + size != stop or oid[-1] >= 0x80:
                raise BerError("a value does not fill its variable binding")
            if tag in _UNSIGNED and 0 < size < 10:
                add((oid, to_int(data[at:stop])))
            else:
                add((oid, _read_value(tag, data[at:stop])))
            at = stop
    except IndexError:
        raise BerError("the variable bindings are cut short") from None
    return rows


def find_value(data: bytes, at: int) -> tuple[int, int, int]:
    """(type, start, end) of the value of the variable binding at a position; ``read_rows`` has read it."""
    start, end = open_element(data, at, 0x30, len(data))
    _, after = open_element(data, start, 0x06, end)
    return data[after], *open_element(data, after, data[after], end)


def _read_value(tag: int, raw: bytes) -> Value:
    if tag == 0x02 and 0 < len(raw) < 10:
        return int.from_bytes(raw, signed=True)
    if tag in _OCTETS:
        return raw
    if tag == 0x06 and 0 < len(raw) <= _LONGEST_OID:
        decode_numbers(raw)
        return ObjectId(raw)
    if tag in _ABSENT and not raw:
        return None
    raise BerError(f"a value has type 0x{tag:02x} and length {len(raw)}")


def _read_long_oid(data: bytes, at: int, stop: int, end: int) -> tuple[bytes, int]:
    if stop > end or data[at] != 0x06:
        raise BerError("a variable binding does not begin with an OID inside its bounds")
    size, at = _read_length(data, at + 1)
    if not 0 < size <= _LONGEST_OID or at + size > stop:
        raise BerError("an OID has no numbers or too many")
    return data[at : at + size], at + size


def _read_length(data: bytes, at: int) -> tuple[int, int]:
    first = data[at]
    if first < 0x80:
        return first, at + 1
    count = first & 0x7F
    if not 0 < count <= 4:
        raise BerError("an indefinite or oversized length")
    after = at + 1 + count
    if after > len(data):
        raise BerError("a length is cut short")
    return int.from_bytes(data[at + 1 : after]), after


def open_element(data: bytes, at: int, tag: int, end: int) -> tuple[int, int]:
    """Start and end of the body of the element at a position; raises BerError or IndexError."""
    if data[at] != tag:
        raise BerError(f"found type 0x{data[at]:02x} where 0x{tag:02x} is expected")
    size, start = data[at + 1], at + 2
    if size >= 0x80:
        size, start = _read_length(data, at + 1)
    if start + size > end:
        raise BerError("an element is longer than its frame")
    return start, start + size


def read_integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    """(INTEGER at a position, where it ends); raises BerError or IndexError."""
    start, stop = open_element(data, at, 0x02, end)
    if not 0 < stop - start < 10:
        raise BerError("an integer has a bad length")
    return int.from_bytes(data[start:stop], signed=True), stop
