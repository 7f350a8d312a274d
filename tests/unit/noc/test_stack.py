"""The files that start the stack: what Grafana and compose read, --check, and writing whole files only."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.cli.exits import Exit
from agent.cli.main import run
from agent.errors import StoreError
from agent.intent.expectation import Expectations
from agent.noc.compose import PASSWORD, build_compose
from agent.noc.grafana import BOARDS_FOLDER, SOURCE_UID
from agent.noc.write import BOARDS, HEADER, NocPlaces, build_noc, differing, write_noc

ROOT = Path(__file__).parents[3]
NOTHING = Expectations((), (), (), ())
TEXTS = build_noc(NOTHING, NocPlaces("127.0.0.1:9469"))
COMPOSE = shutil.which("docker-compose")
MAIL = "global: {smtp_auth_password_file: /etc/alertmanager/smtp_password}"


def _compose(alerting: str | None = None, address: str = "127.0.0.1:9469") -> dict[str, Any]:
    return build_compose({} if alerting is None else {"alertmanager.yml": alerting}, address)


def test_grafana_is_told_of_one_source_and_one_folder() -> None:
    source = yaml.safe_load(TEXTS["grafana/provisioning/datasources/moulin.yml"])["datasources"][0]
    assert (source["uid"], source["type"], source["url"]) == (SOURCE_UID, "prometheus", "$MOULIN_PROMETHEUS")
    provider = yaml.safe_load(TEXTS["grafana/provisioning/dashboards/moulin.yml"])["providers"][0]
    assert provider["options"]["path"] == "$MOULIN_BOARDS"
    assert provider["allowUiUpdates"] is False


def test_everything_listens_on_loopback_and_runs_with_as_little_as_it_can() -> None:
    services = _compose("route: {}")["services"]
    assert set(services) == {"moulin", "prometheus", "alertmanager", "grafana"}
    for service in services.values():
        assert service["cap_drop"] == ["ALL"]
        assert ":latest" not in service["image"] or service["image"].endswith("moulin:latest}")
    for name in ("prometheus", "alertmanager"):
        assert [word for word in services[name]["command"] if "web.listen-address=127.0.0.1:" in word]
    grafana = services["grafana"]["environment"]
    assert grafana["GF_SERVER_HTTP_ADDR"] == "127.0.0.1"
    assert grafana["GF_SECURITY_ADMIN_PASSWORD__FILE"] == f"/run/secrets/{PASSWORD}"
    assert "GF_SECURITY_ADMIN_PASSWORD" not in grafana
    assert grafana["MOULIN_BOARDS"] == BOARDS_FOLDER
    assert f"./{BOARDS}:{BOARDS_FOLDER}:ro" in services["grafana"]["volumes"]


def test_what_is_not_there_is_not_started() -> None:
    assert "alertmanager" not in _compose()["services"]
    far = _compose(address="192.0.2.10:9469")
    assert "moulin" not in far["services"]
    assert set(far["secrets"]) == {PASSWORD}


def test_the_password_of_the_mail_is_mounted_where_alertmanager_looks() -> None:
    compose = _compose(MAIL)
    alertmanager = compose["services"]["alertmanager"]
    assert alertmanager["secrets"] == [
        {"source": "smtp_password", "target": "/etc/alertmanager/smtp_password"}
    ]
    assert alertmanager["user"].startswith("65534:")
    assert "smtp_password" in compose["secrets"]
    assert "secrets" not in _compose("route: {}")["services"]["alertmanager"]


def test_every_file_that_compose_mounts_is_made_by_the_build() -> None:
    folders = {str(parent) for name in TEXTS for parent in Path(name).parents}
    services = yaml.safe_load(TEXTS["compose.yaml"])["services"]
    for service in services.values():
        for volume in service["volumes"]:
            if volume.startswith("."):
                assert str(Path(volume.split(":")[0])) in folders, volume  # folders: a build replaces files
    for name in ("prometheus", "alertmanager"):
        assert f"--config.file=/noc/{name}.yml" in services[name]["command"]
        assert f"{name}.yml" in TEXTS


@pytest.mark.skipif(COMPOSE is None, reason="docker-compose is not installed")
@pytest.mark.parametrize("alerting", [None, "route: {}", MAIL], ids=["no alerts", "alerts", "mail"])
def test_docker_compose_understands_the_file(alerting: str | None, tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(yaml.safe_dump(_compose(alerting)), encoding="utf-8")
    told = subprocess.run(
        [str(COMPOSE), "-f", "compose.yaml", "config"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "MOULIN_USER": "77:78"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    services = yaml.safe_load(told.stdout)["services"]
    assert services["grafana"]["user"] == "77:78"
    assert services["moulin"]["image"] == "moulin:latest"


def test_a_file_edited_missing_or_left_over_is_named(tmp_path: Path) -> None:
    assert set(differing(TEXTS, tmp_path).values()) == {"missing"}
    write_noc(TEXTS, tmp_path)
    assert differing(TEXTS, tmp_path) == {}
    wall = tmp_path / BOARDS / "wall.json"
    wall.write_text(wall.read_text(encoding="utf-8").replace("NOC wall", "My wall"), encoding="utf-8")
    (tmp_path / "rules/services.yml").write_bytes(b"\xff")
    (tmp_path / "compose.yaml").unlink()
    (tmp_path / BOARDS / "old.json").write_text("{}", encoding="utf-8")
    (tmp_path / "rules/city.yml").write_text(f"{HEADER}groups: []\n", encoding="utf-8")
    (tmp_path / "rules/their-own.yml").write_text("groups: []\n", encoding="utf-8")
    assert differing(TEXTS, tmp_path) == {
        "rules/services.yml": "differs",
        f"{BOARDS}/wall.json": "differs",
        "compose.yaml": "missing",
        f"{BOARDS}/old.json": "of nobody",
        "rules/city.yml": "of nobody",
    }


@pytest.mark.usefixtures("_in_the_checkout")
def test_check_exits_3_with_the_names_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = ["noc", "build", "-o", str(tmp_path)]
    assert run(build) == Exit.OK
    assert run([*build, "--check"]) == Exit.OK
    wall = tmp_path / BOARDS / "wall.json"
    wall.write_text("{}\n", encoding="utf-8")
    capsys.readouterr()
    assert run([*build, "--check"]) == Exit.CHANGES
    told = capsys.readouterr().out.replace("\n", "")
    assert str(wall) in told
    assert "edited by hand" in told
    assert wall.read_text(encoding="utf-8") == "{}\n"
    assert run(build) == Exit.OK
    assert run([*build, "--check"]) == Exit.OK


@pytest.fixture
def _in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_a_rule_file_is_old_or_new_but_never_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fills in the middle of a write: Prometheus still reads the whole old file."""
    write_noc(TEXTS, tmp_path)
    rules = tmp_path / "rules/services.yml"
    before = rules.read_text(encoding="utf-8")
    whole = Path.write_text

    def write_half(self: Path, data: str, encoding: str | None = None) -> int:
        whole(self, data[: len(data) // 2], encoding=encoding)
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_text", write_half)
    with pytest.raises(StoreError, match="cannot be written"):
        write_noc({name: text + "# new\n" for name, text in TEXTS.items()}, tmp_path)
    monkeypatch.undo()
    assert rules.read_text(encoding="utf-8") == before
    write_noc({"rules/services.yml": before + "# new\n"}, tmp_path)
    assert rules.read_text(encoding="utf-8") == before + "# new\n"


def test_the_guide_names_every_board() -> None:
    guide = (ROOT / "docs/noc.md").read_text(encoding="utf-8")
    for name, text in TEXTS.items():
        if name.startswith(BOARDS):
            assert f"`{yaml.safe_load(text)['uid']}`" in guide
