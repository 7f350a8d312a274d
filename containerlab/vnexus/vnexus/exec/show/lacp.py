"""``show lacp``: what both ends of every member port say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.names import short_name
from vnexus.world.lacp import (
    ACTIVITY,
    AGGREGATION,
    COLLECTING,
    DISTRIBUTING,
    SYNC,
    TIMEOUT,
    LacpEnd,
    LacpPort,
    lacp_ports,
    system_id,
)

if TYPE_CHECKING:
    from vnexus.node import Node

LEGEND = [
    "Flags:  S - Device is sending Slow LACPDUs F - Device is sending Fast LACPDUs",
    "        A - Device is in Active mode       P - Device is in Passive mode",
]
NO_PARTNER = LacpEnd(0, 0, 0, 0, 0, 0)


def mac_dashes(mac: int) -> str:
    """Octets without leading zeros, as LACP prints them.

    >>> mac_dashes(0x4CEC0F000100)
    '4c-ec-f-0-1-0'
    """
    return "-".join(f"{octet:x}" for octet in mac.to_bytes(6))


def system_text(end: LacpEnd) -> str:
    return f"{end.priority},{mac_dashes(end.system)}"


def _channels(call: Call) -> Iterator[tuple[str, list[LacpPort]]]:
    wanted = call.get("interface")
    found: dict[str, list[LacpPort]] = {}
    for port in lacp_ports(call.node.world, call.node.spec.name):
        if wanted in (None, port.channel, port.name):
            found.setdefault(port.channel, []).append(port)
    yield from found.items()


def _flags(end: LacpEnd) -> str:
    return ("F" if end.state & TIMEOUT else "S") + ("A" if end.state & ACTIVITY else "P")


@command("show-lacp-neighbor")
def show_lacp_neighbor(call: Call) -> Output:
    lines, rows = list(LEGEND), []
    for channel, ports in _channels(call):
        lines += [f"{channel} neighbors", "Partner's information",
                  "            Partner                Partner                     Partner",
                  "Port        System ID              Port Number     Age         Flags"]  # fmt: skip
        for port in ports:
            end = port.partner or NO_PARTNER
            lines += [(f"{short_name(port.name):<11} {system_text(end):<23}{end.port:#x}           "
                      f"{port.received * 30:<11} {_flags(end)}"), "",
                      "            LACP Partner           Partner                     Partner",
                      "            Port Priority          Oper Key                    Port State",
                      f"            {end.port_priority:<22} {end.key:#x}                         {end.state:#x}"]  # fmt: skip
            rows.append({"interface": channel, "port": short_name(port.name),
                         "partner-system-id": system_text(end), "partner-port-num": f"{end.port:#x}",
                         "partner-flags": _flags(end), "partner-port-priority": str(end.port_priority),
                         "partner-oper-key": f"{end.key:#x}", "partner-port-state": f"{end.state:#x}"})  # fmt: skip
    return Output("\n".join(lines), rows_of("interface", rows))


@command("show-lacp-counters")
def show_lacp_counters(call: Call) -> Output:
    rule = "-" * 78
    lines = ["NOTE: Clear lacp counters to get accurate statistics", "", rule,
             "                             LACPDUs                      Markers/Resp LACPDUs",
             "Port              Sent                Recv                  Recv/Sent  Pkts Err", rule]  # fmt: skip
    rows = []
    for channel, ports in _channels(call):
        lines.append(channel)
        for port in ports:
            lines.append(f"{port.name:<18}{port.sent:<20}{port.received:<23}0      0     0")
            rows.append({"interface": channel, "port": port.name, "lacp-pdus-sent": str(port.sent),
                         "lacp-pdus-recv": str(port.received), "lacp-pdus-err": "0",
                         "marker-resp-pdu-recv": "0", "marker-resp-pdu-sent": "0"})  # fmt: skip
        lines.append("")
    return Output("\n".join(lines).rstrip(), rows_of("interface", rows))


@command("show-lacp-interface")
def show_lacp_interface(call: Call) -> Output:
    wanted = call.get("interface") or ""
    found = next((p for p in lacp_ports(call.node.world, call.node.spec.name) if p.name == wanted), None)
    if found is None:
        return Output(f"Interface {wanted} is not a part of any LACP port-channel", error=True)
    partner = found.partner or NO_PARTNER
    state = "up" if found.bundled else "suspended"
    lines = [f"Interface {found.name} is {state}", (f"  Channel group is {found.channel.removeprefix('port-channel')} "
             f"port channel is {short_name(found.channel)}"),
             f"  PDUs sent: {found.sent}", f"  PDUs rcvd: {found.received}", "  Markers sent: 0",
             "  Markers rcvd: 0", "  Marker response sent: 0", "  Marker response rcvd: 0",
             "  Unknown packets rcvd: 0", "  Illegal packets rcvd: 0",
             (f"Lag Id: [ [({found.actor.priority:x}, {mac_dashes(found.actor.system)}, {found.actor.key:x}, "
             f"{found.actor.port_priority:x}, {found.actor.port:x}), ({partner.priority:x}, "
             f"{mac_dashes(partner.system)}, {partner.key:x}, {partner.port_priority:x}, {partner.port:x})] ]"),
             f"Operational as aggregated link since {call.node.stamp(_since(call.node, found.name))}"
             if found.bundled else "", ""]  # fmt: skip
    lines += _end(
        f"Local Port: {short_name(found.name)}   MAC Address= {mac_dashes(found.actor.system)}", found.actor
    )
    lines += ["", *_end(f"Neighbor: {partner.port:#x}\n  MAC Address= {mac_dashes(partner.system)}", partner)]
    return Output("\n".join(line for line in lines))


def _since(node: Node, name: str) -> float:
    return node.world.oper(node.spec.name, name).changed_at


def _end(title: str, end: LacpEnd) -> list[str]:
    sync = "IN_SYNC" if end.state & SYNC else "NOT_IN_SYNC"
    return [title, f"  System Identifier={end.priority:#x},{mac_dashes(end.system)}",
            f"  Port Identifier={end.port_priority:#x},{end.port:#x}", f"  Operational key={end.key}",
            f"  LACP_Activity={'active' if end.state & ACTIVITY else 'passive'}",
            f"  LACP_Timeout={'Short Timeout (1s)' if end.state & TIMEOUT else 'Long Timeout (30s)'}",
            f"  Synchronization={sync}", f"  Collecting={_said(end, COLLECTING)}",
            f"  Distributing={_said(end, DISTRIBUTING)}",
            f"  Aggregatable={_said(end, AGGREGATION)}"]  # fmt: skip


def _said(end: LacpEnd, bit: int) -> str:
    return "true" if end.state & bit else "false"


@command("show-lacp-system")
def show_lacp_system(call: Call) -> Output:
    priority, mac = system_id(call.node.world, call.node.spec.name)
    text = f"{priority},{mac_dashes(mac)}"
    return Output(text, {"system-identifier": text})


@command("show-lacp-channel")
def show_lacp_channel(call: Call) -> Output:
    lines, rows = [], []
    for channel, ports in _channels(call):
        actor, partner = ports[0].actor, ports[0].partner or NO_PARTNER
        lines += [channel, f"  Port Channel Mac={mac_dashes(actor.system)}",
                  f"  Local System Identifier={actor.priority:#x},{mac_dashes(actor.system)}",
                  f"  Admin key={actor.key:#x}", f"  Operational key={actor.key:#x}",
                  f"  Partner System Identifier={partner.priority:#x},{mac_dashes(partner.system)}",
                  f"  Operational key={partner.key:#x}", "  Max delay=0", "  Aggregate or individual=1",
                  "  Member Port List=" + ",".join(p.name.removeprefix("Ethernet") for p in ports if p.bundled)]  # fmt: skip
        rows.append({"interface": channel, "local-system-id": system_text(actor), "oper-key": f"{actor.key:#x}",
                     "partner-system-id": system_text(partner), "partner-oper-key": f"{partner.key:#x}"})  # fmt: skip
    return Output("\n".join(lines), rows_of("interface", rows))
