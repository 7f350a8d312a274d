"""One switch: is it well, what hangs on it, how full is it, what is it made of."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.boards.board import Board
from agent.noc.panels import (
    HALF,
    NARROW,
    NEVER,
    SWITCH_UID,
    WIDE,
    Limits,
    Panel,
    Query,
    big_number,
    lines,
    rows,
)
from agent.noc.rule import of_port, said

HERE = '{device="$device"}'
_PERFECT = Limits(yellow=1, red=1, falling=True)
_RATIO = Limits(yellow=0.8, red=0.9)


def _ports_of(expr: str) -> str:
    return of_port(expr, HERE)


WELL: tuple[Panel, ...] = (
    big_number("Answers", Query(f"min({m.POLL_SUCCESS.name}{HERE})"), "bool_yes_no", _PERFECT),
    big_number("Runs since", Query(f"max({m.UPTIME.name}{HERE})"), "s", Limits(600, 300, falling=True)),
    big_number("CPU", Query(f"max({m.CPU_RATIO.name}{HERE})"), "percentunit", _RATIO),
    big_number("Memory", Query(f"max({m.MEMORY_RATIO.name}{HERE})"), "percentunit", _RATIO),
    big_number(
        "Unsaved configuration",
        Query(f"max({m.CONFIG_CHANGED.name}{HERE} > bool on (device) {m.CONFIG_SAVED.name}{HERE})"),
        "bool_yes_no",
        Limits(yellow=1, red=2),
    ),
    big_number("Power drawn", Query(f"max({r.DRAWN_WATTS.name}{HERE})"), "watt", NEVER),
)

PORTS: tuple[Panel, ...] = (
    rows(
        "What hangs on it",
        Query(_ports_of(m.INTERFACE_UP.name)),
        {
            "interface": "Port",
            "kind": "What",
            "endpoint": "Tag",
            "place": "Place",
            "service": "Service",
            "tenant": "Tenant",
            "Value": "Up",
        },
        width=WIDE,
    ),
    rows(
        "Neighbours",
        Query(said(f"{m.NEIGHBOR_INFO.name}{HERE}")),
        {"interface": "Port", "neighbor": "Neighbour", "neighbor_interface": "Its port"},
        width=HALF,
    ),
    lines("Power given", "watt", Query(f"{m.POE_WATTS.name}{HERE}", "{{interface}}")),
)

LOAD: tuple[Panel, ...] = (
    lines("Received", "bps", Query(f"{r.RX_BITS.name}{HERE}", "{{interface}}")),
    lines("Sent", "bps", Query(f"{r.TX_BITS.name}{HERE}", "{{interface}}")),
    lines("Utilisation", "percentunit", Query(f"{r.UTILISATION.name}{HERE}", "{{interface}}")),
    lines(
        "Errors and discards",
        "pps",
        Query(f"{r.ERRORS.name}{HERE}", "errors {{interface}}"),
        Query(f"{r.DISCARDS.name}{HERE}", "discards {{interface}}"),
    ),
)

BODY: tuple[Panel, ...] = (
    lines("Temperature", "celsius", Query(f"{m.SENSOR_CELSIUS.name}{HERE}", "{{sensor}}"), width=NARROW),
    lines("Power supplies", "watt", Query(f"{m.PSU_WATTS.name}{HERE}", "supply {{supply}}"), width=NARROW),
    rows("Fans", Query(said(f"{m.FAN_UP.name}{HERE}")), {"fan": "Fan", "Value": "Up"}, width=NARROW),
    lines(
        "Optical power", "dBm", Query(f"{m.SENSOR_DBM.name}{HERE}", "{{interface}} {{sensor}}"), width=NARROW
    ),
    lines(
        "CPU and memory",
        "percentunit",
        Query(f"{m.CPU_RATIO.name}{HERE}", "CPU"),
        Query(f"{m.MEMORY_RATIO.name}{HERE}", "memory"),
        width=NARROW,
    ),
    lines("Duration of a poll", "s", Query(f"{m.POLL_SECONDS.name}{HERE}", "poll"), width=NARROW),
    rows(
        "Identity",
        Query(said(f"{m.DEVICE_INFO.name}{HERE}")),
        {"device": "Switch", "model": "Model", "release": "NX-OS"},
        width=HALF,
    ),
)

BOARD = Board(
    "switch",
    SWITCH_UID,
    "Switch",
    "One switch: is it well, what hangs on it, how full is it, what is it made of.",
    (("Is it well?", WELL), ("Ports", PORTS), ("Load", LOAD), ("Body", BODY)),
)
