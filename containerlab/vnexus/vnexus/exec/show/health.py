"""Ports that are err-disabled, UDLD and BFD neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnexus import hardware
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.layer3 import NO_VRF, wanted_vrfs
from vnexus.exec.show.names import short_name
from vnexus.world.routing.bfd import bfd_sessions
from vnexus.world.separation import runs_udld

if TYPE_CHECKING:
    from vnexus.world import World
    from vnexus.world.wiring import Place

REASONS = {"udldUnidir": "udldUnidir"}
RULE = "-" * 80


@command("show-err-disabled")
def show_err_disabled(call: Call) -> Output:
    node = call.node
    lines = [RULE, "Port         Name               Status             Reason", RULE]
    rows = []
    for name in node.config.interfaces():
        oper = node.world.oper(node.spec.name, name)
        if oper.reason in REASONS:
            title = node.config.interface(name).description or "--"
            lines.append(f"{short_name(name):<12} {title[:18]:<18} down               {REASONS[oper.reason]}")
            rows.append({"interface": name, "name": title, "status": "down", "reason": REASONS[oper.reason]})
    return Output("\n".join(lines), rows_of("interface", rows))


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


@command("show-bfd")
def show_bfd(call: Call) -> Output:
    vrfs = wanted_vrfs(call)
    if vrfs is None:
        return Output(NO_VRF, error=True)
    lines = [("OurAddr         NeighAddr       LD/RD                 RH/RS           Holdown(mult)     State       "
             "Int                   Vrf                              Type")]  # fmt: skip
    rows = []
    for one in bfd_sessions(call.node.world, call.node.spec.name):
        if one.vrf not in vrfs:
            continue
        state = "Up" if one.up else "Down"
        hold = f"{one.interval * one.multiplier}({one.multiplier})"
        ids = f"{one.local_id}/{one.remote_id}"
        lines.append(f"{one.address:<15} {one.neighbor:<15} {ids:<21} {state:<15} {hold:<17} {state:<11} "
                     f"{short_name(one.interface):<21} {one.vrf:<32} SH")  # fmt: skip
        rows.append({"vrf_name": one.vrf, "src_ip_addr": one.address, "dest_ip_addr": one.neighbor,
                     "local_disc": str(one.local_id), "remote_disc": str(one.remote_id), "remote_state": state,
                     "local_state": state, "out_str": one.interface})  # fmt: skip
    return Output("\n".join(lines), rows_of("bfdNeighbor", rows))
