"""All groups of a node, each kept until its key changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from vnexus import hardware
from vnexus.snmp.index import Index, Rows
from vnexus.snmp.tables.addresses import address_rows
from vnexus.snmp.tables.bgp import bgp_rows
from vnexus.snmp.tables.bridge import bridge_rows, count_rows, spanning_rows
from vnexus.snmp.tables.cdp import cdp_rows
from vnexus.snmp.tables.channels import lacp_rows, vpc_rows
from vnexus.snmp.tables.clock import change_rows, clock_rows
from vnexus.snmp.tables.contexts import context_rows
from vnexus.snmp.tables.entity import entity_rows
from vnexus.snmp.tables.environment import environment_rows
from vnexus.snmp.tables.etherlike import etherlike_rows
from vnexus.snmp.tables.interfaces import interface_rows
from vnexus.snmp.tables.lldp import lldp_rows
from vnexus.snmp.tables.multicast import multicast_rows
from vnexus.snmp.tables.poe import poe_rows
from vnexus.snmp.tables.probes import probe_rows
from vnexus.snmp.tables.qos import qos_rows
from vnexus.snmp.tables.routing import bfd_rows, bgp_peer_rows, hsrp_rows, ospf_rows
from vnexus.snmp.tables.sensors import sensor_rows
from vnexus.snmp.tables.supervisor import Counter, agent_rows, supervisor_rows
from vnexus.snmp.tables.system import system_rows
from vnexus.snmp.tables.view import View
from vnexus.snmp.tables.vlan import vlan_rows
from vnexus.world import World

Group = tuple[Callable[[View], Rows], Callable[[View], Hashable]]


def _configured(view: View) -> Hashable:
    return id(view.snapshot.config), view.snapshot.version, view.booted_at


def _derived(view: View) -> Hashable:
    return view.world.epoch[view.node], view.booted_at


def _optics(view: View) -> Hashable:
    """Transceivers change with the speed that both ends are set to."""
    return tuple(view.world.optic(view.node, port.name) for port in view.model.ports)


_FAR = ("ospf", "bgp", "hsrp", "vpc", "pim", "bfd")


def _hearsay(world: World, node: str) -> int:
    """A switch that routes hears of anything in the lab, another one of links and configurations."""
    config = world.snapshot(node).config
    return world.revision if any(config.feature(name) for name in _FAR) else -world.shape


def _agreed(view: View) -> Hashable:
    """What other switches have a say in."""
    return _hearsay(view.world, view.node), view.world.epoch[view.node], view.booted_at


GROUPS: tuple[Group, ...] = (
    (system_rows, _configured),
    (interface_rows, _derived),
    (entity_rows, _optics),
    (sensor_rows, _optics),
    (environment_rows, lambda view: view.node),
    (poe_rows, _derived),
    (lldp_rows, _derived),
    (bgp_rows, _derived),
    (etherlike_rows, _derived),
    (supervisor_rows, lambda view: view.booted_at),
    (vlan_rows, _derived),
    (qos_rows, _derived),
    (probe_rows, _configured),
    (change_rows, _configured),
    (context_rows, _configured),
    (cdp_rows, _agreed),
    (spanning_rows, _agreed),
    (lacp_rows, _agreed),
    (vpc_rows, _agreed),
    (hsrp_rows, _agreed),
    (bfd_rows, _agreed),
    (clock_rows, _agreed),
    (bridge_rows, _agreed),
    (count_rows, _agreed),
    (ospf_rows, _agreed),
    (bgp_peer_rows, _agreed),
    (multicast_rows, _agreed),
    (address_rows, _agreed),
)
VRF_GROUPS = (ospf_rows, bgp_peer_rows, multicast_rows, address_rows)
"""What a context that is mapped to a VRF shows of that VRF instead of the default one."""


class Tables:
    """Gives the index of a node as of the world's last refresh."""

    def __init__(self, world: World, node: str, counter: Counter = lambda _: 0) -> None:
        self.world = world
        self.spec = world.wiring.nodes[node]
        self._made: list[tuple[Hashable, Rows] | None] = [None] * len(GROUPS)
        self._own = agent_rows(counter)
        self._stamp: Hashable = None
        self._index = Index(())
        self._contexts: dict[tuple[int | None, str], tuple[Hashable, Index]] = {}

    def index(self) -> Index:
        """The default context."""
        node = self.spec.name
        stamp = _hearsay(self.world, node), self.world.epoch[node], self.world.last_boot(node)
        if stamp == self._stamp:
            return self._index
        self._stamp = stamp
        view = self._view()
        changed = False
        for number, (make, key_of) in enumerate(GROUPS):
            key, made = key_of(view), self._made[number]
            if made is None or made[0] != key:
                self._made[number] = (key, make(view))
                changed = True
        if changed:
            self._index = Index([self._own, *(made[1] for made in self._made if made is not None)])
        return self._index

    def context(self, vlan: int | None, vrf: str) -> Index:
        """As the default one, but for the bridge of a VLAN and what is routed in a VRF."""
        self.index()
        known = self._contexts.get((vlan, vrf))
        if known is not None and known[0] == self._stamp:
            return known[1]
        view = self._view()
        replaced: set[object] = {bridge_rows} if vlan is not None else set()
        if vrf != "default":
            replaced |= {*VRF_GROUPS, bgp_rows}
        groups = [
            made[1]
            for (make, _), made in zip(GROUPS, self._made, strict=True)
            if made and make not in replaced
        ]
        if vlan is not None:
            groups.append(bridge_rows(view, vlan))
        if vrf != "default":
            groups += [make(view, vrf) for make in VRF_GROUPS]
        made = Index([self._own, *groups])
        self._contexts[vlan, vrf] = (self._stamp, made)
        return made

    def _view(self) -> View:
        node = self.spec.name
        return View(
            self.world,
            self.spec,
            hardware.model(self.spec.model),
            hardware.RELEASES[self.spec.profile],
            self.world.snapshot(node),
            dict(self.world.states(node)),
            self.world.last_boot(node),
        )
