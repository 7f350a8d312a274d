"""Rules and dashboards name only what exists; promtool agrees with every alert."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from agent.intent.expectation import (
    Expectations,
    ExpectedNeighbor,
    ExpectedParent,
    ExpectedPort,
    ExpectedService,
    ExpectedSession,
)
from agent.metrics import CATALOGUE
from agent.noc.alerts import ALERTS
from agent.noc.cases import CASES
from agent.noc.rules import ALL_RECORDINGS as RECORDINGS
from agent.noc.rules import alerts_for, build_rules
from agent.noc.write import NocPlaces, build_noc, write_noc

ROOT = Path(__file__).parents[3]
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (package prometheus)")


def _port(kind: str, watts: float | None = None) -> ExpectedPort:
    return ExpectedPort("sw-1", "Ethernet1/1", kind, "s", "site", "city", "TAG", "rue Haute 12", watts)


EVERYTHING = Expectations(
    targets=(),
    ports=(_port("camera", 3.0), _port("uplink")),
    neighbors=(ExpectedNeighbor("sw-1", "Ethernet1/49", "leaf-1", "Ethernet1/1"),),
    sessions=(ExpectedSession("edge-1", "192.0.2.1", "north", "default"),),
    services=(
        ExpectedService("s", "them", 0.99),
        ExpectedService("cctv", "video"),
        ExpectedService("wifi", "w"),
    ),
    parents=(ExpectedParent("sw-1", "leaf-1"),),
)
NOTHING = Expectations((), (), (), ())
PLACES = NocPlaces("127.0.0.1:9469", 30)


def _metrics(expr: str) -> set[str]:
    """Names of all series that an expression reads; raises ValueError for one that does not parse."""
    names: set[str] = set()

    def visit(node: promql_parser.Expr) -> bool:
        if isinstance(node, promql_parser.VectorSelector):
            names.add(str(node.name))
        return True

    promql_parser.walk(promql_parser.parse(expr), visit)
    return names


def _known_at(position: int) -> set[str]:
    return {metric.name for metric in CATALOGUE} | {rule.name for rule in RECORDINGS[:position]}


def test_the_reader_of_names_sees_through_everything() -> None:
    assert _metrics("sum(rate(a[5m])) / on (x) (b > 0) or absent(c{d='e'}) unless max by (f) (-g)") == set(
        "abcg"
    )


@pytest.mark.parametrize("position", range(len(RECORDINGS)), ids=[rule.name for rule in RECORDINGS])
def test_a_recording_reads_the_catalogue_and_earlier_recordings(position: int) -> None:
    names = _metrics(RECORDINGS[position].expr)
    assert names
    assert names <= _known_at(position)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_an_alert_reads_only_what_exists(alert: Any) -> None:
    names = _metrics(alert.expr)
    assert names
    assert names <= _known_at(len(RECORDINGS))


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    books = {file.stem for file in (ROOT / "docs/runbooks").glob("*.md")}
    assert books == {alert.name for alert in ALERTS}


def test_every_alert_is_proved_by_a_case() -> None:
    assert {case.alert for case in CASES} == {alert.name for alert in ALERTS}


def test_alerts_follow_the_promises() -> None:
    assert set(alerts_for(EVERYTHING)) == set(ALERTS)
    names = {alert.name for alert in alerts_for(NOTHING)}
    assert "SwitchUnreachable" in names
    assert not names & {"CameraDark", "BgpSessionDown", "UplinkRedundancyLost", "NeighborNotAsMeant"}


def test_annotations_use_labels_that_the_alert_has() -> None:
    for group in build_rules(EVERYTHING)["groups"]:
        for rule in group["rules"]:
            for text in rule.get("annotations", {}).values():
                labels = next(alert.labels for alert in ALERTS if alert.name == rule["alert"])
                used = {word.split(" ")[0].rstrip(")") for word in text.split("$labels.")[1:]}
                assert used <= set(labels), rule["alert"]


@needs_promtool
@pytest.mark.parametrize("expected", [EVERYTHING, NOTHING], ids=["everything", "nothing"])
def test_promtool_agrees(expected: Expectations, tmp_path: Path) -> None:
    write_noc(build_noc(expected, PLACES), tmp_path)
    for arguments in (
        ["check", "config", "prometheus.yml"],
        ["check", "rules", "rules/city.yml"],
        ["test", "rules", "tests/city.yml"],
    ):
        told = subprocess.run(
            [str(PROMTOOL), *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stdout + told.stderr


@needs_promtool
@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_the_proof_fails_when_the_alert_is_blind(alert: Any, tmp_path: Path) -> None:
    """The generated test is worth something: with an expression that never fires it does not pass."""
    write_noc(build_noc(EVERYTHING, PLACES), tmp_path)
    rules = yaml.safe_load((tmp_path / "rules/city.yml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        for rule in group["rules"]:
            if rule.get("alert") == alert.name:
                rule["expr"] = "vector(0) > 1"
    (tmp_path / "rules/city.yml").write_text(yaml.safe_dump(rules), encoding="utf-8")
    tests = yaml.safe_load((tmp_path / "tests/city.yml").read_text(encoding="utf-8"))
    tests["tests"] = [test for test in tests["tests"] if test["name"] == f"{alert.name} fires"]
    (tmp_path / "tests/city.yml").write_text(yaml.safe_dump(tests), encoding="utf-8")
    told = subprocess.run(
        [str(PROMTOOL), "test", "rules", "tests/city.yml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert alert.name in told.stdout + told.stderr


def test_the_files_are_whole_and_the_same_every_time(tmp_path: Path) -> None:
    first = build_noc(EVERYTHING, PLACES)
    assert first == build_noc(EVERYTHING, PLACES)
    files = write_noc(first, tmp_path)
    assert sorted(file.relative_to(tmp_path).as_posix() for file in files) == sorted(first)
    assert not list(tmp_path.rglob("*.part"))
    assert (
        json.loads((tmp_path / "grafana/dashboards/city.json").read_text(encoding="utf-8"))["uid"]
        == "moulin-city"
    )
    config = yaml.safe_load((tmp_path / "prometheus.yml").read_text(encoding="utf-8"))
    assert config["global"]["scrape_interval"] == "30s"
    assert config["scrape_configs"][1]["http_sd_configs"][0]["url"] == "http://127.0.0.1:9469/sd"
