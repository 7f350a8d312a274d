"""OSPF version 2 (RFC 2328): adjacencies on shared segments, designated routers, shortest paths.

A router sees its own areas; prefixes of others come through area border routers, over the backbone and
summed up where ``area … range`` says so. Stub and NSSA areas hear of outside routes by a default route only.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from itertools import combinations

from vnexus.facts import ConfigFacts, InterfaceConfig, Oper
from vnexus.world.routing.policy import Attributes, Library
from vnexus.world.routing.route import DEFAULT_ROUTE, Hop, Route
from vnexus.world.routing.segments import Segment, Segments, parse
from vnexus.world.state import Snapshot

BACKBONE = "0.0.0.0"
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
        self._policies = Library({node: snapshot.config for node, snapshot in segments.snapshots.items()})
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
        areas = self.areas(key)
        best: dict[IPv4Network, tuple[tuple[int, int, int], str, Hops, float]] = {}
        stubby = areas and all(self._stub(key, area) for area in areas)
        for router, (distance, hops, since) in reach.items():
            if router == key:
                continue
            for prefix, order, kind in self._announced(router, distance, areas):
                if stubby and kind == "type-2":
                    continue
                old = best.get(prefix)
                if old is None or order < old[0]:
                    best[prefix] = (order, kind, hops, since)
                elif order == old[0]:
                    best[prefix] = (order, kind, old[2] | hops, max(since, old[3]))
            if stubby and self.border(router) and DEFAULT_ROUTE not in best:
                best[DEFAULT_ROUTE] = ((1, distance + 1, 0), "inter", hops, since)
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
                if kind == "inter":
                    wide = self._range(port.area, network)
                    if wide is None or areas & self._totally_stubby:
                        continue
                    network = wide
                yield network, (0 if kind == "intra" else 1, distance + port.cost, 0), kind
        for line in router.lines:
            words = line.split()
            if words[0] == "default-information" and ("always" in words or self._has_default(key)):
                yield DEFAULT_ROUTE, (2, 1, distance), "type-2"
            elif words[:2] in (["redistribute", "static"], ["redistribute", "direct"]):
                policies = self._policies.of(key[0])
                for route in self.base(key[0], key[2]):
                    if route.protocol != words[1] or not route.prefix.prefixlen:
                        continue
                    given = policies.through(words[-1], route.prefix, Attributes(metric=20, tag=route.tag))
                    if given is not None:
                        yield route.prefix, (2, given.metric, distance), "type-2"

    # -- areas

    def areas(self, key: Key) -> set[str]:
        return {port.area for port in self.routers[key].ports}

    def border(self, key: Key) -> bool:
        """Is it an area border router: with a port that is up in the backbone and one in another area?"""
        up = {port.area for port in self.routers[key].ports if port.up}
        return BACKBONE in up and len(up) > 1

    def _stub(self, key: Key, area: str) -> bool:
        return any(_area_line(line, area) in {"stub", "nssa"} for line in self.routers[key].lines)

    @cached_property
    def _totally_stubby(self) -> frozenset[str]:
        """Areas whose border routers say ``no-summary``."""
        said = (line.split() for router in self.routers.values() for line in router.lines)
        return frozenset(
            _dotted(words[1]) for words in said if words[0] == "area" and words[2:3] in (["stub"], ["nssa"])
            and "no-summary" in words
        )  # fmt: skip

    @cached_property
    def _ranges(self) -> list[tuple[str, IPv4Network, bool]]:
        """(area, summary, is it told) of every border router."""
        said = [
            (key, line.split())
            for key, router in self.routers.items()
            for line in router.lines
            if "range" in line
        ]
        return [
            (_dotted(words[1]), IPv4Network(words[3]), "not-advertise" not in words)
            for key, words in said
            if words[0] == "area" and words[2] == "range" and self.border(key)
        ]

    def _range(self, area: str, network: IPv4Network) -> IPv4Network | None:
        """What border routers tell other areas of a network: itself, a range around it, or nothing."""
        for where, wide, told in self._ranges:
            if where == area and network.subnet_of(wide):
                return wide if told else None
        return network

    def _has_default(self, key: Key) -> bool:
        return any(not route.prefix.prefixlen for route in self.base(key[0], key[2]))

    def _transit(self, start: Key, here: Key) -> set[str]:
        """Areas that the way may go on in: those of the start, and any behind a border router."""
        return self.areas(here) if self.border(here) else self.areas(start) | {BACKBONE} | self._entered(here)

    def _entered(self, here: Key) -> set[str]:
        """A router inside one area passes on within it."""
        areas = self.areas(here)
        return areas if len(areas) == 1 else set()

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
                if here != start and neighbor.port.area not in self._transit(start, here):
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


def _area_line(line: str, area: str) -> str:
    """The word behind ``area A`` when the line is about this area."""
    words = line.split()
    return words[2] if words[0] == "area" and len(words) > 2 and _dotted(words[1]) == area else ""


def _number(lines: tuple[str, ...], prefix: str, default: int) -> int:
    return next((int(line[len(prefix) :].split()[0]) for line in lines if line.startswith(prefix)), default)


def _cost(lines: tuple[str, ...], speed: int) -> int:
    """Reference bandwidth (40 Gbit/s when nothing is said) over the interface's."""
    words = next((line.split() for line in lines if line.startswith("auto-cost ")), [])
    reference = int(words[2]) * (1000 if words[3:] == ["Gbps"] else 1) if len(words) > 2 else 40_000
    return min(65535, max(1, reference // speed)) if speed else 1


def _dotted(area: str) -> str:
    return str(IPv4Address(int(area))) if area.isdigit() else area
