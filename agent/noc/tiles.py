"""Panels for the wall and the map: they say well, degraded or dark by shape and word as well as colour."""

from __future__ import annotations

from collections.abc import Mapping

from grafana_foundation_sdk.builders import bargauge, common, geomap, stat
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    FrameGeometrySourceMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import (
    DataTransformerConfig,
    DynamicConfigValue,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from agent.noc.panels import (
    GREY,
    HALF,
    RED,
    SITE_UID,
    SOURCE,
    WIDE,
    YELLOW,
    Limits,
    Query,
    target_of,
    thresholds_of,
)

STATE_WORDS: Mapping[int, tuple[str, str]] = {
    0: ("✓ well", GREY),
    1: ("▲ degraded", YELLOW),
    2: ("✗ dark", RED),
}
"""What the states of recordings are called: a shape, a word, and a colour."""
STATE = Limits(1, 2)
DOWN = "suffix: ▼ down"
"""Unit of a count of what is down."""


def _mapping(words: Mapping[int, tuple[str, str]]) -> list[ValueMapping]:
    return [
        ValueMap(
            {
                str(value): ValueMappingResult(text=text, color=color, index=place)
                for place, (value, (text, color)) in enumerate(words.items())
            }
        )
    ]


def tiles(  # noqa: PLR0913 - a panel has that many sides
    title: str,
    query: Query,
    unit: str,
    limits: Limits,
    *,
    words: Mapping[int, tuple[str, str]] | None = None,
    width: int = HALF,
    height: int = 6,
) -> stat.Panel:
    """One tile per series, its name beside its value; ``words`` stand for values. Readable at five metres."""
    panel = (
        stat.Panel()
        .title(title)
        .datasource(SOURCE)
        .unit(unit)
        .span(width)
        .height(height)
        .graph_mode(BigValueGraphMode.NONE)
        .color_mode(BigValueColorMode.BACKGROUND_SOLID)
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .thresholds(thresholds_of(limits))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .with_target(target_of(query, instant=True, form=PromQueryFormat.TIME_SERIES))
    )
    return panel.mappings(_mapping(words)) if words else panel


def to_sites(panel: stat.Panel) -> stat.Panel:
    """Tiles of sites that lead to the board of theirs, in the same hours."""
    return panel.override_by_regexp(".*", [DynamicConfigValue("links", [_link("${__field.labels.site}")])])


def _link(site: str) -> dict[str, str]:
    url = f"/d/{SITE_UID}?var-site={site}&${{datasource:queryparam}}&${{__url_time_range}}"
    return {"title": "this site", "url": url}


def bars(title: str, query: Query, unit: str, limits: Limits, *, width: int = HALF) -> bargauge.Panel:
    """One bar per series, longest matter most: shares and fills."""
    panel = (
        bargauge.Panel()
        .title(title)
        .datasource(SOURCE)
        .unit(unit)
        .span(width)
        .height(8)
        .min(0)
        .display_mode(BarGaugeDisplayMode.BASIC)
        .orientation(VizOrientation.HORIZONTAL)
        .thresholds(thresholds_of(limits))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .with_target(target_of(query, instant=True, form=PromQueryFormat.TIME_SERIES))
    )
    return panel.max(1) if unit == "percentunit" else panel


def sites_on_map(title: str, state: Query, latitude: Query, longitude: Query) -> geomap.Panel:
    """Sites as markers where they are, coloured by state, named by ``site``; the three queries share it."""
    columns = {"site": "site", "Value #A": "state", "Value #B": "latitude", "Value #C": "longitude"}
    name = {"mode": "field", "field": "site", "fixed": ""}
    layer = (
        common.MapLayerOptions()
        .type("markers")
        .name("sites")
        .location(
            common.FrameGeometrySource()
            .mode(FrameGeometrySourceMode.COORDS)
            .latitude("latitude")
            .longitude("longitude")
        )
    )
    style = {
        "size": {"fixed": 9, "min": 4, "max": 12},
        "color": {"field": "state", "fixed": GREY},
        "opacity": 0.9,
        "symbol": {"mode": "fixed", "fixed": "img/icons/marker/circle.svg"},
        "text": name,
        "textConfig": {
            "fontSize": 13,
            "offsetX": 0,
            "offsetY": 16,
            "textAlign": "center",
            "textBaseline": "middle",
        },
    }
    panel = (
        geomap.Panel()
        .title(title)
        .datasource(SOURCE)
        .unit("none")
        .span(WIDE)
        .height(15)
        .thresholds(thresholds_of(STATE))
        .mappings(_mapping(STATE_WORDS))
        .view(geomap.MapViewConfig().id("fit").zoom(15).all_layers(True).padding(10))
        .layers([layer.config({"style": style, "showLegend": False}).tooltip(True)])
        .transformations(
            [
                DataTransformerConfig(id_val="merge", options={}),
                DataTransformerConfig(
                    id_val="organize",
                    options={"renameByName": columns, "includeByName": dict.fromkeys(columns, True)},
                ),
            ]
        )
    )
    panel = panel.override_by_name("site", [DynamicConfigValue("links", [_link("${__value.text}")])])
    for ref, query in zip("ABC", (state, latitude, longitude), strict=True):
        panel = panel.with_target(target_of(query, instant=True, form=PromQueryFormat.TABLE, ref=ref))
    return panel
