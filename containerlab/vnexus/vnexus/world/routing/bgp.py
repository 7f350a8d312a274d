"""BGP-4 (RFC 4271) of the default VRF: what established neighbours tell each other, and which path is best.

Switches announce their ``network`` and ``redistribute`` lines and what they have learnt; a carrier announces
the default route and some networks of its own. Route maps and prefix lists let everything pass.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network

from vnexus.facts import BgpPeer
from vnexus.topology import Endpoint
from vnexus.world.peering import Peering
from vnexus.world.routing.route import DEFAULT_ROUTE, Route
from vnexus.world.routing.segments import Segments

CARRIER_NETWORKS = IPv4Network("198.18.0.0/15")
"""Carriers announce parts of the network for benchmarks (RFC 2544), which nobody else has."""
ROUNDS = 32
UNICAST = "address-family ipv4 unicast"


@dataclass(frozen=True, slots=True)
class Path:
    """``sender`` is the neighbour's address, empty for a path of the switch itself."""

    prefix: IPv4Network
    as_path: tuple[str, ...]
    next_hop: str
    sender: str = ""
    internal: bool = False
    redistributed: bool = False

    @property
    def letter(self) -> str:
        """``l``, ``r``, ``i`` or ``e`` of ``show ip bgp``."""
        if not self.sender:
            return "r" if self.redistributed else "l"
        return "i" if self.internal else "e"


@dataclass(frozen=True, slots=True)
class Session:
    """An established session, seen from the node that hears."""

    node: str
    peer: BgpPeer
    other: str
    """Node at the far end; empty for a carrier."""
    carrier: Endpoint | None
    back: str
    """Address by which the far end knows this node."""


def carrier_prefixes(carrier: Endpoint) -> list[IPv4Network]:
    """The default route and 8 to 39 networks that follow from the carrier's name."""
    figure = zlib.crc32(carrier.name.encode())
    every = list(CARRIER_NETWORKS.subnets(new_prefix=24))
    return [DEFAULT_ROUTE, *(every[(figure + 7 * n) % len(every)] for n in range(8 + figure % 32))]


