"""BGP-4 (RFC 4271) of one VRF: what established neighbours tell each other, and which path is best.

Switches announce their ``network`` and ``redistribute`` lines and what they have learnt; a carrier announces
the default route and some networks of its own. Prefix lists and route maps of neighbours filter and set.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network

from vnexus.facts import BgpPeer
from vnexus.topology import Endpoint
from vnexus.world.peering import Peering
from vnexus.world.routing.policy import Attributes, Library
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
    local_preference: int = 100
    weight: int = 0
    metric: int = 0

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
        vrf: str = "default",
    ) -> None:  # fmt: skip
        self.segments, self.peering, self.peers, self.vrf = segments, peering, peers, vrf
        self.own = own
        self.policies = Library({node: snapshot.config for node, snapshot in segments.snapshots.items()})
        self._denied: dict[tuple[str, str], int] = {}
        self.speakers = [node for node in segments.snapshots if peering.speaker(node) and self._present(node)]
        self.sessions = [session for node in self.speakers for session in self._sessions(node)]
        self.paths: dict[str, dict[tuple[IPv4Network, str], Path]] = {
            node: {(path.prefix, ""): path for path in self._local(node)} for node in self.speakers
        }
        self._exchange()

    def _present(self, node: str) -> bool:
        """Does the router have this VRF?"""
        if self.vrf == "default":
            return True
        return f"vrf {self.vrf}" in self.segments.snapshots[node].config.lines(self._router(node)[0])

    def denied(self, node: str, address: str) -> int:
        """How many prefixes of this neighbour the policies stop."""
        return self._denied.get((node, address), 0)

    def limit(self, node: str, address: str) -> tuple[int, int]:
        """(``maximum-prefix``, percent of the warning); zeros without one."""
        line = next((text for text in self._family(node, address) if text.startswith("maximum-prefix ")), "")
        words = line.split()
        share = int(words[2]) if len(words) > 2 and words[2].isdigit() else 75
        return (int(words[1]), share) if line else (0, 0)

    def router_id(self, node: str) -> str:
        said = self._router_value(node, "router-id ")
        if said:
            return said
        legs = [leg for leg in self.segments.legs[node] if leg.vrf == self.vrf]
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
                told = (path for path in self.best(node).values() if path.sender != address)
                return sum(1 for path in told if self._pass(node, address, "out", path) is not None)
        return 0

    def best(self, node: str) -> dict[IPv4Network, Path]:
        found: dict[IPv4Network, Path] = {}
        for path in self.paths.get(node, {}).values():
            old = found.get(path.prefix)
            if self._usable(node, path) and (old is None or _rank(path) < _rank(old)):
                found[path.prefix] = path
        return found

    def _usable(self, node: str, path: Path) -> bool:
        """A path from inside needs a way to its next hop."""
        return not path.internal or any(
            IPv4Address(path.next_hop) in route.prefix for route in self.own(node)
        )

    def _router(self, node: str) -> tuple[str, ...]:
        """Headers of the router's section for this VRF."""
        speaker = self.peering.speaker(node)
        head = f"router bgp {speaker.local_as}" if speaker else ""
        return (head,) if self.vrf == "default" else (head, f"vrf {self.vrf}")

    def _router_value(self, node: str, prefix: str) -> str | None:
        return self.segments.snapshots[node].config.value(prefix, *self._router(node))

    def _family(self, node: str, address: str) -> tuple[str, ...]:
        """Lines of a neighbour's address family, those of its templates behind them."""
        config, router = self.segments.snapshots[node].config, self._router(node)
        line = self._line(node, address)
        lines = config.lines(*router, line, UNICAST)
        template = next(
            (text for text in config.lines(*router, line) if text.startswith("inherit peer ")), ""
        )
        if template:
            lines += config.lines(router[0], f"template peer {template.split()[2]}", UNICAST)
        return lines

    def _pass(self, node: str, address: str, direction: str, path: Path) -> Path | None:
        """The path behind the policies that this node has for the neighbour; None when they stop it."""
        for line in self._family(node, address):
            words = line.split()
            if words[-1] != direction:
                continue
            if words[0] == "prefix-list" and not self.policies.of(node).allowed(words[1], path.prefix):
                return None
            if words[0] == "route-map":
                changed = self.policies.of(node).through(words[1], path.prefix, _attributes(path))
                if changed is None:
                    return None
                path = replace(
                    path, as_path=changed.as_path, local_preference=changed.local_preference,
                    weight=changed.weight, metric=changed.metric, next_hop=changed.next_hop or path.next_hop,
                )  # fmt: skip
        return path

    def _sessions(self, node: str) -> Iterator[Session]:
        here = {str(leg.address.ip) for leg in self.segments.legs[node] if leg.vrf == self.vrf}
        for peer in self.peers(node):
            if peer.state != "established" or peer.vrf != self.vrf:
                continue
            owners = self.segments.owners.get(IPv4Address(peer.address), [])
            owner = next((leg.node for leg in owners if leg.vrf == self.vrf and leg.node != node), "")
            speaker = self.peering.speaker(owner) if owner else None
            if speaker is not None:
                known = (said.address for said in speaker.neighbors if said.vrf == self.vrf)
                back = next((address for address in known if address in here), "")
                yield Session(node, peer, owner, None, back)
                continue
            carrier = next(
                (e for e in self.segments.wiring.endpoints_of[node] if e.address == peer.address), None
            )
            yield Session(node, peer, "", carrier, "")

    def _local(self, node: str) -> Iterator[Path]:
        lines = self.segments.snapshots[node].config.lines(*self._router(node), UNICAST)
        said = {IPv4Network(line.split()[1]) for line in lines if line.startswith("network ") and "." in line}
        sources = {line.split()[1]: line.split() for line in lines if line.startswith("redistribute ")}
        for route in self.own(node):
            if route.prefix in said and route.protocol != "local":
                yield Path(route.prefix, (), "0.0.0.0")
            elif (words := sources.get(route.protocol.partition("-")[0])) and route.prefix.prefixlen:
                given: Attributes | None = Attributes(metric=route.metric, tag=route.tag)
                if "route-map" in words and given is not None:
                    given = self.policies.of(node).through(words[-1], route.prefix, given)
                if given is not None:
                    yield Path(route.prefix, (), "0.0.0.0", redistributed=True, metric=given.metric)

    def _exchange(self) -> None:
        for _ in range(ROUNDS):
            best = {node: self.best(node) for node in self.speakers}
            fresh = {
                node: {key: path for key, path in self.paths[node].items() if not key[1]}
                for node in self.speakers
            }
            for session in self.sessions:
                denied = 0
                for path in self._heard(session, best):
                    kept = self._pass(session.node, session.peer.address, "in", path)
                    if kept is None:
                        denied += 1
                    else:
                        fresh[session.node][kept.prefix, session.peer.address] = kept
                self._denied[session.node, session.peer.address] = denied
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
        family = self._family(session.other, session.back)
        if UNICAST not in config.lines(*router, line) and not family:
            return
        for offered in best[session.other].values():
            if offered.sender == session.back or peer.local_as in offered.as_path:
                continue
            path = self._pass(session.other, session.back, "out", offered)
            if path is None:
                continue
            if not internal:
                as_path = (peer.remote_as, *path.as_path)
                yield replace(
                    path, as_path=as_path, next_hop=peer.address, sender=peer.address, internal=False,
                    redistributed=False, local_preference=100, weight=0,
                )  # fmt: skip
            elif not path.internal or "route-reflector-client" in family:
                own = not path.sender or (not path.internal and _says(family, "next-hop-self"))
                next_hop = peer.address if own else path.next_hop
                yield replace(
                    path, next_hop=next_hop, sender=peer.address, internal=True, redistributed=False, weight=0
                )

    def _line(self, node: str, address: str) -> str:
        """The line that opens the neighbour's section."""
        lines = self.segments.snapshots[node].config.lines(*self._router(node))
        return next((line for line in lines if line.split()[:2] == ["neighbor", address]), "")


def _says(lines: tuple[str, ...], prefix: str) -> bool:
    return any(line.startswith(prefix) for line in lines)


def _attributes(path: Path) -> Attributes:
    return Attributes(path.as_path, path.local_preference, path.weight, path.metric)


def _rank(path: Path) -> tuple[int, int, bool, int, int, bool, IPv4Address]:
    """Weight, local preference, own paths, the shortest AS path, the lowest metric, external before internal,
    the lowest neighbour.
    """
    return (
        -path.weight, -path.local_preference, bool(path.sender), len(path.as_path), path.metric,
        path.internal,
        IPv4Address(path.sender or 0),
    )  # fmt: skip
