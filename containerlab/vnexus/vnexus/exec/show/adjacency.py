"""Neighbours on the wire as hardware sees them: detailed ARP, adjacencies, the forwarding table, DHCP relays."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any

from vnexus import hardware
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.layer3 import NO_VRF, arp_rows, wanted_vrfs
from vnexus.world.routing.route import Hop, Route
from vnexus.world.routing.tables import match

if TYPE_CHECKING:
    from vnexus.node import Node

_FLAGS = ["Flags: * - Adjacencies learnt on non-active FHRP router", "       + - Adjacencies synced via CFSoE",
          "       # - Adjacencies Throttled for Glean"]  # fmt: skip
_MORE_FLAGS = ["       CP - Added via L2RIB, Control plane Adjacencies", "       PS - Added via L2RIB, Peer Sync",
               "       RO - Re-Originated Peer Sync Entry"]  # fmt: skip


def physical(node: Node, interface: str, mac: str) -> str:
    """The port behind an SVI where the address was learned; other interfaces are their own."""
    if not interface.startswith("Vlan"):
        return interface
    vlan = int(interface.removeprefix("Vlan"))
    macs = node.world.macs(node.spec.name)
    learned = next((m.port for m in macs if m.vlan == vlan and m.address == mac), None)
    return learned or _towards(node, mac) or interface


def _towards(node: Node, mac: str) -> str | None:
    """Switches are not in the table of addresses: the port that leads to the one with this MAC."""
    world, name = node.world, node.spec.name
    for link in world.wiring.links:
        for here, far, port in (
            (link.a_node, link.b_node, link.a_port),
            (link.b_node, link.a_node, link.b_port),
        ):
            spec = world.wiring.nodes[far]
            if here == name and hardware.mac_text(hardware.base_mac(spec.address)) == mac:
                config = node.config.interface(port)
                group = config.channel_group
                return f"port-channel{group}" if group is not None else port
    return None


@command("show-ip-arp-detail")
def show_ip_arp_detail(call: Call) -> Output:
    node = call.node
    wanted = wanted_vrfs(call)
    if wanted is None:
        return Output(NO_VRF, error=True)
    rows = [
        {**row, "phy-intf": physical(node, row["intf-out"], row["mac"]), "vrf": vrf}
        for vrf in wanted
        for row in arp_rows(node, [vrf])
    ]
    every = len(wanted) > 1
    title = "Address         Age       MAC Address     Interface        Physical Interface"
    lines = [*_FLAGS, *(_MORE_FLAGS if every else []), "",
             f"IP ARP Table for {'all contexts' if every else f'context {wanted[0]}'}",
             f"Total number of entries: {len(rows)}", title + ("  Flags    VRF Name" if every else "")]  # fmt: skip
    for row in rows:
        line = (f"{row['ip-addr-out']:<15} {row['time-stamp']:<9} {row['mac']:<15} {row['intf-out']:<16} "
                f"{row['phy-intf']:<19}")  # fmt: skip
        lines.append(f"{line} {row['flags']:<8} {row['vrf']}" if every else line.rstrip())
    below = [{k: v for k, v in row.items() if k != "vrf"} for row in rows]
    vrfs = {"vrf-name-out": wanted[0], "cnt-total": str(len(rows)), **rows_of("adj", below)}
    return Output("\n".join(lines), rows_of("vrf", [vrfs]))


@command("show-ip-adjacency")
def show_ip_adjacency(call: Call) -> Output:
    node = call.node
    wanted = wanted_vrfs(call)
    if wanted is None:
        return Output(NO_VRF, error=True)
    blocks, vrfs = [], []
    for vrf in wanted:
        rows = [{"ip-addr-out": r["ip-addr-out"], "mac-addr-out": r["mac"], "pref": "50", "source": "arp",
                 "intf-out": r["intf-out"]} for r in arp_rows(node, [vrf])]  # fmt: skip
        lines = [f"IP Adjacency Table for VRF {vrf}", f"Total number of entries: {len(rows)}",
                 "Address         MAC Address     Pref Source     Interface"]  # fmt: skip
        lines += [f"{r['ip-addr-out']:<15} {r['mac-addr-out']:<15} {r['pref']:<4} {r['source']:<10} {r['intf-out']}"
                  for r in rows]  # fmt: skip
        blocks.append("\n".join(lines))
        vrfs.append({"vrf-name-out": vrf, "cnt-total": str(len(rows)), **rows_of("adj", rows)})
    head = "\nFlags: # - Adjacencies Throttled for Glean\n       G - Adjacencies of vPC peer with G/W bit\n\n"
    return Output(head + "\n\n".join(blocks), rows_of("vrf", vrfs))


def _slots(node: Node) -> list[int]:
    return [module.slot for module in node.model.modules if module.ports]


def _per_slot(node: Node, text: str) -> str:
    """Every module with ports answers for itself."""
    return "\n".join(f"\nslot  {slot}\n=======\n\n{text}" for slot in _slots(node))


@command("show-forwarding-adjacency")
def show_forwarding_adjacency(call: Call) -> Output:
    node = call.node
    rows = [{"nexthop": r["ip-addr-out"], "rewrite": r["mac"], "interface": r["intf-out"]}
            for r in arp_rows(node, ["default"])]  # fmt: skip
    lines = ["", "IPv4 adjacency information", "",
             "next-hop         rewrite info    interface    Origin AS  Peer AS  Neighbor  ",
             "-------------- --------------- ------------- ---------- --------- --------------"]  # fmt: skip
    lines += [f"{r['nexthop']:<15} {r['rewrite']:<14} {r['interface']:<15}" for r in rows]
    modules = [{"module": str(slot), **rows_of("adj", rows)} for slot in _slots(node)]
    return Output(_per_slot(node, "\n".join(lines)), rows_of("module", modules))


@command("show-forwarding-route")
def show_forwarding_route(call: Call) -> Output:
    """What the routing table makes of the hardware: receive, attached, drop, and hosts with an adjacency."""
    node = call.node
    wanted = wanted_vrfs(call)
    if wanted is None:
        return Output(NO_VRF, error=True)
    blocks, tables = [], []
    title = ("Prefix            | Next-hop                                | Interface            | Labels"
             "          | Partial Install ")  # fmt: skip
    bar = "-" * 18 + "+" + "-" * 41 + "+" + "-" * 22 + "+" + "-" * 17 + "+" + "-" * 17
    for vrf in wanted:
        rows = _forwarding(node, vrf)
        lines = ["", f"IPv4 routes for table {vrf}/base", "", bar, title, bar]
        before = ""
        for row in rows:
            shown = row["prefix"] if row["prefix"] != before else ""
            before = row["prefix"]
            lines.append(f"{shown:<20} {row['nexthop']:<41} {row['interface']:<20}")
        blocks.append("\n".join(lines))
        tables.append({"table_name": vrf, **rows_of("prefix", rows)})
    modules = [{"module": str(slot), **rows_of("vrf", tables)} for slot in _slots(node)]
    return Output("\n".join(blocks) + "\n", rows_of("module", modules))


def _forwarding(node: Node, vrf: str) -> list[dict[str, str]]:
    table = node.world.network().tables.table(node.spec.name, vrf)
    found: list[tuple[IPv4Network, str, str]] = [
        (IPv4Network("0.0.0.0/32"), "Drop", "Null0"), (IPv4Network("127.0.0.0/8"), "Drop", "Null0"),
        (IPv4Network("255.255.255.255/32"), "Receive", "sup-eth1"),
    ]  # fmt: skip
    for route in table:
        found += _installed(route, table)
    hosts = {(IPv4Address(r["ip-addr-out"]), r["intf-out"]) for r in arp_rows(node, [vrf])}
    known = {prefix for prefix, _, _ in found}
    found += [(IPv4Network(ip), str(ip), port) for ip, port in hosts if IPv4Network(ip) not in known]
    keys = ("prefix", "nexthop", "interface")
    return [dict(zip(keys, (str(p), hop, port), strict=True)) for p, hop, port in sorted(found)]


def _installed(route: Route, table: list[Route]) -> list[tuple[IPv4Network, str, str]]:
    net = route.prefix
    if route.protocol in {"local", "hsrp"}:
        return [(net, "Receive", "sup-eth1")]
    if route.protocol != "direct":
        return [
            (net, end.address or "Drop", end.interface or "Null0")
            for hop in route.hops
            for end in _resolved(hop, table)
        ]
    port = route.hops[0].interface if route.hops else "Null0"
    if net.prefixlen > 30:
        return [] if net.prefixlen == net.max_prefixlen else [(net, "Attached", port)]
    return [(net, "Attached", port), (IPv4Network(net.network_address), "Drop", "Null0"),
            (IPv4Network(net.broadcast_address), "Attached", port)]  # fmt: skip


def _resolved(hop: Hop, table: list[Route]) -> list[Hop]:
    """Where a next hop lies that needs another look-up."""
    if hop.interface or not hop.address:
        return [hop]
    found = match(table, IPv4Address(hop.address))
    if found is None:
        return []
    if found.attached:
        return [Hop(hop.address, found.hops[0].interface)]
    return [end for end in found.hops if end.interface]


# -- DHCP


@command("show-dhcp-relay")
def show_dhcp_relay(call: Call) -> Output:
    rows: list[dict[str, Any]] = []
    for name in call.node.config.interfaces():
        section = call.node.config.section(name)
        rows += [
            {"intf": name, "relay_addr": e.identity[4], "vrf": e.value.removeprefix("use-vrf ")}
            for e in (section.under("ip", "dhcp", "relay", "address") if section else ())
        ]
    lines = [
        " Interface        Relay Address     VRF Name",
        " -------------    -------------     --------",
        "",
    ]
    lines += [f" {r['intf']:<17} {r['relay_addr']:<17} {r['vrf']}".rstrip() for r in rows]
    return Output("\n".join(lines), rows_of("relay_addr", rows))
