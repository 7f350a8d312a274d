"""What happens to a node, one event at a time, in the order in which the world settles it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from vnexus.facts import Oper
from vnexus.world.faults import FanFail, PsuFail
from vnexus.world.snapshot import PoeStatus
from vnexus.world.world import World

Kind = Literal[
    "link-down", "link-up", "config", "supply-down", "supply-up", "fan-down", "fan-up", "cold-start",
    "warm-start", "authentication", "poe-on", "poe-off", "poe-fault", "ospf-up", "ospf-down", "bgp-up",
    "bgp-down", "hsrp", "stp-root", "stp-change", "vpc-up", "vpc-down", "pim-up", "pim-down", "sensor-high",
    "sensor-ok", "ntp-lost", "ntp-synced", "vpc-alive", "vpc-silent", "sla",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """``name`` is the interface; ``number`` the slot of a supply or the fan."""

    node: str
    kind: Kind
    at: float
    name: str = ""
    number: int = 0
    reason: str = ""
    """Of a link: the NX-OS word."""
    admin_up: bool = True
    value: str = ""
    """A second name: the router id of a neighbour, the VRF of a peer, the state of a group."""
    before: str = ""
    """The state that it had."""


@dataclass(slots=True)
class _Seen:
    """A node as it was when last looked at."""

    boots: int
    version: int
    powered: bool
    states: dict[str, Oper] = field(default_factory=dict)
    failed: frozenset[tuple[str, int]] = frozenset()
    poe: dict[str, PoeStatus] = field(default_factory=dict)


class Watch:
    """Tells ``listener`` every event of every node from now on."""

    def __init__(self, world: World, listener: Callable[[Event], None]) -> None:
        self.world, self.listener = world, listener
        world.refresh()
        self._seen = {node: self._look(node) for node in world.wiring.nodes}
        world.on_settle.append(self._settled)

    def _look(self, node: str) -> _Seen:
        world = self.world
        failed = {("supply", number) for number in self._numbers(PsuFail, node)}
        failed |= {("fan", number) for number in self._numbers(FanFail, node)}
        return _Seen(
            world.boots(node), world.snapshot(node).version, world.runs(node), dict(world.states(node)),
            frozenset(failed), dict(world.snapshot(node).poe),
        )  # fmt: skip

    def _numbers(self, kind: type[PsuFail | FanFail], node: str) -> list[int]:
        keys: Iterable[object] = self.world.board.of(kind)
        return [key[1] for key in keys if isinstance(key, tuple) and key[0] == node]

    def _settled(self, nodes: set[str], at: float) -> None:
        for node in sorted(nodes):
            before, after = self._seen[node], self._look(node)
            self._seen[node] = after
            if not after.powered:
                continue
            if after.boots != before.boots:
                warm = node in self.world.restarting
                self.world.restarting.discard(node)
                self.listener(Event(node, "warm-start" if warm else "cold-start", at))
            elif after.version != before.version:
                self.listener(Event(node, "config", self.world.snapshot(node).config.changed_at))
            self._links(node, before, after, at)
            self._parts(node, before.failed, after.failed, at)
            self._power(node, before, after, at)

    def _power(self, node: str, before: _Seen, after: _Seen, at: float) -> None:
        for name, status in after.poe.items():
            old = before.poe.get(name)
            if status == old or (old is None and status in {"searching", "disabled"}):
                continue
            if status in {"delivering", "fault"} or old in {"delivering", "fault"}:
                words: dict[str, Kind] = {"delivering": "poe-on", "fault": "poe-fault"}
                self.listener(Event(node, words.get(status, "poe-off"), at, name, reason=status))

    def _links(self, node: str, before: _Seen, after: _Seen, at: float) -> None:
        interfaces = self.world.snapshot(node).interfaces
        for name, state in after.states.items():
            old = before.states.get(name)
            if old is state or (old is not None and old.up == state.up) or (old is None and not state.up):
                continue
            kind: Kind = "link-up" if state.up else "link-down"
            admin = interfaces[name].admin_up
            self.listener(Event(node, kind, at, name, reason=state.reason, admin_up=admin))

    def _parts(
        self, node: str, before: frozenset[tuple[str, int]], after: frozenset[tuple[str, int]], at: float
    ) -> None:
        for part, number in sorted(after - before):
            self.listener(Event(node, "supply-down" if part == "supply" else "fan-down", at, number=number))
        for part, number in sorted(before - after):
            self.listener(Event(node, "supply-up" if part == "supply" else "fan-up", at, number=number))
