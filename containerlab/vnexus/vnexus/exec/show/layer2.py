"""VLANs, MAC addresses, LLDP, port-channels, vPC, spanning tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vnexus import hardware
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.names import short_name
from vnexus.facts import Mac, Neighbor
from vnexus.grammar.names import natural, vlan_text

if TYPE_CHECKING:
    from vnexus.node import Node


def vlan_ports(node: Node) -> dict[int, list[str]]:
    """Ports that carry each VLAN: access ports, trunks that are up, port-channels in place of members."""
    ports: dict[int, list[str]] = {number: [] for number in node.config.vlans()}
    for name in node.config.interfaces():
        if not name.startswith(("Ethernet", "port-channel")):
            continue
        config = node.config.interface(name)
        if config.mode == "routed" or config.channel_group is not None:
            continue
        if config.mode == "access":
            ports.get(config.access_vlan, []).append(name)
        elif node.world.oper(node.spec.name, name).up:
            for number, carried in ports.items():
                if number in config.allowed_vlans:
                    carried.append(name)
    return {number: sorted(names, key=_ethernet_first) for number, names in ports.items()}


def _ethernet_first(name: str) -> tuple[bool, tuple[tuple[int, int, str], ...]]:
    return not name.startswith("port-channel"), natural(name)


def compress(names: list[str]) -> str:
    """``Ethernet1/1-3,port-channel1-2``, as the structured output lists ports.

    >>> compress(["Ethernet1/1", "Ethernet1/2", "Ethernet1/5", "port-channel1"])
    'Ethernet1/1-2,Ethernet1/5,port-channel1'
    """
    runs: list[tuple[str, int, int]] = []
    for name in names:
        stem = name.rstrip("0123456789")
        number = int(name[len(stem) :])
        if runs and runs[-1][0] == stem and runs[-1][2] == number - 1:
            runs[-1] = (stem, runs[-1][1], number)
        else:
            runs.append((stem, number, number))
    return ",".join(f"{stem}{a}" if a == b else f"{stem}{a}-{b}" for stem, a, b in runs)


def _state(node: Node, number: int) -> str:
    entry = node.config.root.get("vlan", str(number))
    section = entry.section if entry else None
    if section and section.value("state") == "suspend":
        return "suspended"
    return "act/lshut" if section and section.get("shutdown") else "active"


@command("show-vlan")
def show_vlan(call: Call) -> Output:
    node = call.node
    brief = call.said("brief")
    wanted = call.get("1-4094")
    ports = vlan_ports(node)
    rows: list[dict[str, Any]] = []
    lines = ["", "VLAN Name                             Status    Ports",
             "---- -------------------------------- --------- -------------------------------"]  # fmt: skip
    for number, name in node.config.vlans().items():
        if wanted and number != int(wanted):
            continue
        state = _state(node, number)
        wrapped = _wrap([short_name(p) for p in ports[number]], 31)
        lines.append(f"{number:<4} {name[:32]:<32} {state:<9} {wrapped[0] if wrapped else ''}".rstrip())
        lines += [" " * 48 + more for more in wrapped[1:]]
        row = {"vlanshowbr-vlanid": str(number), "vlanshowbr-vlanid-utf": str(number), "vlanshowbr-vlanname": name,
               "vlanshowbr-vlanstate": "active" if state == "active" else "suspend",
               "vlanshowbr-shutstate": "noshutdown" if state != "act/lshut" else "shutdown"}  # fmt: skip
        rows.append({**row, "vlanshowplist-ifidx": compress(ports[number])} if ports[number] else row)
    if wanted and not rows:
        return Output(f"VLAN {wanted} not found in current VLAN database", error=True)
    body = rows_of("vlanbriefxbrief" if brief else "vlanbrief", rows)
    if not brief:
        lines += ["", "VLAN Type         Vlan-mode", "---- -----        ----------"]
        lines += [f"{r['vlanshowbr-vlanid']:<4} enet         CE    " for r in rows]
        lines += ["", "Remote SPAN VLANs", "-" * 79, "", "Primary  Secondary  Type             Ports",
                  "-------  ---------  ---------------  -------------------------------------------", ""]  # fmt: skip
        info = [{"vlanshowinfo-vlanid": r["vlanshowbr-vlanid"], "vlanshowinfo-media-type": "enet",
                 "vlanshowinfo-vlanmode": "ce-vlan"} for r in rows]  # fmt: skip
        body |= rows_of("mtuinfo", info)
    return Output("\n".join(lines), body)


def _wrap(words: list[str], width: int) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(word) + 2 <= width:
            lines[-1] += f", {word}"
        else:
            lines.append(word)
    return lines


@command("show-vlan-summary")
def show_vlan_summary(call: Call) -> Output:
    count = len(call.node.config.vlans())
    text = (f"\nNumber of existing VLANs           : {count}\n Number of existing user VLANs     : {count}\n"
            " Number of existing extended VLANs : 0")  # fmt: skip
    return Output(
        text, {"vlansum-all-vlan": str(count), "vlansum-user-vlan": str(count), "vlansum-extended-vlan": "0"}
    )


@command("show-mac")
def show_mac(call: Call) -> Output:
    node = call.node
    vlan, port = call.get("1-4094"), call.get("interface")
    rows = []
    base = hardware.mac_text(hardware.base_mac(node.spec.address))
    for name in node.config.interfaces():
        number = name.removeprefix("Vlan")
        if number.isdigit() and (not vlan or vlan == number) and not port:
            rows.append(_mac_row("G", Mac(int(number), base, "sup-eth1(R)")))
    for mac in node.world.macs(node.spec.name):
        if (vlan and mac.vlan != int(vlan)) or (port and mac.port != port):
            continue
        rows.append(_mac_row("*", mac))
    lines = ["Legend: ", "        * - primary entry, G - Gateway MAC, (R) - Routed MAC, O - Overlay MAC",
             "        age - seconds since last seen,+ - primary entry using vPC Peer-Link,",
             "        (T) - True, (F) - False, C - ControlPlane MAC, ~ - vsan,",
             "        (NA)- Not Applicable A - ESI Active Path, S - ESI Standby Path",
             "   VLAN     MAC Address      Type      age     Secure NTFY Ports",
             "---------+-----------------+--------+---------+------+----+------------------"]  # fmt: skip
    lines += [
        f"{r['disp_type'].strip():<2} {r['disp_vlan']:>6}     {r['disp_mac_addr']}   {kind:<7}  {r['disp_age']:<9}  "
        f"{r['disp_is_secure']:<6} {r['disp_is_ntfy']:<4} {r['disp_port']}"
        for r in rows
        for kind in ["static" if r["disp_is_static"] == "1" else "dynamic"]
    ]  # fmt: skip
    return Output("\n".join(lines), rows_of("mac_address", rows))


def _mac_row(mark: str, mac: Mac) -> dict[str, str]:
    """``G`` rows are the switch's own."""
    own = mark == "G"
    return {"disp_mac_addr": mac.address, "disp_type": f"{mark} ", "disp_vlan": str(mac.vlan),
            "disp_is_static": "1" if own else "0", "disp_age": "-" if own else "0",
            "disp_is_secure": "F", "disp_is_ntfy": "F", "disp_port": short_name(mac.port)}  # fmt: skip


