"""Values of an agent as people read them."""

from __future__ import annotations

from ipaddress import IPv4Address

from agent.collect.explore.names import Names
from agent.collect.snmp.ber import ObjectId, Value, decode_oid

_MAC_SIZE, _ADDRESS_SIZE = 6, 4


def show_value(value: Value, names: Names, name: str = "") -> str:
    r"""Text where it is text, an OID by its name, six octets as a MAC address, four as an IPv4 address.
    A number of an enumeration has its word before it, where ``name`` is the object's: ``up(1)``.

    >>> from agent.collect.explore.names import Names
    >>> show_value(b"mgmt0\x00", Names({}, {})), show_value(b"\x00\x1b\x21\x0a\x0b\x0c", Names({}, {}))
    ('mgmt0', '00:1b:21:0a:0b:0c')
    >>> show_value(b"\xc0\x00\x02\x01", Names({}, {})), show_value(b"\x80\x00\x09", Names({}, {}))
    ('192.0.2.1', '80 00 09')
    """
    if isinstance(value, ObjectId):
        return names.describe(decode_oid(value))
    if isinstance(value, int):
        word = names.word(name, value)
        return f"{word}({value})" if word else str(value)
    if value is None:
        return ""
    text = _as_text(value)
    if text is not None:
        return text
    if len(value) == _MAC_SIZE:
        return value.hex(":")
    if len(value) == _ADDRESS_SIZE:
        return str(IPv4Address(value))
    return value.hex(" ")


def _as_text(value: bytes) -> str | None:
    """None for octets that are no text."""
    try:
        text = value.rstrip(b"\x00").decode()
    except UnicodeDecodeError:
        return None
    lines = " ".join(text.split())
    return lines if lines.isprintable() and (text or not value) else None
