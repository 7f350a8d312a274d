"""Voice and video quality: what IP SLA measures, what queues drop, and whether phones live."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.boards.board import Board
from agent.noc.panels import NARROW, Limits, Panel, Query, big_number, calm, lines, rows, until
from agent.noc.rule import said

_SLA = "a switch runs an IP SLA operation"
_JITTER = "a switch runs an IP SLA operation of type udp-jitter with a codec"
_NAMED = f"on (device, operation) group_left (tag, type, target) {said(m.SLA_INFO.name)}"
_PHONES = f'{r.ENDPOINT_UP.name}{{kind="phone"}}'
_LOST = f"sum by (device, operation) ({said(m.SLA_LOST.name)})"


def _operation(expr: str) -> str:
    """The series of ``expr`` with what their operation measures."""
    return f"{said(expr)} * {_NAMED}"


WELL: tuple[Panel, ...] = (
    big_number("Phones alive", Query(f"avg({_PHONES})"), "percentunit", Limits(1, 0.95, falling=True)),
    until(
        big_number(
            "Worst opinion score", Query(f"min({m.SLA_MOS.name})"), "none", Limits(4, 3.6, falling=True)
        ),
        _JITTER,
    ),
    until(
        big_number(
            "Operations failing",
            Query(f"count({said(m.SLA_OK.name)} == 0) or 0 * count({said(m.SLA_OK.name)})"),
            "none",
            Limits(1, 2),
        ),
        _SLA,
    ),
    until(big_number("Most jitter", Query(f"max({m.SLA_JITTER.name})"), "s", Limits(0.02, 0.03)), _JITTER),
    until(
        big_number(
            "Most loss",
            Query(f"max({_LOST} / ({_LOST} + sum by (device, operation) ({said(m.SLA_RETURNED.name)})))"),
            "percentunit",
            Limits(0.005, 0.01),
        ),
        _JITTER,
    ),
    big_number(
        "Clocks right", Query(f"avg({m.NTP_SYNCHRONISED.name})"), "percentunit", Limits(1, 0.9, falling=True)
    ),
)

MEASURED: tuple[Panel, ...] = (
    until(
        rows(
            "Operations, failing first",
            Query(f"sort({_operation(m.SLA_OK.name)})"),
            {
                "device": "Switch",
                "operation": "Operation",
                "tag": "Tag",
                "type": "Type",
                "target": "Target",
                "Value": "Well",
            },
            unit="bool_yes_no",
        ),
        _SLA,
    ),
    until(
        lines("Mean opinion score", "none", Query(_operation(m.SLA_MOS.name), "{{device}} {{target}}")),
        _JITTER,
    ),
    until(
        lines(
            "Jitter",
            "s",
            Query(_operation(m.SLA_JITTER.name), "{{device}} {{target}} {{direction}}"),
            width=NARROW,
        ),
        _JITTER,
    ),
    until(
        lines(
            "Packets lost",
            "none",
            Query(_operation(m.SLA_LOST.name), "{{device}} {{target}} {{direction}}"),
            width=NARROW,
        ),
        _JITTER,
    ),
    until(
        lines("Round trip", "s", Query(_operation(m.SLA_RTT.name), "{{device}} {{target}}"), width=NARROW),
        _SLA,
    ),
)

QUEUES: tuple[Panel, ...] = (
    lines(
        "Traffic by class",
        "bps",
        Query(f"8 * sum by (class, direction) (rate({m.QOS_BYTES.name}[5m]))", "{{direction}} {{class}}"),
    ),
    calm(
        lines(
            "Drops by class",
            "pps",
            Query(
                f"sum by (class, direction) (rate({m.QOS_DROPPED_PACKETS.name}[5m])) > 0",
                "{{direction}} {{class}}",
            ),
            Query(
                f"sum by (class, direction) (rate({m.QOS_QUEUE_DISCARDS.name}[5m])) > 0",
                "queue full: {{class}}",
            ),
        ),
        "no class of traffic loses packets",
    ),
    calm(
        rows(
            "Queues that drop now",
            Query(f"topk(20, {said(f'rate({m.QOS_QUEUE_DISCARDS.name}[5m]) > 0')})"),
            {"device": "Switch", "interface": "Port", "class": "Class", "Value": "Drops"},
            unit="pps",
        ),
        "no queue is full",
    ),
    lines(
        "Fullest queues",
        "bytes",
        Query(f"topk(5, {m.QOS_QUEUE_DEPTH.name})", "{{device}} {{interface}} {{class}}"),
    ),
)

BOARD = Board(
    "quality",
    "moulin-quality",
    "Voice and video quality",
    "Opinion score, jitter, loss and round trip as IP SLA measures them; what the queues drop.",
    (("Is it good?", WELL), ("Measured", MEASURED), ("Queues", QUEUES)),
)
