"""Routing tables: the best of connected, static, OSPF and BGP routes per VRF, and the way a packet takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from vnexus.facts import BgpPeer
from vnexus.topology import Endpoint
from vnexus.world.peering import Peering
from vnexus.world.routing.bgp import Bgp, Path
from vnexus.world.routing.ospf import Ospf
from vnexus.world.routing.route import Hop, Route
from vnexus.world.routing.segments import MANAGEMENT, Leg, Segments
from vnexus.world.wiring import Place

MAX_HOPS = 30


@dataclass(frozen=True, slots=True)
class Way:
    """``hops`` are the addresses that answer a traceroute, the goal's own last when it is reached."""

    hops: tuple[str, ...]
    reached: bool
    routed: bool
    """Whether the first switch has a route at all."""
    places: tuple[Place, ...] = ()
    """The interface that each switch on the way sends it out of."""


class Tables:
    """Built for one settled state; every table is made when it is first asked for."""

    def __init__(
        self, segments: Segments, peering: Peering, peers: Callable[[str], tuple[BgpPeer, ...]]
    ) -> None:
        self.segments, self.peering, self._peers = segments, peering, peers
        self._connected: dict[tuple[str, str], list[Route]] = {}
        self._interior: dict[tuple[str, str], list[Route]] = {}
        self._tables: dict[tuple[str, str], list[Route]] = {}
        self._ospf: Ospf | None = None
        self._bgp: dict[str, Bgp] = {}

    @property
    def ospf(self) -> Ospf:
        if self._ospf is None:
            self._ospf = Ospf(self.segments, self._originated)
        return self._ospf

    @property
    def bgp(self) -> Bgp:
        return self.bgp_of("default")

    def bgp_of(self, vrf: str) -> Bgp:
        """The speakers of one VRF."""
        known = self._bgp.get(vrf)
        if known is None:
            known = self._bgp[vrf] = Bgp(
                self.segments, self.peering, self._peers, lambda node: self.interior(node, vrf), vrf
            )
        return known

    def connected(self, node: str, vrf: str) -> list[Route]:
        """Direct, local and static routes."""
        known = self._connected.get((node, vrf))
        if known is None:
            known = list(self._direct(node, vrf))
            known += self._static(node, vrf, known)
            self._connected[node, vrf] = known
        return known

    def interior(self, node: str, vrf: str) -> list[Route]:
        """Without BGP."""
        known = self._interior.get((node, vrf))
        if known is None:
            known = list(self.connected(node, vrf))
            for router in self.ospf.of(node):
                if router.key[2] == vrf:
                    known += self.ospf.routes(router.key)
            known = self._interior[node, vrf] = _best(known)
        return known

    def table(self, node: str, vrf: str) -> list[Route]:
        """What forwards, ordered by prefix."""
        known = self._tables.get((node, vrf))
        if known is None:
            known = list(self.interior(node, vrf))
            if self.peering.speaker(node):
                known += self._from_bgp(node, vrf)
            known = _best(known)
            known.sort(key=lambda route: (route.prefix, route.protocol != "local"))
            self._tables[node, vrf] = known
        return known

    def _direct(self, node: str, vrf: str) -> Iterator[Route]:
        for leg in self.segments.legs[node]:
            if leg.vrf != vrf:
                continue
            hops = (Hop(str(leg.address.ip), leg.name),)
            yield Route(leg.address.network, "direct", "", 0, 0, hops, leg.since)
            yield Route(IPv4Network(leg.address.ip), "local", "", 0, 0, hops, leg.since)

    def _static(self, node: str, vrf: str, direct: list[Route]) -> Iterator[Route]:
        config = self.segments.snapshots[node].config
        for line in config.lines() if vrf == "default" else config.lines(f"vrf context {vrf}"):
            words = line.split()
            if words[:2] != ["ip", "route"] or len(words) < 4:
                continue
            rest = words[4:]
            address = words[3].partition("/")[0]
            if rest and rest[0].count(".") == 3:
                address, rest = rest[0], rest[1:]
            preference = int(rest[0]) if rest and rest[0].isdigit() else 1
            tag = rest[rest.index("tag") + 1] if "tag" in rest[:-1] else ""
            network = IPv4Network(words[2])
            if address == "Null0":
                yield Route(network, "static", "", preference, 0, (Hop("", "Null0"),), 0.0, tag)
                continue
            towards = match(direct, IPv4Address(address))
            if towards is not None:
                hops = (Hop(address, towards.hops[0].interface),)
                yield Route(network, "static", "", preference, 0, hops, towards.since, tag)

    def _originated(self, node: str, vrf: str) -> list[Route]:
        """What OSPF may redistribute: never what OSPF itself has learnt, for that would be a circle."""
        routes = self.connected(node, vrf)
        if self.peering.speaker(node) is None:
            return routes
        for peer in self._peers(node):
            at = self.segments.wiring.endpoints_of[node]
            if peer.vrf == vrf and peer.state == "established" and any(e.address == peer.address for e in at):
                default = IPv4Network("0.0.0.0/0")
                hop = (Hop(peer.address, ""),)
                return [
                    *routes,
                    Route(default, f"bgp-{peer.local_as}", "external", 20, 0, hop, peer.changed_at),
                ]
        return routes

    def _from_bgp(self, node: str, vrf: str) -> Iterator[Route]:
        peers = {peer.address: peer for peer in self._peers(node) if peer.vrf == vrf}
        for path in self.bgp_of(vrf).best(node).values() if peers else ():
            if path.sender:
                yield self._bgp_route(path, peers[path.sender])

    def _bgp_route(self, path: Path, peer: BgpPeer) -> Route:
        kind, preference = ("internal", 200) if path.internal else ("external", 20)
        tag = path.as_path[0] if path.as_path else peer.local_as
        hops = (Hop(path.next_hop, ""),)
        return Route(path.prefix, f"bgp-{peer.local_as}", kind, preference, 0, hops, peer.changed_at, tag)

    # -- forwarding

    def resolve(self, node: str, vrf: str, goal: IPv4Address) -> tuple[Hop, Leg] | None:
        """The next hop towards an address and the leg it goes out of; recursive routes are followed."""
        table, wanted, hop = self.table(node, vrf), goal, Hop("", "")
        for _ in range(4):
            route = match(table, wanted)
            if route is None:
                return None
            hop = Hop(str(wanted), route.hops[0].interface) if route.attached else route.hops[0]
            if hop.interface:
                break
            wanted = IPv4Address(hop.address)
        legs = self.segments.legs[node]
        leg = next((leg for leg in legs if leg.name == hop.interface), None)
        return None if leg is None else (hop, leg)

    def way(self, node: str, vrf: str, goal: IPv4Address) -> Way:
        """Hop by hop through the tables. A carrier answers for the world beyond it."""
        hops: list[str] = []
        places: list[Place] = []
        here, table = node, vrf
        for _ in range(MAX_HOPS):
            if self.segments.owned(here, table, goal):
                if not hops or hops[-1] != str(goal):
                    hops = [*hops[:-1], str(goal)] if hops else [str(goal)]
                return Way(tuple(hops), reached=True, routed=True, places=tuple(places))
            found = self.resolve(here, table, goal)
            if found is None:
                return Way(tuple(hops), reached=False, routed=bool(hops), places=tuple(places))
            hop, leg = found
            places.append((here, leg.name))
            there = self.segments.answers(leg, IPv4Address(hop.address))
            if isinstance(there, Leg):
                hops.append(str(there.address.ip))
                here, table = there.node, there.vrf
                continue
            reached = self._beyond(there, leg, goal, hop)
            if there is not None:
                hops.append(hop.address)
            if reached and (not hops or hops[-1] != str(goal)):
                hops.append(str(goal))
            return Way(tuple(hops), reached=reached, routed=True, places=tuple(places))
        return Way(tuple(hops), reached=False, routed=True, places=tuple(places))

    def _beyond(self, there: Endpoint | None, leg: Leg, goal: IPv4Address, hop: Hop) -> bool:
        """Does an answer come from outside the switches?"""
        if there is not None:
            return hop.address == str(goal) or there.kind == "carrier"
        return leg.segment == MANAGEMENT

    def reached_both_ways(self, node: str, vrf: str, goal: IPv4Address) -> bool:
        """A reply also needs the way back to the address that asked."""
        there = self.way(node, vrf, goal)
        first = self.resolve(node, vrf, goal)
        if not there.reached or first is None:
            return there.reached
        owner = next((leg for leg in self.segments.owners.get(goal, ()) if leg.node != node), None)
        if owner is None or owner.segment == MANAGEMENT:
            return True
        return self.way(owner.node, owner.vrf, first[1].address.ip).reached


def match(table: list[Route], goal: IPv4Address) -> Route | None:
    """The longest prefix that covers the address."""
    covering = [route for route in table if goal in route.prefix]
    return max(covering, key=lambda route: route.prefix.prefixlen, default=None)


def _best(routes: list[Route]) -> list[Route]:
    """Per prefix the routes of the lowest preference; direct and local ones stand together."""
    lowest: dict[IPv4Network, int] = {}
    for route in routes:
        lowest[route.prefix] = min(route.preference, lowest.get(route.prefix, 256))
    kept: dict[tuple[IPv4Network, str], Route] = {}
    for route in routes:
        if route.preference == lowest[route.prefix]:
            key = (route.prefix, route.protocol)
            old = kept.get(key)
            hops = tuple(dict.fromkeys((*old.hops, *route.hops))) if old else route.hops
            kept[key] = route if old is None else _with_hops(old, hops)
    return list(kept.values())


def _with_hops(route: Route, hops: tuple[Hop, ...]) -> Route:
    return Route(
        route.prefix, route.protocol, route.kind, route.preference, route.metric, hops, route.since, route.tag
    )
