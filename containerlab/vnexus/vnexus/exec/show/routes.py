"""Routing tables and OSPF, as the world derives them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.layer3 import NO_VRF, wanted_vrfs
from vnexus.exec.show.names import duration, short_name, uptime
from vnexus.world.routing.ospf import OspfNeighbor, OspfPort, OspfRouter
from vnexus.world.routing.route import Route
from vnexus.world.routing.tables import match

if TYPE_CHECKING:
    from vnexus.node import Node

NO_COMMAND = "                   ^\n% Invalid command at '^' marker."
LEGEND = ("'*' denotes best ucast next-hop", "'**' denotes best mcast next-hop",
          "'[x/y]' denotes [preference/metric]", "'%<string>' in via output denotes VRF <string>")  # fmt: skip


def age(node: Node, since: float) -> float:
    """Seconds since then, but not longer than the switch runs."""
    return node.world.now() - max(since, node.booted_at())


@command("show-ip-route")
def show_ip_route(call: Call) -> Output:
    node = call.node
    wanted = wanted_vrfs(call)
    if wanted is None:
        return Output(NO_VRF, error=True)
    blocks, vrfs = [], []
    for vrf in wanted:
        routes = _asked(call, node.world.network().tables.table(node.spec.name, vrf))
        prefixes: dict[IPv4Network, list[Route]] = {}
        for route in routes:
            prefixes.setdefault(route.prefix, []).append(route)
        lines = [f'IP Route Table for VRF "{vrf}"', *LEGEND, ""]
        rows = []
        for prefix, same in prefixes.items():
            lines += _prefix_text(node, prefix, same)
            rows.append(_prefix_row(node, prefix, same))
        blocks.append("\n".join(lines if rows else [*lines, "Route not found"]))
        family = {"addrf": "ipv4", **rows_of("prefix", rows)}
        vrfs.append({"vrf-name-out": vrf, **rows_of("addrf", [family])})
    return Output("\n\n".join(blocks), rows_of("vrf", vrfs))


def _asked(call: Call, table: list[Route]) -> list[Route]:
    """All routes, those of exactly the prefix, or those of the longest prefix for an address."""
    prefix, address, protocol = call.get("net"), call.get("ip"), call.get("protocol")
    if prefix:
        return [route for route in table if route.prefix == IPv4Network(prefix)]
    if address:
        found = match(table, IPv4Address(address))
        return [route for route in table if found is not None and route.prefix == found.prefix]
    return [
        route
        for route in table
        if protocol is None or protocol in {route.protocol, route.protocol.partition("-")[0]}
    ]


def _prefix_text(node: Node, prefix: IPv4Network, routes: list[Route]) -> list[str]:
    count = sum(len(route.hops) for route in routes)
    attached = ", attached" if any(route.attached for route in routes) else ""
    lines = [f"{prefix}, ubest/mbest: {count}/0{attached}"]
    for route in routes:
        rest = [f"[{route.preference}/{route.metric}]", uptime(age(node, route.since)), route.protocol]
        rest += [route.kind] if route.kind else []
        rest += [f"tag {route.tag}"] if route.tag else []
        for hop in route.hops:
            shown = short_name(hop.interface) if route.protocol != "static" or not hop.address else ""
            via = [part for part in (hop.address, shown) if part]
            lines.append(f"    *via {', '.join([*via, *rest])}")
    return lines


def _prefix_row(node: Node, prefix: IPv4Network, routes: list[Route]) -> dict[str, Any]:
    paths = []
    for route in routes:
        for hop in route.hops:
            path = {"ipnexthop": hop.address, "ifname": short_name(hop.interface),
                    "uptime": duration(age(node, route.since)), "pref": str(route.preference),
                    "metric": str(route.metric), "clientname": route.protocol, "type": route.kind,
                    "tag": route.tag, "ubest": "true"}  # fmt: skip
            paths.append({key: value for key, value in path.items() if value})
    attached = any(route.attached for route in routes)
    return {"ipprefix": str(prefix), "ucast-nhops": str(len(paths)), "mcast-nhops": "0",
            "attached": "true" if attached else "false", **rows_of("path", paths)}  # fmt: skip


# -- OSPF


def _routers(call: Call) -> list[OspfRouter] | Output:
    """The processes of the VRFs that the command asks about, or why there are none."""
    node = call.node
    if not node.config.feature("ospf"):
        return Output(NO_COMMAND, error=True)
    wanted = wanted_vrfs(call)
    if wanted is None:
        return Output(NO_VRF, error=True)
    found = node.world.network().tables.ospf.of(node.spec.name)
    return [router for router in found if router.key[2] in wanted]


@command("show-ip-ospf-neighbors")
def show_ip_ospf_neighbors(call: Call) -> Output:
    routers = _routers(call)
    if isinstance(routers, Output):
        return routers
    lines, rows = [], []
    for router in routers:
        _, process, vrf = router.key
        lines += [f" OSPF Process ID {process} VRF {vrf}", f" Total number of neighbors: {len(router.neighbors)}",
                  " Neighbor ID     Pri State            Up Time  Address         Interface"]  # fmt: skip
        lines += [_neighbor_text(call.node, neighbor) for neighbor in router.neighbors]
        below = [_neighbor_row(call.node, neighbor) for neighbor in router.neighbors]
        rows.append({"ptag": process, "cname": vrf, "nbrcount": str(len(below)), **rows_of("nbr", below)})
    return Output("\n".join(lines), rows_of("ctx", rows))


def _neighbor_text(node: Node, neighbor: OspfNeighbor) -> str:
    state = f"{neighbor.state}/{neighbor.role if neighbor.role != '-' else ' -'}"
    since = uptime(age(node, neighbor.since))
    return (f" {neighbor.router_id:<15} {neighbor.other.priority:>3} {state:<16} {since:<8} "
            f"{neighbor.other.address.ip!s:<15} {short_name(neighbor.port.name)} ")  # fmt: skip


def _neighbor_row(node: Node, neighbor: OspfNeighbor) -> dict[str, str]:
    return {"rid": neighbor.router_id, "priority": str(neighbor.other.priority), "state": neighbor.state,
            "drstate": neighbor.role, "uptime": duration(age(node, neighbor.since)),
            "addr": str(neighbor.other.address.ip), "intf": short_name(neighbor.port.name)}  # fmt: skip


@command("show-ip-ospf-interface-brief")
def show_ip_ospf_interface_brief(call: Call) -> Output:
    routers = _routers(call)
    if isinstance(routers, Output):
        return routers
    lines, rows = [], []
    for router in routers:
        _, process, vrf = router.key
        lines += [f" OSPF Process ID {process} VRF {vrf}", f" Total number of interface: {len(router.ports)}",
                  " Interface               ID     Area            Cost   State    Neighbors Status"]  # fmt: skip
        below = [_port_row(router, number, port) for number, port in enumerate(router.ports, 1)]
        lines += [f" {r['ifname']:<23} {r['index']:<6} {r['area']:<15} {r['cost']:<6} {r['state_str']:<8} "
                  f"{r['nbr_total']:<9} {r['admin_status']} " for r in below]  # fmt: skip
        rows.append({"ptag": process, "cname": vrf, "ifcount": str(len(below)), **rows_of("intf", below)})
    return Output("\n".join(lines), rows_of("ctx", rows))


def _port_row(router: OspfRouter, number: int, port: OspfPort) -> dict[str, str]:
    state = router.roles.get(port.name, "DR") if port.kind == "BROADCAST" else port.kind
    count = sum(neighbor.port is port for neighbor in router.neighbors)
    return {"ifname": short_name(port.name), "index": str(number), "area": port.area, "cost": str(port.cost),
            "state_str": state if port.up else "DOWN", "nbr_total": str(count),
            "admin_status": "up" if port.up else "down"}  # fmt: skip
