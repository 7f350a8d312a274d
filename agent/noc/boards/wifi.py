"""Wi-Fi: access points by site, their load and power, and who is on the air where a controller tells."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.boards.board import Board
from agent.noc.panels import NEVER, Limits, Panel, Query, big_number, calm, lines, rows, until
from agent.noc.rule import of_port, said
from agent.noc.tiles import bars

POINT = '{kind="access-point", site=~"$site"}'
_UP = f"{r.ENDPOINT_UP.name}{POINT}"
_CONTROLLER = "a wireless controller or access point is polled itself (snmp in its kind)"

WELL: tuple[Panel, ...] = (
    big_number("Access points alive", Query(f"avg({_UP})"), "percentunit", Limits(1, 0.95, falling=True)),
    big_number("Access points down", Query(f"count({_UP} == 0) or vector(0)"), "suffix: ▼", Limits(1, 3)),
    big_number("Access points", Query(f"count({_UP})"), "none", NEVER),
    big_number("To the air", Query(f"sum({of_port(r.TX_BITS.name, POINT)})"), "bps", NEVER),
    big_number("From the air", Query(f"sum({of_port(r.RX_BITS.name, POINT)})"), "bps", NEVER),
    big_number("Power taken", Query(f"sum({of_port(m.POE_WATTS.name, POINT)})"), "watt", NEVER),
)

POINTS: tuple[Panel, ...] = (
    rows(
        "Sites, worst first",
        Query(f"sort(avg by (site) ({_UP}))"),
        {"site": "Site", "Value": "Alive"},
        unit="percentunit",
        width=8,
    ),
    calm(
        rows(
            "Access points that are down",
            Query(f"{_UP} == 0"),
            {"endpoint": "Tag", "place": "Place", "site": "Site", "device": "Switch", "interface": "Port"},
            width=16,
        ),
        "every access point is alive",
    ),
    lines(
        "Traffic by site",
        "bps",
        Query(f"sum by (site) ({of_port(r.TX_BITS.name, POINT)})", "to the air {{site}}"),
        Query(f"sum by (site) ({of_port(r.RX_BITS.name, POINT)})", "from the air {{site}}"),
    ),
    bars(
        "Busiest access points",
        Query(f"topk(12, {of_port(r.UTILISATION.name, POINT)})", "{{place}} {{endpoint}}"),
        "percentunit",
        Limits(0.6, 0.8),
    ),
)

AIR: tuple[Panel, ...] = (
    until(
        lines(
            "Clients",
            "none",
            Query(f"sum by (device) ({said(m.WIRELESS_CLIENTS.name)})", "{{device}}"),
            width=8,
        ),
        _CONTROLLER,
    ),
    until(
        rows(
            "As the controller sees it",
            Query(f"max without (job, instance) ({m.ACCESS_POINT_UP.name})"),
            {"access_point": "Access point", "device": "Controller", "Value": "Up"},
            unit="bool_yes_no",
            width=8,
        ),
        _CONTROLLER,
    ),
    until(
        lines(
            "CPU of access points",
            "percentunit",
            Query(f"topk(10, {m.ACCESS_POINT_CPU.name})", "{{access_point}}"),
            width=8,
        ),
        _CONTROLLER,
    ),
)

BOARD = Board(
    "wifi",
    "moulin-wifi",
    "Wi-Fi",
    "Access points: alive, busy, fed; clients where a controller tells.",
    (("Is the Wi-Fi well?", WELL), ("Access points", POINTS), ("On the air", AIR)),
)
