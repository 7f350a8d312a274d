"""A fast SNMP responder in a process of its own: a 48-port switch with 200 sensors, 2,400 rows, v2c and v3.

``python -m bench.load_target`` prints its port. Counters and readings move twice a second, as those of a
switch do. Answers are kept by question, so that it costs little beside what is measured.
"""

from __future__ import annotations

import asyncio
import bisect
import socket
import time

from agent.collect.snmp import ber
from agent.collect.snmp.ber import decode_numbers, encode_integer, encode_oid, encode_tlv
from vnexus.config.snmpkeys import localized, private_key
from vnexus.snmp.message import write_response
from vnexus.snmp.secure import Engine, Refused, read_envelope
from vnexus.snmp.usm import Moment, User

PORTS, SENSORS, STATES, STATE_SECONDS = 48, 200, 4, 0.5
IF_ENTRY, IFX_ENTRY = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
SENSOR_ENTRY, ENTITY_ENTRY = "1.3.6.1.4.1.9.9.91.1.1.1.1", "1.3.6.1.2.1.47.1.1.1.1"
IF_COLUMNS = (1, 2, 3, 4, 6, 7, 8, 9, 13, 14, 15, 19, 20)
IFX_COLUMNS = (1, 6, 7, 8, 9, 10, 11, 12, 13, 15, 18, 19)
SENSOR_COLUMNS = (1, 2, 3, 4, 5)
ENTITY_NAME = 7

COMMUNITY = "public"
USER, AUTH_PASSWORD, PRIV_PASSWORD = "bench", "authpass123", "privpass123"
SECRET = f"v3 {USER} sha {AUTH_PASSWORD} aes {PRIV_PASSWORD}"
_IDENTITY = bytes.fromhex("80000009030000000001")


def text(value: str) -> bytes:
    return encode_tlv(0x04, value.encode())


