"""UDLD neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnexus import hardware
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.world.separation import runs_udld

if TYPE_CHECKING:
    from vnexus.world import World
    from vnexus.world.wiring import Place

RULE = "-" * 80


def _udld(world: World, place: Place) -> bool:
    port = world.wiring.port(*place)
    return runs_udld(place, world.snapshot(place[0]), port.cage if port else None)


@command("show-udld")
def show_udld(call: Call) -> Output:
    node, world = call.node, call.node.world
    world.refresh()
    lines = ["Port            Device Name    Device ID        Port ID         Neighbor State", RULE]
    rows = []
    for port, far in sorted(world.wiring.links_of[node.spec.name]):
        here = (node.spec.name, port)
        if not world.oper(*here).up or here in world.deaf() or not (_udld(world, here) and _udld(world, far)):
            continue
        state = "unidirectional" if far in world.deaf() else "bidirectional"
        name = world.snapshot(far[0]).hostname
        lines.append(f"{port:<15} {hardware.serial(far[0]):<14} 1{'':<15} {far[1]:<15} {state}")
        rows.append({"ifindex": port, "device-name": name, "port-id": far[1], "nbr-state": state})
    return Output("\n".join(lines), rows_of("neighbor", rows))
