"""The city at a glance: services first, then where to look, then load and energy."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.boards.board import Board
from agent.noc.panels import HALF, NARROW, WIDE, Limits, Panel, Query, big_number, lines, rows
from agent.noc.rule import meant, of_device, of_port, said

SITE = '{site=~"$site"}'
_HERE = f"on (device) group_left (site) {meant(m.CITY_DEVICE_INFO.name + SITE)}"
_PERFECT = Limits(yellow=1, red=0.95, falling=True)
_NONE = Limits(yellow=1, red=2)


def _here(metric: str) -> str:
    """The series of the chosen sites."""
    return f"{said(metric)} * {_HERE}"


_MEANT = r.ENDPOINT_UP.name + SITE
_DARK = f"{_MEANT} == 0"

WELL: tuple[Panel, ...] = (
    big_number("Switches answering", Query(f"avg({_here(m.POLL_SUCCESS.name)})"), "percentunit", _PERFECT),
    big_number("Endpoints alive", Query(f"avg({_MEANT})"), "percentunit", _PERFECT),
    big_number("Endpoints down", Query(f"count({_DARK}) or vector(0)"), "none", _NONE),
    big_number(
        "Redundancy lost",
        Query(f"count({r.REDUNDANCY_LOST}) or vector(0)"),
        "none",
        _NONE,
    ),
    big_number(
        "Carrier sessions down", Query(f"count({said(m.BGP_UP.name)} == 0) or vector(0)"), "none", _NONE
    ),
    big_number(
        "Age of the data",
        Query(f"time() - min({m.POLL_TIMESTAMP.name})"),
        "s",
        Limits(yellow=180, red=600),
    ),
)

SERVICES: tuple[Panel, ...] = (
    lines("Service: endpoints alive", "percentunit", Query(r.SERVICE_UP.name, "{{service}}")),
    rows(
        "Service by site, worst first",
        Query(f"sort({r.ENDPOINTS_UP.name}{SITE} / {r.ENDPOINTS_MEANT.name}{SITE})"),
        {"service": "Service", "site": "Site", "Value": "Alive"},
        unit="percentunit",
    ),
    rows(
        "Ports that the city means to be up, those that are not first",
        Query(
            f"bottomk(30, {of_port(m.INTERFACE_UP.name, SITE)})",
        ),
        {
            "kind": "What",
            "endpoint": "Tag",
            "place": "Place",
            "site": "Site",
            "device": "Switch",
            "interface": "Port",
            "Value": "Up",
        },
        width=WIDE,
    ),
)

NETWORK: tuple[Panel, ...] = (
    rows(
        "Switches",
        Query(of_device(m.POLL_SUCCESS.name)),
        {"device": "Switch", "site": "Site", "role": "Role", "Value": "Answers"},
        width=NARROW,
    ),
    rows(
        "Uplinks up",
        Query(of_device(f"{r.UPLINKS_UP.name} / {r.UPLINKS_MEANT.name}")),
        {"device": "Switch", "site": "Site", "Value": "Up"},
        unit="percentunit",
        width=NARROW,
    ),
    lines(
        "Fullest ports",
        "percentunit",
        Query(f"topk(10, {r.UTILISATION.name})", "{{device}} {{interface}}"),
        width=NARROW,
    ),
    lines(
        "Traffic towards the carriers",
        "bps",
        Query(
            f"sum by (endpoint) ({of_port(r.TX_BITS.name, r.CARRIER)})",
            "to {{endpoint}}",
        ),
        Query(
            f"sum by (endpoint) ({of_port(r.RX_BITS.name, r.CARRIER)})",
            "from {{endpoint}}",
        ),
    ),
    lines(
        "Errors and discards, ten worst ports",
        "pps",
        Query(f"topk(10, {r.ERRORS.name})", "errors {{device}} {{interface}}"),
        Query(f"topk(10, {r.DISCARDS.name})", "discards {{device}} {{interface}}"),
    ),
)

ENERGY: tuple[Panel, ...] = (
    lines("Power drawn by site", "watt", Query(f"sum by (site) ({_here(r.DRAWN_WATTS.name)})", "{{site}}")),
    lines(
        "Power given to endpoints by service",
        "watt",
        Query(f"sum by (service) ({of_port(m.POE_WATTS.name, SITE)})", "{{service}}"),
        width=HALF,
    ),
)

BOARD = Board(
    "city",
    "moulin-city",
    "City overview",
    "The city at a glance, for a desk: services first, then where to look, then load and energy.",
    (
        ("Is the city well?", WELL),
        ("Services", SERVICES),
        ("Network", NETWORK),
        ("Energy", ENERGY),
    ),
)