def unsigned(tag: int, value: int) -> bytes:
    return encode_tlv(tag, value.to_bytes(value.bit_length() // 8 + 1))


def nexus_table(state: int) -> dict[str, bytes]:
    """The switch in one of its states."""
    rows = {
        "1.3.6.1.2.1.1.1.0": text(
            "Cisco NX-OS(tm) Nexus9000 C93180YC-FX3, Software (NXOS 64-bit), Version 10.5(2), RELEASE"
        ),
        "1.3.6.1.2.1.1.2.0": encode_tlv(0x06, encode_oid("1.3.6.1.4.1.9.12.3.1.3.2193")),
        "1.3.6.1.2.1.1.3.0": unsigned(0x43, 123_456_789),
        "1.3.6.1.4.1.9.9.305.1.1.1.0": unsigned(0x42, 17 + state),
        "1.3.6.1.4.1.9.9.305.1.1.2.0": unsigned(0x42, 29),
    }
    for port in range(PORTS):
        index = 436207616 + 512 * port
        for column in IF_COLUMNS:
            rows[f"{IF_ENTRY}.{column}.{index}"] = interface_value(column, port, index, state)
        for column in IFX_COLUMNS:
            rows[f"{IFX_ENTRY}.{column}.{index}"] = interface_hc_value(column, port, state)
    for sensor in range(SENSORS):
        index = 300_000_001 + 37 * sensor
        optic = sensor % 2
        name = f"Ethernet1/{sensor // 5 + 1} Lane {sensor % 5 + 1} Transceiver"
        name += " Receive Power Sensor" if optic else " Temperature Sensor"
        rows[f"{ENTITY_ENTRY}.{ENTITY_NAME}.{index}"] = text(name)
        reading = -2345 - sensor - state if optic else 312 + sensor + state
        for column, number in zip(
            SENSOR_COLUMNS, (14 if optic else 8, 9, 3 if optic else 1, reading, 1), strict=True
        ):
            rows[f"{SENSOR_ENTRY}.{column}.{index}"] = encode_integer(number)
    return rows


def interface_value(column: int, port: int, index: int, state: int) -> bytes:
    """A cell of ifTable."""
    if column == 2:
        return text(f"Ethernet1/{port + 1}")
    if column == 6:
        return encode_tlv(0x04, bytes((0x5C, 0x71, 0x0D, 0x11, 0x22, port)))
    if column in (1, 3, 4, 7, 8):
        fixed = {1: index, 3: 6, 4: 9216, 7: 1, 8: 1 + (port % 7 == 6)}
        return encode_integer(fixed[column])
    return unsigned(0x43 if column == 9 else 0x41, 1000 * port + column + 17 * state)


def interface_hc_value(column: int, port: int, state: int) -> bytes:
    """A cell of ifXTable."""
    if column in (1, 18):
        return text(f"Ethernet1/{port + 1}" if column == 1 else f"to server-{port} eth0 rack {port // 4}")
    if column in (15, 19):
        return unsigned(0x42 if column == 15 else 0x43, 10_000 if column == 15 else 0)
    return unsigned(0x46, 0x11_0000_0000 + 125_000 * (port + 1) * column + 7919 * state)


class Target(asyncio.DatagramProtocol):
    """Answers Get and GetBulk."""

    def __init__(self) -> None:
        tables = [
            {encode_oid(oid): value for oid, value in nexus_table(state).items()} for state in range(STATES)
        ]
        order = sorted(tables[0], key=decode_numbers)
        self._keys = [decode_numbers(oid) for oid in order]
        self._tables = tables
        self._bindings = [
            [encode_tlv(0x30, encode_tlv(0x06, oid) + table[oid]) for oid in order] for table in tables
        ]
        self._cache: dict[tuple[int, bytes], bytes] = {}
        user = User(
            USER.encode(),
            "sha",
            localized("sha", AUTH_PASSWORD, _IDENTITY),
            "aes-128",
            private_key("sha", PRIV_PASSWORD, "aes-128", _IDENTITY),
        )
        self._engine = Engine(_IDENTITY, lambda: Moment(7, int(time.monotonic())), {user.name: user})

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        sealed = ber.read_version(data) == 3
        self._transport.sendto(self._sealed(data) if sealed else self._plain(data), addr)  # type: ignore[attr-defined]

    def _plain(self, data: bytes) -> bytes:
        header = ber.read_header(data)
        request_id = encode_integer(header.request_id)
        bulk = header.error_index if header.kind == ber.GET_BULK else 0
        rest = encode_integer(0) * 2 + encode_tlv(0x30, self._answer(data[header.at : header.end], bulk))
        pdu = encode_tlv(ber.RESPONSE, request_id + rest)
        return encode_tlv(0x30, encode_integer(1) + encode_tlv(0x04, header.community) + pdu)

    def _sealed(self, data: bytes) -> bytes:
        envelope = read_envelope(data)
        try:
            asked = self._engine.read(envelope)
        except Refused as refused:
            return self._engine.report(envelope, refused) or b""
        request = asked.request
        bulk = request.second if request.pdu == ber.GET_BULK else 0
        return self._engine.respond(asked, write_response(request, self._answer(request.varbinds, bulk)))

    def _answer(self, bindings: bytes, bulk: int) -> bytes:
        """Variable bindings that answer these; ``bulk`` is how many rows of the first."""
        state = int(time.monotonic() / STATE_SECONDS) % STATES
        key = (state * 1000 + bulk, bindings)
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self._find(state, bindings, bulk)
        return found

    def _find(self, state: int, bindings: bytes, bulk: int) -> bytes:
        asked = [oid for oid, _ in ber.read_rows(bindings, 0, len(bindings))]
        if bulk:
            first = bisect.bisect_right(self._keys, decode_numbers(asked[0]))
            rows = self._bindings[state][first : first + bulk]
            end = encode_tlv(0x30, encode_tlv(0x06, asked[0]) + b"\x82\x00")
            return b"".join(rows or [end])
        table = self._tables[state]
        return b"".join(
            encode_tlv(0x30, encode_tlv(0x06, oid) + table.get(oid, b"\x80\x00")) for oid in asked
        )


async def main() -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Target, ("127.0.0.1", 0))
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    print(transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
