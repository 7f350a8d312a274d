"""The world of one lab: answers every question of ``facts.WorldFacts`` out of the course of things."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import TypeVar

from vnexus import hardware
from vnexus.facts import BgpPeer, Counters, Fan, Mac, Neighbor, Oper, Poe, PowerSupply, Sensor
from vnexus.world import faults
from vnexus.world.course import Course, microseconds
from vnexus.world.routing.network import Network
from vnexus.world.routing.segments import Segments
from vnexus.world.sla import Slas
from vnexus.world.state import Snapshot
from vnexus.world.traffic import Meter
from vnexus.world.wiring import Place

T = TypeVar("T")


class World(Course):
    """Every answer about a node raises KeyError for a node or interface that does not exist."""

    @cached_property
    def slas(self) -> Slas:
        """What the IP SLA operations measure."""
        return Slas(self)

    def powered(self, node: str) -> bool:
        """Whether the node runs; does not settle what changed since the last question."""
        if self._moment is None:
            self._catch_up(self.clock.now())
        return self._deriver.powered(node)

    def answers(self, node: str) -> bool:
        """Whether the management port answers, ``mgmt0`` being as it was last settled."""
        return self._management.answers(node, self._snapshots[node])

    def deaf(self) -> Collection[Place]:
        """Ports that light reaches, but no frame."""
        return self._deriver.deaf()

    @property
    def revision(self) -> int:
        """Grows with every change of anything."""
        return self._revision

    @property
    def settled_at(self) -> float:
        """When something last changed."""
        return self._settled_at

    def offset_seconds(self, node: str) -> float:
        """How far the switch's own clock is ahead of the world's."""
        skew = self.board.of(faults.ClockSkew).get(node)
        return skew.offset_seconds if skew else 0.0

    def burden_seconds(self, node: str) -> float:
        """How long every reply waits because the processor is busy."""
        storm = self.board.of(faults.CpuStorm).get(node)
        return storm.reply_seconds if storm else 0.0

    def booted_at(self, node: str) -> float:
        self.refresh()
        return self._booted[node]

    def oper(self, node: str, interface: str) -> Oper:
        self.refresh()
        return self._oper[node][interface]

    def counters(self, node: str, interface: str) -> Counters:
        now = self.refresh()
        if interface not in self._oper[node]:
            raise KeyError(interface)
        return self.meters.meter((node, interface)).counters(microseconds(now))

    def neighbors(self, node: str) -> tuple[Neighbor, ...]:
        self.refresh()
        return self._cached(
            "neighbors", node, self.epoch[node], lambda: self.hear(node, tuple(self._around.neighbors(node)))
        )

    def bgp_peers(self, node: str) -> tuple[BgpPeer, ...]:
        """In the order of the configuration; empty without ``router bgp``."""
        self.refresh()
        return self._cached(
            "bgp", node, self._revision, lambda: tuple(self._sessions.peers(node, self._settled_at))
        )

    def bgp_all_peers(self, node: str) -> tuple[BgpPeer, ...]:
        """Of every VRF, in the order of the configuration."""
        self.refresh()
        return self._cached(
            "bgp-all", node, self._revision, lambda: tuple(self._sessions.peers(node, self._settled_at, None))
        )

    def network(self) -> Network:
        """Routing, redundancy and spanning tree: derived when asked, kept until something changes."""
        self.refresh()
        if self._network is None or self._network[0] != self._revision:
            segments = Segments(self.wiring, self._snapshots, self._oper, self._deriver.deaf())
            network = Network(segments, self._peering, self.bgp_all_peers)
            if self._network is not None:
                network.hsrp_history = self._network[1].hsrp_history
            self._network = (self._revision, network)
        return self._network[1]

    def macs(self, node: str) -> tuple[Mac, ...]:
        self.refresh()
        return tuple(self._around.macs(node))

    def poe(self, node: str, interface: str) -> Poe | None:
        now = self.refresh()
        return self._power.poe(node, interface, self._snapshots[node], now)

    def poe_limit_milliwatts(self, node: str, interface: str) -> int:
        """What a PoE port may deliver."""
        self.refresh()
        return self._power.limit_milliwatts(node, interface, self._snapshots[node])

    def poe_budget_milliwatts(self, node: str) -> tuple[int, int]:
        """(all ports may draw, all ports draw now)."""
        now = self.refresh()
        drawn = self._power.poe_milliwatts(node, self._snapshots[node], now)
        return self._power.budget_milliwatts(node), drawn

    def wobble(self, name: str) -> float:
        """A figure from -1 to 1 that drifts with time."""
        return self._wobble.at(name, self.refresh())

    def sensors(self, node: str) -> tuple[Sensor, ...]:
        now = self.refresh()
        stamp = (self.epoch[node], int(now))
        return self._cached("sensors", node, stamp, lambda: self._climate.sensors(node, now))

    def power_supplies(self, node: str) -> tuple[PowerSupply, ...]:
        now = self.refresh()
        stamp = (self.epoch[node], int(now))
        up = [name for name, state in self._oper[node].items() if state.up]
        return self._cached(
            "supplies", node, stamp, lambda: self._power.supplies(node, self._snapshots[node], up, now)
        )

    def optic(self, node: str, interface: str) -> hardware.Optic | None:
        """The transceiver in a port; None for copper and for an empty cage."""
        self.refresh()
        return self._climate.optic((node, interface))

    def fans(self, node: str) -> tuple[Fan, ...]:
        return self._climate.fans(node, self.refresh())

    def cpu_percent(self, node: str) -> int:
        return self._climate.cpu_percent(node, self.refresh())

    def memory_kilobytes(self, node: str) -> tuple[int, int]:
        return self._climate.memory_kilobytes(node, self.refresh())

    def runs(self, node: str) -> bool:
        """``powered`` as of the last change; what is due is left for later."""
        return self._deriver.powered(node)

    def last_boot(self, node: str) -> float:
        """``booted_at`` as of the last ``refresh``."""
        return self._booted[node]

    def interfaces_changed_at(self, node: str) -> float:
        """World time when an interface last came or went, as of the last ``refresh``."""
        return self._interfaces_changed[node]

    def boots(self, node: str) -> int:
        """How often the node has started."""
        return self._boots[node]

    def meter(self, node: str, interface: str) -> Meter:
        """The live meter of an interface, for readers that ask often; read it with ``now_us``."""
        return self.meters.meter((node, interface))

    def snapshot(self, node: str) -> Snapshot:
        """The configuration as last read by ``refresh``."""
        return self._snapshots[node]

    def states(self, node: str) -> Mapping[str, Oper]:
        """Operational state of all interfaces as of the last ``refresh``."""
        return self._oper[node]

    def _cached(self, what: str, node: str, stamp: object, make: Callable[[], T]) -> T:
        found = self._cache.get((what, node))
        if found is not None and found[0] == stamp:
            return found[1]  # type: ignore[return-value]
        value = make()
        self._cache[what, node] = (stamp, value)
        return value
