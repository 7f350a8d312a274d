"""The NOC's wall: one screen that is read at five metres, services first. Grey is well."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.boards.board import Board
from agent.noc.firing import AWAKE, incidents
from agent.noc.objectives import BUDGET_LEFT
from agent.noc.panels import GREY, HALF, NEVER, WIDE, Limits, Panel, Query, big_number, calm, rows
from agent.noc.rule import said
from agent.noc.tiles import DOWN, STATE, STATE_WORDS, tiles, to_sites

_ALL_UP = {0: ("✓", GREY)}
_ONE_OR_MORE = Limits(1, 2)
_MEANT = f"sum by (service) ({r.ENDPOINTS_MEANT.name})"


SERVICES: tuple[Panel, ...] = (
    tiles(
        "Services: endpoints down",
        Query(
            f"{_MEANT} - (sum by (service) ({r.ENDPOINTS_UP.name}) or 0 * {_MEANT})",
            "{{service}}",
        ),
        DOWN,
        Limits(1, 10),
        words=_ALL_UP,
        width=WIDE,
        height=5,
    ),
)

HEADLINES: tuple[Panel, ...] = (
    big_number("Incidents", Query(f"count({AWAKE}) or vector(0)"), "suffix: ▲ open", _ONE_OR_MORE),
    big_number(
        "Switches silent", Query(f"count({said(m.POLL_SUCCESS.name)} == 0) or vector(0)"), DOWN, _ONE_OR_MORE
    ),
    big_number(
        "Carrier sessions", Query(f"count({said(m.BGP_UP.name)} == 0) or vector(0)"), DOWN, _ONE_OR_MORE
    ),
    big_number(
        "Redundancy lost",
        Query(f"count({r.REDUNDANCY_LOST}) or vector(0)"),
        "suffix: ▲ switches",
        _ONE_OR_MORE,
    ),
    big_number("Data of", Query(f"1000 * max({m.POLL_TIMESTAMP.name})"), "dateTimeAsLocal", NEVER),
    big_number("Age of the data", Query(f"time() - max({m.POLL_TIMESTAMP.name})"), "s", Limits(120, 300)),
)

SITES: tuple[Panel, ...] = (
    to_sites(
        tiles(
            "Sites",
            Query(r.SITE_STATE.name, "{{site}}"),
            "none",
            STATE,
            words=STATE_WORDS,
            width=HALF,
            height=9,
        )
    ),
    calm(
        rows(
            "Incidents, oldest first",
            Query(incidents()),
            {
                "alertname": "What",
                "service": "Service",
                "owner": "Owner",
                "site": "Site",
                "place": "Place",
                "device": "Switch",
                "severity": "Severity",
                "Value": "Age",
            },
            unit="s",
        ),
        "no alert fires",
    ),
)

TODAY: tuple[Panel, ...] = (
    tiles(
        "Objective: part of the month's error budget that is left",
        Query(BUDGET_LEFT.name, "{{service}}"),
        "percentunit",
        Limits(0.25, 0, falling=True),
        width=16,
        height=4,
    ),
    big_number("Power drawn", Query(r.CITY_WATTS.name), "watt", NEVER),
    big_number("Energy, 24 hours", Query(f"avg_over_time({r.CITY_WATTS.name}[1d]) * 24"), "watth", NEVER),
)

BOARD = Board(
    "wall",
    "moulin-wall",
    "NOC wall",
    "Is the city well? Services, sites, incidents with age and owner, how old the data is. For a screen "
    "on the wall (kiosk); nothing to scroll.",
    (("", SERVICES), ("", HEADLINES), ("", SITES), ("", TODAY)),
)