def capabilities(letters: str) -> str:
    """``B, R`` for ``BR``."""
    return ", ".join(letters) or "not advertised"


@command("show-lldp")
def show_lldp(call: Call) -> Output:
    node = call.node
    port = call.get("interface")
    found = [n for n in node.world.neighbors(node.spec.name) if not port or n.local_port == port]
    found.sort(key=lambda n: natural(n.local_port))
    legend = ["Capability codes:", "  (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device",
              "  (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other",
              "Device ID            Local Intf      Hold-time  Capability  Port ID  "]  # fmt: skip
    if call.said("detail"):
        blocks = [_detail(n) for n in found]
        rows = [_detail_row(n) for n in found]
        body = {"neigh_hdr": "neigh_hdr", **rows_of("nbor_detail", rows), "neigh_count": str(len(found))}
        return Output(
            "\n".join([*legend, "", "\n\n".join(blocks), "", f"Total entries displayed: {len(found)}"]), body
        )
    lines = list(legend)
    rows = []
    for n in found:
        rest = f"{short_name(n.local_port):<15} {120:<10} {n.capabilities:<11} {short_name(n.port):<14}"
        lines += [f"{n.node:<20} {rest}"] if len(n.node) <= 20 else [f"{n.node} ", f"{'':<21}{rest}"]
        rows.append({"chassis_type": "4", "chassis_id": n.node, "l_port_id": short_name(n.local_port),
                     "hold_time": "120", "capability": n.capabilities, "port_type": "5", "port_id": n.port,
                     "mgmt_addr_type": "IPV4", "mgmt_addr": n.address or "not advertised"})  # fmt: skip
    body = {"neigh_hdr": "neigh_hdr", **rows_of("nbor", rows), "neigh_count": str(len(found))}
    return Output("\n".join([*lines, f"Total entries displayed: {len(found)}"]), body)


