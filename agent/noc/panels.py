"""Panels in the house style: grey is well, colour is deviation; every query asks the chosen source."""

from __future__ import annotations

from dataclasses import dataclass

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.models.common import BigValueGraphMode
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    DataTransformerConfig,
    DynamicConfigValue,
    Threshold,
    ThresholdsMode,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
CITY_UID, SWITCH_UID = "moulin-city", "moulin-switch"
SWITCH_LINK = {
    "title": "this switch",
    "url": f"/d/{SWITCH_UID}?var-device=${{__value.text}}&${{__url_time_range}}",
}
GREY, YELLOW, RED = "#8e8e8e", "#ffb000", "#dc267f"
"""Distinct for colour-blind eyes too."""
WALL, NARROW, HALF, WIDE = 4, 8, 12, 24
"""Widths out of 24."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query with the legend of its series, ``{{label}}``."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a value turns yellow and red; ``falling`` when low is bad."""

    yellow: float
    red: float
    falling: bool = False


Panel = stat.Panel | table.Panel | timeseries.Panel


def _target(query: Query, *, instant: bool, form: PromQueryFormat, ref: str = "A") -> prometheus.Dataquery:
    target = prometheus.Dataquery().expr(query.expr).legend_format(query.legend).format(form)
    target = target.datasource(SOURCE).ref_id(ref)
    return target.instant() if instant else target.range()


def _thresholds(limits: Limits) -> dashboard.ThresholdsConfig:
    if limits.falling:
        steps = [Threshold(None, RED), Threshold(limits.red, YELLOW), Threshold(limits.yellow, GREY)]
    else:
        steps = [Threshold(None, GREY), Threshold(limits.yellow, YELLOW), Threshold(limits.red, RED)]
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


def big_number(title: str, query: Query, unit: str, limits: Limits, *, width: int = WALL) -> stat.Panel:
    """One value, readable at five metres."""
    return (
        stat.Panel()
        .title(title)
        .datasource(SOURCE)
        .unit(unit)
        .span(width)
        .height(4)
        .graph_mode(BigValueGraphMode.NONE)
        .thresholds(_thresholds(limits))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .with_target(_target(query, instant=True, form=PromQueryFormat.TIME_SERIES))
    )


def lines(title: str, unit: str, *queries: Query, width: int = HALF) -> timeseries.Panel:
    """Values over time."""
    panel = timeseries.Panel().title(title).datasource(SOURCE).unit(unit).span(width).height(8)
    for ref, query in zip("ABCDEF", queries, strict=False):
        target = _target(query, instant=False, form=PromQueryFormat.TIME_SERIES, ref=ref)
        panel = panel.with_target(target)
    return panel


def rows(
    title: str, query: Query, columns: dict[str, str], *, unit: str = "none", width: int = HALF
) -> table.Panel:
    """The series of now as a table: ``columns`` maps label (or ``Value``) to heading; others are hidden.

    A switch in the table leads to its own dashboard.
    """
    order = {name: place for place, name in enumerate(columns)}
    transform = DataTransformerConfig(
        id_val="organize",
        options={
            "indexByName": order,
            "renameByName": columns,
            "includeByName": dict.fromkeys(columns, True),
        },
    )
    panel = (
        table.Panel()
        .title(title)
        .datasource(SOURCE)
        .unit(unit)
        .span(width)
        .height(9)
        .transformations([transform])
        .with_target(_target(query, instant=True, form=PromQueryFormat.TABLE))
    )
    if "device" in columns:
        panel = panel.override_by_name(columns["device"], [DynamicConfigValue("links", [SWITCH_LINK])])
    return panel
