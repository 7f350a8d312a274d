"""A fast SNMP v2c responder in a process of its own: answers from a fixed table, cached by request."""

from __future__ import annotations

import asyncio
import bisect

from agent.collect.snmp import ber
from agent.collect.snmp.ber import decode_numbers, encode_integer, encode_oid, encode_tlv

PORTS, SENSORS = 48, 200
IF_ENTRY, IFX_ENTRY = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
SENSOR_ENTRY, ENTITY_ENTRY = "1.3.6.1.4.1.9.9.91.1.1.1.1", "1.3.6.1.2.1.47.1.1.1.1"


def text(value: str) -> bytes:
    return encode_tlv(0x04, value.encode())


def unsigned(tag: int, value: int) -> bytes:
    return encode_tlv(tag, value.to_bytes(value.bit_length() // 8 + 1))


def nexus_table() -> dict[str, bytes]:
    """A 48-port Nexus: every column of ifTable and ifXTable that real ones have, and 200 sensors."""
    rows = {
        "1.3.6.1.2.1.1.1.0": text(
            "Cisco NX-OS(tm) Nexus9000 C93180YC-FX3, Software (NXOS 64-bit), Version 10.5(2), RELEASE"
        ),
        "1.3.6.1.2.1.1.2.0": encode_tlv(0x06, encode_oid("1.3.6.1.4.1.9.12.3.1.3.2193")),
        "1.3.6.1.2.1.1.3.0": unsigned(0x43, 123_456_789),
        "1.3.6.1.4.1.9.9.305.1.1.1.0": unsigned(0x42, 17),
        "1.3.6.1.4.1.9.9.305.1.1.2.0": unsigned(0x42, 29),
    }
    for port in range(PORTS):
        index, name = 436207616 + 512 * port, f"Ethernet1/{port + 1}"
        for column in range(1, 23):
            value = unsigned(0x41, 1_000_003 * column + port)
            if column in (2, 6):
                value = text(name)
            elif column in (3, 4, 7, 8):
                value = encode_integer(1 if column > 4 else 1500)
            rows[f"{IF_ENTRY}.{column}.{index}"] = value
        for column in range(1, 19):
            value = unsigned(0x46, 10**12 * column + 7919 * port)
            if column in (1, 18):
                value = text(name if column == 1 else f"camera {port}")
            elif column == 15:
                value = unsigned(0x42, 25_000)
            rows[f"{IFX_ENTRY}.{column}.{index}"] = value
    for sensor in range(SENSORS):
        index = 300_000_000 + 7 * sensor
        rows[f"{ENTITY_ENTRY}.7.{index}"] = text(f"Ethernet1/{sensor // 5 + 1} Lane 1 Sensor {sensor % 5}")
        for column, number in ((1, 8), (2, 8), (3, 0), (4, 45_000 + sensor), (5, 1)):
            rows[f"{SENSOR_ENTRY}.{column}.{index}"] = encode_integer(number)
    return rows


class Target(asyncio.DatagramProtocol):
    """Answers Get and GetBulk."""

    def __init__(self) -> None:
        table = {encode_oid(oid): value for oid, value in nexus_table().items()}
        self._table = dict(sorted(table.items(), key=lambda row: decode_numbers(row[0])))
        self._keys = [decode_numbers(oid) for oid in self._table]
        self._rows = list(self._table.items())
        self._cache: dict[bytes, tuple[bytes, bytes]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        header = ber.read_header(data)
        request_id = encode_integer(header.request_id)
        at = data.index(request_id)
        key = data[:at] + data[at + len(request_id) :]
        if key not in self._cache:
            self._cache[key] = self._answer(header, data)
        community, rest = self._cache[key]
        pdu = encode_tlv(ber.RESPONSE, request_id + rest)
        message = encode_tlv(0x30, encode_integer(1) + encode_tlv(0x04, community) + pdu)
        self._transport.sendto(message, addr)  # type: ignore[attr-defined]

    def _answer(self, header: ber.Header, data: bytes) -> tuple[bytes, bytes]:
        asked = [oid for oid, _ in ber.read_rows(data, header.at, header.end)]
        if header.kind == ber.GET_BULK:
            first = bisect.bisect_right(self._keys, decode_numbers(asked[0]))
            rows = self._rows[first : first + header.error_index] or [(asked[0], b"\x82\x00")]
        else:
            rows = [(oid, self._table.get(oid, b"\x80\x00")) for oid in asked]
        bindings = b"".join(encode_tlv(0x30, encode_tlv(0x06, oid) + value) for oid, value in rows)
        return header.community, encode_integer(0) * 2 + encode_tlv(0x30, bindings)


async def main() -> None:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Target, ("127.0.0.1", 0))
    print(transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
