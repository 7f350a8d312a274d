"""OSPF beyond its neighbours: the process, its ports, its link states."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.layer3 import NO_VRF, wanted_vrfs
from vnexus.exec.show.names import duration, short_name, uptime
from vnexus.exec.show.routes import age
from vnexus.world.routing.ospf import OspfPort, OspfRouter

if TYPE_CHECKING:
    from vnexus.node import Node

REFRESH_SECONDS = 1800
"""A router sends its link states anew (RFC 2328, LSRefreshTime)."""
Lsa = tuple[str, str, int, str, str, str]
"""(link id, advertising router, age, sequence, checksum, number of links or empty)"""


def _routers(call: Call) -> list[OspfRouter] | None:
    wanted = wanted_vrfs(call)
    if wanted is None:
        return None
    found = call.node.world.network().tables.ospf.of(call.node.spec.name)
    return [r for r in found if r.key[2] in wanted and call.get("process") in {None, r.key[1]}]


def _areas(router: OspfRouter) -> list[str]:
    return sorted({port.area for port in router.ports})


@command("show-ip-ospf")
def show_ip_ospf(call: Call) -> Output:
    routers = _routers(call)
    if routers is None:
        return Output(NO_VRF, error=True)
    blocks, rows = [], []
    for router in routers:
        _, process, vrf = router.key
        asbr = any(line.startswith(("redistribute", "default-information")) for line in router.lines)
        passive = sum(port.passive for port in router.ports)
        lines = [f" Routing Process {process} with ID {router.router_id} VRF {vrf}",
                 " Routing Process Instance Number 1", " Stateful High Availability enabled",
                 " Graceful-restart is configured", "   Grace period: 60 state: Inactive ", "   Last graceful restart exit status: None",
                 " Supports only single TOS(TOS0) routes", " Supports opaque LSA"]  # fmt: skip
        lines += [" This router is an autonomous system boundary"] if asbr else []
        lines += [" This router is an area border"] if len(_areas(router)) > 1 else []
        lines += [" Administrative distance 110", f" Reference Bandwidth is {_reference(router)} Mbps",
                  f" Number of areas is {len(_areas(router))}, {len(_areas(router))} normal, 0 stub, 0 nssa",
                  f" Number of active areas is {len(_areas(router))}, {len(_areas(router))} normal, 0 stub, 0 nssa"]  # fmt: skip
        for area in _areas(router):
            lines += _area_text(area, [port for port in router.ports if port.area == area])
        blocks.append("\n".join(lines))
        rows.append({"ptag": process, "cname": vrf, "rid": router.router_id, "asbr": str(asbr).lower(),
                     "abr": str(len(_areas(router)) > 1).lower(), "admin_dist": "110",
                     "ref_bw": str(_reference(router)), "area_total": str(len(_areas(router))),
                     "area_normal": str(len(_areas(router))), "passive_if_count": str(passive)})  # fmt: skip
    return Output("\n\n".join(blocks), rows_of("ctx", rows))


def _area_text(area: str, ports: list[OspfPort]) -> list[str]:
    active, passive = sum(port.up for port in ports), sum(port.passive for port in ports)
    loops = sum(port.kind == "LOOPBACK" for port in ports)
    return [f"   Area {'BACKBONE' if area == '0.0.0.0' else ''}({area})",
            f"        Interfaces in this area: {len(ports)} Active interfaces: {active}",
            f"        Passive interfaces: {passive}  Loopback interfaces: {loops}",
            "        No authentication available"]  # fmt: skip


def _reference(router: OspfRouter) -> int:
    words = next((line.split() for line in router.lines if line.startswith("auto-cost ")), [])
    return int(words[2]) * (1000 if words[3:] == ["Gbps"] else 1) if len(words) > 2 else 40_000


@command("show-ip-ospf-interface")
def show_ip_ospf_interface(call: Call) -> Output:
    routers, node, wanted = _routers(call), call.node, call.get("interface")
    if routers is None:
        return Output(NO_VRF, error=True)
    texts, rows = [], []
    for router in routers:
        for number, port in enumerate(router.ports, 1):
            if wanted in {None, port.name}:
                texts.append(_port_text(node, router, number, port))
                rows.append({"ptag": router.key[1], "cname": router.key[2], "ifname": short_name(port.name),
                             "addr": str(port.address.ip), "masklen": str(port.address.network.prefixlen),
                             "area": port.area, "cost": str(port.cost), "state_str": _state(router, port),
                             "type_str": port.kind, "index": str(number), "passive": str(port.passive).lower(),
                             "nbr_total": str(_count(router, port)), "hello_interval": str(port.timers[0]),
                             "dead_interval": str(port.timers[1])})  # fmt: skip
    return Output("\n".join(texts), rows_of("ctx", rows))


def _state(router: OspfRouter, port: OspfPort) -> str:
    if not port.up:
        return "DOWN"
    return router.roles.get(port.name, "DR") if port.kind == "BROADCAST" else port.kind


def _count(router: OspfRouter, port: OspfPort) -> int:
    return sum(neighbor.port is port for neighbor in router.neighbors)


def _port_text(node: Node, router: OspfRouter, number: int, port: OspfPort) -> str:
    up = "up" if port.up else "down"
    hello, dead = port.timers
    lines = [f" {port.name} is {up}, line protocol is {up}", f"    IP address {port.address}",
             f"    Process ID {router.key[1]} VRF {router.key[2]}, area {port.area}",
             "    Enabled by interface configuration",
             f"    State {_state(router, port)}, Network type {port.kind}, cost {port.cost}"]  # fmt: skip
    if port.kind == "LOOPBACK":
        return "\n".join([*lines, f"    Index {number}"])
    lines.append(
        f"    Index {number}{', Passive interface' if port.passive else f', Transmit delay 1 sec, Router Priority {port.priority}'}"
    )
    if not port.passive:
        count, due = _count(router, port), int(hello * (1 + node.world.wobble(f"hello {port.name}")) / 2)
        full = sum(n.port is port and n.state == "FULL" for n in router.neighbors)
        lines += [f"    {count} Neighbors, flooding to {count}, adjacent with {full}",
                  f"    Timer intervals: Hello {hello}, Dead {dead}, Wait {dead}, Retransmit 5",
                  f"      Hello timer due in 00:00:{due % 60:02d}", "    No authentication"]  # fmt: skip
    return "\n".join([*lines, "    Number of opaque link LSAs: 0, checksum sum 0"])


@command("show-ip-ospf-neighbors-detail")
def show_ip_ospf_neighbors_detail(call: Call) -> Output:
    routers, node = _routers(call), call.node
    if routers is None:
        return Output(NO_VRF, error=True)
    texts, rows = [], []
    for router in routers:
        for n in router.neighbors:
            since = age(node, n.since)
            dead = n.port.timers[1] - n.port.timers[0] * (1 + node.world.wobble(f"ospf {n.router_id}")) / 2
            texts.append("\n".join([
                f" Neighbor {n.router_id}, interface address {n.other.address.ip}",
                f"    Process ID {router.key[1]} VRF {router.key[2]}, in area {n.port.area} via interface {n.port.name}",
                f"    State is {n.state}, 5 state changes, last change {uptime(since)}",
                f"    Neighbor priority is {n.other.priority}", "    Hello options 0x2, dbd options 0x42",
                f"    Last non-hello packet received {uptime(since % REFRESH_SECONDS)}",
                f"      Dead timer due in 00:00:{int(dead):02d}",
            ]))  # fmt: skip
            rows.append({"rid": n.router_id, "addr": str(n.other.address.ip), "area": n.port.area, "intf": n.port.name,
                         "state": n.state, "transition": "5", "lastchange": duration(since),
                         "priority": str(n.other.priority), "deadtimer": str(int(dead))})  # fmt: skip
    return Output("\n".join(texts), rows_of("nbr", rows))


# -- link states


@command("show-ip-ospf-database")
def show_ip_ospf_database(call: Call) -> Output:
    """Router and network link states of every area that the process has a port in, and external ones."""
    routers, node = _routers(call), call.node
    if routers is None:
        return Output(NO_VRF, error=True)
    lines, rows = [], []
    for router in routers:
        _, process, vrf = router.key
        where = f" VRF {vrf}" if vrf != "default" else ""
        lines += ["", f"        OSPF Router with ID ({router.router_id}) (Process ID {process}{where})", ""]
        for area in _areas(router):
            for title, found in (
                ("Router", _router_lsas(node, router, area)),
                ("Network", _network_lsas(node, router, area)),
            ):
                if not found:
                    continue
                links = " Link Count" if title == "Router" else ""
                lines += [f"                {title} Link States (Area {area})", "",
                          f"Link ID         ADV Router      Age        Seq#       Checksum{links}"]  # fmt: skip
                lines += [
                    f"{i:<15} {r:<15} {a:<10} {s} {c}{' ' + n if n else ''}".rstrip()
                    for i, r, a, s, c, n in found
                ]
                lines.append("")
                rows += [{"ptag": process, "area": area, "type": title.lower(), "lsid": i, "advrtr": r, "age": str(a),
                          "seqno": s, "chksum": c, "linkcount": n} for i, r, a, s, c, n in found]  # fmt: skip
    return Output("\n".join(lines), rows_of("lsa", rows))


def _known(node: Node, router: OspfRouter) -> list[OspfRouter]:
    """Everybody that the process can reach through adjacencies, itself included."""
    ospf = node.world.network().tables.ospf
    found, queue = {router.key: router}, [router]
    while queue:
        for neighbor in queue.pop().neighbors:
            key = neighbor.other.key
            if key not in found and neighbor.state != "EXSTART":
                found[key] = ospf.routers[key]
                queue.append(ospf.routers[key])
    return sorted(found.values(), key=lambda r: tuple(map(int, r.router_id.split("."))))


def _lsa(node: Node, what: tuple[str, str, str], since: float, count: str = "") -> Lsa:
    """Sequence number and age follow from how long it stands; the checksum from what it says."""
    kind, link, by = what
    held = max(age(node, since), 0.0)
    sequence = f"0x{0x80000001 + int(held // REFRESH_SECONDS):08x}"
    check = hashlib.sha256(f"{kind}{link}{by}{sequence}{count}".encode()).hexdigest()[:4]
    return link, by, int(held % REFRESH_SECONDS), sequence, f"0x{check}", count


def _router_lsas(node: Node, router: OspfRouter, area: str) -> list[Lsa]:
    found = []
    for other in _known(node, router):
        ports = [port for port in other.ports if port.area == area and port.up]
        if ports:
            # a numbered point-to-point link is described twice: the router behind it, and the network
            links = sum(2 if port.kind == "P2P" and _count(other, port) else 1 for port in ports)
            since = max([port.since for port in ports] + [n.since for n in other.neighbors])
            found.append(_lsa(node, ("router", other.router_id, other.router_id), since, str(links)))
    return found


def _network_lsas(node: Node, router: OspfRouter, area: str) -> list[Lsa]:
    """One per broadcast segment with neighbours, by its designated router."""
    found = []
    for other in _known(node, router):
        for port in other.ports:
            shared = [n for n in other.neighbors if n.port is port]
            if (
                port.area == area
                and port.kind == "BROADCAST"
                and shared
                and other.roles.get(port.name) == "DR"
            ):
                since = max(n.since for n in shared)
                found.append(_lsa(node, ("network", str(port.address.ip), other.router_id), since))
    return found
