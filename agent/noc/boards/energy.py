"""Energy: watts by site and service, kilowatt-hours against the week before, supplies and batteries."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.boards.board import Board
from agent.noc.panels import NARROW, NEVER, Limits, Panel, Query, big_number, calm, lines, rows, until
from agent.noc.rule import meant, of_device, of_port, said

_SITE = '{site=~"$site"}'
_HERE = f"on (device) group_left (site) {meant(m.CITY_DEVICE_INFO.name + _SITE)}"
_BY_SITE = f"sum by (site) ({r.DRAWN_WATTS.name} * {_HERE})"
_DAY_KWH = f"avg_over_time({r.CITY_WATTS.name}[1d]) * 24 / 1000"
_BEFORE = f"avg_over_time({r.CITY_WATTS.name}[1d] offset 7d) * 24 / 1000"
_UPS = "a UPS is polled (an endpoint with snmp in its kind)"

WELL: tuple[Panel, ...] = (
    big_number("Drawn now", Query(r.CITY_WATTS.name), "watt", NEVER),
    big_number("Last 24 hours", Query(_DAY_KWH), "kwatth", NEVER),
    until(
        big_number("The same a week before", Query(_BEFORE), "kwatth", NEVER), "a week and a day are recorded"
    ),
    until(
        big_number(
            "Against the week before",
            Query(f"{_DAY_KWH} / ({_BEFORE} > 0) - 1"),
            "percentunit",
            Limits(0.1, 0.25),
        ),
        "a week and a day are recorded",
    ),
    big_number("Given to endpoints", Query(f"sum({r.SERVICE_POE_WATTS.name})"), "watt", NEVER),
    big_number(
        "Supplies failed", Query(f"count({said(m.PSU_UP.name)} == 0) or vector(0)"), "suffix: ✗", Limits(1, 2)
    ),
)

WHO: tuple[Panel, ...] = (
    lines("By site", "watt", Query(_BY_SITE, "{{site}}")),
    lines("Given to endpoints by service", "watt", Query(r.SERVICE_POE_WATTS.name, "{{service}}")),
    rows(
        "Sites, last 24 hours",
        Query(f"sort_desc(sum by (site) (avg_over_time({r.DRAWN_WATTS.name}[1d]) * {_HERE}) * 24 / 1000)"),
        {"site": "Site", "Value": "Energy"},
        unit="kwatth",
        width=NARROW,
    ),
    rows(
        "Services, last 24 hours",
        Query(f"sort_desc(avg_over_time({r.SERVICE_POE_WATTS.name}[1d]) * 24 / 1000)"),
        {"service": "Service", "Value": "Energy"},
        unit="kwatth",
        width=NARROW,
    ),
    rows(
        "Greatest consumers on ports",
        Query(f"topk(15, {of_port(m.POE_WATTS.name, _SITE)})"),
        {
            "kind": "What",
            "endpoint": "Tag",
            "place": "Place",
            "device": "Switch",
            "interface": "Port",
            "Value": "Power",
        },
        unit="watt",
        width=NARROW,
    ),
)

SUPPLIES: tuple[Panel, ...] = (
    calm(
        rows(
            "Supplies that have failed",
            Query(f"{of_device(m.PSU_UP.name, _SITE)} == 0"),
            {"device": "Switch", "site": "Site", "supply": "Supply"},
            width=NARROW,
        ),
        "every power supply works",
    ),
    rows(
        "Fullest supplies",
        Query(f"topk(15, {of_device(f'{m.PSU_WATTS.name} / ({m.PSU_CAPACITY.name} > 0)', _SITE)})"),
        {"device": "Switch", "site": "Site", "supply": "Supply", "Value": "Load"},
        unit="percentunit",
        width=NARROW,
    ),
    until(
        lines(
            "Taken from the mains, as supplies measure it",
            "watt",
            Query(f"sum by (device) ({said(m.PSU_INPUT_WATTS.name)})", "{{device}}"),
            width=NARROW,
        ),
        "a switch streams it by telemetry",
    ),
)

BATTERIES: tuple[Panel, ...] = (
    until(
        rows(
            "How long the batteries last",
            Query(f"sort(max without (job, instance) ({m.UPS_RUNTIME.name}))"),
            {"device": "UPS", "site": "Site", "Value": "Lasts"},
            unit="s",
            width=NARROW,
        ),
        _UPS,
    ),
    until(lines("Charge", "percentunit", Query(m.UPS_CHARGE.name, "{{device}}"), width=NARROW), _UPS),
    until(lines("Load", "percentunit", Query(m.UPS_LOAD.name, "{{device}} {{line}}"), width=NARROW), _UPS),
)

BOARD = Board(
    "energy",
    "moulin-energy",
    "Energy",
    "Watts by site and service, kilowatt-hours of today against the week before, supplies and batteries.",
    (("How much?", WELL), ("Who", WHO), ("Supplies", SUPPLIES), ("Batteries", BATTERIES)),
    since="now-24h",
)
