"""Panels in the house style: grey is well, colour is deviation; every query asks the chosen source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    geomap,
    prometheus,
    stat,
    table,
    timeseries,
)
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
SITE_UID, SWITCH_UID, PORT_UID = "moulin-site", "moulin-switch", "moulin-port"
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


NEVER = Limits(1e15, 1e16)
"""A value that is neither good nor bad."""

Panel = stat.Panel | table.Panel | timeseries.Panel | bargauge.Panel | geomap.Panel
Any_ = TypeVar("Any_", stat.Panel, table.Panel, timeseries.Panel, bargauge.Panel, geomap.Panel)

EMPTY_IS_GOOD, EMPTY_UNTIL = "Empty is good: ", "Empty until "
"""How the description of a panel begins that may show nothing."""


def calm(panel: Any_, why: str) -> Any_:
    """A panel that shows nothing while all is well, and says so: ``no camera is dark``."""
    return panel.no_value(why).description(f"{EMPTY_IS_GOOD}{why}.")


def until(panel: Any_, what: str) -> Any_:
    """A panel that shows nothing before something is there, and says so: ``a UPS is in the inventory``."""
    return panel.no_value(f"empty until {what}").description(f"{EMPTY_UNTIL}{what}.")


def target_of(query: Query, *, instant: bool, form: PromQueryFormat, ref: str = "A") -> prometheus.Dataquery:
    """The query as Grafana asks it."""
    target = prometheus.Dataquery().expr(query.expr).legend_format(query.legend).format(form)
    target = target.datasource(SOURCE).ref_id(ref)
    return target.instant() if instant else target.range()


def thresholds_of(limits: Limits) -> dashboard.ThresholdsConfig:
    """Grey, yellow and red by value."""
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
        .thresholds(thresholds_of(limits))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .with_target(target_of(query, instant=True, form=PromQueryFormat.TIME_SERIES))
    )


def lines(title: str, unit: str, *queries: Query, width: int = HALF) -> timeseries.Panel:
    """Values over time."""
    panel = timeseries.Panel().title(title).datasource(SOURCE).unit(unit).span(width).height(8)
    for ref, query in zip("ABCDEF", queries, strict=False):
        target = target_of(query, instant=False, form=PromQueryFormat.TIME_SERIES, ref=ref)
        panel = panel.with_target(target)
    return panel


def _links(columns: dict[str, str]) -> dict[str, dict[str, str]]:
    """Heading to the link of its cells: site, switch and port lead to their own boards, in the same hours."""
    links = {}
    if "site" in columns:
        links[columns["site"]] = (SITE_UID, "this site", "var-site=${__value.text}")
    if "device" in columns:
        links[columns["device"]] = (SWITCH_UID, "this switch", "var-device=${__value.text}")
    if "interface" in columns:
        where = (
            f'var-device=${{__data.fields["{columns["device"]}"]}}'
            if "device" in columns
            else "${device:queryparam}"
        )
        links[columns["interface"]] = (PORT_UID, "this port", f"{where}&var-interface=${{__value.text}}")
    return {
        heading: {"title": title, "url": f"/d/{uid}?{words}&${{datasource:queryparam}}&${{__url_time_range}}"}
        for heading, (uid, title, words) in links.items()
    }


def rows(
    title: str,
    query: Query | tuple[Query, ...],
    columns: dict[str, str],
    *,
    unit: str = "none",
    width: int = HALF,
) -> table.Panel:
    """The series of now as a table: ``columns`` maps label (or ``Value``) to heading; others are hidden.

    Several queries with the same labels stand in one row each; their values are ``Value #A``, ``Value #B``…
    A site, switch or port in the table leads to its own dashboard.
    """
    queries = query if isinstance(query, tuple) else (query,)
    organize = {
        "indexByName": {name: place for place, name in enumerate(columns)},
        "renameByName": columns,
        "includeByName": dict.fromkeys(columns, True),
    }
    merge = [DataTransformerConfig(id_val="merge", options={})] if len(queries) > 1 else []
    panel = (
        table.Panel()
        .title(title)
        .datasource(SOURCE)
        .unit(unit)
        .span(width)
        .height(9)
        .transformations([*merge, DataTransformerConfig(id_val="organize", options=organize)])
    )
    for ref, one in zip("ABCDEF", queries, strict=False):
        panel = panel.with_target(target_of(one, instant=True, form=PromQueryFormat.TABLE, ref=ref))
    for heading, link in _links(columns).items():
        panel = panel.override_by_name(heading, [DynamicConfigValue("links", [link])])
    return panel
