"""Rapid PVST+ (IEEE 802.1w per VLAN): the root bridge, the way to it, and what each port does.

A port-channel is one port. vPC port-channels and the peer-link never block.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from vnexus import hardware
from vnexus.facts import InterfaceConfig
from vnexus.grammar.names import allowed_vlans, natural
from vnexus.world.routing.segments import Segment, Segments
from vnexus.world.wiring import Place

BridgeId = tuple[int, int]
"""(priority with the VLAN added, MAC)"""
Domain = tuple[str, dict[str, dict[str, set[str]]], dict[str, int]]
"""(root, ports of each bridge with the bridges behind them, costs to the root)"""
DEFAULT_PRIORITY = 32768
SHORT = ((40_000, 1), (20_000, 1), (10_000, 2), (1000, 4), (100, 19), (0, 100))
LONG_REFERENCE_MBPS = 20_000_000


@dataclass(frozen=True, slots=True)
class StpPort:
    name: str
    role: str
    """``Root``, ``Desg`` or ``Altn``."""
    cost: int
    edge: bool

    @property
    def state(self) -> str:
        return "BLK" if self.role == "Altn" else "FWD"


@dataclass(frozen=True, slots=True)
class StpVlan:
    """One VLAN as one bridge sees it."""

    vlan: int
    bridge: BridgeId
    root: BridgeId
    root_cost: int
    root_port: str
    """Empty on the root bridge."""
    ports: tuple[StpPort, ...]


class SpanningTree:
    """Asked per node and VLAN."""

    def __init__(self, segments: Segments) -> None:
        self.segments = segments
        self._priorities: dict[str, dict[int, int]] = {}
        self._trees: dict[tuple[int, str], StpVlan] = {}
        self._uplinks: dict[str, list[tuple[InterfaceConfig, Place | None]]] = {}
        self._costs: dict[tuple[str, str], int] = {}
        self._domains: dict[tuple[Segment, int], Domain] = {}
        self._by_domain: dict[int, dict[Segment, list[str]]] = {}

    def vlan(self, node: str, vlan: int) -> StpVlan:
        """Raises KeyError for a VLAN that the node does not have."""
        if vlan not in self.segments.snapshots[node].vlans:
            raise KeyError(vlan)
        known = self._trees.get((vlan, node))
        if known is None:
            known = self._trees[vlan, node] = self._derive(node, vlan)
        return known

    def designated(self, node: str, port: StpPort) -> Place:
        """The place that speaks for the wire behind a port: its own, or the one at the far end."""
        if port.role == "Desg":
            return node, port.name
        for config, far in self._switched(node):
            if config.name == port.name and far:
                return far[0], self.segments.snapshots[far[0]].effective(far[1]).name
        return node, port.name

    def bridge(self, node: str, vlan: int) -> BridgeId:
        priorities = self._priorities.get(node)
        if priorities is None:
            priorities = self._priorities[node] = self._read(node)
        mac = hardware.base_mac(self.segments.wiring.nodes[node].address)
        return priorities.get(vlan, DEFAULT_PRIORITY) + vlan, mac

    def _read(self, node: str) -> dict[int, int]:
        found: dict[int, int] = {}
        for line in self.segments.snapshots[node].config.lines():
            words = line.split()
            if words[:2] == ["spanning-tree", "vlan"] and words[3:4] == ["priority"]:
                found |= dict.fromkeys(allowed_vlans(words[2]), int(words[4]))
        return found

    def _cost(self, node: str, name: str) -> int:
        known = self._costs.get((node, name))
        if known is None:
            known = self._costs[node, name] = self._read_cost(node, name)
        return known

    def _read_cost(self, node: str, name: str) -> int:
        config = self.segments.snapshots[node].config
        said = config.value("spanning-tree cost ", f"interface {name}")
        if said and said.isdigit():
            return int(said)
        speed = self.segments.oper[node][name].speed_mbps or 1
        if config.value("spanning-tree pathcost method ") == "long":
            return max(1, LONG_REFERENCE_MBPS // speed)
        return next(cost for least, cost in SHORT if speed >= least)

    def _switched(self, node: str) -> list[tuple[InterfaceConfig, Place | None]]:
        """Switched ports that are up: the configuration that decides, and the far end of the wire."""
        known = self._uplinks.get(node)
        if known is None:
            snapshot, known = self.segments.snapshots[node], []
            for name, state in self.segments.oper[node].items():
                if not state.up or not name.startswith("Ethernet") or "." in name:
                    continue
                config, far = snapshot.effective(name), self.segments.wiring.far.get((node, name))
                if config.mode != "routed":
                    known.append((config, far))
            self._uplinks[node] = known
        return known

    def _ports(self, node: str, vlan: int) -> dict[str, set[str]]:
        """Ports of the VLAN, port-channels in place of members, with the bridges behind them."""
        found: dict[str, set[str]] = {}
        for config, far in self._switched(node):
            if not _carries(config, vlan):
                continue
            behind = found.setdefault(config.name, set())
            other = self.segments.snapshots[far[0]] if far else None
            if far and other and vlan in other.vlans and _carries(other.effective(far[1]), vlan):
                behind.add(far[0])
        return found

    def _bridges(self, vlan: int) -> dict[Segment, list[str]]:
        """Bridges of a VLAN by the domain that they share."""
        known = self._by_domain.get(vlan)
        if known is None:
            known = self._by_domain[vlan] = {}
            for node, snapshot in self.segments.snapshots.items():
                if vlan in snapshot.vlans:
                    known.setdefault(self.segments.of(node, str(vlan)), []).append(node)
        return known

    def _domain(self, here: Segment, vlan: int) -> Domain:
        """All bridges that share the VLAN's domain, their root and the costs of the ways to it."""
        known = self._domains.get((here, vlan))
        if known is None:
            bridges = self._bridges(vlan)[here]
            ports = {bridge: self._ports(bridge, vlan) for bridge in bridges}
            root = min(bridges, key=lambda bridge: self.bridge(bridge, vlan))
            known = self._domains[here, vlan] = (root, ports, self._distances(root, ports))
        return known

    def _derive(self, node: str, vlan: int) -> StpVlan:
        root, ports, costs = self._domain(self.segments.of(node, str(vlan)), vlan)
        root_port = "" if node == root else self._root_port(node, vlan, ports[node], costs)
        shown = tuple(
            self._port((node, name), vlan, behind, (costs, root_port))
            for name, behind in sorted(ports[node].items(), key=lambda item: natural(item[0]))
        )
        own, best = self.bridge(node, vlan), self.bridge(root, vlan)
        return StpVlan(vlan, own, best, costs.get(node, 0), root_port, shown)

    def _distances(self, root: str, ports: dict[str, dict[str, set[str]]]) -> dict[str, int]:
        """Cost of the way to the root: each bridge adds the cost of the port it hears the root on."""
        towards: dict[str, dict[str, int]] = {bridge: {} for bridge in ports}
        for bridge, own in ports.items():
            for name, behind in own.items():
                cost = self._cost(bridge, name) if behind else 0
                for far in behind:
                    towards[bridge][far] = min(cost, towards[bridge].get(far, cost))
        costs, queue = {root: 0}, [(0, root)]
        while queue:
            cost, here = heapq.heappop(queue)
            if cost > costs[here]:
                continue
            for other in towards[here]:
                back = towards.get(other, {}).get(here)
                if back is None:
                    continue  # the far end is suspended, or takes the VLAN for another
                total = cost + back
                if total < costs.get(other, total + 1):
                    costs[other] = total
                    heapq.heappush(queue, (total, other))
        return costs

    def _root_port(self, node: str, vlan: int, ports: dict[str, set[str]], costs: dict[str, int]) -> str:
        offers = [
            (costs[far] + self._cost(node, name), self.bridge(far, vlan), natural(name), name)
            for name, behind in ports.items()
            for far in behind
            if far in costs
        ]
        return min(offers)[3] if offers else ""

    def _port(
        self,
        place: tuple[str, str],
        vlan: int,
        behind: set[str],
        tree: tuple[dict[str, int], str],
    ) -> StpPort:
        node, name = place
        costs, root_port = tree
        lines = self.segments.snapshots[node].config.lines(f"interface {name}")
        edge = any(line.startswith("spanning-tree port type edge") for line in lines)
        cost = self._cost(node, name)
        if name == root_port:
            return StpPort(name, "Root", cost, edge)
        held_open = any(line.startswith("vpc ") for line in lines)
        mine = (costs.get(node, 0), self.bridge(node, vlan))
        beaten = any((costs.get(far, 0), self.bridge(far, vlan)) < mine for far in behind)
        return StpPort(name, "Altn" if beaten and not held_open else "Desg", cost, edge)


def _carries(config: InterfaceConfig, vlan: int) -> bool:
    if config.mode == "access":
        return vlan == config.access_vlan
    return config.mode == "trunk" and vlan in config.allowed_vlans
