"""The cables between: errors, load, far ends, redundancy."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.alerts.words import ANSWERS, DEVICE_LABELS, PORT_LABELS
from agent.noc.fault import by_series, configure, on_port
from agent.noc.rule import PORT, Alert, of_device, of_port

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
)
