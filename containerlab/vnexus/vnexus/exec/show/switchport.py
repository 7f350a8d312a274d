"""Switching side of ports: ``show interface switchport``, transceivers, PoE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vnexus import hardware
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.interface import NO_SUCH
from vnexus.exec.show.names import short_name
from vnexus.exec.show.port import PortView, views
from vnexus.facts import Sensor
from vnexus.grammar.names import vlan_text

if TYPE_CHECKING:
    from vnexus.node import Node


@command("show-interface-switchport")
def show_interface_switchport(call: Call) -> Output:
    try:
        found = list(views(call.node, call.get("interfaces")))
    except KeyError:
        return Output(NO_SUCH, error=True)
    names = call.node.config.vlans()
    texts, rows = [], []
    for port in found:
        if port.name.startswith(("Ethernet", "port-channel")):
            text, row = _switchport(port, names)
            texts.append(text)
            rows.append(row)
    return Output("\n".join(texts), rows_of("interface", rows))


def _switchport(port: PortView, names: dict[int, str]) -> tuple[str, dict[str, Any]]:
    config = port.config
    enabled = config.mode != "routed"
    access = names.get(config.access_vlan, "Vlan not created")
    native = names.get(config.native_vlan, "Vlan not created")
    voice = port.section.value("switchport", "voice", "vlan") or "none"
    mode = config.mode if enabled and port.oper.up else "down" if enabled else "routed"
    allowed = vlan_text(config.allowed_vlans) or "none"
    text = "\n".join([
        f"Name: {port.name}", f"  Switchport: {'Enabled' if enabled else 'Disabled'}",
        "  Switchport Monitor: Not enabled", "  Switchport Isolated : Not enabled",
        "  Switchport Block Multicast: Not enabled", "  Switchport Block Unicast: Not enabled",
        f"  Operational Mode: {mode}", f"  Access Mode VLAN: {config.access_vlan} ({access})",
        f"  Trunking Native Mode VLAN: {config.native_vlan} ({native})", f"  Trunking VLANs Allowed: {allowed}",
        f"  Voice VLAN: {voice}", "  Extended Trust State : not trusted [COS = 0]",
        "  Administrative private-vlan primary host-association: none",
        "  Administrative private-vlan secondary host-association: none",
        "  Administrative private-vlan primary mapping: none",
        "  Administrative private-vlan secondary mapping: none",
        "  Administrative private-vlan trunk native VLAN: none",
        "  Administrative private-vlan trunk encapsulation: dot1q",
        "  Administrative private-vlan trunk normal VLANs: none",
        "  Administrative private-vlan trunk private VLANs: none", "  Operational private-vlan: none",
    ])  # fmt: skip
    row = {"interface": port.name, "switchport": "Enabled" if enabled else "Disabled", "switchport_monitor": "Not enabled",
           "oper_mode": mode, "access_vlan": str(config.access_vlan), "access_vlan_name": access,
           "native_vlan": str(config.native_vlan), "native_vlan_name": native, "trunk_vlans": allowed,
           "voice_vlan": voice}  # fmt: skip
    return text, row


@command("show-transceiver")
def show_transceiver(call: Call) -> Output:
    node = call.node
    try:
        found = [p for p in views(node, call.get("interfaces")) if p.name.startswith("Ethernet")]
    except KeyError:
        return Output(NO_SUCH, error=True)
    details = call.said("details")
    sensors = node.world.sensors(node.spec.name) if details else ()
    texts, rows = [], []
    for port in found:
        optic = node.world.optic(node.spec.name, port.name)
        if optic is None and _copper(node, port.name):
            texts.append(f"{port.name}\n    transceiver is not applicable")
            rows.append({"interface": port.name, "sfp": "not applicable"})
            continue
        if optic is None:
            texts.append(f"{port.name}\n    transceiver is not present")
            rows.append({"interface": port.name, "sfp": "not present"})
            continue
        serial = hardware.serial(node.spec.name, port.name)
        row: dict[str, Any] = {
            "interface": port.name, "sfp": "present", "type": optic.kind, "name": "CISCO", "partnum": optic.part,
            "rev": "A", "serialnum": serial, "nom_bitrate": str(port.kilobits // 1000), "cisco_product_id": optic.part,
        }  # fmt: skip
        lines = [port.name, "    transceiver is present", f"    type is {optic.kind}", "    name is CISCO",
                 f"    part number is {optic.part}", "    revision is A", f"    serial number is {serial}",
                 f"    nominal bitrate is {port.kilobits // 1000} MBit/sec", "    cisco id is 3",
                 "    cisco extended id number is 4", f"    cisco product id is {optic.part}"]  # fmt: skip
        if details:
            mine = [s for s in sensors if s.port == port.name]
            lines += ["", *_lanes(mine, optic.lanes)]
            row |= rows_of("lane", _lane_rows(mine, optic.lanes))
        texts.append("\n".join(lines))
        rows.append(row)
    return Output("\n\n".join(texts), rows_of("interface", rows))


def _copper(node: Node, name: str) -> bool:
    found = hardware.port(node.spec.model, name)
    return found is not None and found.cage is None


_KINDS = (("Temperature", "Temperature", "C", 1.0, "temperature"), ("Voltage", "Voltage", "V", 1.0, "voltage"),
          ("Current", "Bias Current", "mA", 1000.0, "current"), ("Tx Power", "Transmit Power", "dBm", 1.0, "tx_pwr"),
          ("Rx Power", "Receive Power", "dBm", 1.0, "rx_pwr"))  # fmt: skip


def _of(sensors: list[Sensor], lane: int, what: str) -> Sensor | None:
    return next((s for s in sensors if f"Lane {lane} " in s.name and what in s.name), None)


def _lanes(sensors: list[Sensor], lanes: int) -> list[str]:
    lines = []
    rule = "  " + "-" * 76
    for lane in range(1, lanes + 1):
        title = "SFP Detail Diagnostics Information (internal calibration)"
        lines += [f"           {title}" if lanes == 1 else f"Lane Number:{lane} Network Lane\n           {title}", rule,
                  "                Current              Alarms                  Warnings",
                  "                Measurement     High        Low         High          Low", rule]  # fmt: skip
        for label, what, unit, factor, _ in _KINDS:
            s = _of(sensors, lane, what)
            if s is None:
                continue
            high, low = (s.major or 0) * factor, (s.low_alarm or 0) * factor
            warn, under = (s.minor or 0) * factor, (s.low_warning or 0) * factor
            value = s.value * factor
            mark = "++" if value > high else "--" if value < low else ""
            lines.append(f"  {label:<12}{value:>7.2f} {unit:<4}{mark:<3}{high:>8.2f} {unit:<4}{low:>7.2f} {unit:<4}"
                         f"{warn:>7.2f} {unit:<4}{under:>9.2f} {unit}")  # fmt: skip
        lines += ["  Transmit Fault Count = 0", rule,
                  "  Note: ++  high-alarm; +  high-warning; --  low-alarm; -  low-warning"]  # fmt: skip
    return lines


def _lane_rows(sensors: list[Sensor], lanes: int) -> list[dict[str, str]]:
    rows = []
    for lane in range(1, lanes + 1):
        row = {"lane_number": str(lane)}
        for _, what, _, factor, key in _KINDS:
            s = _of(sensors, lane, what)
            if s is not None:
                row |= {key: f"{s.value * factor:.2f}", f"{key}_alrm_hi": f"{(s.major or 0) * factor:.2f}",
                        f"{key}_alrm_lo": f"{(s.low_alarm or 0) * factor:.2f}",
                        f"{key}_warn_hi": f"{(s.minor or 0) * factor:.2f}",
                        f"{key}_warn_lo": f"{(s.low_warning or 0) * factor:.2f}"}  # fmt: skip
        rows.append(row)
    return rows


@command("show-power-inline")
def show_power_inline(call: Call) -> Output:
    node = call.node
    name = node.spec.name
    if not node.model.poe:
        return Output("ERROR: PoE is not supported on this platform", error=True)
    wanted = call.get("interface")
    rows = []
    for port in node.config.platform.ports:
        poe = node.world.poe(name, port)
        if poe is None or (wanted and port != wanted):
            continue
        config = node.config.interface(port)
        rows.append({
            "interface": short_name(port), "admin": "auto" if config.poe_enabled else "never",
            "oper": {"delivering": "on", "fault": "faulty", "disabled": "off", "searching": "off"}[poe.status],
            "priority": config.poe_priority, "power": f"{poe.milliwatts / 1000:.1f}",
            "device": "Ieee PD" if poe.status == "delivering" else "n/a",
            "class": str(poe.device_class) if poe.status == "delivering" else "n/a",
            "max": f"{node.world.poe_limit_milliwatts(name, port) / 1000:.1f}",
        })  # fmt: skip
    budget, drawn = (value / 1000 for value in node.world.poe_budget_milliwatts(name))
    lines = [f"Available: {budget:.1f}(W)  Used: {drawn:.1f}(W)  Remaining: {budget - drawn:.1f}(W)", "",
             "Interface Admin  Oper       Priority  Power   Device              Class Max",
             "                                      (Watts)",
             "--------- ------ ---------- --------- ------- ------------------- ----- ----"]  # fmt: skip
    lines += [
        f"{r['interface']:<9} {r['admin']:<6} {r['oper']:<10} {r['priority']:<9} {r['power']:<7} {r['device']:<19} "
        f"{r['class']:<5} {r['max']}" for r in rows
    ]  # fmt: skip
    extra = {"available": f"{budget:.1f}", "used": f"{drawn:.1f}", "remaining": f"{budget - drawn:.1f}"}
    return Output("\n".join(lines), {**extra, **rows_of("interface", rows)})
