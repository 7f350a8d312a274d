"""moulin check and moulin init as the shell sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.cli.main import run

INVENTORY = Path(__file__).resolve().parents[3] / "inventory"


def test_check_says_what_the_city_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(INVENTORY)]) == 0
    out = capsys.readouterr().out
    assert "Bellerive: the inventory is sound" in out
    assert "endpoints of cctv        312" in out


def test_check_without_a_folder_takes_the_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOULIN_INVENTORY", str(INVENTORY))
    assert run(["check", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["city"], report["summary"]["carriers"]) == (True, "Bellerive", 6)


def test_mistakes_are_lines_on_stderr_and_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "city")]) == 0
    capsys.readouterr()
    file = tmp_path / "city/services/cctv.yaml"
    text = file.read_text("utf-8").replace("dome-4k", "dome-8k").replace("10.20.1.11", "10.20.1.10")
    file.write_text(text, encoding="utf-8")
    assert run(["check", str(tmp_path / "city")]) == 2
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        f"{file}:7: unknown model 'dome-8k'. did you mean 'dome-4k'?",
        f"{file}:8: duplicate address: 10.20.1.10 is CAM-001 and CAM-002. give one of them another",
    ]
    assert run(["check", str(tmp_path / "city"), "--json"]) == 2
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(item["file"], item["line"]) for item in findings] == [(str(file), 7), (str(file), 8)]


def test_init_refuses_a_folder_that_is_not_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x").touch()
    assert run(["init", str(tmp_path)]) == 2
    assert "is not empty" in capsys.readouterr().err


def test_init_schemas_only_lists_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--schemas-only", str(tmp_path), "--json"]) == 0
    written = json.loads(capsys.readouterr().out)["written"]
    assert str(tmp_path / "links.json") in written
    assert all(Path(path).is_file() for path in written)
