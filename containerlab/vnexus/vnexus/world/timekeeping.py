"""NTP (RFC 5905): which servers answer, how far each switch's clock is from theirs, who is synchronised."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from vnexus.world.routing.segments import MANAGEMENT
from vnexus.world.world import World

POLL_SECONDS = 64
UNSYNCHRONISED = 16
MAX_CHAIN = 8
STEP_SECONDS = 0.128
"""A clock that is farther off than this is not synchronised (RFC 5905, STEPT)."""
HOP_SECONDS = 0.00035


@dataclass(frozen=True, slots=True)
class NtpPeer:
    """One ``ntp server`` or ``ntp peer`` line; seconds."""

    kind: str
    remote: str
    vrf: str
    preferred: bool
    stratum: int
    polls: int
    """Answers in a row, eight at most: ``reach`` is that many bits."""
    delay: float
    offset: float
    """How far the server's clock is ahead of this switch's."""
    selected: bool = False

    @property
    def reach(self) -> int:
        return (1 << self.polls) - 1

    @property
    def usable(self) -> bool:
        return self.polls > 0 and self.stratum < UNSYNCHRONISED


@dataclass(frozen=True, slots=True)
class NtpStatus:
    """``leap`` is 3 while not synchronised, 0 else."""

    stratum: int
    leap: int
    reference: str
    offset: float
    peers: tuple[NtpPeer, ...]


def ntp_status(world: World, node: str) -> NtpStatus:
    """The switch's own state, with its associations in the order of the configuration."""
    peers = [_peer(world, node, line) for line in world.configs[node].lines() if _names_server(line)]
    candidates = [
        (not peer.preferred, peer.stratum, number) for number, peer in enumerate(peers) if peer.usable
    ]
    chosen = min(candidates)[2] if candidates else None
    marked = tuple(
        NtpPeer(p.kind, p.remote, p.vrf, p.preferred, p.stratum, p.polls, p.delay, p.offset, number == chosen)
        for number, p in enumerate(peers)
    )
    stratum = own_stratum(world, node, 0)
    if chosen is None:
        synced = stratum < UNSYNCHRONISED
        return NtpStatus(stratum, 0 if synced else 3, "127.127.1.0" if synced else "0.0.0.0", 0.0, marked)
    best = marked[chosen]
    if abs(best.offset) > STEP_SECONDS:
        return NtpStatus(UNSYNCHRONISED, 3, best.remote, best.offset, marked)
    return NtpStatus(stratum, 0, best.remote, best.offset, marked)


def synchronised(world: World, node: str) -> bool:
    return ntp_status(world, node).leap == 0


def _names_server(line: str) -> bool:
    return line.startswith(("ntp server ", "ntp peer "))


def _peer(world: World, node: str, line: str) -> NtpPeer:
    words = line.split()
    remote, vrf = words[2], words[words.index("use-vrf") + 1] if "use-vrf" in words else "default"
    stratum, hops, since, owner = _ask(world, node, (remote, vrf), 0)
    answers = stratum <= UNSYNCHRONISED and since is not None
    polls = min(8, int((world.now() - since) / POLL_SECONDS)) if answers and since is not None else 0
    drift = world.wobble(f"ntp {node} {remote}")
    delay = HOP_SECONDS * hops * (1.2 + 0.2 * drift) + 0.0002 if hops else 0.0
    offset = 0.0
    if polls:
        theirs = world.offset_seconds(owner) if owner else 0.0
        offset = theirs - world.offset_seconds(node) + 0.0004 * drift
    return NtpPeer(
        words[1], remote, vrf, "prefer" in words, min(stratum, UNSYNCHRONISED), polls, delay, offset
    )


def _ask(
    world: World, node: str, server: tuple[str, str], depth: int
) -> tuple[int, int, float | None, str | None]:
    """(stratum, hops, since when it answers, the switch that it is): the stratum is 16 for silence."""
    remote, vrf = server
    silent = (UNSYNCHRONISED, 0, None, None)
    try:
        goal = IPv4Address(remote)
    except AddressValueError:
        return silent
    network = world.network()
    way, first = network.tables.way(node, vrf, goal), network.tables.resolve(node, vrf, goal)
    if not way.reached or first is None or depth > MAX_CHAIN:
        return silent
    since = max(first[1].since, world.last_boot(node))
    owner = next((leg.node for leg in network.segments.owners.get(goal, ())), None)
    if owner is None:
        return 1 if first[1].segment != MANAGEMENT else 2, max(1, len(way.hops)), since, None
    return own_stratum(world, owner, depth + 1), len(way.hops), since, owner


def own_stratum(world: World, node: str, depth: int) -> int:
    """Its ``ntp master`` line (8 when it says no more), else one more than the best server's; 16 for none."""
    config = world.configs[node]
    master = config.value("ntp master")
    if master is not None:
        return int(master or 8)
    best = UNSYNCHRONISED
    for line in config.lines():
        if line.startswith("ntp server "):
            words = line.split()
            vrf = words[words.index("use-vrf") + 1] if "use-vrf" in words else "default"
            stratum, _, since, owner = _ask(world, node, (words[2], vrf), depth)
            theirs = world.offset_seconds(owner) if owner else 0.0
            if since is not None and abs(theirs - world.offset_seconds(node)) <= STEP_SECONDS:
                best = min(best, stratum + 1)
    return min(best, UNSYNCHRONISED)
