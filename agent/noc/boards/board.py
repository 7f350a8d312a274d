"""A dashboard as a value, and as Grafana wants it: variables that its queries ask for, links to the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    VariableRefresh,
    VariableSort,
)

from agent import metrics as m
from agent.noc.panels import GREY, SOURCE, Panel

TAG = "moulin"
Rows = tuple[tuple[str, tuple[Panel, ...]], ...]
_ASKED = re.compile(r"\$(site|device|interface)\b")


@dataclass(frozen=True, slots=True)
class Board:
    """``uid`` never changes, so links to it last; a row without a title has no heading."""

    name: str
    """File name without ``.json``."""
    uid: str
    title: str
    purpose: str
    """One sentence for whoever looks for a board."""
    rows: Rows
    since: str = "now-3h"


def _values(name: str, metric: str, selector: str = "") -> dashboard.QueryVariable:
    query: dict[str, object] = {
        "query": f"label_values({metric}{selector}, {name})",
        "refId": f"variable-{name}",
    }
    return (
        dashboard.QueryVariable(name)
        .label(name)
        .datasource(SOURCE)
        .query(query)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
    )


def _variables(asked: set[str]) -> Iterator[dashboard.QueryVariable]:
    """One site is chosen for a site's own board by a link, many for the city; a port belongs to a switch."""
    if "site" in asked:
        site = _values("site", m.CITY_DEVICE_INFO.name)
        yield site.multi(True).include_all(True).all_value(".*")
    if "device" in asked:
        yield _values("device", m.CITY_DEVICE_INFO.name)
    if "interface" in asked:
        yield _values("interface", m.INTERFACE_UP.name, '{device="$device"}')


def _menu() -> dashboard.DashboardLink:
    return (
        dashboard.DashboardLink("Boards")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(True)
        .keep_time(True)
        .include_vars(True)
    )


def build_board(board: Board) -> dict[str, Any]:
    """The dashboard as plain data, ready for JSON."""
    built = (
        dashboard.Dashboard(board.title)
        .uid(board.uid)
        .description(board.purpose)
        .tags([TAG])
        .refresh("30s")
        .time(board.since, "now")
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
        .link(_menu())
        .with_variable(dashboard.DatasourceVariable("datasource").label("source").type("prometheus"))
    )
    for heading, panels in board.rows:
        if heading:
            built = built.with_row(dashboard.Row(heading))
        for panel in panels:
            built = built.with_panel(panel)
    plain: dict[str, Any] = json.loads(json.dumps(built.build(), cls=JSONEncoder))
    asked = {name for expr in queries_of(plain) for name in _ASKED.findall(expr)}
    for variable in _variables(asked):
        plain["templating"]["list"].append(json.loads(json.dumps(variable.build(), cls=JSONEncoder)))
    plain["annotations"] = {"list": [_landmarks('{device="$device"}' if "device" in asked else "")]}
    return plain


def _landmarks(selector: str) -> dict[str, Any]:
    """Changes, drift and restarts as lines through every graph; the SDK does not know half of these words."""
    return {
        "name": "Changes and restarts",
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "enable": True,
        "hide": False,
        "iconColor": GREY,
        "expr": f"1000 * max by (device, kind) ({m.LANDMARK.name}{selector})",
        "useValueForTime": True,
        "titleFormat": "{{kind}}",
        "textFormat": "{{device}}",
        "tagKeys": "kind,device",
    }


def queries_of(board: dict[str, Any]) -> list[str]:
    """Every PromQL expression of a dashboard's panels."""
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
