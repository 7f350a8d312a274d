"""``show interface`` and its short forms."""

from __future__ import annotations

from typing import Any

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.names import ago, reason, short_name, speed_word, status, vlan_word
from vnexus.exec.show.port import PortView, views

NO_SUCH = "                                  ^\nInvalid range at '^' marker."
LINE = "-" * 80


def _views(call: Call) -> list[PortView] | None:
    try:
        return list(views(call.node, call.get("interfaces")))
    except KeyError:
        return None


@command("show-interface")
def show_interface(call: Call) -> Output:
    found = _views(call)
    if found is None:
        return Output(NO_SUCH, error=True)
    texts, rows = [], []
    for port in found:
        render = (
            _svi if port.name.startswith("Vlan") else _loopback if port.name.startswith("loopback") else _port
        )
        text, row = render(port)
        texts.append(text)
        rows.append(row)
    return Output("\n\n".join(texts) + "\n", rows_of("interface", rows))


def _head(port: PortView) -> tuple[list[str], dict[str, Any]]:
    up, admin = port.oper.up, "up" if port.config.admin_up else "down"
    lines = [f"{port.name} is up" if up else f"{port.name} is down ({reason(port.oper)})"]
    row: dict[str, Any] = {"interface": port.name, "state": "up" if up else "down"}
    if not up:
        row["state_rsn_desc"] = reason(port.oper)
    row["admin_state"] = admin
    return lines, row


def _address(port: PortView, lines: list[str], row: dict[str, Any]) -> None:
    if port.address:
        ip, _, length = port.address.partition("/")
        lines.append(f"  Internet Address is {port.address}")
        row |= {"eth_ip_addr": ip, "eth_ip_mask": length, "eth_ip_prefix": ip}


def _loopback(port: PortView) -> tuple[str, dict[str, Any]]:
    lines, row = _head(port)
    lines += [f"admin state is {row['admin_state']}", "  Hardware: Loopback"]
    row["eth_hw_desc"] = "Loopback"
    if port.config.description:
        lines.append(f"  Description: {port.config.description}")
        row["desc"] = port.config.description
    _address(port, lines, row)
    lines += [f"  MTU {port.config.mtu} bytes, BW 8000000 Kbit , DLY 5000 usec",
              "  reliability 255/255, txload 1/255, rxload 1/255", "  Encapsulation LOOPBACK, medium is broadcast"]  # fmt: skip
    row |= {"eth_mtu": str(port.config.mtu), "eth_bw": "8000000", "eth_dly": "5000", "medium": "broadcast"}
    return "\n".join(lines), row


def _svi(port: PortView) -> tuple[str, dict[str, Any]]:
    admin = "up" if port.config.admin_up else "down"
    state = "up" if port.oper.up else "down"
    why = "" if port.oper.up else f" ({reason(port.oper)})"
    lines = [f"{port.name} is {admin if admin == 'down' else state}{why}, line protocol is {state}, autostate enabled",
             f"  Hardware is EtherSVI, address is  {port.mac}"]  # fmt: skip
    row: dict[str, Any] = {"interface": port.name, "svi_admin_state": admin, "svi_line_proto": state,
                           "svi_mac": f"  {port.mac}", "svi_mtu": str(port.config.mtu), "svi_bw": "1000000",
                           "svi_delay": "10"}  # fmt: skip
    if not port.oper.up:
        row["svi_rsn_desc"] = reason(port.oper)
    if port.config.description:
        lines.append(f"  Description: {port.config.description}")
        row["svi_desc"] = port.config.description
    if port.address:
        ip, _, length = port.address.partition("/")
        lines.append(f"  Internet Address is {port.address}")
        row |= {"svi_ip_addr": ip, "svi_ip_mask": length}
    lines += [f"  MTU {port.config.mtu} bytes, BW 1000000 Kbit , DLY 10 usec,",
              "   reliability 255/255, txload 1/255, rxload 1/255", "  Encapsulation ARPA, loopback not set",
              "  Keepalive not supported", "  ARP type: ARPA",
              '  Last clearing of "show interface" counters never']  # fmt: skip
    return "\n".join(lines), row


