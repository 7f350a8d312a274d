"""IGMP, PIM and multicast routes."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.layer3 import NO_VRF, wanted_vrfs
from vnexus.exec.show.names import ago, duration, short_name, uptime
from vnexus.world.routing.multicast import Member, Multicast, PimPort, Tree

GROUP_TYPES = [
    "Type: S - Static, D - Dynamic, L - Local, T - SSM Translated, H - Host Proxy",
    "      * - Cache Only",
]


def _multicast(call: Call) -> Multicast:
    return call.node.world.network().multicast


@command("show-igmp-snooping-groups")
def show_igmp_snooping_groups(call: Call) -> Output:
    node, wanted = call.node, call.get("1-4094")
    lines = ["Type: S - Static, D - Dynamic, R - Router port, F - Fabricpath core port", "",
             "Vlan  Group Address      Ver  Type  Port list"]  # fmt: skip
    rows = []
    for vlan in sorted(node.config.vlans()):
        if wanted not in (None, str(vlan)):
            continue
        querier = _multicast(call).queried(node.spec.name, vlan)
        groups: dict[str, list[Member]] = {}
        for member in _multicast(call).snooped(node.spec.name, vlan):
            groups.setdefault(member.group, []).append(member)
        found = []
        if querier:
            port = short_name(querier[1]) if querier[1] else f"Vlan{vlan}"
            lines.append(f"{vlan:<5} {'*/*':<18} -    R     {port}")
            found.append({"source": "*", "group": "*", "type": "R", "ports": port})
        for group, members in groups.items():
            kind = "S" if all(member.static for member in members) else "D"
            ports = " ".join(short_name(member.port) for member in members)
            lines.append(f"{vlan:<5} {group:<18} v2   {kind}     {ports}")
            found.append({"group": group, "ver": "v2", "type": kind, "ports": ports})
        if found:
            rows.append({"vlan-id": str(vlan), **rows_of("group", found)})
    return Output("\n".join(lines), rows_of("vlan", rows))


@command("show-igmp-snooping")
def show_igmp_snooping(call: Call) -> Output:
    node, wanted = call.node, call.get("1-4094")
    lines = ["Global IGMP Snooping Information:", "  IGMP Snooping enabled", "  Optimised Multicast Flood (OMF) enabled",
             "  IGMPv1/v2 Report Suppression enabled", "  IGMPv3 Report Suppression disabled",
             "  Link Local Groups Suppression enabled", ""]  # fmt: skip
    rows = []
    for vlan in sorted(node.config.vlans()):
        if wanted not in (None, str(vlan)):
            continue
        querier = _multicast(call).queried(node.spec.name, vlan)
        count = len({m.group for m in _multicast(call).snooped(node.spec.name, vlan)})
        lines += [f"IGMP Snooping information for vlan {vlan}", "  IGMP snooping enabled", "  Lookup mode: IP",
                  f"  IGMP querier present, address: {querier[0]}, version: 2" if querier else
                  "  IGMP querier none", f"  Number of router-ports: {1 if querier else 0}",
                  f"  Number of groups: {count}"]  # fmt: skip
        rows.append({"vlan-id": str(vlan), "enabled": "true", "querier-present": str(bool(querier)).lower(),
                     "querier-addr": querier[0] if querier else "", "grp-count": str(count)})  # fmt: skip
    return Output("\n".join(lines), rows_of("vlan", rows))


@command("show-igmp-groups")
def show_igmp_groups(call: Call) -> Output:
    vrfs = wanted_vrfs(call)
    if vrfs is None:
        return Output(NO_VRF, error=True)
    now, lines, rows = call.node.world.now(), [], []
    every = _multicast(call).joined(call.node.spec.name)
    for vrf in vrfs:
        found = [joined for joined in every if joined.vrf == vrf]
        entries = "entry" if len(found) == 1 else "entries"
        lines += [f'IGMP Connected Group Membership for VRF "{vrf}" - {len(found)} total {entries}', *GROUP_TYPES,
                  "Group Address      Type Interface              Uptime    Expires   Last Reporter"]  # fmt: skip
        for one in found:
            expires = "never" if one.kind in "SL" else ago(260 - int(now) % 125)
            lines.append(
                f"{one.group:<18} {one.kind:<4} {one.name:<22} {uptime(now - one.since):<9} {expires:<9} {one.reporter}"
            )
            rows.append({"vrf-cntxt": vrf, "group-addr": one.group, "type": one.kind, "if-name": one.name,
                         "uptime": duration(now - one.since), "expires": expires, "last-reporter": one.reporter})  # fmt: skip
        lines.append("")
    return Output("\n".join(lines).rstrip(), rows_of("group", rows))


def _ports(call: Call, vrf: str) -> Iterator[PimPort]:
    yield from (port for port in _multicast(call).pim_ports(call.node.spec.name) if port.vrf == vrf)


@command("show-pim-neighbor")
def show_pim_neighbor(call: Call) -> Output:
    vrfs = wanted_vrfs(call)
    if vrfs is None:
        return Output(NO_VRF, error=True)
    now, lines, rows = call.node.world.now(), [], []
    for vrf in vrfs:
        lines += [f'PIM Neighbor Status for VRF "{vrf}"',
                  "Neighbor        Interface            Uptime    Expires   DR       Bidir-  BFD    ECMP Redirect",
                  "                                                         Priority Capable State     Capable"]  # fmt: skip
        for port in _ports(call, vrf):
            for other in _multicast(call).neighbors(port):
                up, left = now - max(port.since, other.since), ago(105 - int(now) % 30)
                lines.append(f"{other.address:<15} {port.name:<20} {uptime(up):<9} {left:<9} {other.priority:<8} "
                             "no       n/a     no")  # fmt: skip
                rows.append({"vrf": vrf, "if-name": port.name, "nbr-addr": other.address, "uptime": duration(up),
                             "expires": left, "dr-priority": str(other.priority), "bidir-capable": "no",
                             "bfd-state": "n/a", "ecmp-redirect-capable": "no"})  # fmt: skip
        lines.append("")
    return Output("\n".join(lines).rstrip(), rows_of("neighbor", rows))


@command("show-pim-interface")
def show_pim_interface(call: Call) -> Output:
    vrfs = wanted_vrfs(call)
    if vrfs is None:
        return Output(NO_VRF, error=True)
    lines, rows = [], []
    for vrf in vrfs:
        lines += [f'PIM Interface Status for VRF "{vrf}"',
                  "Interface            IP Address      PIM DR Address  Neighbor  Border",
                  "                                                     Count     Interface"]  # fmt: skip
        for port in _ports(call, vrf):
            count, border = len(_multicast(call).neighbors(port)), "yes" if port.border else "no"
            dr = _multicast(call).designated(port)
            lines.append(f"{port.name:<20} {port.address:<15} {dr:<15} {count:<9} {border}")
            rows.append({"vrf": vrf, "if-name": port.name, "if-addr": port.address, "dr-address": dr,
                         "nbr-cnt": str(count), "border": border})  # fmt: skip
        lines.append("")
    return Output("\n".join(lines).rstrip(), rows_of("brief", rows))


@command("show-pim-rp")
def show_pim_rp(call: Call) -> Output:
    vrfs = wanted_vrfs(call)
    if vrfs is None:
        return Output(NO_VRF, error=True)
    lines, rows = [], []
    points = _multicast(call).rendezvous(call.node.spec.name)
    for vrf in vrfs:
        lines += [f'PIM RP Status Information for VRF "{vrf}"', "BSR disabled", "Auto-RP disabled",
                  "BSR RP Candidate policy: None", "BSR RP policy: None", "Auto-RP Announce policy: None",
                  "Auto-RP Discovery policy: None", ""]  # fmt: skip
        for point in points:
            if point.vrf == vrf:
                up = uptime(call.node.world.now() - call.node.booted_at())
                own = (
                    "*"
                    if call.node.world.network().segments.owned(call.node.spec.name, vrf, _ip(point.address))
                    else ""
                )
                lines += [f"RP: {point.address}{own}, (0), ", f" uptime: {up}   priority: 255, ", " RP-source: (local),  ",
                          " group ranges:", f" {point.groups}   "]  # fmt: skip
                rows.append({"vrf": vrf, "rp-addr": point.address, "rp-uptime": up, "rp-priority": "255",
                             "rp-source": "(local)", "group-ranges": point.groups})  # fmt: skip
        lines.append("")
    return Output("\n".join(lines).rstrip(), rows_of("rp", rows))


@command("show-pim-group-range")
def show_pim_group_range(call: Call) -> Output:
    """Which groups work without a rendezvous point, and which with which."""
    vrfs = wanted_vrfs(call)
    if vrfs is None:
        return Output(NO_VRF, error=True)
    lines, rows = [], []
    points = _multicast(call).rendezvous(call.node.spec.name)
    for vrf in vrfs:
        lines += [f'PIM Group-Range Configuration for VRF "{vrf}"',
                  "Group-range        Action Mode  RP-address      Shrd-tree-range   Origin"]  # fmt: skip
        found = [("232.0.0.0/8", "Accept", "SSM", "-", "Local")]
        found += [(point.groups, "-", "ASM", point.address, "Static") for point in points if point.vrf == vrf]
        for groups, action, mode, address, origin in found:
            lines.append(f"{groups:<18} {action:<6} {mode:<5} {address:<15} {'-':<17} {origin}")
            rows.append({"vrf": vrf, "group-range": groups, "action": action, "mode": mode, "rp-addr": address,
                         "shrd-tree-range": "-", "origin": origin})  # fmt: skip
        lines.append("")
    return Output("\n".join(lines).rstrip(), rows_of("group", rows))


def _ip(text: str) -> IPv4Address:
    return IPv4Address(text)


@command("show-mroute")
def show_mroute(call: Call) -> Output:
    vrfs = wanted_vrfs(call)
    if vrfs is None:
        return Output(NO_VRF, error=True)
    now, lines, rows = call.node.world.now(), [], []
    trees = _multicast(call).trees(call.node.spec.name)
    for vrf in vrfs:
        lines += [f'IP Multicast Routing Table for VRF "{vrf}"', ""]
        for tree in (tree for tree in trees if tree.vrf == vrf):
            lines += _tree(tree, now)
            rows.append({"vrf": vrf, "source-addr": tree.source or "*", "mcast-addrs": f"{tree.group}/32",
                         "uptime": duration(now - tree.since), "oif-count": str(len(tree.outgoing)),
                         "route-iif": tree.incoming, "rpf-nbr": tree.neighbor,
                         **rows_of("oif", [{"oif-name": name} for name in tree.outgoing])})  # fmt: skip
        lines += ["(*, 232.0.0.0/8), uptime: " + uptime(now - call.node.booted_at()) + ", pim ip",
                  "  Incoming interface: Null, RPF nbr: 0.0.0.0", "  Outgoing interface list: (count: 0)", ""]  # fmt: skip
    return Output("\n".join(lines).rstrip(), rows_of("route", rows))


def _tree(tree: Tree, now: float) -> list[str]:
    up = uptime(now - tree.since)
    source = f"{tree.source}/32" if tree.source else "*"
    lines = [f"({source}, {tree.group}/32), uptime: {up}, igmp ip pim",
             f"  Incoming interface: {tree.incoming}, RPF nbr: {tree.neighbor}",
             f"  Outgoing interface list: (count: {len(tree.outgoing)})"]  # fmt: skip
    return [*lines, *(f"    {name}, uptime: {up}, igmp" for name in tree.outgoing), "", ""]
