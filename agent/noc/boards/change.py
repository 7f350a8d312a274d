"""Change and drift: who changed what and when, what is not saved, what is not as meant."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.boards.board import Board
from agent.noc.panels import HALF, NARROW, NEVER, Limits, Panel, Query, big_number, calm, lines, rows, until
from agent.noc.rule import PORT, meant, of_device, said

_DEVICE = {"device": "Switch", "site": "Site"}
_NEIGHBOR = "on (device, interface, neighbor, neighbor_interface)"
_STRANGE = (
    f"{meant(m.EXPECTED_NEIGHBOR.name)} unless {_NEIGHBOR} {m.NEIGHBOR_INFO.name}"
    f" and {PORT} ({m.INTERFACE_UP.name} == 1)"
)
_UNMEANT = f'{m.INTERFACE_UP.name}{{interface=~"Ethernet.*"}} == 1 unless {PORT} {m.CITY_INTERFACE_INFO.name}'

WELL: tuple[Panel, ...] = (
    big_number(
        "Changed in 24 hours",
        Query(f"count({said(f'time() - {m.CONFIG_TIMESTAMP.name} < 86400')}) or vector(0)"),
        "suffix: switches",
        NEVER,
    ),
    big_number("Not saved", Query(f"sum({said(m.CONFIG_UNSAVED.name)})"), "suffix: switches", Limits(1, 5)),
    big_number(
        "Change freeze", Query(f"max({m.CITY_FREEZE.name}) or vector(0)"), "bool_yes_no", Limits(1, 2)
    ),
    big_number(
        "Rules broken in 7 days",
        Query(f"count({said(f'time() - {m.BROKE_GLASS.name} < 604800')}) or vector(0)"),
        "suffix: ▲",
        Limits(1, 2),
    ),
    big_number("Cables not as meant", Query(f"count({_STRANGE}) or vector(0)"), "suffix: ▲", Limits(1, 3)),
    big_number(
        "Releases in use",
        Query(f"count(count by (release) ({said(m.DEVICE_INFO.name)}))"),
        "none",
        Limits(4, 8),
    ),
)

CHANGES: tuple[Panel, ...] = (
    rows(
        "Last change of each switch, newest first",
        Query(f"sort(time() - {of_device(m.CONFIG_TIMESTAMP.name)})"),
        {**_DEVICE, "role": "Role", "Value": "Ago"},
        unit="s",
        width=NARROW,
    ),
    calm(
        rows(
            "A restart would lose a change",
            Query(f"{of_device(m.CONFIG_UNSAVED.name)} == 1"),
            {**_DEVICE, "role": "Role"},
            width=NARROW,
        ),
        "every switch has saved what it runs",
    ),
    calm(
        rows(
            "Changes in spite of the rules",
            Query(f"sort(time() - {said(m.BROKE_GLASS.name)})"),
            {"change": "Change", "who": "Who", "Value": "Ago"},
            unit="s",
            width=NARROW,
        ),
        "nobody broke the glass",
    ),
    lines(
        "Switches by time since their last change",
        "none",
        Query(f"count({said(f'time() - {m.CONFIG_TIMESTAMP.name} < 3600')}) or vector(0)", "within an hour"),
        Query(f"count({said(f'time() - {m.CONFIG_TIMESTAMP.name} < 86400')}) or vector(0)", "within a day"),
        Query(f"sum({said(m.CONFIG_UNSAVED.name)})", "not saved"),
    ),
    until(
        lines(
            "Events about configurations",
            "none",
            Query(f'sum by (device) (increase({m.EVENTS.name}{{kind=~".*config.*"}}[15m]))', "{{device}}"),
        ),
        "a switch tells of a change (trap)",
    ),
    calm(
        rows(
            "Freezes in force",
            Query(f"{meant(m.CITY_FREEZE.name)} == 1"),
            {"site": "Site", "reason": "Reason"},
            width=NARROW,
        ),
        "no freeze is in force",
    ),
)

DRIFT: tuple[Panel, ...] = (
    calm(
        rows(
            "Lines that differ from what is meant",
            Query(f"sort_desc({of_device(m.CONFIG_DRIFT_LINES.name)} > 0)"),
            {**_DEVICE, "Value": "Lines"},
            width=HALF,
        ),
        "no switch that was configured differs from what is meant",
    ),
    until(
        lines(
            "Comparisons after somebody configured",
            "none",
            Query(f"increase({m.DRIFT_CHECKS.name}[1h])", "{{outcome}}"),
        ),
        "a switch was configured since Moulin runs",
    ),
    calm(
        rows(
            "Cables that are not as meant",
            Query(_STRANGE),
            {
                "device": "Switch",
                "interface": "Port",
                "neighbor": "Meant neighbour",
                "neighbor_interface": "Its port",
            },
            width=NARROW,
        ),
        "every neighbour is the one that is meant",
    ),
    calm(
        rows(
            "Up, and nobody meant it",
            Query(f"topk(50, {of_device(_UNMEANT)})"),
            {**_DEVICE, "interface": "Port"},
            width=NARROW,
        ),
        "no port is up that nobody meant",
    ),
    rows(
        "Releases",
        Query(f"sort_desc(count by (release, model) ({said(m.DEVICE_INFO.name)}))"),
        {"release": "Release", "model": "Model", "Value": "Switches"},
        width=NARROW,
    ),
    rows(
        "Restarted last",
        Query(f"bottomk(10, {of_device(m.UPTIME.name)})"),
        {**_DEVICE, "Value": "Runs since"},
        unit="s",
        width=NARROW,
    ),
)

BOARD = Board(
    "change",
    "moulin-change",
    "Change and drift",
    "Who changed what, what a restart would lose, freezes, and what is not as meant.",
    (("Is it as meant?", WELL), ("Changes", CHANGES), ("Drift", DRIFT)),
    since="now-24h",
)
