"""VXLAN: what the configuration of the NVE interface says. The world has no overlay: no peer is ever there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnexus import hardware
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command

if TYPE_CHECKING:
    from vnexus.node import Node

_CODES = ["Codes: CP - Control Plane        DP - Data Plane", "       UC - Unconfigured         SA - Suppress ARP",
          "       S-ND - Suppress ND", "       SU - Suppress Unknown Unicast", "       Xconn - Crossconnect",
          "       MS-IR - Multisite Ingress Replication", "       HYB - Hybrid IRB mode", "",
          "Interface VNI      Multicast-group   State Mode Type [BD/VRF]      Flags",
          "--------- -------- ----------------- ----- ---- ------------------ -----"]  # fmt: skip


def _rows(node: Node) -> list[dict[str, str]]:
    section = node.config.section("nve1")
    if section is None:
        return []
    up = node.world.oper(node.spec.name, "nve1").up
    control = section.get("host-reachability", "protocol") is not None
    vlans, vrfs = _vlans(node), _vrfs(node)
    rows = []
    for entry in section.under("member", "vni"):
        vni, value = entry.identity[2], entry.value
        layer3 = "associate-vrf" in value
        inside = entry.section
        group = (inside.value("mcast-group") if inside else None) or value.removeprefix("mcast-group ")
        bgp = inside is not None and inside.value("ingress-replication", "protocol") == "bgp"
        place = vrfs.get(vni) if layer3 else vlans.get(vni)
        rows.append({
            "if-name": "nve1", "vni": vni, "mcast": "n/a" if layer3 else "UnicastBGP" if bgp else group or "n/a",
            "vni-state": "Up" if up and place else "Down", "mode": "CP" if control else "DP",
            "type": f"{'L3' if layer3 else 'L2'} [{place or 'UC'}]",
            "flags": "SA" if inside is not None and inside.get("suppress-arp") else "",
        })  # fmt: skip
    return sorted(rows, key=lambda row: int(row["vni"]))


def _vlans(node: Node) -> dict[str, str]:
    """VNI to the VLAN that it extends."""
    found = {}
    for entry in node.config.root.under("vlan"):
        vni = entry.section.value("vn-segment") if entry.section else None
        if vni:
            found[vni] = entry.identity[1]
    return found


def _vrfs(node: Node) -> dict[str, str]:
    found = {}
    for entry in node.config.root.under("vrf", "context"):
        vni = entry.section.value("vni") if entry.section else None
        if vni:
            found[vni.split()[0]] = entry.identity[2]
    return found


@command("show-nve-vni")
def show_nve_vni(call: Call) -> Output:
    rows = _rows(call.node)
    lines = [f"{r['if-name']:<9} {r['vni']:<8} {r['mcast']:<17} {r['vni-state']:<5} {r['mode']:<4} {r['type']:<18} "
             f"{r['flags']}".rstrip() for r in rows]  # fmt: skip
    return Output("\n".join([*_CODES, *lines]), rows_of("nve_vni", rows))


@command("show-nve-vni-detail")
def show_nve_vni_detail(call: Call) -> Output:
    rows = _rows(call.node)
    lines = []
    for row in rows:
        place = row["type"].partition("[")[2].rstrip("]")
        lines += [f"VNI: {row['vni']}", f"  NVE-Interface       : {row['if-name']}", f"  Mcast-Addr          : {row['mcast']}",
                  f"  VNI State           : {row['vni-state']}",
                  f"  Mode                : {'control-plane' if row['mode'] == 'CP' else 'data-plane'}",
                  f"  VNI Type            : {row['type']}", f"  VNI Flags           : {row['flags']}",
                  f"  Provision State     : {'vni-add-complete' if row['vni-state'] == 'Up' else 'vni-init'}",
                  f"  Vlan-BD             : {place if place.isdigit() else 0}", "  SVI State           : n/a"]  # fmt: skip
    return Output("\n".join(lines), rows_of("nve_vni", rows))


@command("show-nve-peers")
def show_nve_peers(call: Call) -> Output:
    del call
    return Output("Interface Peer-IP                                 State LearnType Uptime   Router-Mac       \n"
                  "--------- --------------------------------------  ----- --------- -------- -----------------", {})  # fmt: skip


@command("show-nve-interface")
def show_nve_interface(call: Call) -> Output:
    node = call.node
    section = node.config.section("nve1")
    if section is None:
        return Output("", {})
    up = "Up" if node.world.oper(node.spec.name, "nve1").up else "Down"
    source = section.value("source-interface") or "not configured"
    address = "0.0.0.0"
    if source.startswith("loopback") and node.config.section(source):
        addresses = node.config.interface(source).addresses
        address = addresses[0].partition("/")[0] if addresses else address
    mode = "Control-Plane" if section.get("host-reachability", "protocol") else "Data-Plane"
    row = {"if-name": "nve1", "if-state": up, "encap-type": "VXLAN", "vpc-capability": "VPC-VIP-Only [not-notified]",
           "host-reach-mode": mode, "source-if": source, "primary-ip": address, "secondary-ip": "0.0.0.0"}  # fmt: skip
    text = (f"Interface: nve1, State: {up}, encapsulation: VXLAN\n VPC Capability: {row['vpc-capability']}\n"
            f" Local Router MAC: {_router_mac(node)}\n Host Learning Mode: {mode}\n"
            f" Source-Interface: {source} (primary: {address}, secondary: 0.0.0.0)")  # fmt: skip
    return Output(text, rows_of("nve_if", [row]))


def _router_mac(node: Node) -> str:
    return hardware.mac_text(hardware.base_mac(node.spec.address))