def _mode(port: PortView) -> str:
    return "access" if port.config.mode == "access" else "trunk" if port.config.mode == "trunk" else "routed"


def _port(port: PortView) -> tuple[str, dict[str, Any]]:
    """A physical port, mgmt0 or a port-channel."""
    lines, row = _head(port)
    physical = port.name.startswith("Ethernet")
    kind = {"mgmt": "Ethernet", "port": "Port-Channel", "nve1": "NVE"}.get(
        port.name[:4],
        "100/1000/10000/25000 Ethernet" if port.kilobits >= 10_000_000 else "10/100/1000 Ethernet",
    )
    belongs = f", Belongs to Po{port.config.channel_group}" if port.config.channel_group else ""
    lines.append(f"admin state is {row['admin_state']},{' Dedicated Interface' if physical else ''}")
    lines[-1] = (
        lines[-1] if not belongs else f"admin state is {row['admin_state']}, Dedicated Interface"
    ) + ""
    if belongs:
        lines.append(f"  Belongs to Po{port.config.channel_group}")
        row["eth_bundle"] = f"port-channel{port.config.channel_group}"
    vpc = next((e.identity[1] for e in port.section.under("vpc") if e.identity[1].isdigit()), None)
    if vpc:
        lines.append(f" vPC Status: {'Up' if port.oper.up else 'Down'}, vPC number: {vpc}")
    lines.append(f"  Hardware: {kind}, address: {port.mac} (bia {port.mac})")
    row |= {"eth_hw_desc": kind, "eth_hw_addr": port.mac, "eth_bia_addr": port.mac}
    if port.config.description:
        lines.append(f"  Description: {port.config.description}")
        row["desc"] = port.config.description
    _address(port, lines, row)
    tx, rx = _load(port, 1), _load(port, 0)
    width = int(port.section.value("bandwidth") or port.kilobits)
    delay = 10 * int(port.section.value("delay") or 1)
    lines += [f"  MTU {port.config.mtu} bytes, BW {width} Kbit , DLY {delay} usec",
              f"  reliability 255/255, txload {tx}/255, rxload {rx}/255", "  Encapsulation ARPA, medium is broadcast"]  # fmt: skip
    row |= {"eth_mtu": str(port.config.mtu), "eth_bw": width, "eth_dly": delay, "eth_reliability": "255",
            "eth_txload": str(tx), "eth_rxload": str(rx), "medium": "broadcast"}  # fmt: skip
    if port.name != "mgmt0":
        lines.append(f"  Port mode is {_mode(port)}")
        row["eth_mode"] = _mode(port)
    _speed(port, lines, row)
    if port.members:
        members = ", ".join(short_name(name) for name in port.members)
        lines.append(f"  Members in this channel: {members}")
        row["eth_members"] = members
    _counters(port, lines, row)
    return "\n".join(lines), row


def _speed(port: PortView, lines: list[str], row: dict[str, Any]) -> None:
    if port.oper.up:
        mbps = port.oper.speed_mbps
        speed = f"{mbps // 1000} Gb/s" if mbps >= 1000 and port.name != "mgmt0" else f"{mbps} Mb/s"
        lines.append(f"  full-duplex, {speed}")
        row |= {"eth_duplex": "full", "eth_speed": speed}
    else:
        lines.append("  auto-duplex, auto-speed")
        row |= {"eth_duplex": "auto", "eth_speed": "auto-speed"}
    if port.media != "--":
        lines[-1] += f", media type is {'10G' if 'SFP' in port.media else '1G'}" if port.oper.up else ""
        row["eth_media"] = port.media
    lines += _settings(port, row)


def _settings(port: PortView, row: dict[str, Any]) -> list[str]:
    """What the configuration says about the line; ports that say nothing have the defaults."""
    section = port.section
    beacon = "on" if section.get("beacon") else "off"
    automatic = section.get("negotiate", "auto")
    negotiates = "off" if automatic is not None and automatic.negative else "on"
    fec = {"off": "off", "fc-fec": "fc-fec", "rs-fec": "rs-fec"}.get(section.value("fec") or "", "Auto")
    receive, send = (section.value("flowcontrol", way) or "off" for way in ("receive", "send"))
    row |= {"eth_beacon": beacon, "eth_autoneg": negotiates, "eth_in_flowctrl": receive, "eth_out_flowctrl": send,
            "eth_mdix": "off", "eth_swt_monitor": "off", "eth_ethertype": "0x8100"}  # fmt: skip
    return [f"  Beacon is turned {beacon}", f"  Auto-Negotiation is turned {negotiates}  FEC mode is {fec}",
            f"  Input flow-control is {receive}, output flow-control is {send}", "  Auto-mdix is turned off",
            "  Switchport monitor is off ", "  EtherType is 0x8100 "]  # fmt: skip


