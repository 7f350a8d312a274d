"""moulin render over the shipped inventory."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from agent.cli.exits import Exit
from agent.cli.main import run
from agent.errors import StoreError, UsageError
from agent.flows.render import render_city, write_configs
from agent.settings import Settings

ROOT = Path(__file__).parents[3]
SETTINGS = Settings(inventory=ROOT / "inventory", templates=ROOT / "templates")
PREFIX = "MOULIN_SECRET_"


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The repository as the working folder, no settings from outside."""
    monkeypatch.chdir(ROOT)
    for name in [name for name in os.environ if name.startswith("MOULIN_")]:
        monkeypatch.delenv(name)


def test_the_whole_city_renders() -> None:
    texts = render_city(SETTINGS)
    assert len(texts) == 24
    for device, text in texts.items():
        assert f"hostname {device}\n" in text
        assert "\nline vty\n" in text


def test_limit_takes_globs() -> None:
    assert list(render_city(SETTINGS, "core-*, edge-1")) == ["core-1", "core-2", "edge-1"]
    with pytest.raises(UsageError, match="no switch matches 'nix'"):
        render_city(SETTINGS, "nix")


@pytest.mark.usefixtures("at_home")
def test_secrets_are_hidden_until_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["render", "--limit", "core-1"]) == Exit.OK
    shown = capsys.readouterr().out
    assert "snmp-server community <hidden> group network-operator" in shown
    assert run(["render", "--limit", "core-1", "--show-secrets"]) == Exit.USAGE
    assert "is not set. set MOULIN_SECRET_" in capsys.readouterr().err.replace("\n", " ")
    _set_every_secret(monkeypatch, capsys)
    assert "<hidden>" not in capsys.readouterr().out


def _set_every_secret(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Sets what the verb asks for, one at a time, until it is content."""
    for _ in range(20):
        if run(["render", "--limit", "core-1", "--show-secrets"]) == Exit.OK:
            return
        error = capsys.readouterr().err
        name = next(word for word in error.split() if word.startswith(PREFIX))
        monkeypatch.setenv(name, f"value-of-{name}")
    pytest.fail("the verb never had enough secrets")


@pytest.mark.usefixtures("at_home")
def test_files_are_private_and_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["render", "--limit", "leaf-*", "-o", str(tmp_path / "out"), "--json"]) == Exit.OK
    files = [Path(name) for name in json.loads(capsys.readouterr().out)]
    assert [file.name for file in files] == ["leaf-1.cfg", "leaf-2.cfg", "leaf-3.cfg", "leaf-4.cfg"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert sorted((tmp_path / "out").iterdir()) == files


def test_a_disk_that_refuses_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match=r"core-1\.cfg: cannot be written \(.*\)"):
        write_configs({"core-1": "x"}, tmp_path / "file")


@pytest.mark.usefixtures("at_home")
def test_noc_build_writes_the_files_for_the_city(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["noc", "build", "-o", str(tmp_path), "--moulin-address", "192.0.2.10:9469", "--json"]
    assert run(arguments) == Exit.OK
    files = [Path(name).relative_to(tmp_path).as_posix() for name in json.loads(capsys.readouterr().out)]
    assert {"prometheus.yml", "rules/services.yml", "tests/services.yml", "compose.yaml"} <= set(files)
    assert {"grafana/dashboards/city.json", "grafana/dashboards/switch.json"} <= set(files)
    config = (tmp_path / "prometheus.yml").read_text(encoding="utf-8")
    assert "http://192.0.2.10:9469/sd" in config
    assert "scrape_interval: 30s" in config
