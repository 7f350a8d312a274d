"""The cameras: dark, degraded or healthy by street; what they draw and send."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.boards.board import Board
from agent.noc.panels import HALF, NEVER, Limits, Panel, Query, big_number, calm, lines, rows, until
from agent.noc.rule import of_device, of_port
from agent.noc.tiles import tiles

CAMERA = '{kind="camera", site=~"$site"}'
_STATE = f'{r.CAMERA_STATE.name}{{site=~"$site"}}'
_STREETS = f'label_replace({_STATE}, "street", "$1", "place", "(.*?)(?: [0-9]+.*)?")'
"""The house number is not part of a street; a crossing has none."""
_COLUMNS = {
    "endpoint": "Tag",
    "place": "Place",
    "tenant": "Tenant",
    "site": "Site",
    "device": "Switch",
    "interface": "Port",
}

WELL: tuple[Panel, ...] = (
    big_number(
        "Healthy",
        Query(f"count({_STATE} == 0) / count({_STATE})"),
        "percentunit",
        Limits(1, 0.95, falling=True),
    ),
    big_number("Dark", Query(f"count({_STATE} == {r.CAMERA_DARK}) or vector(0)"), "suffix: ✗", Limits(1, 5)),
    big_number(
        "Degraded", Query(f"count({_STATE} == {r.CAMERA_DEGRADED}) or vector(0)"), "suffix: ▲", Limits(1, 20)
    ),
    big_number("Cameras", Query(f"count({_STATE})"), "none", NEVER),
    big_number("Power taken", Query(f"sum({of_port(m.POE_WATTS.name, CAMERA)})"), "watt", NEVER),
    big_number("Video sent", Query(f"sum({of_port(r.RX_BITS.name, CAMERA)})"), "bps", NEVER),
)

STREETS: tuple[Panel, ...] = (
    calm(
        tiles(
            "Streets with dark or degraded cameras",
            Query(f"sort_desc(count by (street) ({_STREETS} > 0))", "{{street}}"),
            "suffix: ▼",
            Limits(1, 3),
        ),
        "every camera is healthy",
    ),
    rows(
        "Cameras by street, worst first",
        Query(f"sort(avg by (street) ({_STREETS} == bool 0))"),
        {"street": "Street", "Value": "Healthy"},
        unit="percentunit",
    ),
    calm(
        rows("Dark cameras", Query(f"{_STATE} == {r.CAMERA_DARK}"), _COLUMNS),
        "no camera is dark",
    ),
    calm(
        rows(
            "Degraded cameras: hardly a picture, or errors",
            Query(f"{_STATE} == {r.CAMERA_DEGRADED}"),
            _COLUMNS,
        ),
        "no camera is degraded",
    ),
)

LOAD: tuple[Panel, ...] = (
    lines("Video by site", "bps", Query(f"sum by (site) ({of_port(r.RX_BITS.name, CAMERA)})", "{{site}}")),
    lines("Power by site", "watt", Query(f"sum by (site) ({of_port(m.POE_WATTS.name, CAMERA)})", "{{site}}")),
    rows(
        "Least video: which camera shows little",
        Query(f"bottomk(15, {of_port(r.RX_BITS.name, CAMERA)})"),
        {**_COLUMNS, "Value": "Video"},
        unit="bps",
        width=HALF,
    ),
    rows(
        "Most power: heater or infrared on, or a fault",
        Query(f"topk(15, {of_port(m.POE_WATTS.name, CAMERA)})"),
        {**_COLUMNS, "Value": "Power"},
        unit="watt",
        width=HALF,
    ),
    until(
        lines(
            "Multicast groups of the recorders",
            "none",
            Query(of_device(f"sum by (device) ({m.IGMP_GROUPS.name})"), "{{device}}"),
        ),
        "a switch shows IGMP groups (IGMP-STD-MIB)",
    ),
    until(
        rows(
            "Storage in the cameras",
            Query(f"max without (job, instance) ({m.CAMERA_STORAGE_OK.name})"),
            {"device": "Camera", "storage": "Storage", "Value": "Writes"},
            unit="bool_yes_no",
        ),
        "cameras are polled themselves (snmp in their kind)",
    ),
)

BOARD = Board(
    "cctv",
    "moulin-cctv",
    "CCTV",
    "Cameras by street: dark, degraded, healthy; what they draw and what they send.",
    (("Are the cameras well?", WELL), ("By street", STREETS), ("Load", LOAD)),
)
