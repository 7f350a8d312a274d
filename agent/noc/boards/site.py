"""One site: its services, switches, ports, power and incidents."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.boards.board import Board
from agent.noc.firing import incidents
from agent.noc.panels import HALF, NEVER, SITE_UID, WIDE, Limits, Panel, Query, big_number, calm, lines, rows
from agent.noc.rule import meant, of_device, of_port

SITE = '{site=~"$site"}'
_PERFECT = Limits(yellow=1, red=0.9, falling=True)
_HERE = f"on (device) group_left () {meant(m.CITY_DEVICE_INFO.name + SITE)}"

WELL: tuple[Panel, ...] = (
    big_number("Switches answering", Query(f"avg({r.SITE_ANSWERING.name}{SITE})"), "percentunit", _PERFECT),
    big_number("Endpoints alive", Query(f"avg({r.ENDPOINT_UP.name}{SITE})"), "percentunit", _PERFECT),
    big_number(
        "Endpoints down", Query(f"count({r.ENDPOINT_UP.name}{SITE} == 0) or vector(0)"), "none", Limits(1, 5)
    ),
    big_number(
        "Uplinks up",
        Query(f"sum({r.UPLINKS_UP.name} * {_HERE}) / sum({r.UPLINKS_MEANT.name} * {_HERE})"),
        "percentunit",
        _PERFECT,
    ),
    big_number("Power drawn", Query(f"sum({r.DRAWN_WATTS.name} * {_HERE})"), "watt", NEVER),
    big_number(
        "Change freeze", Query(f"max({m.CITY_FREEZE.name}{SITE}) or vector(0)"), "bool_yes_no", Limits(1, 2)
    ),
)

INSIDE: tuple[Panel, ...] = (
    rows(
        "Services here",
        Query(
            f"sort(({r.ENDPOINTS_UP.name}{SITE} or 0 * {r.ENDPOINTS_MEANT.name}{SITE})"
            f" / {r.ENDPOINTS_MEANT.name}{SITE})"
        ),
        {"service": "Service", "site": "Site", "Value": "Alive"},
        unit="percentunit",
        width=8,
    ),
    rows(
        "Switches here",
        Query(of_device(m.POLL_SUCCESS.name, SITE)),
        {"device": "Switch", "role": "Role", "site": "Site", "Value": "Answers"},
        unit="bool_yes_no",
        width=8,
    ),
    calm(
        rows(
            "Incidents here",
            Query(incidents(SITE)),
            {"alertname": "What", "place": "Place", "device": "Switch", "owner": "Owner", "Value": "Age"},
            unit="s",
            width=8,
        ),
        "no alert fires here",
    ),
    calm(
        rows(
            "Endpoints that are down",
            Query(f"{r.ENDPOINT_UP.name}{SITE} == 0"),
            {
                "kind": "What",
                "endpoint": "Tag",
                "place": "Place",
                "service": "Service",
                "device": "Switch",
                "interface": "Port",
            },
            width=WIDE,
        ),
        "everything that hangs here is alive",
    ),
)

LOAD: tuple[Panel, ...] = (
    lines(
        "Uplinks, received",
        "bps",
        Query(of_port(r.RX_BITS.name, '{kind="uplink", site=~"$site"}'), "{{device}} {{interface}}"),
    ),
    lines(
        "Uplinks, sent",
        "bps",
        Query(of_port(r.TX_BITS.name, '{kind="uplink", site=~"$site"}'), "{{device}} {{interface}}"),
    ),
    lines(
        "Power given by service",
        "watt",
        Query(f"sum by (service) ({of_port(m.POE_WATTS.name, SITE)})", "{{service}}"),
        width=HALF,
    ),
    lines(
        "Warmest sensors",
        "celsius",
        Query(f"topk(8, {of_device(m.SENSOR_CELSIUS.name, SITE)})", "{{device}} {{sensor}}"),
        width=HALF,
    ),
)

BOARD = Board(
    "site",
    SITE_UID,
    "Site",
    "One site, or a few: what works there, what hangs there, and what it draws.",
    (("Is it well?", WELL), ("What is there", INSIDE), ("Load", LOAD)),
)
