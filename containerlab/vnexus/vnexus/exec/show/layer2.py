"""VLANs, MAC addresses, LLDP, port-channels, and what spanning tree is set to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vnexus import hardware
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.names import short_name
from vnexus.facts import Mac, Neighbor
from vnexus.grammar.names import natural
from vnexus.world.routing.stp import StpVlan

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
    wanted, called = call.get("1-4094"), call.get("name")
    ports = vlan_ports(node)
    rows: list[dict[str, Any]] = []
    lines = ["", "VLAN Name                             Status    Ports",
             "---- -------------------------------- --------- -------------------------------"]  # fmt: skip
    for number, name in node.config.vlans().items():
        if (wanted and number != int(wanted)) or called not in {None, name}:
            continue
        state = _state(node, number)
        wrapped = _wrap([short_name(p) for p in ports[number]], 31)
        lines.append(f"{number:<4} {name[:32]:<32} {state:<9} {wrapped[0] if wrapped else ''}".rstrip())
        lines += [" " * 48 + more for more in wrapped[1:]]
        row = {"vlanshowbr-vlanid": str(number), "vlanshowbr-vlanid-utf": str(number), "vlanshowbr-vlanname": name,
               "vlanshowbr-vlanstate": "active" if state == "active" else "suspend",
               "vlanshowbr-shutstate": "noshutdown" if state != "act/lshut" else "shutdown"}  # fmt: skip
        rows.append({**row, "vlanshowplist-ifidx": compress(ports[number])} if ports[number] else row)
    if (wanted or called) and not rows:
        return Output(f"VLAN {wanted or called} not found in current VLAN database", error=True)
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


@command("show-spanning-tree-summary")
def show_spanning_tree_summary(call: Call) -> Output:
    node = call.node
    config = node.config.root
    mode = config.value("spanning-tree", "mode") or "rapid-pvst"
    flag = {"Port Type Default": "disable",
            "Edge Port [PortFast] BPDU Guard Default": _flag(node, "port", "type", "edge", "bpduguard", "default"),
            "Edge Port [PortFast] BPDU Filter Default": _flag(node, "port", "type", "edge", "bpdufilter", "default"),
            "Bridge Assurance": "enabled", "Loopguard Default": _flag(node, "loopguard", "default"),
            "Pathcost method used": config.value("spanning-tree", "pathcost", "method") or "short",
            "STP-Lite": "enabled"}  # fmt: skip
    roots = [s.vlan for s in _trees(node) if not s.root_port]
    lines = [
        f"Switch is in {mode} mode",
        f"Root bridge for: {_vlan_names(roots)}",
        *[f"{label:<40} is {value}" for label, value in flag.items()],
    ]
    lines += ["", "Name                   Blocking Listening Learning Forwarding STP Active",
              "---------------------- -------- --------- -------- ---------- ----------"]  # fmt: skip
    counts = [
        (f"VLAN{s.vlan:04d}", sum(port.state == "BLK" for port in s.ports), len(s.ports))
        for s in _trees(node)
    ]
    total = (f"{len(counts)} vlans", sum(blocking for _, blocking, _ in counts), sum(n for *_, n in counts))
    texts = [
        f"{name:<22}{blocking:>9}{0:>10}{0:>9}{n - blocking:>11}{n:>11}"
        for name, blocking, n in (*counts, total)
    ]
    lines += [*texts[:-1], lines[-1], texts[-1]]
    return Output("\n".join(lines), {"stp_mode": mode, "root_bridge_for": _vlan_names(roots)})


def _trees(node: Node) -> list[StpVlan]:
    tree = node.world.network().spanning_tree
    return [tree.vlan(node.spec.name, vlan) for vlan in node.config.vlans()]


def _vlan_names(vlans: list[int]) -> str:
    return ", ".join(f"VLAN{vlan:04d}" for vlan in vlans) or "none"


def _flag(node: Node, *words: str) -> str:
    return "enabled" if node.config.root.get("spanning-tree", *words) else "disabled"
