"""The Grafana dashboards: the city at a glance, and one switch. Made from catalogue and recordings only."""

from __future__ import annotations

import json
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
from agent.noc.city_board import CITY_ROWS
from agent.noc.panels import CITY_UID, SOURCE, SWITCH_UID, Panel
from agent.noc.switch_board import SWITCH_ROWS

TAG = "moulin"
Rows = tuple[tuple[str, tuple[Panel, ...]], ...]


def _label_values(name: str, label: str, selector: str = "") -> dashboard.QueryVariable:
    query: dict[str, object] = {
        "query": f"label_values({m.CITY_DEVICE_INFO.name}{selector}, {label})",
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


def _link(title: str, uid: str) -> dashboard.DashboardLink:
    return (
        dashboard.DashboardLink(title)
        .type(DashboardLinkType.LINK)
        .url(f"/d/{uid}")
        .keep_time(True)
        .include_vars(True)
    )


def _board(title: str, uid: str, rows: Rows) -> dashboard.Dashboard:
    board = (
        dashboard.Dashboard(title)
        .uid(uid)
        .tags([TAG])
        .refresh("30s")
        .time("now-3h", "now")
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
        .with_variable(dashboard.DatasourceVariable("datasource").label("source").type("prometheus"))
    )
    for name, panels in rows:
        board = board.with_row(dashboard.Row(name))
        for panel in panels:
            board = board.with_panel(panel)
    return board


def build_dashboards() -> dict[str, dict[str, Any]]:
    """File name to dashboard, as plain data ready for JSON. The UIDs never change, so links to them last."""
    city = (
        _board("City overview", CITY_UID, CITY_ROWS)
        .with_variable(_label_values("site", "site").multi(True).include_all(True).all_value(".*"))
        .link(_link("Switch", SWITCH_UID))
    )
    switch = (
        _board("Switch", SWITCH_UID, SWITCH_ROWS)
        .with_variable(_label_values("device", "device"))
        .link(_link("City overview", CITY_UID))
    )
    boards = {"city.json": city, "switch.json": switch}
    return {name: json.loads(json.dumps(board.build(), cls=JSONEncoder)) for name, board in boards.items()}


def queries_of(board: dict[str, Any]) -> list[str]:
    """Every PromQL expression of a dashboard's panels."""
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
