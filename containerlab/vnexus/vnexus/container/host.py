"""A camera, a telephone or a carrier in a container: speaks on eth1 as its kind does."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass

from vnexus import hardware
from vnexus.container import kernel, lldp
from vnexus.container.kernel import Wire
from vnexus.container.lldp import Announcement
from vnexus.world.neighbors import CAPABILITIES
from vnexus.world.traffic import SHAPE

INTERFACE = "eth1"
IPV4 = 0x0800
BEAT_SECONDS = 0.05
MOST_BPS = 2_000_000
"""More is not sent, whatever the host would send in its city."""
GROUP = bytes.fromhex("01005e420001")
"""239.66.0.1, where cameras send to."""


@dataclass(frozen=True, slots=True)
class Host:
    kind: str
    name: str
    mac: str
    address: str = "0.0.0.0"
    transmit_bps: int = 0

    @property
    def announces(self) -> bool:
        return self.kind in ("phone", "access-point")

    def announcement(self) -> Announcement:
        mac = hardware.mac_text(int.from_bytes(hardware.mac_bytes(self.mac)))
        letter = CAPABILITIES[self.kind]
        return Announcement(mac, mac, lldp.HOLD_SECONDS, f"{self.kind} port", self.name, self.kind, letter)


def packet(host: Host, size: int) -> bytes:
    """An IPv4 packet of a UDP stream to the group, filled to ``size`` bytes of frame."""
    payload = bytes(max(0, size - 14 - 28))
    head: bytes
    source = bytes(int(part) for part in host.address.split("."))
    length = 28 + len(payload)
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 16, 17, 0, source, bytes((239, 66, 0, 1)))
    total = sum(struct.unpack(">10H", head))
    checksum = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    head = head[:10] + checksum.to_bytes(2) + head[12:]
    return head + struct.pack(">HHHH", 5004, 5004, 8 + len(payload), 0) + payload


async def run(host: Host, stopping: asyncio.Event) -> None:
    """Send until told to stop. Raises PermissionError without CAP_NET_RAW."""
    stream, announcing = Wire(IPV4), Wire(lldp.ETHERTYPE)
    mac = hardware.mac_bytes(host.mac)
    size = SHAPE[host.kind][0]
    payload = packet(host, size)
    each_beat = min(host.transmit_bps, MOST_BPS) / 8 / size * BEAT_SECONDS
    owed, dark, announced_at = 0.0, True, 0.0
    loop = asyncio.get_running_loop()
    try:
        while not stopping.is_set():
            was_dark, dark = dark, not kernel.read_carriers().get(INTERFACE, False)
            if not dark:
                owed += each_beat
                stream.send(INTERFACE, GROUP, mac, [payload] * int(owed))
                owed -= int(owed)
                if host.announces and (was_dark or loop.time() - announced_at >= lldp.SECONDS):
                    announced_at = loop.time()
                    announcing.send(INTERFACE, lldp.NEAREST_BRIDGE, mac, [lldp.encode(host.announcement())])
            try:
                async with asyncio.timeout(BEAT_SECONDS):
                    await stopping.wait()
            except TimeoutError:
                continue
    finally:
        stream.close()
        announcing.close()
