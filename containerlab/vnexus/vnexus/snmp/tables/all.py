"""All groups of a node, each kept until its key changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from vnexus import hardware
from vnexus.snmp.index import Index, Rows
from vnexus.snmp.tables.bgp import bgp_rows
from vnexus.snmp.tables.entity import entity_rows
from vnexus.snmp.tables.environment import environment_rows
from vnexus.snmp.tables.interfaces import interface_rows
from vnexus.snmp.tables.lldp import lldp_rows
from vnexus.snmp.tables.poe import poe_rows
from vnexus.snmp.tables.sensors import sensor_rows
from vnexus.snmp.tables.system import system_rows
from vnexus.snmp.tables.view import View
from vnexus.world import World

Group = tuple[Callable[[View], Rows], Callable[[View], Hashable]]


def _configured(view: View) -> Hashable:
    return id(view.snapshot.config), view.snapshot.version, view.booted_at


def _derived(view: View) -> Hashable:
    return view.world.epoch[view.node], view.booted_at


def _optics(view: View) -> Hashable:
    """Transceivers change with the speed that both ends are set to."""
    return tuple(view.world.optic(view.node, port.name) for port in view.model.ports)


GROUPS: tuple[Group, ...] = (
    (system_rows, _configured),
    (interface_rows, _derived),
    (entity_rows, _optics),
    (sensor_rows, _optics),
    (environment_rows, lambda view: view.node),
    (poe_rows, _derived),
    (lldp_rows, _derived),
    (bgp_rows, _derived),
)


class Tables:
    """Gives the index of a node as of the world's last refresh."""

    def __init__(self, world: World, node: str) -> None:
        self.world = world
        self.spec = world.wiring.nodes[node]
        self._made: list[tuple[Hashable, Rows] | None] = [None] * len(GROUPS)
        self._stamp: Hashable = None
        self._index = Index(())

    def index(self) -> Index:
        node = self.spec.name
        stamp = self.world.epoch[node], self.world.last_boot(node)
        if stamp == self._stamp:
            return self._index
        self._stamp = stamp
        view = View(
            self.world,
            self.spec,
            hardware.model(self.spec.model),
            hardware.RELEASES[self.spec.profile],
            self.world.snapshot(node),
            dict(self.world.states(node)),
            self.world.last_boot(node),
        )
        changed = False
        for number, (make, key_of) in enumerate(GROUPS):
            key, made = key_of(view), self._made[number]
            if made is None or made[0] != key:
                self._made[number] = (key, make(view))
                changed = True
        if changed:
            self._index = Index(made[1] for made in self._made if made is not None)
        return self._index
