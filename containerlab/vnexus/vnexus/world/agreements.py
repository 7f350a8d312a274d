"""Changes of what switches agree on, found by comparing two looks: neighbours, roots, sensors, clocks.

Nothing is looked at by itself: whoever wants to know calls ``look``, for the nodes that he wants to know of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from vnexus import hardware
from vnexus.world.events import Event, Kind
from vnexus.world.timekeeping import ntp_status
from vnexus.world.world import World

Key = tuple[str, str, str]
"""(what, name, second name)"""


@dataclass(frozen=True, slots=True)
class Fact:
    """A state, since when it holds, and the event that its coming makes."""

    state: str
    since: float
    event: Event


class Agreements:
    """Tells ``listener`` what changed since the last look at a node; the first look tells nothing."""

    def __init__(self, world: World, listener: Callable[[Event], None]) -> None:
        self.world, self.listener = world, listener
        self._seen: dict[str, tuple[int, dict[Key, Fact]]] = {}
        self._stamps: dict[str, object] = {}

    def look(self, nodes: Iterable[str]) -> None:
        """Compare and tell."""
        self.world.refresh()
        for node in nodes:
            stamp = (self.world.revision, int(self.world.now() / 60))
            if self._stamps.get(node) == stamp:
                continue
            self._stamps[node] = stamp
            self._compare(node)

    def _compare(self, node: str) -> None:
        boots = self.world.boots(node)
        facts = dict(self._facts(node)) if self.world.runs(node) else {}
        known = self._seen.get(node)
        self._seen[node] = (boots, facts)
        if known is None or known[0] != boots or not facts:
            return
        before = known[1]
        found = []
        for key, fact in facts.items():
            old = before.get(key)
            if old is not None and old.state == fact.state:
                continue
            if old is None and fact.state in {"ok", "normal", "synced"}:
                continue
            found.append(replace(fact.event, before=old.state if old else fact.event.before))
        for key, old in before.items():
            if key not in facts and key[0] in _GONE:
                gone = self.world.settled_at
                found.append(replace(old.event, kind=_GONE[key[0]], at=gone))
        for event in sorted(found, key=lambda event: event.at):
            self.listener(event)

    def _facts(self, node: str) -> Iterator[tuple[Key, Fact]]:
        config = self.world.snapshot(node).config
        if config.feature("ospf"):
            yield from self._ospf(node)
        if config.feature("bgp"):
            yield from self._bgp(node)
        if config.feature("hsrp"):
            yield from self._hsrp(node)
        if config.feature("vpc"):
            yield from self._vpc(node)
        if config.feature("pim"):
            yield from self._pim(node)
        yield from self._roots(node)
        yield from self._sensors(node)
        yield from self._clock(node)

    def _ospf(self, node: str) -> Iterator[tuple[Key, Fact]]:
        for router in self.world.network().tables.ospf.of(node):
            for n in router.neighbors:
                if n.state == "FULL":
                    event = Event(node, "ospf-up", n.since, n.port.name, reason=n.router_id,
                                  value=str(n.other.address.ip), before=router.key[1])  # fmt: skip
                    yield ("ospf", n.port.name, n.router_id), Fact(router.key[1], n.since, event)

    def _bgp(self, node: str) -> Iterator[tuple[Key, Fact]]:
        for peer in self.world.bgp_all_peers(node):
            kind: Kind = "bgp-up" if peer.state == "established" else "bgp-down"
            event = Event(node, kind, peer.changed_at, peer.address, reason=peer.local_as, value=peer.vrf)
            state = "established" if peer.state == "established" else "down"
            yield ("bgp", peer.address, peer.vrf), Fact(state, peer.changed_at, event)

    def _hsrp(self, node: str) -> Iterator[tuple[Key, Fact]]:
        for view in self.world.network().hsrp.views(node):
            member = view.member
            event = Event(node, "hsrp", view.since, member.name, member.group, value=view.state)
            yield ("hsrp", member.name, str(member.group)), Fact(view.state, view.since, event)

    def _vpc(self, node: str) -> Iterator[tuple[Key, Fact]]:
        view = self.world.network().vpc.view(node)
        if view is None:
            return
        at, number = self.world.settled_at, int(view.domain)
        link: Kind = "vpc-up" if view.peer_link_up else "vpc-down"
        yield ("vpc", view.domain, "link"), Fact(link, at, Event(node, link, at, number=number))
        alive: Kind = "vpc-alive" if view.alive else "vpc-silent"
        yield ("vpc", view.domain, "alive"), Fact(alive, at, Event(node, alive, at, number=number))

    def _pim(self, node: str) -> Iterator[tuple[Key, Fact]]:
        multicast = self.world.network().multicast
        for port in multicast.pim_ports(node):
            for other in multicast.neighbors(port):
                since = max(port.since, other.since)
                event = Event(node, "pim-up", since, port.name, value=other.address)
                yield ("pim", port.name, other.address), Fact("up", since, event)

    def _roots(self, node: str) -> Iterator[tuple[Key, Fact]]:
        """The root of each VLAN, and which ports forward: a change of those is a topology change."""
        tree = self.world.network().spanning_tree
        for vlan in sorted(self.world.snapshot(node).vlans):
            seen = tree.vlan(node, vlan)
            if not seen.ports:
                continue
            at = self.world.settled_at
            mine = "self" if seen.root == seen.bridge else hardware.mac_text(seen.root[1])
            event = Event(
                node, "stp-root", at, number=vlan, reason=mine, value=hardware.mac_text(seen.root[1])
            )
            yield ("root", str(vlan), ""), Fact(mine, at, event)
            shape = ",".join(f"{port.name}:{port.role}" for port in seen.ports if not port.edge)
            change = Event(node, "stp-change", at, number=vlan)
            yield ("stp", str(vlan), ""), Fact(shape, at, change)

    def _sensors(self, node: str) -> Iterator[tuple[Key, Fact]]:
        now = self.world.now()
        for sensor in self.world.sensors(node):
            if sensor.port is not None or sensor.minor is None or sensor.major is None:
                continue
            level = (
                "major" if sensor.value >= sensor.major else "minor" if sensor.value >= sensor.minor else "ok"
            )
            kind: Kind = "sensor-ok" if level == "ok" else "sensor-high"
            event = Event(node, kind, now, sensor.name, reason=str(round(sensor.value)), value=level)
            yield ("sensor", sensor.name, ""), Fact(level, now, event)

    def _clock(self, node: str) -> Iterator[tuple[Key, Fact]]:
        lines = self.world.snapshot(node).config.lines()
        if not any(line.startswith(("ntp server ", "ntp peer ")) for line in lines):
            return
        status, now = ntp_status(self.world, node), self.world.now()
        kind: Kind = "ntp-lost" if status.leap else "ntp-synced"
        yield (
            ("ntp", "", ""),
            Fact("lost" if status.leap else "synced", now, Event(node, kind, now, status.reference)),
        )


_GONE: dict[str, Kind] = {"ospf": "ospf-down", "pim": "pim-down"}
