"""``moulin comply`` as a person types it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from agent.cli.main import run

ROOT = Path(__file__).parents[3]


@pytest.fixture
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "inventory"
    shutil.copytree(ROOT / "inventory", folder)
    monkeypatch.setenv("MOULIN_INVENTORY", str(folder))
    monkeypatch.setenv("MOULIN_TEMPLATES", str(ROOT / "templates"))
    return folder


def test_the_city_complies_and_files_are_written(
    inventory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {kind: tmp_path / "out" / f"report.{kind}" for kind in ("html", "sarif", "junit")}
    options = [word for kind, file in files.items() for word in (f"--{kind}", str(file))]
    assert run(["comply", *options]) == 0
    assert "complies: " in capsys.readouterr().out
    assert all(file.stat().st_size > 500 for file in files.values())


def test_a_rule_of_the_city_needs_one_yaml_file(inventory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = inventory / "rules"
    rules.mkdir()
    (rules / "town.yaml").write_text(
        "rules:\n  no-lldp:\n    rationale: A test.\n    fix: Remove it.\n    must_not: [feature lldp]\n"
    )
    assert run(["comply", "--rule", "no-lldp", "--limit", "sw-mairie", "--json"]) == 4
    (breach,) = json.loads(capsys.readouterr().out)["breaches"]
    assert (breach["rule"], breach["switch"]) == ("no-lldp", "sw-mairie")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules:\n  a:\n    rationale: x\n    fix: y\n", "town.yaml:2"),
        ("rules:\n  a:\n    rationale: x\n    fix: y\n    must: ['(']\n", "not a regular expression"),
        ("rules:\n  a:\n    rationale: x\n    fix: y\n    musst: ['b']\n", "town.yaml:5"),
        ("rules:\n  no-telnet:\n    rationale: x\n    fix: y\n    must: ['b']\n", "is there already"),
    ],
)
def test_a_mistake_in_a_rule_is_one_line_with_its_place(
    inventory: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    (inventory / "rules").mkdir()
    (inventory / "rules" / "town.yaml").write_text(text)
    assert run(["comply"]) == 2
    assert said in capsys.readouterr().err


def test_an_exception_to_no_rule_is_a_mistake(inventory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = inventory / "policy.yaml"
    policy.write_text(policy.read_text().replace("ospf-neighbours-authenticate", "ospf-neighbors"))
    assert run(["comply"]) == 2
    assert "moulin comply --list" in capsys.readouterr().err


def test_the_rules_are_listed(capsys: pytest.CaptureFixture[str], inventory: Path) -> None:
    assert run(["comply", "--list", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) >= 35
