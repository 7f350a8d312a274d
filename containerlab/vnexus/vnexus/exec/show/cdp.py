"""CDP between switches: both ends run it unless they are told not to."""

from __future__ import annotations

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.names import short_name
from vnexus.world.cdp import CdpNeighbor, cdp_neighbors


@command("show-cdp")
def show_cdp(call: Call) -> Output:
    found = list(cdp_neighbors(call.node.world, call.node.spec.name))
    if "no cdp enable" in call.node.config.lines():
        return Output("Note: CDP is not enabled")
    if call.said("detail"):
        rows = [_detail_row(n) for n in found]
        return Output("\n".join(_detail(n) for n in found), rows_of("cdp_neighbor_detail_info", rows))
    lines = ["Capability Codes: R - Router, T - Trans-Bridge, B - Source-Route-Bridge",
             "                  S - Switch, H - Host, I - IGMP, r - Repeater,",
             "                  V - VoIP-Phone, D - Remotely-Managed-Device,",
             "                  s - Supports-STP-Dispute", "",
             "Device-ID          Local Intrfce  Hldtme Capability  Platform      Port ID"]  # fmt: skip
    for n in found:
        capabilities, port = "R S s", short_name(n.port.name)
        rest = f"{short_name(n.local):<14} {n.seconds_left:<6} {capabilities:<11} {n.platform:<13} {port}"
        lines += [n.device, f"{'':<20}{rest}"]
    lines += ["", f"Total entries displayed: {len(found)}"]
    rows = [{"device_id": n.device, "intf_id": n.local, "ttl": str(n.seconds_left),
             "capability": "router switch Supports-STP-Dispute", "platform_id": n.platform,
             "port_id": n.port.name} for n in found]  # fmt: skip
    body = {"neigh_count": str(len(found)), **rows_of("cdp_neighbor_brief_info", rows)}
    return Output("\n".join(lines), body)


def _detail(n: CdpNeighbor) -> str:
    lines = ["-" * 40, f"Device ID:{n.device}", f"System Name: {n.name}", "", "Interface address(es):"]
    addresses = [f"    IPv4 Address: {n.address}"] if n.address else []
    lines += addresses
    lines += [f"Platform: {n.platform}, Capabilities: Router Switch Supports-STP-Dispute",
              f"Interface: {n.local}, Port ID (outgoing port): {n.port.name}", f"Holdtime: {n.seconds_left} sec", "",
              "Version:", f"Cisco Nexus Operating System (NX-OS) Software, Version {n.release}", "",
              "Advertisement Version: 2", ""]  # fmt: skip
    lines += [f"Native VLAN: {n.port.native_vlan}"] if n.port.mode != "routed" else []
    return "\n".join([*lines, "Duplex: full", "", f"MTU: {n.port.mtu}", "Mgmt address(es):", *addresses])


def _detail_row(n: CdpNeighbor) -> dict[str, str]:
    return {"device_id": n.device, "sysname": n.name, "v4addr": n.address, "platform_id": n.platform,
            "capability": "router switch Supports-STP-Dispute", "intf_id": n.local, "port_id": n.port.name,
            "ttl": str(n.seconds_left), "version": f"Cisco Nexus Operating System (NX-OS) Software, Version {n.release}",
            "version_no": "v2", "nativevlan": str(n.port.native_vlan), "duplexmode": "full", "mtu": str(n.port.mtu),
            "v4mgmtaddr": n.address}  # fmt: skip
