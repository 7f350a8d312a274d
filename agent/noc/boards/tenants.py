"""Who shares the network: what each tenant has, uses and draws."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.boards.board import Board
from agent.noc.panels import NARROW, NEVER, WIDE, Limits, Panel, Query, calm, lines, rows, until
from agent.noc.rule import of_port
from agent.noc.tiles import bars, tiles

_USED = f"sum by (tenant) ({r.TENANT_BITS.name})"

WELL: tuple[Panel, ...] = (
    tiles(
        "Endpoints alive",
        Query(f"avg by (tenant) ({r.ENDPOINT_UP.name})", "{{tenant}}"),
        "percentunit",
        Limits(1, 0.95, falling=True),
        width=WIDE,
        height=5,
    ),
)

USE: tuple[Panel, ...] = (
    rows(
        "What each has",
        (
            Query(f"count by (tenant) ({r.ENDPOINT_UP.name})"),
            Query(f"sum by (tenant) ({r.ENDPOINT_UP.name})"),
            Query(_USED),
            Query(f"max by (tenant) (quantile_over_time(0.95, {r.TENANT_BITS.name}[30d]))"),
        ),
        {
            "tenant": "Tenant",
            "Value #A": "Ports",
            "Value #B": "Alive",
            "Value #C": "Bit/s now",
            "Value #D": "Bit/s, 95th percentile of 30 days",
        },
        unit="short",
    ),
    lines("Traffic", "bps", Query(_USED, "{{tenant}}")),
    bars(
        "Share of the traffic",
        Query(f"{_USED} / on () group_left () sum({_USED})", "{{tenant}}"),
        "percentunit",
        NEVER,
        width=NARROW,
    ),
    until(
        lines(
            "Power given",
            "watt",
            Query(f"sum by (tenant) ({of_port(m.POE_WATTS.name)})", "{{tenant}}"),
            width=NARROW,
        ),
        "a tenant's endpoint takes PoE",
    ),
    lines(
        "Errors and discards",
        "pps",
        Query(f"sum by (tenant) ({of_port(f'{r.ERRORS.name} + {r.DISCARDS.name}')})", "{{tenant}}"),
        width=NARROW,
    ),
    calm(
        rows(
            "Endpoints that are down",
            Query(f'{r.ENDPOINT_UP.name}{{tenant!="city"}} == 0'),
            {
                "tenant": "Tenant",
                "kind": "What",
                "endpoint": "Tag",
                "place": "Place",
                "site": "Site",
                "device": "Switch",
                "interface": "Port",
            },
            width=WIDE,
        ),
        "everything that the city's tenants have is alive",
    ),
)

BOARD = Board(
    "tenants",
    "moulin-tenants",
    "Tenants",
    "What each tenant has on the network, whether it is alive, and how much it uses.",
    (("Are the tenants served?", WELL), ("Use", USE)),
)