def _detail(n: Neighbor) -> str:
    return "\n".join([
        f"Chassis id: {n.chassis}", f"Port id: {n.port}", f"Local Port id: {short_name(n.local_port)}",
        f"Port Description: {n.description or 'not advertised'}", f"System Name: {n.node}",
        f"System Description: {_describe(n)}", "Time remaining: 107 seconds",
        f"System Capabilities: {capabilities(n.capabilities)}", f"Enabled Capabilities: {capabilities(n.capabilities)}",
        f"Management Address: {n.address or 'not advertised'}", "Management Address IPV6: not advertised",
        "Vlan ID: not advertised",
    ])  # fmt: skip


def _describe(n: Neighbor) -> str:
    return "Cisco Nexus Operating System (NX-OS) Software" if "B" in n.capabilities else n.node


def _detail_row(n: Neighbor) -> dict[str, str]:
    return {"chassis_type": "4", "chassis_id": n.chassis, "port_type": "5", "port_id": n.port,
            "l_port_id": short_name(n.local_port), "port_desc": n.description or "not advertised", "sys_name": n.node,
            "sys_desc": _describe(n), "ttl": "107", "system_capability": capabilities(n.capabilities),
            "enabled_capability": capabilities(n.capabilities), "mgmt_addr_type": "IPV4",
            "mgmt_addr": n.address or "not advertised", "vlan_id": "not advertised"}  # fmt: skip


@command("show-port-channel-summary")
def show_port_channel_summary(call: Call) -> Output:
    node = call.node
    name = node.spec.name
    lines = ["Flags:  D - Down        P - Up in port-channel (members)",
             "        I - Individual  H - Hot-standby (LACP only)",
             "        s - Suspended   r - Module-removed", "        b - BFD Session Wait",
             "        S - Switched    R - Routed", "        U - Up (port-channel)",
             "        p - Up in delay-lacp mode (member)", "        M - Not in use. Min-links not met", "-" * 80,
             "Group Port-       Type     Protocol  Member Ports", "      Channel", "-" * 80]  # fmt: skip
    rows = []
    for channel in (n for n in node.config.interfaces() if n.startswith("port-channel")):
        number = channel.removeprefix("port-channel")
        config = node.config.interface(channel)
        up = node.world.oper(name, channel).up
        members = [s.label for s in node.config.members(channel)]
        lacp = any(node.config.interface(m).channel_mode != "on" for m in members)
        flags = ("R" if config.mode == "routed" else "S") + ("U" if up else "D")
        marks = [(m, _member_flag(node, m)) for m in members]
        ports = "    ".join(f"{short_name(m)}({flag})" for m, flag in marks) or "--"
        protocol = "LACP" if lacp else "NONE"
        lines.append(f"{number:<5} {f'Po{number}({flags})':<11} {'Eth':<8} {protocol:<9} {ports}")
        row: dict[str, Any] = {"group": number, "port-channel": channel, "layer": flags[0],
                               "status": flags[1], "type": "Eth", "prtcl": protocol}  # fmt: skip
        rows.append({**row, **rows_of("member", [{"port": m, "port-status": flag} for m, flag in marks])})
    return Output("\n".join(lines), rows_of("channel", rows))


def _member_flag(node: Node, port: str) -> str:
    oper = node.world.oper(node.spec.name, port)
    return "P" if oper.up else "s" if oper.reason == "suspnd" else "D"


