"""Multicast: IGMP members heard on each VLAN, PIM sparse mode between routers, rendezvous points (RFC 7761).

Displays join the webcast's group and whatever hosts are said to join; a camera sends to a group of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from vnexus import hardware
from vnexus.topology import Endpoint
from vnexus.world.routing.segments import Leg, Segment
from vnexus.world.routing.tables import Tables

WEBCAST = "239.255.0.1"
HELLO_SECONDS = 30
DEFAULT_PRIORITY = 1


@dataclass(frozen=True, slots=True)
class Member:
    """A group that somebody on a VLAN of a switch wants: ``port`` is where the report came in."""

    vlan: int
    group: str
    port: str
    reporter: str
    since: float
    static: bool = False


@dataclass(frozen=True, slots=True)
class PimPort:
    """An interface in sparse mode."""

    node: str
    name: str
    vrf: str
    address: str
    priority: int
    hello: int
    border: bool
    segment: Segment
    since: float


@dataclass(frozen=True, slots=True)
class Joined:
    """A group on a routed interface."""

    name: str
    vrf: str
    group: str
    kind: str
    """``D`` dynamic, ``S`` static, ``L`` local."""
    reporter: str
    since: float


@dataclass(frozen=True, slots=True)
class RendezvousPoint:
    address: str
    groups: str
    vrf: str


@dataclass(frozen=True, slots=True)
class Tree:
    """One row of the multicast routing table; ``source`` is empty for ``(*, G)``."""

    vrf: str
    source: str
    group: str
    incoming: str
    neighbor: str
    outgoing: tuple[str, ...]
    since: float


def group_of(endpoint: Endpoint) -> str:
    """The group that an endpoint sends to: of the lab file, or a camera's from the end of its MAC.

    >>> group_of(Endpoint("n", "p", "camera", "c", "00aa.bbcc.0102"))
    '239.192.1.2'
    """
    if endpoint.sends or endpoint.kind != "camera":
        return endpoint.sends
    high, low = hardware.mac_bytes(endpoint.mac)[-2:]
    return f"239.192.{high}.{low}"


def wishes(endpoint: Endpoint) -> tuple[str, ...]:
    """The groups that an endpoint joins."""
    return endpoint.joins or ((WEBCAST,) if endpoint.kind == "display" else ())


class Multicast:
    """Asked per node, for one settled state."""

    def __init__(self, tables: Tables) -> None:
        self.tables, self.segments = tables, tables.segments
        self._listeners: dict[Segment, list[tuple[Endpoint, str]]] | None = None
        self._pim: dict[Segment, list[PimPort]] | None = None

    # -- layer 2

    def queried(self, node: str, vlan: int) -> tuple[str, str] | None:
        """(address of the querier, port towards it) of a VLAN; the port is empty for the switch itself."""
        segment = self.segments.of(node, str(vlan))
        routers = sorted(self.pim_on(segment), key=lambda port: IPv4Address(port.address))
        if routers:
            first = routers[0]
            return first.address, "" if first.node == node else self._towards(node, vlan, first.node)
        for other in sorted(self.segments.snapshots):
            said = self._snooping(other, vlan)
            if said and self.segments.of(other, str(vlan)) == segment:
                return said, "" if other == node else self._towards(node, vlan, other)
        return None

    def snooped(self, node: str, vlan: int) -> list[Member]:
        """Members by group and port; nothing on a VLAN that nobody queries."""
        if vlan not in self.segments.snapshots[node].vlans:
            return []
        found = [*self._static(node, vlan)]
        if self.queried(node, vlan) is not None:
            segment = self.segments.of(node, str(vlan))
            for endpoint, group in self.listeners().get(segment, ()):
                port = endpoint.port if endpoint.node == node else ""  # others note it by their router port
                since = self.segments.oper[endpoint.node][endpoint.port].changed_at
                if port:
                    found.append(Member(vlan, group, port, endpoint.address or "0.0.0.0", since))
        return sorted(found, key=lambda member: (IPv4Address(member.group), member.port))

    def listeners(self) -> dict[Segment, list[tuple[Endpoint, str]]]:
        """Endpoints that are up and what they join, by segment."""
        if self._listeners is None:
            self._listeners = {}
            for endpoint in self.segments.wiring.endpoints.values():
                groups = wishes(endpoint)
                if not groups or not self.segments.oper[endpoint.node][endpoint.port].up:
                    continue
                snapshot = self.segments.snapshots[endpoint.node]
                config = snapshot.effective(endpoint.port)
                vlan = config.access_vlan if config.mode == "access" else config.native_vlan
                if config.mode == "routed" or vlan not in snapshot.vlans:
                    continue
                heard = self._listeners.setdefault(self.segments.of(endpoint.node, str(vlan)), [])
                heard += [(endpoint, group) for group in groups]
        return self._listeners

    def _static(self, node: str, vlan: int) -> Iterator[Member]:
        lines = self.segments.snapshots[node].config.lines(f"vlan configuration {vlan}")
        for line in lines:
            words = line.split()
            if words[:4] == ["ip", "igmp", "snooping", "static-group"] and "interface" in words:
                yield Member(vlan, words[4], words[words.index("interface") + 1], "0.0.0.0", 0.0, static=True)

    def _snooping(self, node: str, vlan: int) -> str | None:
        snapshot = self.segments.snapshots[node]
        if vlan not in snapshot.vlans:
            return None
        return snapshot.config.value("ip igmp snooping querier ", f"vlan configuration {vlan}")

    def _towards(self, node: str, vlan: int, other: str) -> str:
        """The port of the spanning tree that leads to another switch, as far as the next bridge tells."""
        for port, (far, _) in self.segments.wiring.links_of[node]:
            config = self.segments.snapshots[node].effective(port)
            if far == other and self.segments.oper[node][port].up and vlan in config.allowed_vlans:
                return config.name
        for port, _ in self.segments.wiring.links_of[node]:
            config = self.segments.snapshots[node].effective(port)
            if config.mode == "trunk" and self.segments.oper[node][port].up and vlan in config.allowed_vlans:
                return config.name
        return ""

    # -- routers

    def pim_ports(self, node: str) -> list[PimPort]:
        """Interfaces in sparse mode that are up."""
        snapshot = self.segments.snapshots[node]
        if not snapshot.config.feature("pim"):
            return []
        found = []
        seen: set[str] = set()
        for leg in self.segments.legs[node]:
            lines = snapshot.config.lines(f"interface {leg.name}")
            if leg.name in seen or "ip pim sparse-mode" not in lines:
                continue
            seen.add(leg.name)
            found.append(self._port(leg, lines))
        return found

    def _port(self, leg: Leg, lines: tuple[str, ...]) -> PimPort:
        said = {
            line.rpartition(" ")[0]: line.rpartition(" ")[2] for line in lines if line.startswith("ip pim ")
        }
        hello = int(said.get("ip pim hello-interval", HELLO_SECONDS * 1000)) // 1000 or 1
        return PimPort(
            leg.node, leg.name, leg.vrf, str(leg.address.ip),
            int(said.get("ip pim dr-priority", DEFAULT_PRIORITY)),
            hello, "ip pim border" in lines, leg.segment, leg.since,
        )  # fmt: skip

    def pim_on(self, segment: Segment) -> list[PimPort]:
        """All routers in sparse mode on a segment."""
        if self._pim is None:
            self._pim = {}
            for node in self.segments.snapshots:
                for port in self.pim_ports(node):
                    self._pim.setdefault(port.segment, []).append(port)
        return self._pim.get(segment, [])

    def neighbors(self, port: PimPort) -> list[PimPort]:
        """The other routers that a port hears; none on a border or on a loopback."""
        if port.border or port.name.startswith("loopback"):
            return []
        return [other for other in self.pim_on(port.segment) if other.node != port.node and not other.border]

    def designated(self, port: PimPort) -> str:
        """The address of the designated router: priority, then address."""
        every = [port, *self.neighbors(port)]
        return max(every, key=lambda one: (one.priority, IPv4Address(one.address))).address

    def rendezvous(self, node: str) -> list[RendezvousPoint]:
        """``ip pim rp-address`` of every VRF."""
        config = self.segments.snapshots[node].config
        found = []
        vrfs = [line.split()[2] for line in config.lines() if line.startswith("vrf context ")]
        for vrf in ("default", *vrfs):
            for line in config.lines() if vrf == "default" else config.lines(f"vrf context {vrf}"):
                words = line.split()
                if words[:3] == ["ip", "pim", "rp-address"]:
                    groups = words[words.index("group-list") + 1] if "group-list" in words else "224.0.0.0/4"
                    found.append(RendezvousPoint(words[3], groups, vrf))
        return found

    def joined(self, node: str) -> list[Joined]:
        """IGMP groups of every routed interface."""
        snapshot, found = self.segments.snapshots[node], []
        for leg in self.segments.legs[node]:
            for line in snapshot.config.lines(f"interface {leg.name}"):
                words = line.split()
                if words[:3] in (["ip", "igmp", "join-group"], ["ip", "igmp", "static-oif"]):
                    kind = "L" if words[2] == "join-group" else "S"
                    found.append(Joined(leg.name, leg.vrf, words[3], kind, str(leg.address.ip), leg.since))
        for port in self.pim_ports(node):
            heard = {group: endpoint for endpoint, group in self.listeners().get(port.segment, ())}
            for group, endpoint in heard.items():
                since = max(port.since, self.segments.oper[endpoint.node][endpoint.port].changed_at)
                found.append(Joined(port.name, port.vrf, group, "D", endpoint.address or "0.0.0.0", since))
        return sorted(found, key=lambda one: (one.vrf, IPv4Address(one.group), one.name))

    def trees(self, node: str) -> list[Tree]:
        """``(*, G)`` for what is joined here, ``(S, G)`` for its sources in directly attached VLANs."""
        found = []
        groups: dict[tuple[str, str], list[Joined]] = {}
        for joined in self.joined(node):
            groups.setdefault((joined.vrf, joined.group), []).append(joined)
        points = self.rendezvous(node)
        for (vrf, group), members in groups.items():
            out = tuple(member.name for member in members)
            since = min(member.since for member in members)
            point = next(
                (p for p in points if p.vrf == vrf and IPv4Address(group) in IPv4Network(p.groups)), None
            )
            incoming, neighbor = self._reverse(node, vrf, point.address) if point else ("Null", "0.0.0.0")
            found.append(Tree(vrf, "", group, incoming, neighbor, out, since))
            found += self._sources(node, (vrf, group), out, since)
        return found

    def _sources(
        self, node: str, wanted: tuple[str, str], out: tuple[str, ...], since: float
    ) -> Iterator[Tree]:
        vrf, group = wanted
        for port in self.pim_ports(node):
            for endpoint in self.segments.endpoints.get(port.segment, ()):
                if group_of(endpoint) == group and port.vrf == vrf:
                    yield Tree(
                        vrf, str(endpoint.address), group, port.name, str(endpoint.address), out, since
                    )

    def _reverse(self, node: str, vrf: str, address: str) -> tuple[str, str]:
        """Interface and neighbour towards the root of a tree."""
        goal = IPv4Address(address)
        if self.segments.owned(node, vrf, goal):
            leg = next(leg for leg in self.segments.legs[node] if leg.address.ip == goal)
            return leg.name, address
        found = self.tables.resolve(node, vrf, goal)
        return (found[1].name, found[0].address) if found else ("Null", "0.0.0.0")
