"""Ports: what nobody means is off, and nothing in use stands in VLAN 1."""

from __future__ import annotations

from collections.abc import Iterator

from agent.check.config import Block
from agent.check.rule import BASELINE, Fault, Scene


def _is_off(block: Block, scene: Scene, *, routed: bool) -> bool:
    """Whether the port is down, written or by the default of its platform."""
    if block.having("shutdown"):
        return True
    return not block.having("no shutdown") and (scene.switch.platform == "n7k" or routed)


@BASELINE.switch(
    "unused-ports-off",
    rationale="A free socket in a corridor must not be a way in.",
    fix="Write 'shutdown' below the port, or say in the inventory what hangs there.",
)
def unused_ports_off(scene: Scene) -> Iterator[Fault]:
    for name, block in scene.config.interfaces("Ethernet"):
        port = scene.meant.get(name)
        unused = port is None or port.profile == "unused"
        routed = bool(block.having("no switchport"))
        if unused and "." not in name and not _is_off(block, scene, routed=routed):
            yield Fault(
                scene.switch.name, block.path, "expected shutdown, the port is open and unused", block.number
            )


@BASELINE.switch(
    "access-ports-leave-vlan-1",
    rationale="VLAN 1 is where everything is that nobody configured.",
    fix="Write 'switchport access vlan …' below the port.",
)
def access_ports_leave_vlan_1(scene: Scene) -> Iterator[Fault]:
    switched = scene.switch.platform == "n9k"
    for name, block in scene.config.interfaces("Ethernet"):
        if "." in name or block.having("no switchport|switchport mode trunk|channel-group .+"):
            continue
        if not (switched or block.having("switchport")) or _is_off(block, scene, routed=False):
            continue
        vlan = block.word_after("switchport access vlan") or "1"
        if vlan == "1":
            text = "expected an access VLAN of its own, the port is open in VLAN 1"
            yield Fault(scene.switch.name, block.path, text, block.number)


@BASELINE.switch(
    "vlan-1-has-no-gateway",
    rationale="A gateway in VLAN 1 makes everything that nobody configured reachable.",
    fix="Remove the address of interface Vlan1, or shut it.",
)
def vlan_1_has_no_gateway(scene: Scene) -> Iterator[Fault]:
    for block in scene.config.blocks("interface Vlan1"):
        if block.having("ip address .+") and not block.having("shutdown"):
            yield Fault(scene.switch.name, block.path, "expected no address, there is one", block.number)


@BASELINE.switch(
    "bpdu-guard-on-edge-ports",
    rationale="A switch that somebody plugs in under a desk must not become the root of the city.",
    fix="Write 'spanning-tree port type edge bpduguard default' for the whole switch.",
)
def bpdu_guard_on_edge_ports(scene: Scene) -> Iterator[Fault]:
    everywhere = bool(scene.config.whole.having("spanning-tree port type edge bpduguard default"))
    for _, block in scene.config.interfaces("Ethernet", "port-channel"):
        guarded = block.having("spanning-tree bpduguard enable") or (
            everywhere and not block.having("spanning-tree bpduguard disable")
        )
        if block.having("spanning-tree port type edge.*") and not guarded:
            text = "expected BPDU guard, the edge port has none"
            yield Fault(scene.switch.name, block.path, text, block.number)
