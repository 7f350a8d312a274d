"""One catalogue: every PromQL expression that ships asks for series and labels that somebody declares."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.metrics import CATALOGUE
from agent.noc.alerts import ALERTS
from agent.noc.compat import COMPAT
from agent.noc.dashboards import build_dashboards, queries_of
from agent.noc.rule import Alert, Recording
from agent.noc.rules import ALL_RECORDINGS, RUNBOOKS, rule_of
from tests.unit.noc.promql import known_labels, read

ROOT = Path(__file__).parents[3]
KNOWN = known_labels()
QUERIES = [(name, query) for name, board in build_dashboards().items() for query in queries_of(board)]
FENCE = re.compile(r"```promql\n(.*?)```", re.DOTALL)
WORD = re.compile(r"`((?:net|city|moulin)_[a-z0-9_]+)(?:\{[^`]*\})?`")
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"])


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_an_alert_asks_for_what_is_declared_and_says_its_labels(alert: Alert) -> None:
    reader, labels = read(rule_of(alert, RUNBOOKS)["expr"], KNOWN)
    assert reader.problems == []
    assert reader.names
    assert labels == set(alert.labels)


@pytest.mark.parametrize("rule", [*ALL_RECORDINGS, *COMPAT], ids=lambda rule: rule.name)
def test_a_recording_asks_for_what_is_declared(rule: Recording) -> None:
    reader, _ = read(rule.expr, KNOWN)
    assert reader.problems == []
    assert reader.names


def test_a_recording_asks_only_for_recordings_before_it() -> None:
    before: set[str] = set()
    for rule in ALL_RECORDINGS:
        reader, _ = read(rule.expr, KNOWN)
        assert {name for name in reader.names if ":" in name} <= before, rule.name
        before.add(rule.name)


@pytest.mark.parametrize(("board", "query"), QUERIES)
def test_a_board_asks_for_what_is_declared(board: str, query: str) -> None:
    reader, _ = read(query, KNOWN)
    assert reader.problems == [], board
    assert reader.names


def test_the_pages_name_only_metrics_that_exist() -> None:
    """Words of documentation that look like metrics are metrics, or the beginning of some (``net_poe_``)."""
    named = {(page.name, word) for page in PAGES for word in WORD.findall(page.read_text(encoding="utf-8"))}
    assert len(named) > 200
    names = [metric.name for metric in CATALOGUE]
    unknown = {(page, word) for page, word in named if not any(name.startswith(word) for name in names)}
    assert unknown == set()


def test_promql_in_the_pages_is_promql() -> None:
    for page in PAGES:
        for query in FENCE.findall(page.read_text(encoding="utf-8")):
            reader, _ = read(query, KNOWN)
            assert reader.problems == [], page.name


@pytest.mark.parametrize(
    ("expr", "problem"),
    [
        ("net_nobody_total", "net_nobody_total: nobody declares it"),
        ('net_interface_up{port="x"}', "net_interface_up: no label port"),
        ("sum by (vrf) (net_interface_up)", "sum by: no label vrf"),
        ("net_interface_up and on (vrf) net_bgp_session_up", "and on: no label vrf"),
        (
            "net_interface_up * on (device) group_left (vrf) net_device_info",
            "group_left or group_right: no label vrf",
        ),
        ("sum(sum by (device) (net_interface_up)) by (interface)", "sum by: no label interface"),
        ('label_replace(net_device_info, "a", "$1", "vrf", "(.*)")', "label_replace: no label vrf"),
        ("rate(net_interface_up[5m]) > 1 or absent(nobody)", "nobody: nobody declares it"),
        ("max_over_time(sum by (vrf) (net_device_info)[1h:1m])", "sum by: no label vrf"),
    ],
)
def test_the_reader_sees_through_everything(expr: str, problem: str) -> None:
    assert read(expr, KNOWN)[0].problems == [problem]


@pytest.mark.parametrize(
    ("expr", "labels"),
    [
        ("sum(net_interface_up)", set()),
        ("topk(3, sum by (device) (net_interface_up))", {"device"}),
        ("sum by (device) (net_bgp_session_up) * 3", {"device"}),
        (
            "net_bgp_session_up * on (device, peer) max by (device, peer) (net_bgp_session_up)",
            {"device", "peer"},
        ),
        ("absent(net_bgp_session_up)", set()),
        ('label_replace(vector(1), "path", "x", "", "")', {"path"}),
        (
            "max by (device) (net_device_info)"  # noqa: ISC004 - one expression
            " * on (device) group_left (site) max by (device, site) (city_device_info)",
            {"device", "site"},
        ),
    ],
)
def test_the_reader_knows_which_labels_come_out(expr: str, labels: set[str]) -> None:
    reader, found = read(expr, KNOWN)
    assert reader.problems == []
    assert found == labels


def test_what_is_no_promql_is_refused() -> None:
    with pytest.raises(ValueError, match="unclosed"):
        read("sum by (", KNOWN)
