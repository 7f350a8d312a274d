"""The course of things in one lab: time, changes, faults and what follows from them.

State is derived when somebody asks: ``refresh`` finds the configurations that changed, derives their nodes
and the nodes around them anew, and closes the traffic integral at the moment of the change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from vnexus.facts import ConfigFacts, Oper
from vnexus.topology import Topology
from vnexus.world import faults
from vnexus.world.agenda import Agenda
from vnexus.world.climate import Climate
from vnexus.world.clock import Clock, Wobble
from vnexus.world.faults import Board, Fault, FaultError
from vnexus.world.management import Management
from vnexus.world.neighbors import Hear, Surroundings, as_modelled
from vnexus.world.peering import Peering
from vnexus.world.power import Power
from vnexus.world.rhythm import Rhythm
from vnexus.world.routing.network import Network
from vnexus.world.sessions import Sessions
from vnexus.world.state import Deriver, Snapshot, read_config
from vnexus.world.traffic import Meters, Traffic
from vnexus.world.wiring import Wiring


class Course:
    """``configs`` holds the running configuration of every node of the topology.

    ``on_reboot`` functions are called with the node's name when it comes up again.
    """

    def __init__(
        self,
        topology: Topology,
        configs: Mapping[str, ConfigFacts],
        clock: Clock | None = None,
        seed: int = 1,
    ) -> None:
        self.topology, self.configs, self.clock = topology, configs, clock or Clock()
        self.seed = seed
        self.wiring = Wiring(topology)
        self.board = Board()
        self.on_reboot: list[Callable[[str], None]] = []
        self.on_settle: list[Callable[[set[str], float], None]] = []
        """Called with the nodes whose state was derived anew and when; must not ask for a refresh."""
        self.restarting: set[str] = set()
        """Nodes that start again by a command, not because power came back."""
        self.agenda = Agenda()
        """Timers of the switches; they ring when somebody asks, in the order of their time."""
        self.epoch = dict.fromkeys(self.wiring.nodes, 0)
        """Per node, grows whenever its derived state or what it sees of others may have changed."""
        self._place = {node: number for number, node in enumerate(self.wiring.nodes)}
        self._wobble = Wobble(seed)
        self._snapshots: dict[str, Snapshot] = {}
        self._oper: dict[str, dict[str, Oper]] = {node: {} for node in self.wiring.nodes}
        self.hear: Hear = as_modelled
        self._rhythm = Rhythm(self.board)
        self._deriver = Deriver(self.wiring, self.board, self._snapshots)
        self._management = Management(self.board, self._deriver, configs)
        self.carrier = self._deriver.carrier
        """Of ports with a real interface; whoever changes it calls ``touch``."""
        self._power = Power(self.wiring, self.board, self._wobble)
        self._climate = Climate(self.wiring, self.board, self._wobble, self._deriver)
        self._around = Surroundings(self.wiring, self._snapshots, self._oper, self._deriver.deaf)
        self._peering = Peering(self.wiring, self._snapshots, self._oper, self._deriver.deaf)
        self._sessions = Sessions(self._peering)
        self._revision = 0
        self.shape = 0
        """Grows when a configuration or a link between switches changes, not with endpoints."""
        self._network: tuple[int, Network] | None = None
        self.meters = Meters()
        self._traffic = Traffic(self.wiring, self.board, self._oper.__getitem__)
        self._noticed: set[str] | None = None
        """Nodes whose configuration changed since the last look; None when nobody tells."""
        self._moment: float | None = None
        self._expiry: dict[int, float] = {}
        self._due = math.inf
        self._settled_at = clock.now() if clock else self.clock.now()
        self._booted = dict.fromkeys(self.wiring.nodes, self._settled_at)
        self._interfaces_changed = dict(self._booted)
        self._boots = dict.fromkeys(self.wiring.nodes, 1)
        self._cache: dict[tuple[str, str], tuple[object, object]] = {}
        self._settle(set(self.wiring.nodes), self._settled_at)

    # -- time and change

    def now(self) -> float:
        return self.clock.now()

    @contextmanager
    def moment(self) -> Iterator[float]:
        """Time stands still inside: many questions, one refresh, answers that belong together."""
        outer, self._moment = self._moment, self.refresh()
        try:
            yield self._moment
        finally:
            self._moment = outer

    def refresh(self) -> float:
        """Take in what changed since the last question; returns world time."""
        if self._moment is not None:
            return self._moment
        now = self.clock.now()
        self._catch_up(now)
        self._take_in(now)
        return now

    def listen(self, subscribe: Callable[[str, Callable[[], None]], None]) -> None:
        """Be told of changes instead of looking at every node at each question.

        ``subscribe(node, notice)`` makes the configuration of the node call ``notice`` on every change.
        """
        self.refresh()
        self._noticed = set()
        for node in self.configs:
            subscribe(node, partial(self._notice, node))

    def _notice(self, node: str) -> None:
        if self._noticed is not None:
            self._noticed.add(node)

    def touch(self, nodes: set[str]) -> None:
        """Something outside the model changed around these nodes."""
        self._settle(nodes, self.refresh())

    def due(self) -> float:
        """When something will next happen by itself; infinite when nothing will."""
        return min(self._due, self.agenda.due)

    def _catch_up(self, now: float) -> None:
        while (at := self.due()) <= now:
            self._happen(at)

    def _take_in(self, now: float) -> None:
        """Derive the nodes anew whose configuration changed."""
        noticed: Iterable[str] = self._snapshots
        if self._noticed is not None:
            if not self._noticed:
                return
            noticed, self._noticed = self._noticed, set()
        dirty = {
            name
            for name in noticed
            for snapshot in (self._snapshots[name],)
            if self.configs[name].version != snapshot.version or self.configs[name] is not snapshot.config
        }
        if dirty:
            changed = max(self.configs[name].changed_at for name in dirty)
            self._settle(dirty, min(now, changed) if changed else now)

    def _settle(self, dirty: set[str], at: float) -> None:
        """Derive the nodes anew whose configuration or surroundings changed; ``at`` is when it happened."""
        at = max(at, self._settled_at)
        self._settled_at = at
        self._peering.forget()
        self._revision += 1
        reshaped = False
        for node in self._in_order(dirty):
            snapshot = read_config(self.configs[node])
            known = self._snapshots.get(node)
            reshaped |= known is None or known.version != snapshot.version
            snapshot.poe = self._power.allocate(node, snapshot) if self._deriver.powered(node) else {}
            self._snapshots[node] = snapshot
        affected = self._deriver.reach(dirty)
        moved = False
        for node in self._in_order(affected):
            self.epoch[node] += 1
            before, after = self._oper[node], {}
            for name, (up, reason, speed) in self._deriver.derive(node).items():
                old = before.get(name)
                if old is not None and (old.up, old.reason, old.speed_mbps) == (up, reason, speed):
                    after[name] = old
                    continue
                same = old is not None and old.up == up
                after[name] = Oper(up, reason, speed, old.changed_at if same and old else at)
                moved = True
                reshaped |= (node, name) not in self.wiring.endpoint_at
            if before.keys() != after.keys():
                moved = True
                self._interfaces_changed[node] = at
            self._oper[node] = after
        if moved:
            self._settle_traffic(at)
        self.shape += reshaped
        for callback in self.on_settle:
            callback(affected, at)

    def _in_order(self, nodes: set[str]) -> list[str]:
        """As the topology names them: sets stand in another order in every process."""
        return sorted(nodes, key=self._place.__getitem__)

    def _settle_traffic(self, at: float) -> None:
        self.meters.settle(self._traffic.load(lambda node: self._snapshots[node].members), microseconds(at))

    def _happen(self, at: float) -> None:
        """Whatever is due at this moment: faults that end, wires that flap, timers of the switches."""
        for number in [number for number, end in self._expiry.items() if end <= at]:
            self._end(number, at)
        self._flap(at)
        self._plan_next(at)
        while self.agenda.due <= at:
            self._take_in(at)
            outer, self._moment = self._moment, at
            try:
                self.agenda.pop()(at)
            finally:
                self._moment = outer
            self._take_in(at)

    def _plan_next(self, now: float) -> None:
        self._due = min([*self._expiry.values(), self._rhythm.next(now)])

    def _flap(self, now: float) -> None:
        """Put every flapping wire and carrier into the phase of this moment."""
        down, silent = self._rhythm.wires(now), self._rhythm.carriers(now)
        moved = {node for node, _ in self._deriver.flapped ^ down}
        moved |= {self.wiring.endpoints[name].node for name in self._peering.silent ^ silent}
        if moved:
            self._deriver.flapped, self._peering.silent = down, silent
            self._settle(moved, now)
            self._sessions.note(self.wiring.nodes, now)

    # -- faults

    def add_fault(self, kind: str, arguments: Mapping[str, object], *, seconds: float | None = None) -> int:
        """Activate a fault by name, for good or for some seconds; the number removes it.

        Raises FaultError.
        """
        if seconds is not None and not 0 < seconds < 1e9:
            raise FaultError(f"{kind}: it cannot last {seconds} seconds: give a figure above zero")
        fault = faults.make_fault(kind, arguments, self.wiring)
        now = self.refresh()
        number = self.board.add(fault, now)
        if seconds is not None:
            self._expiry[number] = now + seconds
        self._react(fault, now)
        return number

    def remove_fault(self, number: int) -> None:
        """Raises FaultError for a number that is not active."""
        now = self.refresh()
        self._end(number, now)
        self._plan_next(now)

    def reboot(self, node: str, *, seconds: float = 0.0) -> None:
        """The node is off for some seconds, then starts with fresh counters. Raises FaultError."""
        fault = faults.make_fault("power-off", {"node": node}, self.wiring)
        now = self.refresh()
        self.restarting.add(node)
        number = self.board.add(fault, now)
        self._react(fault, now)
        if seconds > 0:
            self._expiry[number] = now + seconds
            self._plan_next(now)
        else:
            self._end(number, now)

    def _end(self, number: int, at: float) -> None:
        before = {node for node in self.wiring.nodes if not self._deriver.powered(node)}
        fault = self.board.remove(number)
        self._expiry.pop(number, None)
        for node in before:
            if self._deriver.powered(node):
                self._start(node, at)
        self._react(fault, at)

    def _start(self, node: str, at: float) -> None:
        self._booted[node] = at
        self._boots[node] += 1
        self.meters.clear(node, microseconds(at))
        for callback in self.on_reboot:
            callback(node)
        self._settle({node}, at)

    def _react(self, fault: Fault, at: float) -> None:
        if isinstance(fault, faults.ManagementLost):
            self._management.arm(fault)
        self.shape += isinstance(fault, faults.LinkOneWay)
        self._flap(at)
        self._settle({faults.node_of(fault, self.wiring)}, at)
        if isinstance(fault, faults.PortErrors | faults.OpticDim | faults.EndpointFreeze):
            self._settle_traffic(at)
        self._plan_next(at)


def microseconds(seconds: float) -> int:
    return int(seconds * 1_000_000)
