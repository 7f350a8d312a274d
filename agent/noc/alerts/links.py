"""The cables between: errors, load, far ends, redundancy."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.alerts.words import ANSWERS, DEVICE_LABELS, EXPECTED_UP, PORT_LABELS
from agent.noc.fault import by_series, configure, on_port
from agent.noc.rule import PORT, Alert, meant, of_device, of_port

LINKS: tuple[Alert, ...] = (
    Alert(
        "InterfaceErrors",
        of_port(f"{r.ERRORS.name} > 1"),
        "ticket",
        "errors on {device} {interface} towards {endpoint}, {place}",
        "More than one error a second: cable, optics or duplex.",
        PORT_LABELS,
        after_seconds=600,
        fault=on_port("port-errors", "uplink", rx_errors="50"),
    ),
    Alert(
        "LinkSaturated",
        of_port(f"{r.UTILISATION.name} > 0.9"),
        "ticket",
        "{device} {interface} towards {endpoint}, {place}, is over 90 % full",
        "See who fills it; move load or add a link.",
        PORT_LABELS,
        after_seconds=900,
        fault=by_series("nothing in the lab fills a link"),
    ),
    Alert(
        "UplinkRedundancyLost",
        r.REDUNDANCY_LOST,
        "page",
        "switch {device} at {site} hangs on fewer uplinks than meant",
        "The next cut isolates the site. Find the uplink that is down and restore it.",
        DEVICE_LABELS,
        service="transport",
        needs="uplink",
        fault=on_port("link-cut", "uplink"),
    ),
    Alert(
        "NeighborNotAsMeant",
        of_device(
            f"{m.EXPECTED_NEIGHBOR.name} unless on (device, interface, neighbor, neighbor_interface)"
            f" {m.NEIGHBOR_INFO.name} and {PORT} {m.INTERFACE_UP.name} == 1 {ANSWERS}"
        ),
        "ticket",
        "{device} {interface} does not see {neighbor} {neighbor_interface}: wrong cable?",
        "Compare with 'show lldp neighbors'; correct the cable, or the inventory when the cable is right.",
        ("device", "interface", "neighbor", "neighbor_interface", "site", "role"),
        after_seconds=600,
        service="transport",
        needs="neighbor",
        fault=configure("uplink", "interface {interface}", "no lldp receive"),
    ),
    Alert(
        "FramesDamaged",
        of_port(
            f"max by (device, interface) (increase({m.INTERFACE_ETHERNET_ERRORS.name}"
            '{error=~"fcs|alignment|symbol"}[1h])) > 100'
        ),
        "ticket",
        "frames arrive damaged on {device} {interface} from {endpoint}, {place}",
        "More than 100 an hour: a connector, a cable or optics begin to fail. Clean, measure, replace.",
        PORT_LABELS,
        after_seconds=900,
        fault=on_port("port-errors", "uplink", rx_errors="50"),
    ),
    Alert(
        "FramesDiscarded",
        of_port(f"{r.DISCARDS.name} > 10"),
        "ticket",
        "{device} {interface} towards {endpoint}, {place}, throws frames away: it is full",
        "See who fills it, and in which class; move load or add a link.",
        PORT_LABELS,
        after_seconds=600,
        fault=on_port("port-errors", "uplink", tx_discards="100"),
    ),
    Alert(
        "PortFlapping",
        of_port(f"changes({m.INTERFACE_LAST_CHANGE.name}[30m]) >= 5 {EXPECTED_UP}"),
        "ticket",
        "{device} {interface} towards {kind} {endpoint}, {place}, goes up and down",
        "Cable, optics, or a device that restarts over and over.",
        PORT_LABELS,
        after_seconds=0,
        keep_firing_seconds=900,
        fault=on_port("link-flap", "uplink", seconds="20"),
    ),
    Alert(
        "PortErrorDisabled",
        of_device(
            f"max by (device, interface) ({m.INTERFACE_ERROR_DISABLED.name}"
            f' or {m.INTERFACE_DOWN_REASON.name}{{reason=~"error-disabled.*"}}) == 1'
        ),
        "ticket",
        "{device} at {site} took {interface} out of service by itself",
        "Find out what broke the rule (loop, port security, UDLD) before the port is let back.",
        (*DEVICE_LABELS, "interface"),
        after_seconds=0,
        service="transport",
        fault=by_series("needs `feature udld` and a wire that fails one way at once"),
    ),
    Alert(
        "ChannelNarrow",
        of_device(f"{m.CHANNEL_WIDTH.name} < {PORT} group_left () {meant(m.EXPECTED_WIDTH.name)}"),
        "ticket",
        "{interface} of {device} at {site} runs on fewer members than meant",
        "Find the member that is down or suspended: show port-channel summary.",
        (*DEVICE_LABELS, "interface"),
        service="transport",
        needs="channel",
        fault=on_port("link-cut", "trunk"),
    ),
    Alert(
        "UplinkBlocked",
        of_port(
            f'max by (device, interface) ({m.STP_ROLES.name}{{role=~"alternate|backup"}}) > 0',
            '{kind="uplink"}',
        ),
        "ticket",
        "spanning tree blocks {interface} of {device} towards {endpoint}: half of the way is unused",
        "Nobody meant a blocked uplink: a port-channel fell apart, or the root moved.",
        PORT_LABELS,
        service="transport",
        needs="uplink",
        fault=by_series("every uplink of the city is a vPC, so none is ever blocked"),
    ),
)
