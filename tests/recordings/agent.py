"""A recording served over UDP: a small SNMP v2c agent; the community is the recording's name."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from functools import cache
from pathlib import Path

from agent.collect.snmp import ber
from agent.collect.snmp.ber import encode_integer, encode_tlv

_TAGS = {
    "2": 0x02,
    "4": 0x04,
    "5": 0x05,
    "6": 0x06,
    "64": 0x40,
    "65": 0x41,
    "66": 0x42,
    "67": 0x43,
    "70": 0x46,
}
_END, _NONE = b"\x82\x00", b"\x80\x00"


def _numbers(oid: str) -> tuple[int, ...]:
    return tuple(int(part) for part in oid.split("."))


def _encode_oid(oid: str) -> bytes:
    """X.690 §8.19, written here again so that reader and writer are not one."""
    first, second, *rest = _numbers(oid)
    out = bytearray()
    for number in (40 * first + second, *rest):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        out += bytes(reversed(groups))
    return bytes(out)


def _encode(tag: str, value: str) -> bytes:
    kind = _TAGS[tag.rstrip("x")]
    if kind == 0x06:
        return encode_tlv(kind, _encode_oid(value) if "." in value else b"\0")
    if kind == 0x04:
        return encode_tlv(kind, bytes.fromhex(value) if tag.endswith("x") else value.encode("latin-1"))
    if kind == 0x40:
        return encode_tlv(kind, bytes(_numbers(value)) if value.count(".") == 3 else bytes.fromhex(value))
    number = int(value)
    return encode_tlv(kind, number.to_bytes(number.bit_length() // 8 + 1, signed=number < 0))


@cache
def _read(path: Path, _: int) -> tuple[list[tuple[int, ...]], list[bytes]]:
    """(keys, bindings), rising; the second argument is the state of the file."""
    rows: dict[tuple[int, ...], bytes] = {}
    for line in path.read_text(encoding="latin-1").splitlines():
        oid, tag, value = [*line.split("|", 2), "", ""][:3]
        if tag.rstrip("x") in _TAGS:
            raw = _encode_oid(oid)
            binding = encode_tlv(0x30, encode_tlv(0x06, raw) + _encode(tag, value))
            rows[ber.decode_numbers(raw)] = binding
    keys = sorted(rows)
    return keys, [rows[key] for key in keys]


class Recording:
    """Rows of one ``.snmprec`` file, in MIB order."""

    def __init__(self, path: Path) -> None:
        keys, bindings = _read(path, path.stat().st_mtime_ns)
        self._keys, self._bindings = keys, list(bindings)
        self._at = dict(zip(self._keys, self._bindings, strict=True))

    def change(self, oid: str, tag: str, value: str) -> None:
        """Give another value to an OID that there is."""
        key, raw = ber.decode_numbers(_encode_oid(oid)), _encode_oid(oid)
        binding = encode_tlv(0x30, encode_tlv(0x06, raw) + _encode(tag, value))
        self._bindings[self._keys.index(key)] = self._at[key] = binding

    def get(self, oid: bytes) -> bytes:
        """Binding of the OID."""
        found = self._at.get(ber.decode_numbers(oid))
        return found or encode_tlv(0x30, encode_tlv(0x06, oid) + _NONE)

    def after(self, oid: bytes, most: int) -> list[bytes]:
        """Bindings that follow the OID."""
        first = bisect_right(self._keys, ber.decode_numbers(oid))
        return self._bindings[first : first + most] or [encode_tlv(0x30, encode_tlv(0x06, oid) + _END)]


class Agent(asyncio.DatagramProtocol):
    """Answers Get and GetBulk from recordings."""

    def __init__(self, recordings: dict[str, Path]) -> None:
        self.recordings = {name: Recording(path) for name, path in recordings.items()}
        self.walked: list[bytes] = []
        """First OID of every GetBulk."""
        self.silent: tuple[bytes, ...] = ()
        """GetBulks below these OIDs get no answer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        header = ber.read_header(data)
        recording = self.recordings.get(header.community.decode())
        if recording is None:
            return
        oids = [oid for oid, _ in ber.read_rows(data, header.at, header.end)]
        if header.kind == ber.GET_BULK:
            self.walked.append(oids[0])
            if self.silent and oids[0].startswith(self.silent):
                return
            bindings = recording.after(oids[0], header.error_index)
        else:
            bindings = [recording.get(oid) for oid in oids]
        body = encode_integer(header.request_id) + encode_integer(0) * 2
        pdu = encode_tlv(ber.RESPONSE, body + encode_tlv(0x30, b"".join(bindings)))
        message = encode_tlv(0x30, encode_integer(1) + encode_tlv(0x04, header.community) + pdu)
        self._transport.sendto(message, addr)  # type: ignore[attr-defined]


async def serve_recordings(recordings: dict[str, Path]) -> tuple[asyncio.DatagramTransport, Agent]:
    """An agent on a free port of loopback, in the running loop."""
    transport, agent = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Agent(recordings), ("127.0.0.1", 0)
    )
    return transport, agent
