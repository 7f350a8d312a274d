"""BER as SNMP uses it (X.690, RFC 3417 §8): definite lengths, one-byte tags."""

from __future__ import annotations

import struct
from collections.abc import Sequence

INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x46
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB = b"\x80\x00", b"\x81\x00", b"\x82\x00"
MAX_SUBIDS = 128


class BerError(ValueError):
    """Bytes that are not what SNMP allows."""


def length(size: int) -> bytes:
    """Length field.

    >>> length(5).hex(), length(300).hex()
    ('05', '82012c')
    """
    if size < 0x80:
        return bytes((size,))
    body = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((0x80 | len(body),)) + body


def tlv(tag: int, body: bytes) -> bytes:
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    return bytes((tag,)) + length(len(body)) + body


def integer(value: int) -> bytes:
    """INTEGER, signed."""
    size = (value + (value < 0)).bit_length() // 8 + 1
    return tlv(INTEGER, value.to_bytes(size, signed=True))


def _unsigned(tag: int, value: int) -> bytes:
    size = value.bit_length() // 8 + 1
    return bytes((tag, size)) + value.to_bytes(size)


def counter32(value: int) -> bytes:
    """Counter32; wraps at 2^32."""
    return _unsigned(COUNTER32, value & 0xFFFFFFFF)


def gauge32(value: int) -> bytes:
    """Gauge32; stays at its maximum."""
    return _unsigned(GAUGE32, min(max(value, 0), 0xFFFFFFFF))


def ticks(seconds: float) -> bytes:
    """TimeTicks: hundredths of a second, wraps after 497 days."""
    return _unsigned(TIME_TICKS, max(0, int(seconds * 100)) & 0xFFFFFFFF)


def counter64(value: int) -> bytes:
    return _unsigned(COUNTER64, value & 0xFFFFFFFFFFFFFFFF)


def octets(value: bytes) -> bytes:
    return tlv(OCTETS, value)


def text(value: str) -> bytes:
    return tlv(OCTETS, value.encode())


def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER from dotted text.

    >>> oid("1.3.6.1.2.1").hex()
    '06052b06010201'
    """
    return tlv(OID, oid_body([int(part) for part in dotted.split(".")]))


def oid_body(subids: Sequence[int]) -> bytes:
    """Contents of an OBJECT IDENTIFIER of at least two numbers."""
    return subid(subids[0] * 40 + subids[1]) + b"".join(map(subid, subids[2:]))


def subid(value: int) -> bytes:
    """One number in base 128."""
    if value < 0x80:
        return bytes((value,))
    out = [value & 0x7F]
    value >>= 7
    while value:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(reversed(out))


def key(subids: Sequence[int]) -> bytes:
    """Bytes that sort as the OID does."""
    return struct.pack(f">{len(subids)}I", *subids)


def key_of_body(body: bytes) -> bytes:
    """Sorting key of an encoded OID. Raises BerError for one that RFC 2578 §7.1.3 does not allow."""
    if not body or body[-1] & 0x80:
        raise BerError("an OID without end")
    subids: list[int] = []
    value = 0
    fresh = True
    for byte in body:
        if fresh and byte == 0x80:
            raise BerError("an OID number with a leading zero")
        value = value << 7 | byte & 0x7F
        fresh = byte < 0x80
        if fresh:
            subids.append(value)
            value = 0
    first = subids[0]
    head = [min(first // 40, 2)]
    head.append(first - 40 * head[0])
    subids[:1] = head
    if len(subids) > MAX_SUBIDS or max(subids) > 0xFFFFFFFF:
        raise BerError("an OID that is too long")
    return key(subids)


def read_tlv(data: bytes, start: int, end: int) -> tuple[int, int, int]:
    """(tag, first, one past the last) of the contents at ``start``. Raises BerError."""
    if end - start < 2:
        raise BerError("cut short")
    tag, size = data[start], data[start + 1]
    start += 2
    if size & 0x80:
        count = size & 0x7F
        if not 1 <= count <= 4 or end - start < count:
            raise BerError("a length that SNMP does not allow")
        size = int.from_bytes(data[start : start + count])
        start += count
    if size > end - start:
        raise BerError("longer than the packet")
    return tag, start, start + size


def read_integer(data: bytes, start: int, end: int) -> tuple[int, int]:
    """(value, one past it). Raises BerError."""
    found, first, last = read_tlv(data, start, end)
    if found != INTEGER or not 1 <= last - first <= 8:
        raise BerError("not an integer")
    return int.from_bytes(data[first:last], signed=True), last
