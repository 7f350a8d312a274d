"""BFD (RFC 5880): one session per neighbour of a protocol that asks for it, on a single hop."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from vnexus.world.world import World

INTERVAL, MULTIPLIER = 50, 3
FIRST_ID = 0x41000000


@dataclass(frozen=True, slots=True)
class BfdSession:
    """``interval`` in milliseconds."""

    interface: str
    vrf: str
    address: str
    neighbor: str
    local_id: int
    remote_id: int
    interval: int
    multiplier: int
    up: bool
    since: float


def bfd_sessions(world: World, node: str) -> Iterator[BfdSession]:
    """Sessions of OSPF neighbours: the switch and its neighbour both say ``bfd``."""
    world.refresh()
    if not world.snapshot(node).config.feature("bfd"):
        return
    for router in world.network().tables.ospf.of(node):
        for n in router.neighbors:
            if not (
                _asks(world, node, n.port.name, router.lines) and _asks_back(world, n.other.key, n.other.name)
            ):
                continue
            here, there = (node, n.port.name), (n.other.key[0], n.other.name)
            said = world.snapshot(node).config.value("bfd interval ", f"interface {n.port.name}")
            words = said.split() if said else []
            interval = int(words[0]) if words else INTERVAL
            multiplier = int(words[-1]) if len(words) > 1 else MULTIPLIER
            yield BfdSession(
                n.port.name, router.key[2], str(n.port.address.ip), str(n.other.address.ip),
                _id(*here), _id(*there), interval, multiplier,
                up=n.state in {"FULL", "TWOWAY"}, since=n.since,
            )  # fmt: skip


def _asks(world: World, node: str, name: str, lines: tuple[str, ...]) -> bool:
    said = world.snapshot(node).config.lines(f"interface {name}")
    return "ip ospf bfd" in said or ("bfd" in lines and "no ip ospf bfd" not in said)


def _asks_back(world: World, key: tuple[str, str, str], name: str) -> bool:
    router = world.network().tables.ospf.routers[key]
    return world.snapshot(key[0]).config.feature("bfd") and _asks(world, key[0], name, router.lines)


def _id(node: str, name: str) -> int:
    return FIRST_ID + zlib.crc32(f"{node}/{name}".encode()) % 0xFFFFFF
