"""IP interfaces, VRFs and ARP."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from vnexus import hardware
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.hellos import software_stats
from vnexus.exec.show.names import ago
from vnexus.exec.show.port import PortView, view
from vnexus.world.routing.segments import Leg

if TYPE_CHECKING:
    from vnexus.node import Node


def vrf_numbers(node: Node) -> dict[str, int]:
    """Default 1, management 2, then those of the configuration."""
    names = [e.identity[2] for e in node.config.root.ordered() if e.identity[:2] == ("vrf", "context")]
    others = [name for name in names if name != "management"]
    return {"default": 1, "management": 2, **{name: n for n, name in enumerate(others, 3)}}


def wanted_vrfs(call: Call) -> list[str] | None:
    """VRFs that the command asks about; None for one that does not exist."""
    known = vrf_numbers(call.node)
    name = call.get("vrf") or "default"
    if name == "all":
        return list(known)
    return [name] if name in known else None


def _routed(node: Node, vrf: str) -> list[PortView]:
    found = []
    for name in node.config.interfaces():
        config = node.config.interface(name)
        if config.vrf == vrf and config.mode == "routed" and (config.addresses or _forwards(node, name)):
            found.append(view(node, name))
    return found


def _forwards(node: Node, name: str) -> bool:
    section = node.config.section(name)
    return section is not None and ("ip", "forward") in section.entries


NO_VRF = "                        ^\n% Invalid VRF"


@command("show-ip-interface-brief")
def show_ip_interface_brief(call: Call) -> Output:
    node = call.node
    wanted = wanted_vrfs(call)
    if wanted is None:
        return Output(NO_VRF, error=True)
    blocks, vrfs, rows = [], [], []
    for vrf in wanted:
        number = vrf_numbers(node)[vrf]
        lines = [
            f'IP Interface Status for VRF "{vrf}"({number})',
            "Interface            IP Address      Interface Status",
        ]
        for port in _routed(node, vrf):
            up, admin = ("up" if port.oper.up else "down"), ("up" if port.config.admin_up else "down")
            ip = (port.address or "forward-enabled").partition("/")[0]
            lines.append(f"{port.short:<20} {ip:<15} protocol-{up}/link-{up}/admin-{admin}       ")
            rows.append({"vrf-name-out": vrf, "intf-name": port.short, "proto-state": up, "link-state": up,
                         "admin-state": admin, "iod": str(interface_number(node, port.name)), "prefix": ip,
                         "ip-disabled": "FALSE"})  # fmt: skip
        blocks.append("\n".join(lines))
        vrfs.append({"vrf-name-out": vrf})
    return Output(
        "\n\n".join(["", *blocks]) if len(blocks) == 1 else "\n\n".join(blocks), rows_of("intf", rows)
    )


def interface_number(node: Node, name: str) -> int:
    """The ``iod`` of show commands."""
    return 2 + node.config.interfaces().index(name)


@command("show-ip-interface")
def show_ip_interface(call: Call) -> Output:
    node = call.node
    name = call.get("interface")
    wanted = wanted_vrfs(call)
    if name:
        try:
            wanted = [node.config.interface(name).vrf]
        except KeyError:
            return Output(NO_VRF.replace("VRF", "interface"), error=True)
    if wanted is None:
        return Output(NO_VRF, error=True)
    blocks, rows = [], []
    for vrf in wanted:
        ports = [p for p in _routed(node, vrf) if not name or p.name == name]
        number = (
            "" if call.get("vrf") is None or node.model.family == "n7k" else f"({vrf_numbers(node)[vrf]})"
        )
        blocks.append(
            "\n".join([f'IP Interface Status for VRF "{vrf}"{number}', *[_ip_text(node, p) for p in ports]])
        )
        rows += [_ip_row(node, p, vrf) for p in ports]
    return Output("\n\n".join(blocks), rows_of("intf", rows))


def _ip_text(node: Node, port: PortView) -> str:
    up, admin = ("up" if port.oper.up else "down"), ("up" if port.config.admin_up else "down")
    lines = [
        f"{port.name}, Interface status: protocol-{up}/link-{up}/admin-{admin}, iod: {interface_number(node, port.name)},"
    ]
    for index, text in enumerate(port.config.addresses):
        address = ipaddress.IPv4Interface(text)
        second = " secondary" if index else ""
        lines.append(
            f"  IP address: {address.ip}, IP subnet: {address.network}{second} route-preference: 0, tag: 0 "
        )
    pim = port.section.get("ip", "pim", "sparse-mode") is not None
    redirects = "disabled" if port.section.get("ip", "redirects") else "enabled"
    lines += ["  IP broadcast address: 255.255.255.255",
              *_groups(node, port),
              f"  IP MTU: {port.config.mtu} bytes (using link MTU)",
              "  IP primary address route-preference: 0, tag: 0", "  IP proxy ARP : disabled",
              "  IP Local Proxy ARP : disabled", f"  IP multicast routing: {'enabled' if pim else 'disabled'}",
              f"  IP icmp redirects: {redirects}", "  IP directed-broadcast: disabled ",
              f"  IP Forwarding: {'enabled' if _forwards(node, port.name) else 'disabled'} ",
              "  IP icmp unreachables (except port): disabled", "  IP icmp port-unreachable: enabled",
              "  IP unicast reverse path forwarding: none", "  IP load sharing: none ",
              "  IP interface statistics last reset: never", *software_stats(node, port)]  # fmt: skip
    return "\n".join(lines)


def _groups(node: Node, port: PortView) -> list[str]:
    """Groups that the protocols on the interface join."""
    section = port.section
    ospf = any(section.under("ip", "router", "ospf")) and node.config.feature("ospf")
    hsrp = any(e.identity[1:2] and e.identity[1].isdigit() for e in section.under("hsrp"))
    joined = ["224.0.0.5", "224.0.0.6"] if ospf else []
    joined += ["224.0.0.102" if section.value("hsrp", "version") == "2" else "224.0.0.2"] if hsrp else []
    joined += ["224.0.0.13", "224.0.0.2", "224.0.0.1"] if section.get("ip", "pim", "sparse-mode") else []
    if not joined:
        return ["  IP multicast groups locally joined: none"]
    return ["  IP multicast groups locally joined: ", f"      {'  '.join(dict.fromkeys(joined))}  "]


def _ip_row(node: Node, port: PortView, vrf: str) -> dict[str, Any]:
    up, admin = ("up" if port.oper.up else "down"), ("up" if port.config.admin_up else "down")
    row: dict[str, Any] = {"vrf-name-out": vrf, "intf-name": port.name, "proto-state": up, "link-state": up,
                           "admin-state": admin, "iod": str(interface_number(node, port.name)), "mtu": str(port.config.mtu),
                           "ip-disabled": "FALSE"}  # fmt: skip
    if port.config.addresses:
        first, *others = (ipaddress.IPv4Interface(text) for text in port.config.addresses)
        row |= {"prefix": str(first.ip), "subnet": str(first.network.network_address),
                "masklen": str(first.network.prefixlen), "num-addr": str(len(others) + 1)}  # fmt: skip
        more = [
            {
                "prefix1": str(a.ip),
                "subnet1": str(a.network.network_address),
                "masklen1": str(a.network.prefixlen),
            }
            for a in others
        ]
        row |= rows_of("secondary_address", more)
    return row


@command("show-vrf")
def show_vrf(call: Call) -> Output:
    wanted = call.get("vrf")
    rows = [
        {"vrf_name": name, "vrf_id": str(number), "vrf_state": "Up", "vrf_reason": "--"}
        for name, number in sorted(vrf_numbers(call.node).items())
        if wanted in {None, "all", name}
    ]
    lines = ["VRF-Name                           VRF-ID State   Reason                        "]
    lines += [f"{r['vrf_name']:<34} {r['vrf_id']:>6} {r['vrf_state']:<7} {r['vrf_reason']:<30}" for r in rows]
    return Output("\n".join(lines), rows_of("vrf", rows))


@command("show-vrf-detail")
def show_vrf_detail(call: Call) -> Output:
    node = call.node
    wanted = call.get("vrf")
    rows, blocks = [], []
    for name, number in sorted(vrf_numbers(node).items()):
        if wanted not in {None, "all", name}:
            continue
        entry = node.config.root.get("vrf", "context", name)
        rd = (entry.section.value("rd") if entry and entry.section else None) or "0:0"
        tables = [{"tib_id": f"0x{number:08x}", "tib_af": "IPv4", "tib_nonce": f"0x{number:08x}", "tib_state": "Up"},
                  {"tib_id": f"0x8{number:07x}", "tib_af": "IPv6", "tib_nonce": f"0x8{number:07x}",
                   "tib_state": "Up"}]  # fmt: skip
        blocks.append("\n".join([
            f"VRF-Name: {name}, VRF-ID: {number}, State: Up", "    VPNID: unknown", f"    RD: {rd}",
            "    Max Routes: 0  Mid-Threshold: 0",
            *[f"    Table-ID: {t['tib_id']}, AF: {t['tib_af']}, Fwd-ID: {t['tib_nonce']}, State: Up"
              for t in reversed(tables)],
        ]))  # fmt: skip
        rows.append({"vrf_name": name, "vrf_id": str(number), "vrf_state": "Up", "vpnid": "unknown", "rd": rd,
                     "max_routes": "0", "mid_threshold": "0", **rows_of("tib", tables)})  # fmt: skip
    return Output("\n\n".join(blocks), rows_of("vrf", rows))


@command("show-vrf-interface")
def show_vrf_interface(call: Call) -> Output:
    node = call.node
    numbers = vrf_numbers(node)
    wanted = call.get("vrf")
    rows = []
    for name in node.config.interfaces():
        config = node.config.interface(name)
        if config.mode == "routed" and config.vrf in numbers and wanted in {None, "all", config.vrf}:
            rows.append(
                {"if_name": name, "vrf_name": config.vrf, "vrf_id": str(numbers[config.vrf]), "soo": "--"}
            )
    rows.sort(key=lambda row: row["vrf_name"])
    lines = ["Interface                 VRF-Name                        VRF-ID  Site-of-Origin"]
    lines += [f"{r['if_name']:<25} {r['vrf_name']:<31} {r['vrf_id']:>6}  {r['soo']}" for r in rows]
    return Output("\n".join(lines), rows_of("if", rows))


ARP_TIMEOUT_SECONDS = 1500


def arp_rows(node: Node, vrfs: list[str]) -> list[dict[str, str]]:
    """Whoever shares a network with an interface that is up: endpoints and other switches."""
    name, segments = node.spec.name, node.world.network().segments
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for leg in segments.legs[name]:
        if leg.vrf not in vrfs:
            continue
        for other in segments.on.get(leg.segment, ()):
            if other.node != name and other.address.ip in leg.address.network:
                spec = node.world.wiring.nodes[other.node]
                mac = hardware.mac_text(hardware.port_mac(spec.address, spec.model, other.name))
                rows[leg.name, str(other.address.ip)] = _arp_row(node, leg, mac, max(leg.since, other.since))
        for endpoint in segments.endpoints.get(leg.segment, ()):
            address = ipaddress.IPv4Address(endpoint.address or "0.0.0.0")
            if address in leg.address.network:
                since = node.world.oper(endpoint.node, endpoint.port).changed_at
                rows[leg.name, str(address)] = _arp_row(
                    node, leg, endpoint.mac.lower(), max(since, leg.since)
                )
    return [{**row, "ip-addr-out": ip} for (_, ip), row in sorted(rows.items(), key=_by_address)]


def _by_address(item: tuple[tuple[str, str], dict[str, str]]) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(item[0][1])


def _arp_row(node: Node, leg: Leg, mac: str, since: float) -> dict[str, str]:
    """Entries are refreshed whenever their time is over."""
    age = int(node.world.now() - max(since, node.booted_at())) % ARP_TIMEOUT_SECONDS
    return {"intf-out": leg.name, "ip-addr-out": "", "time-stamp": ago(age), "mac": mac, "flags": ""}


@command("show-ip-arp")
def show_ip_arp(call: Call) -> Output:
    node = call.node
    wanted = wanted_vrfs(call)
    if wanted is None:
        return Output(NO_VRF, error=True)
    rows = arp_rows(node, wanted)
    title = "all contexts" if len(wanted) > 1 else f"context {wanted[0]}"
    lines = ["", "Flags: * - Adjacencies learnt on non-active FHRP router",
             "       + - Adjacencies synced via CFSoE", "       # - Adjacencies Throttled for Glean",
             "       CP - Added via L2RIB, Control plane Adjacencies", "       PS - Added via L2RIB, Peer Sync", "",
             f"IP ARP Table for {title}", f"Total number of entries: {len(rows)}",
             "Address         Age       MAC Address     Interface       Flags"]  # fmt: skip
    lines += [f"{r['ip-addr-out']:<15} {r['time-stamp']:<9} {r['mac']:<15} {r['intf-out']}" for r in rows]
    vrf = {"vrf-name-out": wanted[0], "cnt-total": str(len(rows)), **rows_of("adj", rows)}
    return Output("\n".join(lines), rows_of("vrf", [vrf]))
