"""Every board: Grafana's models read it, nothing overlaps, nothing is empty without a word, links lead on."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import Any

import promql_parser
import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from agent.metrics import CATALOGUE
from agent.noc.dashboards import BOARDS, build_dashboards, build_playlist, queries_of
from agent.noc.firing import OF_PROMETHEUS
from agent.noc.panels import EMPTY_IS_GOOD, EMPTY_UNTIL
from agent.noc.rules import RECORDING_GROUPS

BUILT = build_dashboards()
RECORDED = {rule.name for _, rules, _ in RECORDING_GROUPS for rule in rules}
KNOWN = {metric.name for metric in CATALOGUE} | RECORDED | set(OF_PROMETHEUS)
WALL_HEIGHT = 24
"""Rows of the grid that a screen of 1080 lines shows in kiosk mode."""
of_every_board = pytest.mark.parametrize("name", BUILT)


def _panels(board: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def _names(expr: str) -> set[str]:
    names: set[str] = set()

    def visit(node: promql_parser.Expr) -> bool:
        if isinstance(node, promql_parser.VectorSelector):
            names.add(str(node.name))
        return True

    promql_parser.walk(promql_parser.parse(expr), visit)
    return names


@of_every_board
def test_a_board_reads_only_what_exists(name: str) -> None:
    queries = queries_of(BUILT[name])
    assert queries
    for query in queries:
        names = _names(query)
        assert names, query
        assert names <= KNOWN, query


@of_every_board
def test_grafanas_models_read_the_board_and_write_the_same(name: str) -> None:
    known = json.loads(json.dumps(BUILT[name]))
    for annotation in known["annotations"]["list"]:
        for word in ("useValueForTime", "titleFormat", "textFormat", "tagKeys"):
            del annotation[word]  # words of the source, not of the dashboard
        annotation["builtIn"] = 0
    again = Dashboard.from_json(known)
    assert json.loads(json.dumps(again, cls=JSONEncoder)) == known


@of_every_board
def test_what_happened_is_marked_on_every_graph(name: str) -> None:
    (landmarks,) = BUILT[name]["annotations"]["list"]
    assert _names(landmarks["expr"]) <= KNOWN
    assert landmarks["useValueForTime"]


def test_names_and_uids_are_taken_once() -> None:
    assert len({board["uid"] for board in BUILT.values()}) == len(BUILT) == len(BOARDS)
    assert len({board["title"] for board in BUILT.values()}) == len(BUILT)
    words = (
        "wall city map site switch port cctv wifi quality carriers tenants capacity optics energy collector"
        " change"
    )
    assert {f"moulin-{word}" for word in words.split()} == {board["uid"] for board in BUILT.values()}


@of_every_board
def test_no_two_panels_stand_on_the_same_place(name: str) -> None:
    places = [panel["gridPos"] for panel in BUILT[name]["panels"]]
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, (one, other)
    assert all(place["x"] + place["w"] <= 24 for place in places)


@of_every_board
def test_every_panel_says_what_it_shows(name: str) -> None:
    for panel in _panels(BUILT[name]):
        defaults = panel["fieldConfig"]["defaults"]
        assert panel["title"]
        assert defaults["unit"], panel["title"]
        assert [target["refId"] for target in panel["targets"]] == list("ABCDEF")[: len(panel["targets"])]
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}
        if "noValue" in defaults:
            assert panel["description"].startswith((EMPTY_IS_GOOD, EMPTY_UNTIL)), panel["title"]
    titles = [panel["title"] for panel in _panels(BUILT[name])]
    assert len(titles) == len(set(titles))


@of_every_board
def test_variables_are_those_that_queries_ask_for(name: str) -> None:
    has = {variable["name"] for variable in BUILT[name]["templating"]["list"]}
    assert has == {
        "datasource",
        *re.findall(r"\$(site|device|interface)\b", " ".join(queries_of(BUILT[name]))),
    }


def test_the_ways_from_city_to_port_keep_the_hours() -> None:
    uids = {board["uid"] for board in BUILT.values()}
    ways = set()
    for board in BUILT.values():
        assert [link for link in board["links"] if link["keepTime"] and link["includeVars"]]
        for url in re.findall(r'"url": "(/d/[^"]*)', json.dumps(board).replace('\\"', "'")):
            assert "${__url_time_range}" in url
            uid = re.match(r"/d/([\w-]+)", url)
            assert uid
            assert uid[1] in uids
            ways.add((board["uid"], uid[1]))
    assert ways >= {
        ("moulin-city", "moulin-site"),
        ("moulin-site", "moulin-switch"),
        ("moulin-switch", "moulin-port"),
    }


def test_the_wall_fits_on_the_screen_and_tells_how_old_it_is() -> None:
    wall = BUILT["wall.json"]
    assert not [panel for panel in wall["panels"] if panel["type"] == "row"]
    assert max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in wall["panels"]) <= WALL_HEIGHT
    assert wall["refresh"] == "30s"
    first = min(_panels(wall), key=lambda panel: (panel["gridPos"]["y"], panel["gridPos"]["x"]))
    assert first["title"].startswith("Services")
    assert "Age of the data" in {panel["title"] for panel in _panels(wall)}
    tile = first["fieldConfig"]["defaults"]
    assert tile["mappings"][0]["options"]["0"]["text"] == "✓"  # a shape besides the colour
    assert "▼" in tile["unit"]


def test_the_playlist_begins_with_the_wall_and_knows_its_boards() -> None:
    values = [item["value"] for item in build_playlist()["items"]]
    assert values[0] == "moulin-wall"
    assert set(values) <= {board["uid"] for board in BUILT.values()}
