"""OSPF version 2 (RFC 2328): adjacencies on shared segments, designated routers, shortest paths.

Areas share one graph: a prefix of an area that the router has no port in is ``inter``. Route maps of
redistribution let everything pass.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from itertools import combinations

from vnexus.facts import ConfigFacts, InterfaceConfig, Oper
from vnexus.world.routing.route import DEFAULT_ROUTE, Hop, Route
from vnexus.world.routing.segments import Segment, Segments, parse
from vnexus.world.state import Snapshot

Key = tuple[str, str, str]
"""(node, process, vrf)"""
Hops = frozenset[Hop]


@dataclass(frozen=True, slots=True)
class OspfPort:
    """An interface that takes part."""

    key: Key
    name: str
    area: str
    address: IPv4Interface
    cost: int
    kind: str
    """``P2P``, ``BROADCAST`` or ``LOOPBACK``."""
    passive: bool
    priority: int
    timers: tuple[int, int]
    mtu: int | None
    """None: differences are ignored."""
    up: bool
    since: float
    segment: Segment


@dataclass(frozen=True, slots=True)
class OspfNeighbor:
    """A neighbour as ``port`` sees it; ``role`` is the neighbour's: ``DR``, ``BDR``, ``DROTHER`` or ``-``."""

    port: OspfPort
    other: OspfPort
    router_id: str
    state: str
    """``FULL``, ``TWOWAY`` or ``EXSTART``."""
    role: str
    since: float


@dataclass(slots=True)
class OspfRouter:
    """One process in one VRF of one node."""

    key: Key
    router_id: str
    lines: tuple[str, ...]
    ports: list[OspfPort] = field(default_factory=list)
    neighbors: list[OspfNeighbor] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    """Interface to its own role on a broadcast segment."""


