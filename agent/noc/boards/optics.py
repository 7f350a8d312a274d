"""Light: how far each transceiver is from its own warning levels, and which fade."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.boards.board import Board
from agent.noc.panels import HALF, NEVER, WIDE, Limits, Panel, Query, big_number, calm, lines, rows
from agent.noc.rule import PORT, meant, of_device, said

_SENSOR = "on (device, sensor, interface)"
_MARGIN = f"{said(m.SENSOR_MARGIN.name)} and {_SENSOR} {m.SENSOR_DBM.name}"
_WEAK_DB = 2
_COLUMNS = {"device": "Switch", "interface": "Port", "site": "Site", "sensor": "Sensor"}
_OPTICAL = f'{m.PART_INFO.name}{{kind="transceiver"}}'

WELL: tuple[Panel, ...] = (
    big_number(
        "Least margin", Query(f"min({_MARGIN})"), "suffix: dB", Limits(_WEAK_DB, 0, falling=True), width=6
    ),
    big_number(
        "Beyond a warning level",
        Query(f"count(({_MARGIN}) < 0) or vector(0)"),
        "suffix: ▲",
        Limits(1, 3),
        width=6,
    ),
    big_number(
        f"Less than {_WEAK_DB} dB left",
        Query(f"count(({_MARGIN}) < {_WEAK_DB}) or vector(0)"),
        "suffix: ▲",
        Limits(1, 10),
        width=6,
    ),
    big_number("Sensors of light", Query(f"count({said(m.SENSOR_DBM.name)})"), "none", NEVER, width=6),
)

FADING: tuple[Panel, ...] = (
    rows(
        "Least margin to the next warning level",
        Query(f"bottomk(20, {of_device(_MARGIN)})"),
        {**_COLUMNS, "Value": "Margin in dB"},
        unit="none",
    ),
    calm(
        rows(
            "Fading: more than 0.5 dB lost in a week",
            Query(f"{of_device(f'delta({m.SENSOR_DBM.name}[7d])')} < -0.5"),
            {**_COLUMNS, "Value": "Change in dB"},
        ),
        "no light fades",
    ),
    calm(
        rows(
            "No light on a port that is meant to be up",
            Query(
                f"{meant(m.CITY_INTERFACE_INFO.name)} and {PORT} {_OPTICAL}"
                f" and {PORT} ({m.INTERFACE_UP.name} == 0)"
            ),
            {
                "device": "Switch",
                "interface": "Port",
                "site": "Site",
                "endpoint": "Towards",
                "place": "Place",
            },
            width=WIDE,
        ),
        "every optical port that is meant to be up has light",
    ),
)

TIME: tuple[Panel, ...] = (
    lines(
        "Weakest receivers",
        "dBm",
        Query(
            f'bottomk(10, {m.SENSOR_DBM.name}{{sensor=~".*(Receive|Rx).*"}})',
            "{{device}} {{interface}}",
        ),
    ),
    lines(
        "Warmest transceivers",
        "celsius",
        Query(f'topk(10, {m.SENSOR_CELSIUS.name}{{interface!=""}})', "{{device}} {{interface}}"),
    ),
    lines(
        "Laser current",
        "amp",
        Query(f'topk(10, {m.SENSOR_AMPERES.name}{{interface!=""}})', "{{device}} {{interface}}"),
    ),
    rows(
        "Transceivers by model",
        Query(f"sort_desc(count by (model) ({said(_OPTICAL)}))"),
        {"model": "Model", "Value": "Pieces"},
        width=HALF,
    ),
)

BOARD = Board(
    "optics",
    "moulin-optics",
    "Optics margin",
    "How far every transceiver is from its own warning levels, and which ones fade.",
    (("Is there light?", WELL), ("Margin", FADING), ("Over time", TIME)),
    since="now-7d",
)