class Bgp:
    """Tables of all speakers in one settled state; ``resolves``: has the node a way to the address?"""

    def __init__(
        self,
        segments: Segments,
        peering: Peering,
        peers: Callable[[str], tuple[BgpPeer, ...]],
        own: Callable[[str], list[Route]],
        resolves: Callable[[str, str], bool],
    ) -> None:
        self.segments, self.peering, self.peers = segments, peering, peers
        self.own, self.resolves = own, resolves
        self.speakers = [node for node in segments.snapshots if peering.speaker(node)]
        self.sessions = [session for node in self.speakers for session in self._sessions(node)]
        self.paths: dict[str, dict[tuple[IPv4Network, str], Path]] = {
            node: {(path.prefix, ""): path for path in self._local(node)} for node in self.speakers
        }
        self._exchange()

    def router_id(self, node: str) -> str:
        said = self._router_value(node, "router-id ")
        if said:
            return said
        legs = [leg for leg in self.segments.legs[node] if leg.vrf == "default"]
        loops = sorted((leg.name, leg.address.ip) for leg in legs if leg.name.startswith("loopback"))
        if loops:
            return str(loops[0][1])
        return str(max((leg.address.ip for leg in legs), default=IPv4Address(0)))

    def received(self, node: str, address: str) -> int:
        """How many prefixes this neighbour has sent."""
        return sum(1 for _, sender in self.paths.get(node, {}) if sender == address)

    def sent(self, node: str, address: str) -> int:
        """How many prefixes this neighbour is told."""
        for session in self.sessions:
            if session.node == node and session.peer.address == address:
                if session.other:
                    return self.received(session.other, session.back)
                return sum(1 for path in self.best(node).values() if path.sender != address)
        return 0

    def best(self, node: str) -> dict[IPv4Network, Path]:
        found: dict[IPv4Network, Path] = {}
        for path in self.paths.get(node, {}).values():
            old = found.get(path.prefix)
            if self._usable(node, path) and (old is None or _rank(path) < _rank(old)):
                found[path.prefix] = path
        return found

    def _usable(self, node: str, path: Path) -> bool:
        return not path.internal or self.resolves(node, path.next_hop)

    def _router(self, node: str) -> str:
        speaker = self.peering.speaker(node)
        return f"router bgp {speaker.local_as}" if speaker else ""

    def _router_value(self, node: str, prefix: str) -> str | None:
        return self.segments.snapshots[node].config.value(prefix, self._router(node))

    def _sessions(self, node: str) -> Iterator[Session]:
        here = {str(leg.address.ip) for leg in self.segments.legs[node] if leg.vrf == "default"}
        for peer in self.peers(node):
            if peer.state != "established":
                continue
            owners = self.segments.owners.get(IPv4Address(peer.address), [])
            owner = next((leg.node for leg in owners if leg.vrf == "default" and leg.node != node), "")
            speaker = self.peering.speaker(owner) if owner else None
            if speaker is not None:
                back = next((said.address for said in speaker.neighbors if said.address in here), "")
                yield Session(node, peer, owner, None, back)
                continue
            carrier = next(
                (e for e in self.segments.wiring.endpoints_of[node] if e.address == peer.address), None
            )
            yield Session(node, peer, "", carrier, "")

    def _local(self, node: str) -> Iterator[Path]:
        lines = self.segments.snapshots[node].config.lines(self._router(node), UNICAST)
        said = {IPv4Network(line.split()[1]) for line in lines if line.startswith("network ") and "." in line}
        sources = {line.split()[1] for line in lines if line.startswith("redistribute ")}
        for route in self.own(node):
            if route.prefix in said and route.protocol != "local":
                yield Path(route.prefix, (), "0.0.0.0")
            elif route.protocol.partition("-")[0] in sources and route.prefix.prefixlen:
                yield Path(route.prefix, (), "0.0.0.0", redistributed=True)

    def _exchange(self) -> None:
        for _ in range(ROUNDS):
            best = {node: self.best(node) for node in self.speakers}
            fresh = {
                node: {key: path for key, path in self.paths[node].items() if not key[1]}
                for node in self.speakers
            }
            for session in self.sessions:
                for path in self._heard(session, best):
                    fresh[session.node][path.prefix, session.peer.address] = path
            if fresh == self.paths:
                return
            self.paths = fresh

    def _heard(self, session: Session, best: dict[str, dict[IPv4Network, Path]]) -> Iterator[Path]:
        peer = session.peer
        if session.carrier is not None:
            for prefix in carrier_prefixes(session.carrier):
                yield Path(prefix, (peer.remote_as,), peer.address, peer.address)
            return
        internal = peer.remote_as == peer.local_as
        router, line = self._router(session.other), self._line(session.other, session.back)
        config = self.segments.snapshots[session.other].config
        family = config.lines(router, line, UNICAST)
        if UNICAST not in config.lines(router, line):
            return
        for path in best[session.other].values():
            if path.sender == session.back or peer.local_as in path.as_path:
                continue
            if not internal:
                as_path = (peer.remote_as, *path.as_path)
                yield replace(
                    path, as_path=as_path, next_hop=peer.address, sender=peer.address, internal=False,
                    redistributed=False,
                )  # fmt: skip
            elif not path.internal or "route-reflector-client" in family:
                own = not path.sender or (not path.internal and _says(family, "next-hop-self"))
                next_hop = peer.address if own else path.next_hop
                yield replace(
                    path, next_hop=next_hop, sender=peer.address, internal=True, redistributed=False
                )

    def _line(self, node: str, address: str) -> str:
        """The line that opens the neighbour's section."""
        lines = self.segments.snapshots[node].config.lines(self._router(node))
        return next((line for line in lines if line.split()[:2] == ["neighbor", address]), "")


def _says(lines: tuple[str, ...], prefix: str) -> bool:
    return any(line.startswith(prefix) for line in lines)


def _rank(path: Path) -> tuple[bool, int, bool, IPv4Address]:
    """Own paths, the shortest AS path, external before internal, the lowest neighbour."""
    return bool(path.sender), len(path.as_path), path.internal, IPv4Address(path.sender or 0)