class Ospf:
    """All routers of the lab in one settled state; ``base`` gives a VRF's connected and static routes."""

    def __init__(self, segments: Segments, base: Callable[[str, str], list[Route]]) -> None:
        self.segments, self.base = segments, base
        self.routers: dict[Key, OspfRouter] = {}
        for node, snapshot in segments.snapshots.items():
            if snapshot.config.feature("ospf"):
                self._read(node, snapshot)
        groups: dict[tuple[Segment, IPv4Network, str], list[OspfPort]] = {}
        for router in self.routers.values():
            for port in router.ports:
                if port.up and not port.passive and port.kind != "LOOPBACK":
                    groups.setdefault((port.segment, port.address.network, port.area), []).append(port)
        for ports in groups.values():
            self._meet(ports)

    def of(self, node: str) -> list[OspfRouter]:
        return [router for key, router in self.routers.items() if key[0] == node]

    def _read(self, node: str, snapshot: Snapshot) -> None:
        config = snapshot.config
        for name, interface in snapshot.interfaces.items():
            if interface.mode != "routed" or not interface.addresses:
                continue
            said = config.lines(f"interface {name}")
            words = next((line.split() for line in said if line.startswith("ip router ospf ")), None)
            if words is None or f"router ospf {words[3]}" not in config.lines():
                continue
            key = (node, words[3], interface.vrf)
            router = self.routers.get(key)
            if router is None:
                router = self.routers[key] = self._router(key, config)
            if "shutdown" not in router.lines:
                oper = self.segments.oper[node][name]
                router.ports.append(self._port(router, (interface, oper), said, words[5]))

    def _router(self, key: Key, config: ConfigFacts) -> OspfRouter:
        node, process, vrf = key
        path = (f"router ospf {process}",) if vrf == "default" else (f"router ospf {process}", f"vrf {vrf}")
        lines = config.lines(*path)
        said = next((line.split()[1] for line in lines if line.startswith("router-id ")), None)
        return OspfRouter(key, said or self._own_id(node, vrf), lines)

    def _own_id(self, node: str, vrf: str) -> str:
        """loopback0, then the first loopback, then the highest address."""
        legs = [leg for leg in self.segments.legs[node] if leg.vrf == vrf]
        loops = sorted((leg.name, leg.address.ip) for leg in legs if leg.name.startswith("loopback"))
        if loops:
            return str(loops[0][1])
        return str(max((leg.address.ip for leg in legs), default=IPv4Address(0)))

    def _port(
        self, router: OspfRouter, state: tuple[InterfaceConfig, Oper], said: tuple[str, ...], area: str
    ) -> OspfPort:
        interface, oper = state
        name = interface.name
        loopback = name.startswith("loopback")
        kind = "P2P" if "ip ospf network point-to-point" in said else "BROADCAST"
        passive = "ip ospf passive-interface" in said or (
            "passive-interface default" in router.lines and "no ip ospf passive-interface" not in said
        )
        cost = _number(said, "ip ospf cost ", 0) or (1 if loopback else _cost(router.lines, oper.speed_mbps))
        hello = _number(said, "ip ospf hello-interval ", 10)
        return OspfPort(
            router.key, name, _dotted(area), parse(interface.addresses[0]), cost,
            "LOOPBACK" if loopback else kind, passive, _number(said, "ip ospf priority ", 1),
            (hello, _number(said, "ip ospf dead-interval ", 4 * hello)),
            None if "ip ospf mtu-ignore" in said else interface.mtu, oper.up, oper.changed_at,
            self.segments.of(router.key[0], name),
        )  # fmt: skip

    def _meet(self, ports: list[OspfPort]) -> None:
        """Let the ports of one segment see each other."""
        drs: dict[str, str] = {}
        if len(ports) > 1 and any(port.kind == "BROADCAST" for port in ports):
            electable = sorted((p for p in ports if p.priority), key=self._rank, reverse=True)
            drs = {self._id(p): role for p, role in zip(electable, ("DR", "BDR"), strict=False)}
        for port in ports:
            self.routers[port.key].roles[port.name] = drs.get(self._id(port), "DROTHER") if drs else "DR"
        for one, other in combinations(ports, 2):
            if one.kind != other.kind or one.timers != other.timers or self._id(one) == self._id(other):
                continue
            state = "FULL"
            if one.kind == "BROADCAST" and self._id(one) not in drs and self._id(other) not in drs:
                state = "TWOWAY"
            if None not in (one.mtu, other.mtu) and one.mtu != other.mtu:
                state = "EXSTART"
            for port, far in ((one, other), (other, one)):
                role = "-" if port.kind == "P2P" else drs.get(self._id(far), "DROTHER")
                self.routers[port.key].neighbors.append(
                    OspfNeighbor(port, far, self._id(far), state, role, max(port.since, far.since))
                )

    def _id(self, port: OspfPort) -> str:
        return self.routers[port.key].router_id

    def _rank(self, port: OspfPort) -> tuple[int, IPv4Address]:
        return port.priority, IPv4Address(self._id(port))

    # -- shortest paths

    def routes(self, key: Key) -> list[Route]:
        """What the process offers to the routing table of its VRF."""
        reach = self._shortest(key)
        areas = {port.area for port in self.routers[key].ports}
        best: dict[IPv4Network, tuple[tuple[int, int, int], str, Hops, float]] = {}
        for router, (distance, hops, since) in reach.items():
            if router == key:
                continue
            for prefix, order, kind in self._announced(router, distance, areas):
                old = best.get(prefix)
                if old is None or order < old[0]:
                    best[prefix] = (order, kind, hops, since)
                elif order == old[0]:
                    best[prefix] = (order, kind, old[2] | hops, max(since, old[3]))
        return [
            Route(prefix, f"ospf-{key[1]}", kind, 110, order[1], tuple(sorted(hops)), since)
            for prefix, (order, kind, hops, since) in best.items()
        ]

    def _announced(
        self, key: Key, distance: int, areas: set[str]
    ) -> Iterator[tuple[IPv4Network, tuple[int, int, int], str]]:
        """(prefix, (rank of kind, metric, tie), kind) of one router seen from that far."""
        router = self.routers[key]
        for port in router.ports:
            if port.up:
                network = IPv4Network(port.address.ip) if port.kind == "LOOPBACK" else port.address.network
                kind = "intra" if port.area in areas else "inter"
                yield network, (0 if kind == "intra" else 1, distance + port.cost, 0), kind
        for line in router.lines:
            words = line.split()
            if words[0] == "default-information" and ("always" in words or self._has_default(key)):
                yield DEFAULT_ROUTE, (2, 1, distance), "type-2"
            elif words[:2] in (["redistribute", "static"], ["redistribute", "direct"]):
                for route in self.base(key[0], key[2]):
                    if route.protocol == words[1] and route.prefix.prefixlen:
                        yield route.prefix, (2, 20, distance), "type-2"

    def _has_default(self, key: Key) -> bool:
        return any(not route.prefix.prefixlen for route in self.base(key[0], key[2]))

    def _shortest(self, start: Key) -> dict[Key, tuple[int, Hops, float]]:
        """Dijkstra with all equal first hops: distance, hops, since when the newest link of the way is up."""
        found: dict[Key, tuple[int, Hops, float]] = {start: (0, frozenset(), 0.0)}
        done: set[Key] = set()
        queue = [(0, start)]
        while queue:
            distance, here = heapq.heappop(queue)
            if here in done:
                continue
            done.add(here)
            _, hops, since = found[here]
            for neighbor in self.routers[here].neighbors:
                if neighbor.state == "EXSTART":
                    continue
                far, total = neighbor.other.key, distance + neighbor.port.cost
                first = hops or frozenset({Hop(str(neighbor.other.address.ip), neighbor.port.name)})
                age = max(since, neighbor.since)
                old = found.get(far)
                if old is None or total < old[0]:
                    found[far] = (total, first, age)
                    heapq.heappush(queue, (total, far))
                elif total == old[0] and far not in done:
                    found[far] = (total, old[1] | first, max(age, old[2]))
        return found


def _number(lines: tuple[str, ...], prefix: str, default: int) -> int:
    return next((int(line[len(prefix) :].split()[0]) for line in lines if line.startswith(prefix)), default)


def _cost(lines: tuple[str, ...], speed: int) -> int:
    """Reference bandwidth (40 Gbit/s when nothing is said) over the interface's."""
    words = next((line.split() for line in lines if line.startswith("auto-cost ")), [])
    reference = int(words[2]) * (1000 if words[3:] == ["Gbps"] else 1) if len(words) > 2 else 40_000
    return min(65535, max(1, reference // speed)) if speed else 1


def _dotted(area: str) -> str:
    return str(IPv4Address(int(area))) if area.isdigit() else area
