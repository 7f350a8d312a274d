"""vPC: what two peers know of each other over the peer-link and the keepalive."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from vnexus import hardware
from vnexus.world.routing.tables import Tables
from vnexus.world.state import Snapshot

DEFAULT_PRIORITY = 32667


@dataclass(frozen=True, slots=True)
class VpcPort:
    """One vPC: ``reason`` is empty while both ends agree."""

    number: str
    name: str
    up: bool
    reason: str


@dataclass(frozen=True, slots=True)
class VpcView:
    """The domain as one switch sees it."""

    domain: str
    peer_link: str | None
    peer_link_up: bool
    peer: str | None
    """The other switch, while the adjacency stands."""
    alive: bool
    """The keepalive comes back."""
    reason: str
    """Why the peers are not consistent; empty when they are."""
    role: str
    ports: tuple[VpcPort, ...]


class Vpc:
    """Asked per node."""

    def __init__(self, tables: Tables) -> None:
        self.tables, self.segments = tables, tables.segments

    def view(self, node: str) -> VpcView | None:
        """None without ``vpc domain``."""
        domain = self._domain(node)
        if domain is None:
            return None
        link = self._peer_link(node)
        up = link is not None and self.segments.oper[node][link].up
        far = self._behind(node, link) if link and up else None
        alive = self._alive(node, domain)
        peer = far if far and self._domain(far) == domain and self._peer_link(far) else None
        reason = self._global_reason(node, peer) if peer else "Consistency Check Not Performed"
        role = self._role(node, peer, domain) if peer else "none established"
        ports = tuple(self._port(node, peer, number, name) for name, number in self._numbers(node).items())
        return VpcView(domain.split()[2], link, up, peer, alive, reason, role, ports)

    def _snapshot(self, node: str) -> Snapshot:
        return self.segments.snapshots[node]

    def _domain(self, node: str) -> str | None:
        lines = self._snapshot(node).config.lines()
        return next((line for line in lines if line.startswith("vpc domain ")), None)

    def _lines(self, node: str, name: str) -> tuple[str, ...]:
        return self._snapshot(node).config.lines(f"interface {name}")

    def _channels(self, node: str) -> list[str]:
        return [name for name in self._snapshot(node).interfaces if name.startswith("port-channel")]

    def _peer_link(self, node: str) -> str | None:
        return next(
            (name for name in self._channels(node) if "vpc peer-link" in self._lines(node, name)), None
        )

    def _numbers(self, node: str) -> dict[str, str]:
        """Port-channel to vPC."""
        found = {}
        for name in self._channels(node):
            for line in self._lines(node, name):
                words = line.split()
                if words[0] == "vpc" and words[-1].isdigit():
                    found[name] = words[-1]
        return found

    def _behind(self, node: str, channel: str) -> str | None:
        """The switch at the far end of a port-channel's ports that are up."""
        for port in self._snapshot(node).members.get(channel, ()):
            far = self.segments.wiring.far.get((node, port))
            if far is not None and self.segments.oper[node][port].up:
                return far[0]
        return None

    def _alive(self, node: str, domain: str) -> bool:
        """The destination is another switch's address and can be reached there and back."""
        line = self._snapshot(node).config.value("peer-keepalive ", domain)
        words = line.split() if line else []
        if len(words) < 2:
            return False
        vrf = words[words.index("vrf") + 1] if "vrf" in words else "management"
        try:
            goal = IPv4Address(words[1])
        except AddressValueError:
            return False
        owned = any(leg.node != node for leg in self.segments.owners.get(goal, ()))
        return owned and self.tables.reached_both_ways(node, vrf, goal)

    def _global_reason(self, node: str, peer: str) -> str:
        """Type 1 parameters of the whole switch: mode of spanning tree."""
        here, there = (
            self._snapshot(name).config.value("spanning-tree mode ") or "rapid-pvst" for name in (node, peer)
        )
        return "" if here == there else "STP Mode inconsistent"

    def _role(self, node: str, peer: str, domain: str) -> str:
        """The lower priority is primary, then the lower MAC address."""
        mine, other = (self._rank(name, domain) for name in (node, peer))
        return "primary" if mine < other else "secondary"

    def _rank(self, node: str, domain: str) -> tuple[int, int]:
        said = self._snapshot(node).config.value("role priority ", domain)
        mac = hardware.base_mac(self.segments.wiring.nodes[node].address)
        return int(said or DEFAULT_PRIORITY), mac

    def _port(self, node: str, peer: str | None, number: str, name: str) -> VpcPort:
        up = self.segments.oper[node][name].up
        there = (
            next((n for n, other in self._numbers(peer).items() if other == number), None) if peer else None
        )
        if peer is None:
            return VpcPort(number, name, up, "peer-link is down")
        if there is None:
            return VpcPort(number, name, up, "vPC not configured on peer")
        mine, other = self._snapshot(node).interfaces[name], self._snapshot(peer).interfaces[there]
        same = (mine.mode, mine.mtu, mine.native_vlan) == (other.mode, other.mtu, other.native_vlan)
        return VpcPort(number, name, up, "" if same else "vPC type-1 configuration incompatible")