@command("show-vpc")
def show_vpc(call: Call) -> Output:
    node = call.node
    entry = next(iter(node.config.root.under("vpc", "domain")), None)
    if entry is None or entry.section is None:
        return Output("ERROR: vPC is not configured" if node.config.feature("vpc") else
                      "                   ^\n% Invalid command at '^' marker.", error=True)  # fmt: skip
    domain = entry.section
    peer = next((n for n in node.config.interfaces() if _has(node, n, ("vpc", "peer-link"))), None)
    up = peer is not None and node.world.oper(node.spec.name, peer).up
    alive = domain.get("peer-keepalive") is not None
    vpcs = [(n, v) for n in node.config.interfaces() if (v := _vpc_number(node, n))]
    enabled = {"Peer Gateway": "peer-gateway", "Auto-recovery status": "auto-recovery"}
    fields = {
        "vPC domain id": entry.identity[2],
        "Peer status": "peer adjacency formed ok" if up else "peer link is down",
        "vPC keep-alive status": "peer is alive" if alive else "Suspended (Destination IP not reachable)",
        "Configuration consistency status": "success" if up else "failed",
        "Per-vlan consistency status": "success", "Type-2 consistency status": "success",
        "vPC role": _role(domain.value("role", "priority")) if up else "none established",
        "Number of vPCs configured": str(len(vpcs)),
        **{label: "Enabled" if domain.get(line) else "Disabled" for label, line in enabled.items()},
        "Dual-active excluded VLANs": "-", "Graceful Consistency Check": "Enabled",
        "Delay-restore status": f"Timer is off.(timeout = {domain.value('delay', 'restore') or '30'}s)",
        "Delay-restore SVI status": "Timer is off.(timeout = 10s)",
        "Operational Layer3 Peer-router": "Enabled" if domain.get("layer3", "peer-router") else "Disabled",
    }  # fmt: skip
    lines = ["Legend:", "                (*) - local vPC is down, forwarding via vPC peer-link", ""]
    lines += [f"{label:<34}: {value}" for label, value in fields.items()]
    peer_rows, rows = [], []
    lines += ["", "vPC Peer-link status", "-" * 69, "id    Port   Status Active vlans    ",
              "--    ----   ------ -------------------------------------------------"]  # fmt: skip
    vlans = compress_vlans(node, peer) if peer else "-"
    if peer:
        state = "up" if up else "down"
        lines.append(f"1     {short_name(peer):<6} {state:<6} {vlans if up else '-'}")
        peer_rows.append({"peer-link-id": "1", "peerlink-ifindex": short_name(peer),
                          "peer-link-port-state": "1" if up else "0", "peer-up-vlan-bitset": vlans})  # fmt: skip
    lines += ["", "vPC status", "-" * 76, "Id    Port          Status Consistency Reason                Active vlans",
              "--    ------------  ------ ----------- ------                ---------------"]  # fmt: skip
    for name, number in vpcs:
        oper = node.world.oper(node.spec.name, name)
        state = "up" if oper.up else "down*"
        active = compress_vlans(node, name)
        lines.append(f"{number:<5} {short_name(name):<13} {state:<6} {'success':<11} {'success':<21} "
                     f"{active if oper.up else '-'}")  # fmt: skip
        rows.append({"vpc-id": number, "vpc-ifindex": short_name(name), "vpc-port-state": "1" if oper.up else "0",
                     "vpc-consistency": "consistent", "vpc-consistency-status": "SUCCESS",
                     "up-vlan-bitset": active})  # fmt: skip
    body: dict[str, Any] = {
        "vpc-domain-id": fields["vPC domain id"], "vpc-peer-status": "peer-ok" if up else "peer-link-down",
        "vpc-peer-status-reason": "SUCCESS" if up else "Peer-link down",
        "vpc-peer-keepalive-status": "peer-alive" if alive else "suspended",
        "vpc-peer-consistency": "consistent" if up else "inconsistent", "vpc-role": fields["vPC role"],
        "num-of-vpcs": str(len(vpcs)), **rows_of("peerlink", peer_rows), **rows_of("vpc", rows),
    }  # fmt: skip
    return Output("\n".join(lines), body)


def _has(node: Node, name: str, identity: tuple[str, ...]) -> bool:
    section = node.config.section(name)
    return section is not None and identity in section.entries


def _vpc_number(node: Node, name: str) -> str | None:
    section = node.config.section(name)
    if section is None:
        return None
    return next((e.identity[1] for e in section.under("vpc") if e.identity[1].isdigit()), None)


def _role(priority: str | None) -> str:
    """The lower priority is primary; the default is in the middle."""
    return "primary" if int(priority or 32667) < 32667 else "secondary"


def compress_vlans(node: Node, name: str) -> str:
    """VLANs of the switch that the port carries."""
    config = node.config.interface(name)
    known = set(node.config.vlans())
    return (
        vlan_text(known & config.allowed_vlans if config.mode == "trunk" else known & {config.access_vlan})
        or "-"
    )


@command("show-spanning-tree-summary")
def show_spanning_tree_summary(call: Call) -> Output:
    node = call.node
    config = node.config.root
    mode = config.value("spanning-tree", "mode") or "rapid-pvst"
    flag = {"Port Type Default": "disable",
            "Edge Port [PortFast] BPDU Guard Default": _flag(node, "port", "type", "edge", "bpduguard", "default"),
            "Edge Port [PortFast] BPDU Filter Default": _flag(node, "port", "type", "edge", "bpdufilter", "default"),
            "Bridge Assurance": "enabled", "Loopguard Default": _flag(node, "loopguard", "default"),
            "Pathcost method used": config.value("spanning-tree", "pathcost", "method") or "short"}  # fmt: skip
    lines = [f"Switch is in {mode} mode", *[f"{label:<45} is {value}" for label, value in flag.items()]]
    return Output("\n".join(lines), {"stp_mode": mode})


def _flag(node: Node, *words: str) -> str:
    return "enabled" if node.config.root.get("spanning-tree", *words) else "disabled"