def _load(port: PortView, way: int) -> int:
    """Use of the line in 255ths, at least one."""
    return max(1, min(255, port.rates[way] * 8 * 255 // max(port.kilobits * 1_000_000, 1)))


def _counters(port: PortView, lines: list[str], row: dict[str, Any]) -> None:
    node, c, rates = port.node, port.counters, port.rates
    changed = port.oper.changed_at
    flapped = ago(node.clock.now() - changed) if changed > node.booted_at() or port.oper.up else "never"
    rx_bits, tx_bits = rates[0] * 8 // 1000, rates[1] * 8 // 1000
    rx_packets, tx_packets = sum(rates[2:5]) // 1000, sum(rates[5:8]) // 1000
    rx, tx = c.rx_unicast + c.rx_multicast + c.rx_broadcast, c.tx_unicast + c.tx_multicast + c.tx_broadcast
    lines += [f"  Last link flapped {flapped}", '  Last clearing of "show interface" counters never',
              "  1 interface resets", "  Load-Interval #1: 30 seconds",
              f"    30 seconds input rate {rx_bits} bits/sec, {rx_packets} packets/sec",
              f"    30 seconds output rate {tx_bits} bits/sec, {tx_packets} packets/sec",
              f"    input rate {rx_bits} bps, {rx_packets} pps; output rate {tx_bits} bps, {tx_packets} pps",
              "  RX",
              f"    {c.rx_unicast} unicast packets  {c.rx_multicast} multicast packets  {c.rx_broadcast} broadcast packets",
              f"    {rx} input packets  {c.rx_bytes} bytes", "    0 jumbo packets  0 storm suppression bytes",
              f"    0 runts  0 giants  {c.rx_errors} CRC/FCS  0 no buffer",
              f"    {c.rx_errors} input error  0 short frame  0 overrun   0 underrun  0 ignored",
              "    0 watchdog  0 bad etype drop  0 bad proto drop  0 if down drop",
              f"    0 input with dribble  {c.rx_discards} input discard", "    0 Rx pause",
              "  TX",
              f"    {c.tx_unicast} unicast packets  {c.tx_multicast} multicast packets  {c.tx_broadcast} broadcast packets",
              f"    {tx} output packets  {c.tx_bytes} bytes", "    0 jumbo packets",
              f"    {c.tx_errors} output error  0 collision  0 deferred  0 late collision",
              f"    0 lost carrier  0 no carrier  0 babble  {c.tx_discards} output discard", "    0 Tx pause"]  # fmt: skip
    row |= {"eth_link_flapped": flapped, "eth_clear_counters": "never", "eth_reset_cntr": 1,
            "eth_load_interval1_rx": 30, "eth_inrate1_bits": str(rx_bits), "eth_inrate1_pkts": str(rx_packets),
            "eth_outrate1_bits": str(tx_bits), "eth_outrate1_pkts": str(tx_packets),
            "eth_inucast": c.rx_unicast, "eth_inmcast": c.rx_multicast, "eth_inbcast": c.rx_broadcast,
            "eth_inpkts": rx, "eth_inbytes": c.rx_bytes, "eth_crc": str(c.rx_errors), "eth_inerr": str(c.rx_errors),
            "eth_indiscard": str(c.rx_discards), "eth_outucast": c.tx_unicast, "eth_outmcast": c.tx_multicast,
            "eth_outbcast": c.tx_broadcast, "eth_outpkts": tx, "eth_outbytes": c.tx_bytes,
            "eth_outerr": str(c.tx_errors), "eth_outdiscard": str(c.tx_discards)}  # fmt: skip


@command("show-interface-status")
def show_interface_status(call: Call) -> Output:
    found = _views(call)
    if found is None:
        return Output(NO_SUCH, error=True)
    rows = []
    for port in found:
        up = port.oper.up
        logical = port.name.startswith(("loopback", "Vlan", "nve"))
        speed = speed_word(port.oper.speed_mbps) if up and not logical else "auto"
        rows.append({
            "interface": port.name, "name": port.config.description or "--", "state": status(port.oper),
            "vlan": vlan_word(port.config), "duplex": "full" if up and not logical else "auto", "speed": speed,
            "type": port.media,
        })  # fmt: skip
    head = [LINE, "Port          Name               Status    Vlan      Duplex  Speed   Type", LINE]
    text = [
        f"{short_name(str(r['interface'])):<14}{str(r['name'])[:18]:<19}{r['state']:<10}{r['vlan']:<10}{r['duplex']:<8}"
        f"{r['speed']:<8}{r['type']}" for r in rows
    ]  # fmt: skip
    return Output("\n".join(["", *head, *text]), rows_of("interface", rows))


@command("show-interface-description")
def show_interface_description(call: Call) -> Output:
    found = _views(call)
    if found is None:
        return Output(NO_SUCH, error=True)
    lines: list[str] = []
    rows = []
    before = ""
    for port in found:
        ethernet = port.name.startswith("Ethernet")
        kind = "eth" if ethernet else port.name.rstrip("0123456789")
        description = port.config.description or "--"
        if kind != before and not {kind, before} <= {"loopback", "Vlan"}:
            title = (
                "Port          Type   Speed   Description" if ethernet else f"{'Interface':<25}Description"
            )
            lines += ["", "-" * 79, title, "-" * 79]
            before = kind
        speed = speed_word(port.kilobits // 1000)
        head = f"{port.short:<14}{'eth':<7}{speed:<8}" if ethernet else f"{port.short:<25}"
        lines.append(head + description)
        row = {"interface": port.name, "desc": description}
        rows.append({**row, "type": "eth", "speed": speed} if ethernet else row)
    return Output("\n".join(lines), rows_of("interface", rows))


@command("show-interface-brief")
def show_interface_brief(call: Call) -> Output:
    found = _views(call)
    if found is None:
        return Output(NO_SUCH, error=True)
    lines: list[str] = []
    rows = []
    before = ""
    for port in found:
        kind = port.name.rstrip("0123456789/.")
        if kind != before:
            lines += ["", LINE, *_BRIEF_TITLES.get(kind, _BRIEF_TITLES["loopback"]), LINE]
            before = kind
        text, row = _brief(port, kind)
        lines.append(text)
        rows.append(row)
    return Output("\n".join(lines), rows_of("interface", rows))


_BRIEF_TITLES = {
    "mgmt": ["Port   VRF          Status IP Address                              Speed    MTU"],
    "Ethernet": ["Ethernet      VLAN    Type Mode   Status  Reason                 Speed     Port",
                 "Interface                                                                    Ch #"],
    "port-channel": ["Port-channel VLAN    Type Mode   Status  Reason                              Speed   Protocol",
                     "Interface                                                                  "],
    "Vlan": ["Interface Secondary VLAN(Type)                    Status Reason"],
    "loopback": ["Interface     Status     Description"],
}  # fmt: skip


def _brief(port: PortView, kind: str) -> tuple[str, dict[str, Any]]:
    up = "up" if port.oper.up else "down"
    row: dict[str, Any] = {"interface": port.name, "state": up}
    if kind == "mgmt":
        ip = (port.address or "--").partition("/")[0]
        row |= {
            "vrf": port.config.vrf,
            "ip_addr": ip,
            "speed": str(port.oper.speed_mbps),
            "mtu": str(port.config.mtu),
        }
        speed = row["speed"]
        return f"{port.name:<7}{'--':<13}{up:<7}{ip:<40}{speed:<9}{port.config.mtu}", row
    if kind == "Vlan":
        why = "--" if port.oper.up else reason(port.oper)
        return f"{port.name:<10}{'--':<40}{up:<7}{why}", row | {"svi_rsn_desc": why, "is_nxapi": "1"}
    if kind not in {"Ethernet", "port-channel"}:
        return f"{port.short:<14}{up:<11}{port.config.description or '--'}", row
    vlan = "--" if port.config.mode == "routed" else str(
        port.config.native_vlan if port.config.mode == "trunk" else port.config.access_vlan
    )  # fmt: skip
    speed = f"{speed_word(port.oper.speed_mbps)}(D)" if port.oper.up else "auto(D)"
    why = reason(port.oper)
    row |= {"vlan": vlan, "type": "eth", "portmode": _mode(port), "state_rsn_desc": why, "speed": speed,
            "ratemode": "D"}  # fmt: skip
    if kind == "port-channel":
        protocol = "lacp" if any("mode" in (s.value("channel-group") or "") for s in
                                 port.node.config.members(port.name)) else "none"  # fmt: skip
        return f"{port.short:<13}{vlan:<8}eth  {_mode(port):<7}{up:<8}{why[:25]:<26}{'a-' if port.oper.up else ''}{speed:<9}{protocol}", row | {"proto": protocol}  # fmt: skip
    channel = str(port.config.channel_group or "--")
    return f"{port.short:<14}{vlan:<8}eth  {_mode(port):<7}{up:<8}{why[:25]:<26}{speed:<8}{channel}", row | {"portchan": channel}  # fmt: skip


@command("show-interface-counters")
def show_interface_counters(call: Call) -> Output:
    found = _views(call)
    if found is None:
        return Output(NO_SUCH, error=True)
    ports = [p for p in found if p.name.startswith(("Ethernet", "port-channel", "mgmt"))]
    groups = (
        ("rx", (("InOctets", "rx_bytes", "eth_inbytes"), ("InUcastPkts", "rx_unicast", "eth_inucast"))),
        ("rx", (("InMcastPkts", "rx_multicast", "eth_inmcast"), ("InBcastPkts", "rx_broadcast", "eth_inbcast"))),
        ("tx", (("OutOctets", "tx_bytes", "eth_outbytes"), ("OutUcastPkts", "tx_unicast", "eth_outucast"))),
        ("tx", (("OutMcastPkts", "tx_multicast", "eth_outmcast"), ("OutBcastPkts", "tx_broadcast", "eth_outbcast"))),
    )  # fmt: skip
    lines: list[str] = []
    body: dict[str, Any] = {}
    totals: dict[str, list[dict[str, Any]]] = {"rx": [], "tx": []}
    for side, pair in groups:
        lines += ["", "-" * 82, f"{'Port':<15}" + "".join(f"{title:>34}" for title, _, _ in pair), "-" * 82]
        for port in ports:
            counters = port.counters
            values = [getattr(counters, name) for _, name, _ in pair]
            lines.append(f"{port.short:<15}" + "".join(f"{value:>34}" for value in values))
            keys = {key: value for (_, _, key), value in zip(pair, values, strict=True)}
            totals[side].append({f"interface_{side}": port.short, **keys})
    for side, rows in totals.items():
        body |= rows_of(f"{side}_counters", rows)
    return Output("\n".join(lines), body)


@command("show-interface-errors")
def show_interface_errors(call: Call) -> Output:
    found = _views(call)
    if found is None:
        return Output(NO_SUCH, error=True)
    ports = [p for p in found if p.name.startswith(("Ethernet", "port-channel", "mgmt"))]
    titles = ("Align-Err", "FCS-Err", "Xmit-Err", "Rcv-Err", "UnderSize", "OutDiscards")
    lines = ["", LINE, f"{'Port':<14}" + "".join(f"{t:>11}" for t in titles), LINE]
    rows = []
    for port in ports:
        c = port.counters
        values = (0, c.rx_errors, c.tx_errors, c.rx_errors, 0, c.tx_discards)
        lines.append(f"{port.short:<14}" + "".join(f"{v:>11}" for v in values))
        rows.append({"interface": port.name, "eth_fcs_err": str(c.rx_errors), "eth_xmit_err": str(c.tx_errors),
                     "eth_rcv_err": str(c.rx_errors), "eth_outdisc": str(c.tx_discards)})  # fmt: skip
    return Output("\n".join(lines), rows_of("interface", rows))
