"""Who hears whom: broadcast domains of VLANs, trunks and routed wires, and the addresses on them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Interface

from vnexus.facts import InterfaceConfig, Oper
from vnexus.topology import Endpoint
from vnexus.world.state import Snapshot
from vnexus.world.wiring import Place, Wiring

Segment = tuple[str, str]
"""One (node, VLAN or interface) of the domain stands for all of it."""
MANAGEMENT: Segment = ("", "mgmt0")
"""All management ports are on one network outside the lab."""


@lru_cache(maxsize=65536)
def parse(text: str) -> IPv4Interface:
    """``10.0.0.1/24``, read once."""
    return IPv4Interface(text)


@dataclass(frozen=True, slots=True)
class Leg:
    """One address of an interface that is up."""

    node: str
    name: str
    vrf: str
    address: IPv4Interface
    segment: Segment
    since: float


class Segments:
    """Built for one settled state of the world."""

    def __init__(
        self,
        wiring: Wiring,
        snapshots: Mapping[str, Snapshot],
        oper: Mapping[str, Mapping[str, Oper]],
        deaf: Collection[Place] = (),
    ) -> None:
        self.wiring, self.snapshots, self.oper = wiring, snapshots, oper
        self._parent: dict[Segment, Segment] = {}
        for link in wiring.links:
            if (link.a_node, link.a_port) in deaf or (link.b_node, link.b_port) in deaf:
                continue  # frames go one way only: nobody agrees on anything
            self._join(link.a_node, link.a_port, link.b_node, link.b_port)
        self.legs: dict[str, list[Leg]] = {node: list(self._legs(node)) for node in snapshots}
        self.on: dict[Segment, list[Leg]] = {}
        self.owners: dict[IPv4Address, list[Leg]] = {}
        for legs in self.legs.values():
            for leg in legs:
                self.on.setdefault(leg.segment, []).append(leg)
                self.owners.setdefault(leg.address.ip, []).append(leg)
        self.virtual: dict[tuple[Segment, IPv4Address], Leg] = {}
        """Addresses that a group of routers shares: the leg of the one that answers."""
        self.endpoints: dict[Segment, list[Endpoint]] = {}
        for endpoint in wiring.endpoints.values():
            if endpoint.address and oper[endpoint.node][endpoint.port].up:
                self.endpoints.setdefault(self._where(endpoint), []).append(endpoint)

    def of(self, node: str, name: str) -> Segment:
        """The domain of a VLAN (``"120"``) or routed interface of a node."""
        if name == "mgmt0":
            return MANAGEMENT
        return self._find((node, name.removeprefix("Vlan")))

    def answers(self, leg: Leg, goal: IPv4Address) -> Leg | Endpoint | None:
        """Who has this address on the leg's domain."""
        for other in self.on.get(leg.segment, ()):
            if other.address.ip == goal and other.node != leg.node:
                return other
        shared = self.virtual.get((leg.segment, goal))
        if shared is not None and shared.node != leg.node:
            return shared
        return next((e for e in self.endpoints.get(leg.segment, ()) if e.address == str(goal)), None)

    def owned(self, node: str, vrf: str, goal: IPv4Address) -> bool:
        """Whether the address is the node's own, or the virtual one that it answers for."""
        return any(
            leg.address.ip == goal or self.virtual.get((leg.segment, goal)) == leg
            for leg in self.legs[node]
            if leg.vrf == vrf
        )

    def _legs(self, node: str) -> Iterator[Leg]:
        for name, interface in self.snapshots[node].interfaces.items():
            state = self.oper[node][name]
            if state.up and interface.mode == "routed":
                for text in interface.addresses:
                    yield Leg(node, name, interface.vrf, parse(text), self.of(node, name), state.changed_at)

    def _where(self, endpoint: Endpoint) -> Segment:
        interface = self.snapshots[endpoint.node].effective(endpoint.port)
        return self.of(endpoint.node, _untagged(interface))

    def _join(self, a: str, a_port: str, b: str, b_port: str) -> None:
        if not (self.oper[a][a_port].up and self.oper[b][b_port].up):
            return
        left, right = self.snapshots[a].effective(a_port), self.snapshots[b].effective(b_port)
        self._union((a, _untagged(left)), (b, _untagged(right)))
        here, there = self._tags(a, left), self._tags(b, right)
        for tag in here.keys() & there.keys():
            self._union((a, here[tag]), (b, there[tag]))

    def _tags(self, node: str, interface: InterfaceConfig) -> dict[int, str]:
        """What travels with a tag: VLANs of a trunk, subinterfaces of a routed port."""
        snapshot = self.snapshots[node]
        if interface.mode == "trunk":
            carried = interface.allowed_vlans & snapshot.vlans
            return {vlan: str(vlan) for vlan in carried if vlan != interface.native_vlan}
        if interface.mode != "routed":
            return {}
        return {
            int(tag): name
            for name in snapshot.interfaces
            if name.startswith(f"{interface.name}.")
            and (tag := snapshot.config.value("encapsulation dot1q ", f"interface {name}"))
            and tag.isdigit()
        }

    def _find(self, key: Segment) -> Segment:
        while (above := self._parent.get(key, key)) != key:
            key = above
        return key

    def _union(self, one: Segment, other: Segment) -> None:
        low, high = sorted((self._find(one), self._find(other)))
        if low != high:
            self._parent[high] = low


def _untagged(interface: InterfaceConfig) -> str:
    """What frames without a tag belong to: a VLAN, or the routed interface itself."""
    if interface.mode == "routed":
        return interface.name
    return str(interface.access_vlan if interface.mode == "access" else interface.native_vlan)
