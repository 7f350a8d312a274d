"""LLDP frames, IEEE 802.1AB: the payload behind Ethertype 0x88CC, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from vnexus.facts import Neighbor

ETHERTYPE = 0x88CC
NEAREST_BRIDGE = bytes.fromhex("0180c200000e")
SECONDS, HOLD_SECONDS = 30, 120
"""Defaults of NX-OS: ``lldp timer``, ``lldp holdtime``."""

_END, _CHASSIS, _PORT, _TTL, _PORT_TEXT, _NAME, _SYSTEM, _CAPABILITIES, _ADDRESS = range(9)
_MAC_CHASSIS, _MAC_PORT, _NAMED_PORT = 4, 3, 5
_LETTERS = {
    0x0001: "O",
    0x0002: "P",
    0x0004: "B",
    0x0008: "W",
    0x0010: "R",
    0x0020: "T",
    0x0040: "C",
    0x0080: "S",
}
_IPV4 = 1


class LldpError(ValueError):
    """The frame is not what 802.1AB asks for."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a station says about itself. ``seconds`` 0 means that it leaves."""

    chassis: str
    """MAC as ``00aa.bbcc.ddee``, else whatever text the station uses."""
    port: str
    """Name of the port, or its MAC in the same form."""
    seconds: int
    description: str = ""
    name: str = ""
    system: str = ""
    capabilities: str = ""
    """Letters of those that are enabled: ``BR`` switch, ``T`` telephone, ``S`` station."""
    address: str | None = None

    def neighbor(self, local_port: str) -> Neighbor:
        """As seen on a port."""
        shown = self.name or self.chassis
        return Neighbor(
            local_port, shown, self.port, self.description, self.capabilities, self.address, self.chassis
        )


def encode(said: Announcement) -> bytes:
    """The payload. A port that is a MAC is sent as one.

    >>> encode(Announcement("hall", "Ethernet1/49", 120)).hex(" ", 2)
    '0205 0768 616c 6c04 0d05 4574 6865 726e 6574 312f 3439 0602 0078 0e04 0000 0000 0000'
    """
    mac = _mac(said.port)
    port = bytes((_MAC_PORT,)) + mac if mac else bytes((_NAMED_PORT,)) + said.port.encode()
    chassis = _mac(said.chassis)
    parts = [
        _tlv(_CHASSIS, bytes((_MAC_CHASSIS,)) + chassis if chassis else b"\x07" + said.chassis.encode()),
        _tlv(_PORT, port),
        _tlv(_TTL, min(said.seconds, 0xFFFF).to_bytes(2)),
    ]
    if said.seconds:
        texts = ((_PORT_TEXT, said.description), (_NAME, said.name), (_SYSTEM, said.system))
        parts += [_tlv(kind, text.encode()[:255]) for kind, text in texts if text]
        bits = sum(bit for bit, letter in _LETTERS.items() if letter in said.capabilities)
        parts.append(_tlv(_CAPABILITIES, bits.to_bytes(2) * 2))
        if said.address:
            numbering = b"\x02" + bytes(4) + b"\x00"  # ifIndex, not given; no object identifier
            parts.append(_tlv(_ADDRESS, bytes((5, _IPV4)) + IPv4Address(said.address).packed + numbering))
    return b"".join([*parts, _tlv(_END, b"")])


def decode(payload: bytes) -> Announcement:
    """What the payload says; unknown TLVs and padding behind the end are ignored. Raises LldpError."""
    values: dict[int, bytes] = {}
    for kind, value in _tlvs(payload):
        values.setdefault(kind, value)
    for kind, least in ((_CHASSIS, 2), (_PORT, 2), (_TTL, 2)):
        if len(values.get(kind, b"")) < least:
            raise LldpError(f"no TLV {kind}, or too short")
    capabilities = values.get(_CAPABILITIES, bytes(4))
    enabled = int.from_bytes(capabilities[2:4])
    return Announcement(
        chassis=_identity(values[_CHASSIS], _MAC_CHASSIS),
        port=_identity(values[_PORT], _MAC_PORT),
        seconds=int.from_bytes(values[_TTL][:2]),
        description=_text(values.get(_PORT_TEXT, b"")),
        name=_text(values.get(_NAME, b"")),
        system=_text(values.get(_SYSTEM, b"")),
        capabilities="".join(letter for bit, letter in _LETTERS.items() if enabled & bit),
        address=_address(values.get(_ADDRESS, b"")),
    )


def _tlv(kind: int, value: bytes) -> bytes:
    return (kind << 9 | len(value)).to_bytes(2) + value


def _tlvs(payload: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 2 <= len(payload):
        head = int.from_bytes(payload[at : at + 2])
        kind, length = head >> 9, head & 0x1FF
        if kind == _END:
            return
        if at + 2 + length > len(payload):
            raise LldpError(f"TLV {kind} is cut short")
        yield kind, payload[at + 2 : at + 2 + length]
        at += 2 + length


def _identity(value: bytes, mac_subtype: int) -> str:
    body = value[1:]
    if value[0] == mac_subtype and len(body) == 6:
        text = body.hex()
        return f"{text[:4]}.{text[4:8]}.{text[8:]}"
    return _text(body)


def _mac(text: str) -> bytes | None:
    digits = text.replace(".", "")
    try:
        return bytes.fromhex(digits) if len(text) == 14 and len(digits) == 12 else None
    except ValueError:
        return None


def _address(value: bytes) -> str | None:
    return str(IPv4Address(value[2:6])) if len(value) >= 6 and value[:2] == bytes((5, _IPV4)) else None


def _text(value: bytes) -> str:
    """Printable text of one line, whatever was sent."""
    return "".join(c if c.isprintable() else " " for c in value.decode("utf-8", "replace")).strip()
