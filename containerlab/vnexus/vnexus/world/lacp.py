"""LACP (IEEE 802.1AX): what both ends of each member port say of themselves, and whether it is bundled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vnexus import hardware
from vnexus.world.state import SPEAKS_LACP
from vnexus.world.wiring import Place
from vnexus.world.world import World

ACTIVITY, TIMEOUT, AGGREGATION, SYNC, COLLECTING, DISTRIBUTING, DEFAULTED, EXPIRED = (
    1 << n for n in range(8)
)
IN_SYNC = SYNC | COLLECTING | DISTRIBUTING
SLOW_SECONDS, FAST_SECONDS = 30, 1
DEFAULT_PRIORITY = 32768
VPC_PRIORITY = 32667
VPC_KEY = 0x8000


@dataclass(frozen=True, slots=True)
class LacpEnd:
    """One end of a wire as its PDUs describe it."""

    priority: int
    system: int
    """MAC address."""
    key: int
    port_priority: int
    port: int
    state: int
    """Bits of the Actor_State octet."""


@dataclass(frozen=True, slots=True)
class LacpPort:
    """A member port that runs LACP; ``partner`` is None while nothing is heard."""

    name: str
    channel: str
    actor: LacpEnd
    partner: LacpEnd | None
    bundled: bool
    sent: int
    received: int


def lacp_ports(world: World, node: str) -> Iterator[LacpPort]:
    """Members of port-channels in modes active and passive, by port-channel and port."""
    world.refresh()
    members = world.snapshot(node).members
    for channel in sorted(members, key=lambda name: int(name.removeprefix("port-channel"))):
        for name in members[channel]:
            if world.snapshot(node).interfaces[name].channel_mode != "on":
                yield _port(world, (node, name), channel)


def system_id(world: World, node: str, channel: str = "") -> tuple[int, int]:
    """(priority, MAC): the switch's own, or that of its vPC domain for a port-channel with a vPC number."""
    config = world.snapshot(node).config
    domain = next((line for line in config.lines() if line.startswith("vpc domain ")), None)
    if channel and domain and _vpc(world, node, channel):
        number = int(domain.split()[2])
        said = config.value("system-mac ", domain)
        mac = int.from_bytes(hardware.mac_bytes(said)) if said else 0x0023_04EE_BE00 + number
        return int(config.value("system-priority ", domain) or VPC_PRIORITY), mac
    own = config.value("lacp system-priority ")
    return int(own or DEFAULT_PRIORITY), hardware.base_mac(world.wiring.nodes[node].address)


def _vpc(world: World, node: str, channel: str) -> int:
    """The vPC number; 0 without one."""
    lines = world.snapshot(node).config.lines(f"interface {channel}")
    words = (line.split() for line in lines if line.startswith("vpc "))
    return next((int(parts[1]) for parts in words if parts[1].isdigit()), 0)


def _port(world: World, place: Place, channel: str) -> LacpPort:
    node, name = place
    oper = world.states(node)[name]
    far = world.wiring.far.get(place)
    bundled = oper.up
    heard = oper.up or (oper.reason == "suspnd" and _speaks(world, place))
    actor = _end(world, place, channel, heard=heard, bundled=bundled)
    partner = None
    if heard and far is not None:
        group = world.snapshot(far[0]).interfaces[far[1]].channel_group
        partner = _end(world, far, f"port-channel{group}", heard=True, bundled=bundled)
    elif heard and place in world.wiring.endpoint_at:
        endpoint = world.wiring.endpoint_at[place]
        mac = int.from_bytes(hardware.mac_bytes(endpoint.mac))
        partner = LacpEnd(65535, mac, 1, 255, 1, ACTIVITY | AGGREGATION | IN_SYNC)
    since = max(oper.changed_at, world.last_boot(node))
    waited = max(0.0, world.now() - since)
    alive = oper.up or oper.reason == "suspnd"
    sent = (
        1 + int(waited / (FAST_SECONDS if partner and partner.state & TIMEOUT else SLOW_SECONDS))
        if alive
        else 0
    )
    received = 1 + int(waited / (FAST_SECONDS if actor.state & TIMEOUT else SLOW_SECONDS)) if partner else 0
    return LacpPort(name, channel, actor, partner, bundled, sent, received)


def _speaks(world: World, place: Place) -> bool:
    """Do PDUs of the far end arrive, although it does not bundle?"""
    if place in world.wiring.endpoint_at:
        return world.wiring.endpoint_at[place].kind in SPEAKS_LACP
    far = world.wiring.far.get(place)
    if far is None or place in world.deaf():
        return False
    other = world.snapshot(far[0]).interfaces[far[1]]
    return other.channel_group is not None and other.channel_mode != "on"


def _end(world: World, place: Place, channel: str, *, heard: bool, bundled: bool) -> LacpEnd:
    node, name = place
    config = world.snapshot(node).config
    header = f"interface {name}"
    mode = world.snapshot(node).interfaces[name].channel_mode
    state = AGGREGATION | (ACTIVITY if mode == "active" else 0)
    state |= TIMEOUT if config.value("lacp rate ", header) == "fast" else 0
    state |= IN_SYNC if bundled else 0 if heard else DEFAULTED
    vpc = _vpc(world, node, channel)
    priority, mac = system_id(world, node, channel)
    ports = [port.name for port in world.wiring.models[node].ports]
    number = 0x101 + ports.index(name)
    key = VPC_KEY | vpc if vpc else int(channel.removeprefix("port-channel")) - 1
    port_priority = int(config.value("lacp port-priority ", header) or DEFAULT_PRIORITY)
    return LacpEnd(priority, mac, key, port_priority, number, state)
