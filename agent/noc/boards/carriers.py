"""The carriers: who brings how much, who loses, and whether one may fail."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.boards.board import Board
from agent.noc.panels import NARROW, Limits, Panel, Query, big_number, calm, lines, rows
from agent.noc.rule import meant, of_port, said
from agent.noc.tiles import bars, tiles

_OUTSIDE = m.EXPECTED_BGP.name + '{carrier!=""}'
_OF = f"on (device, vrf, peer) group_left (carrier) {meant(_OUTSIDE)}"
_UP = f"{said(m.BGP_UP.name)} * {_OF}"
_ACCEPTED = f"sum by (device, vrf, peer) ({said(m.BGP_PREFIXES.name)})"
_LINK_BITS = f"8 * {of_port(f'{m.INTERFACE_SPEED.name} * {m.INTERFACE_UP.name}', r.CARRIER)}"
_BUSIER = f"(sum({r.CARRIER_RX_BITS.name}) > sum({r.CARRIER_TX_BITS.name}) or sum({r.CARRIER_TX_BITS.name}))"
_WITHOUT_LARGEST = f"(sum({_LINK_BITS}) - max({_LINK_BITS}))"
_LOSS = f"{r.ERRORS.name} + {r.DISCARDS.name}"
_PACKETS = (
    f"sum without (cast) (rate({m.INTERFACE_RX_PACKETS.name}[5m]) + rate({m.INTERFACE_TX_PACKETS.name}[5m]))"
)

WELL: tuple[Panel, ...] = (
    tiles(
        "Sessions",
        Query(_UP, "{{carrier}}"),
        "none",
        Limits(1, 1, falling=True),
        words={1: ("✓ up", "#8e8e8e"), 0: ("✗ down", "#dc267f")},
        height=4,
    ),
    big_number("Carriers up", Query(f"avg({_UP})"), "percentunit", Limits(1, 0.7, falling=True)),
    big_number(
        "Full after losing the largest",
        Query(f"{_BUSIER} / ({_WITHOUT_LARGEST} > 0)"),
        "percentunit",
        Limits(0.7, 0.9),
    ),
    big_number(
        "Ways out with routes",
        Query(f"count(count by (device) ({_ACCEPTED} * {_OF} > 0))"),
        "suffix: edges",
        Limits(2, 1, falling=True),
    ),
)

SHARE: tuple[Panel, ...] = (
    lines(
        "Traffic",
        "bps",
        Query(r.CARRIER_RX_BITS.name, "from {{endpoint}}"),
        Query(r.CARRIER_TX_BITS.name, "to {{endpoint}}"),
    ),
    bars(
        "Share of what comes in",
        Query(
            f"{r.CARRIER_RX_BITS.name} / on () group_left () sum({r.CARRIER_RX_BITS.name})", "{{endpoint}}"
        ),
        "percentunit",
        Limits(0.6, 0.8),
    ),
    bars(
        "How full each link is",
        Query(of_port(r.UTILISATION.name, r.CARRIER), "{{endpoint}}"),
        "percentunit",
        Limits(0.7, 0.9),
        width=NARROW,
    ),
    lines(
        "Loss on the link: errors and discards of all packets",
        "percentunit",
        Query(of_port(f"({_LOSS}) / ({_PACKETS} > 0)", r.CARRIER), "{{endpoint}}"),
        width=NARROW,
    ),
    lines(
        "95th percentile of a day",
        "bps",
        Query(f"quantile_over_time(0.95, {r.CARRIER_RX_BITS.name}[1d])", "from {{endpoint}}"),
        width=NARROW,
    ),
)

ROUTES: tuple[Panel, ...] = (
    rows(
        "Prefixes: accepted and least that is well",
        (
            Query(f"{_ACCEPTED} * {_OF}"),
            Query(f"max by (device, vrf, peer, carrier) ({m.EXPECTED_PREFIXES.name})"),
            Query(f"max by (device, vrf, peer) ({m.BGP_LIMIT.name}) * {_OF}"),
        ),
        {
            "carrier": "Carrier",
            "device": "Switch",
            "peer": "Peer",
            "Value #A": "Accepted",
            "Value #B": "At least",
            "Value #C": "Torn down at",
        },
    ),
    lines("Prefixes accepted", "none", Query(f"{_ACCEPTED} * {_OF}", "{{carrier}}")),
    rows(
        "Sessions, youngest first",
        Query(f"sort({said(m.BGP_ESTABLISHED.name)} * {_OF})"),
        {"carrier": "Carrier", "device": "Switch", "peer": "Peer", "Value": "In this state for"},
        unit="s",
        width=NARROW,
    ),
    calm(
        rows(
            "Sessions that came up anew today",
            Query(f"{said(f'increase({m.BGP_FLAPS.name}[1d])')} * {_OF} > 0"),
            {"carrier": "Carrier", "device": "Switch", "peer": "Peer", "Value": "Times"},
            width=NARROW,
        ),
        "no session flapped",
    ),
    calm(
        rows(
            "Fewer prefixes than well",
            Query(f"{_ACCEPTED} * {_OF} < on (device, vrf, peer) {meant(m.EXPECTED_PREFIXES.name)}"),
            {"carrier": "Carrier", "device": "Switch", "Value": "Accepted"},
            width=NARROW,
        ),
        "every carrier brings the prefixes that it should",
    ),
)

BOARD = Board(
    "carriers",
    "moulin-carriers",
    "Carriers",
    "Sessions, share of traffic, loss, prefixes; and whether the others carry it all when the largest fails.",
    (("Are we connected?", WELL), ("Share", SHARE), ("Routes", ROUTES)),
)
