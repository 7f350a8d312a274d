"""One port: what it is for, how it does, and why it is down."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.boards.board import Board
from agent.noc.panels import (
    HALF,
    NARROW,
    NEVER,
    PORT_UID,
    WIDE,
    Limits,
    Panel,
    Query,
    big_number,
    calm,
    lines,
    rows,
    until,
)
from agent.noc.rule import meant, said

HERE = '{device="$device", interface="$interface"}'
_YES = Limits(yellow=1, red=1, falling=True)

WELL: tuple[Panel, ...] = (
    big_number("Up", Query(f"max({m.INTERFACE_UP.name}{HERE})"), "bool_yes_no", _YES),
    big_number("Enabled", Query(f"max({m.INTERFACE_ADMIN_UP.name}{HERE})"), "bool_yes_no", NEVER),
    big_number("Speed", Query(f"8 * max({m.INTERFACE_SPEED.name}{HERE})"), "bps", NEVER),
    big_number(
        "Unchanged for",
        Query(f'max({m.UPTIME.name}{{device="$device"}}) - max({m.INTERFACE_LAST_CHANGE.name}{HERE})'),
        "s",
        Limits(600, 60, falling=True),
    ),
    big_number("Utilisation", Query(f"max({r.UTILISATION.name}{HERE})"), "percentunit", Limits(0.8, 0.9)),
    until(
        big_number("Power taken", Query(f"max({m.POE_WATTS.name}{HERE})"), "watt", NEVER),
        "the port feeds a device (PoE)",
    ),
)

MEANT: tuple[Panel, ...] = (
    until(
        rows(
            "What it is for",
            Query(meant(m.CITY_INTERFACE_INFO.name + HERE)),
            {
                "kind": "What",
                "endpoint": "Tag",
                "place": "Place",
                "service": "Service",
                "tenant": "Tenant",
                "site": "Site",
            },
            width=WIDE,
        ),
        "the inventory means something to hang here",
    ),
    until(
        rows(
            "Neighbour",
            Query(said(f"{m.NEIGHBOR_INFO.name}{HERE}")),
            {"neighbor": "Neighbour", "neighbor_interface": "Its port"},
            width=NARROW,
        ),
        "a neighbour speaks LLDP",
    ),
    calm(
        rows(
            "Why it is down",
            Query(said(f"{m.INTERFACE_DOWN_REASON.name}{HERE}")),
            {"reason": "Reason"},
            width=NARROW,
        ),
        "it is not down",
    ),
    calm(
        rows(
            "Taken out of service by the switch",
            Query(said(f"{m.INTERFACE_ERROR_DISABLED.name}{HERE}")),
            {"vlan": "VLAN", "reason": "Reason"},
            width=NARROW,
        ),
        "the switch did not disable it",
    ),
)

LOAD: tuple[Panel, ...] = (
    lines(
        "Traffic",
        "bps",
        Query(f"{r.RX_BITS.name}{HERE}", "received"),
        Query(f"{r.TX_BITS.name}{HERE}", "sent"),
    ),
    lines(
        "Packets by cast",
        "pps",
        Query(f"rate({m.INTERFACE_RX_PACKETS.name}{HERE}[5m])", "received {{cast}}"),
        Query(f"rate({m.INTERFACE_TX_PACKETS.name}{HERE}[5m])", "sent {{cast}}"),
    ),
    lines(
        "Errors and discards",
        "pps",
        Query(f"{r.ERRORS.name}{HERE}", "errors"),
        Query(f"{r.DISCARDS.name}{HERE}", "discards"),
        Query(f"rate({m.INTERFACE_ETHERNET_ERRORS.name}{HERE}[5m])", "{{error}}"),
    ),
    until(
        lines("Power taken over time", "watt", Query(f"{m.POE_WATTS.name}{HERE}", "taken")),
        "the port feeds a device (PoE)",
    ),
    until(
        lines("Optical power", "dBm", Query(f"{m.SENSOR_DBM.name}{HERE}", "{{sensor}}"), width=HALF),
        "the port has an optical transceiver that measures",
    ),
    until(
        lines(
            "Drops by class",
            "pps",
            Query(f"rate({m.QOS_DROPPED_PACKETS.name}{HERE}[5m])", "{{direction}} {{class}}"),
        ),
        "a QoS policy is on the port",
    ),
)

BOARD = Board(
    "port",
    PORT_UID,
    "Port",
    "One port of one switch: what it is for, its load, errors, power and light.",
    (("Is it well?", WELL), ("What it is for", MEANT), ("Load", LOAD)),
)
