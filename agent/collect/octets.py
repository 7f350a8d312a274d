"""Values packed into octet strings and indexes: addresses, BITS, dates, fixed-point seconds."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from ipaddress import IPv4Address, IPv6Address

from agent.collect.snmp.ber import Value

_OCTETS = {4: 4, 8: 4, 16: 16, 20: 16}
"""Octets of the address by octets of an InetAddress (RFC 4001): a zone index may stand behind it."""


def read_address(value: Value) -> str:
    r"""Address of 4, 8, 16 or 20 octets; empty for anything else, and for an address that is all zeros.

    >>> read_address(b"\xc0\x00\x02\x01"), read_address(bytes(16)), read_address(b"x")
    ('192.0.2.1', '', '')
    """
    if not isinstance(value, bytes) or len(value) not in _OCTETS:
        return ""
    octets = value[: _OCTETS[len(value)]]
    if not any(octets):
        return ""
    return str(IPv4Address(octets) if len(octets) == 4 else IPv6Address(octets))


def address_of(numbers: Sequence[int]) -> str:
    """Address whose octets are parts of an index; empty where they are none.

    >>> address_of((192, 0, 2, 9)), address_of((1, 999, 0, 0))
    ('192.0.2.9', '')
    """
    try:
        return read_address(bytes(numbers))
    except ValueError:
        return ""


def has_bit(value: Value, number: int) -> bool:
    r"""Whether a bit of a BITS value is set; bit 0 is the highest of the first octet (RFC 2578 §7.1.4).

    >>> has_bit(b"\x3c", 2), has_bit(b"\x3c", 0), has_bit(b"", 3)
    (True, False, False)
    """
    if not isinstance(value, bytes) or number // 8 >= len(value):
        return False
    return bool(value[number // 8] & 0x80 >> number % 8)


def count_bits(value: Value) -> int:
    """Bits that are set in a bit map."""
    return int.from_bytes(value).bit_count() if isinstance(value, bytes) else 0


def read_fixed(value: Value) -> float | None:
    r"""Seconds of an NTPSignedTimeValue: 16 bits before, 16 bits behind the point.

    >>> read_fixed(b"\xff\xff\x80\x00")
    -0.5
    """
    if not isinstance(value, bytes) or len(value) != 4:
        return None
    whole: int = int.from_bytes(value, signed=True)
    return whole / 65536


def read_date(value: Value) -> float | None:
    r"""Unix time of a DateAndTime (RFC 2579); without an offset it is taken as UTC.

    >>> read_date(bytes.fromhex("07e90a1f1708000a") + b"+" + bytes((1, 0)))
    1761948481.0
    """
    if not isinstance(value, bytes) or len(value) not in (8, 11):
        return None
    year, month, day, hour, minute, second = struct.unpack(">HBBBBB", value[:7])
    zone: tzinfo = UTC
    try:
        if len(value) == 11:
            offset = timedelta(hours=value[9], minutes=value[10])
            zone = timezone(offset if value[8:9] == b"+" else -offset)
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
    except ValueError:
        return None
    return moment.timestamp() + value[7] / 10
