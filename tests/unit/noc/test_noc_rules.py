"""Rules and dashboards name only what exists; promtool agrees with every alert."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.intent.expectation import (
    Expectations,
    ExpectedAdjacency,
    ExpectedChannel,
    ExpectedGroup,
    ExpectedNeighbor,
    ExpectedParent,
    ExpectedPort,
    ExpectedProbe,
    ExpectedProtocols,
    ExpectedService,
    ExpectedSession,
    ExpectedVpc,
    Target,
)
from agent.noc.alerts import ALERTS
from agent.noc.cases import CASES
from agent.noc.rules import alerts_for, build_rules
from agent.noc.write import NocPlaces, build_noc, write_noc

ROOT = Path(__file__).parents[3]
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (package prometheus)")


def _port(kind: str, watts: float | None = None) -> ExpectedPort:
    return ExpectedPort("sw-1", "Ethernet1/1", kind, "s", "site", "city", "TAG", "rue Haute 12", watts)


EVERYTHING = Expectations(
    targets=(),
    ports=(_port("camera", 3.0), _port("uplink"), _port("server")),
    neighbors=(ExpectedNeighbor("sw-1", "Ethernet1/49", "leaf-1", "Ethernet1/1"),),
    sessions=(ExpectedSession("edge-1", "192.0.2.1", "north", "default", 1),),
    probes=(ExpectedProbe(_port("server"), "portal", "https", "192.0.2.9", 443, 60, 5),),
    protocols=ExpectedProtocols(
        (ExpectedGroup("core-1", "Vlan120", "1", "10.20.1.1"),),
        (ExpectedAdjacency("core-1", "default", "10.66.254.1", "core-2"),),
        (ExpectedVpc("core-1", "1", "101", "port-channel101"),),
        (ExpectedChannel("core-1", "port-channel1", 2),),
    ),
    appliances=(Target("UPS-1", "192.0.2.8", 161, "public", "site", "ups", "apc"),),
    services=(
        ExpectedService("s", "them", 0.99),
        ExpectedService("cctv", "video"),
        ExpectedService("wifi", "w"),
    ),
    parents=(ExpectedParent("sw-1", "leaf-1"),),
)
NOTHING = Expectations((), (), (), ())
PLACES = NocPlaces("127.0.0.1:9469", 30)
BUILT = build_noc(EVERYTHING, PLACES)
TESTS = [name.removeprefix("tests/") for name in BUILT if name.startswith("tests/")]
INSTANCE = re.compile(r'instance="[^"]*"')


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


def _promtool(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(PROMTOOL), *words], cwd=folder, capture_output=True, text=True, check=False)


def _first_fires(proof: dict[str, Any]) -> list[dict[str, Any]]:
    """For each alert the first case that fires."""
    fires = [test for test in proof["tests"] if test["name"].endswith(" fires")]
    return list({test["name"]: test for test in reversed(fires)}.values())


@needs_promtool
@pytest.mark.parametrize("expected", [EVERYTHING, NOTHING], ids=["everything", "nothing"])
def test_promtool_reads_the_files(expected: Expectations, tmp_path: Path) -> None:
    texts = build_noc(expected, PLACES)
    write_noc(texts, tmp_path)
    rules = [name for name in texts if name.startswith("rules/")]
    for words in (["check", "config", "prometheus.yml"], ["check", "rules", *rules]):
        told = _promtool(tmp_path, *words)
        assert told.returncode == 0, told.stdout + told.stderr


@needs_promtool
@pytest.mark.parametrize("tests", TESTS)
def test_every_alert_fires_and_stays_silent(tests: str, tmp_path: Path) -> None:
    write_noc(BUILT, tmp_path)
    told = _promtool(tmp_path / "tests", "test", "rules", tests)
    assert told.returncode == 0, told.stdout + told.stderr


@needs_promtool
@pytest.mark.parametrize("tests", TESTS)
def test_two_collectors_do_not_make_two_alerts(tests: str, tmp_path: Path) -> None:
    """The same proof where everything is told twice, as two collectors or a pair of Moulins would."""
    write_noc(BUILT, tmp_path)
    file = tmp_path / "tests" / tests
    proof = yaml.safe_load(file.read_text(encoding="utf-8"))
    proof["tests"] = _first_fires(proof)
    for test in proof["tests"]:
        twins = [
            one | {"series": INSTANCE.sub('instance="second"', one["series"])} for one in test["input_series"]
        ]
        test["input_series"] += twins
    file.write_text(yaml.safe_dump(proof), encoding="utf-8")
    told = _promtool(tmp_path / "tests", "test", "rules", tests)
    assert told.returncode == 0, told.stdout + told.stderr


@needs_promtool
@pytest.mark.parametrize("tests", TESTS)
def test_the_proof_fails_where_alerts_are_blind(tests: str, tmp_path: Path) -> None:
    """The generated tests are worth something: with expressions that never fire none of them passes."""
    write_noc(BUILT, tmp_path)
    for file in (tmp_path / "rules").glob("*.yml"):
        rules = yaml.safe_load(file.read_text(encoding="utf-8"))
        for group in rules["groups"]:
            for rule in group["rules"]:
                rule["expr"] = "vector(0) > 1"
        file.write_text(yaml.safe_dump(rules), encoding="utf-8")
    file = tmp_path / "tests" / tests
    proof = yaml.safe_load(file.read_text(encoding="utf-8"))
    proof["tests"] = _first_fires(proof)
    file.write_text(yaml.safe_dump(proof), encoding="utf-8")
    told = _promtool(tmp_path / "tests", "test", "rules", tests)
    assert told.returncode == 1
    for test in proof["tests"]:
        assert f"name: {test['name']}," in told.stdout + told.stderr


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
