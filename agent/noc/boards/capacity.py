"""Data centre and capacity: servers, pairs of switches, and how many days until something is full."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.boards.board import Board
from agent.noc.panels import HALF, NARROW, WIDE, Limits, Panel, Query, big_number, calm, lines, rows
from agent.noc.rule import PORT, meant, of_device, of_port, said
from agent.noc.tiles import bars

_SERVERS = '{kind="server"}'
_SERVER = r.ENDPOINT_UP.name + _SERVERS
_DAY = 86400
_NEAR_DAYS = 365


def days_until(ratio: str, full: float, window: str = "7d") -> str:
    """Days until a ratio that grows as over the window reaches ``full``; nothing when that is far away."""
    left = f"({full} - {ratio}) / (deriv({ratio}[{window}]) > 0) / {_DAY}"
    return f"{left} >= 0 < {_NEAR_DAYS}"


def _of_uplinks(expr: str) -> str:
    return of_port(expr, '{kind=~"uplink|carrier"}')


_UNMEANT = f"{m.INTERFACE_ADMIN_UP.name} unless {PORT} {m.CITY_INTERFACE_INFO.name}"

WELL: tuple[Panel, ...] = (
    big_number(
        "Servers' ports alive", Query(f"avg({_SERVER})"), "percentunit", Limits(1, 0.95, falling=True)
    ),
    big_number("vPCs up", Query(f"avg({m.VPC_UP.name})"), "percentunit", Limits(1, 0.95, falling=True)),
    big_number(
        "vPC pairs alive", Query(f"avg({m.VPC_KEEPALIVE.name})"), "percentunit", Limits(1, 0.95, falling=True)
    ),
    big_number("Dual active", Query(f"sum({said(m.VPC_DUAL_ACTIVE.name)})"), "none", Limits(1, 1)),
    big_number(
        "Gateways redundant",
        Query(f"avg({m.HSRP_COMPLETE.name})"),
        "percentunit",
        Limits(1, 0.95, falling=True),
    ),
    big_number("Fullest PoE", Query(f"max({r.POE_USED_RATIO.name})"), "percentunit", Limits(0.8, 0.9)),
)

FULL: tuple[Panel, ...] = (
    calm(
        rows(
            "Links: days until 80 % full at the pace of a week",
            Query(f"bottomk(15, {_of_uplinks(days_until(r.UTILISATION.name, 0.8))})"),
            {
                "endpoint": "Towards",
                "site": "Site",
                "device": "Switch",
                "interface": "Port",
                "Value": "Days",
            },
            unit="d",
            width=NARROW,
        ),
        "no link grows towards full within a year",
    ),
    calm(
        rows(
            "PoE: days until the budget is used",
            Query(f"bottomk(15, {of_device(days_until(r.POE_USED_RATIO.name, 1.0))})"),
            {"device": "Switch", "site": "Site", "Value": "Days"},
            unit="d",
            width=NARROW,
        ),
        "no PoE budget grows towards used within a year",
    ),
    calm(
        rows(
            "Memory: days until 95 % used",
            Query(f"bottomk(15, {of_device(days_until(m.MEMORY_RATIO.name, 0.95))})"),
            {"device": "Switch", "site": "Site", "Value": "Days"},
            unit="d",
            width=NARROW,
        ),
        "no memory grows towards full within a year",
    ),
    bars(
        "Fullest uplinks now",
        Query(f"topk(12, {_of_uplinks(r.UTILISATION.name)})", "{{device}} {{interface}} to {{endpoint}}"),
        "percentunit",
        Limits(0.6, 0.8),
    ),
    bars(
        "Fullest PoE budgets",
        Query(f"topk(12, {r.POE_USED_RATIO.name})", "{{device}}"),
        "percentunit",
        Limits(0.8, 0.9),
    ),
    lines(
        "In a week, at the pace of a day: fullest uplinks",
        "percentunit",
        Query(
            f"topk(8, {_of_uplinks(f'predict_linear({r.UTILISATION.name}[1d], {7 * _DAY})')})",
            "{{device}} {{interface}}",
        ),
    ),
    rows(
        "Ports that nobody is meant to use",
        Query(f"sort_desc({of_device(f'count by (device) ({_UNMEANT})')})"),
        {"device": "Switch", "site": "Site", "role": "Role", "Value": "Free"},
    ),
)

CENTRE: tuple[Panel, ...] = (
    rows(
        "vPCs, those that are down first",
        (
            Query(f"sort({said(m.VPC_UP.name)})"),
            Query(said(m.VPC_CONSISTENT.name)),
        ),
        {
            "device": "Switch",
            "domain": "Domain",
            "vpc": "vPC",
            "interface": "Port",
            "Value #A": "Up",
            "Value #B": "Consistent",
        },
        unit="bool_yes_no",
    ),
    calm(
        rows(
            "Port-channels with fewer members than meant",
            Query(f"{said(m.CHANNEL_WIDTH.name)} < {PORT} {meant(m.EXPECTED_WIDTH.name)}"),
            {"device": "Switch", "interface": "Port", "Value": "Members"},
        ),
        "every port-channel has all its members",
    ),
    lines(
        "Traffic of servers by service",
        "bps",
        Query(f"sum by (service) ({of_port(r.RX_BITS.name, _SERVERS)})", "from {{service}}"),
        Query(f"sum by (service) ({of_port(r.TX_BITS.name, _SERVERS)})", "to {{service}}"),
        width=HALF,
    ),
    lines(
        "Learned addresses",
        "short",
        Query(f"sum by (device) ({said(m.MAC_ADDRESSES.name)})", "{{device}}"),
        width=HALF,
    ),
    calm(
        rows(
            "Servers' ports that are down",
            Query(f"{_SERVER} == 0"),
            {
                "endpoint": "Server",
                "place": "Place",
                "service": "Service",
                "device": "Switch",
                "interface": "Port",
            },
            width=WIDE,
        ),
        "every port of a server is up",
    ),
)

BOARD = Board(
    "capacity",
    "moulin-capacity",
    "Data centre and capacity",
    "Servers and redundant pairs; what is full, what will be, and in how many days.",
    (("Is the data centre well?", WELL), ("What will be full", FULL), ("Data centre", CENTRE)),
    since="now-7d",
)
