"""alertmanager.yml: Alertmanager's own tool takes it, and sends each alert to the team that answers."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from agent.intent.expect import expect
from agent.intent.expectation import Expectations
from agent.intent.load import load_city
from agent.noc.alertmanager import HOOK_PATH
from agent.noc.write import NocPlaces, build_noc, write_noc
from agent.web import guard

ROOT = Path(__file__).parents[3]
BELLERIVE = expect(load_city(ROOT / "inventory"))
AMTOOL = shutil.which("amtool")
needs_amtool = pytest.mark.skipif(AMTOOL is None, reason="amtool is not installed (prometheus-alertmanager)")


def written(folder: Path, expected: Expectations = BELLERIVE, token_file: str = "") -> Path:
    write_noc(build_noc(expected, NocPlaces("127.0.0.1:9469", 30, token_file=token_file)), folder)
    return folder / "alertmanager.yml"


def amtool(*words: str) -> str:
    told = subprocess.run([str(AMTOOL), *words], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


@needs_amtool
@pytest.mark.parametrize(
    "expected",
    [BELLERIVE, replace(BELLERIVE, mail=None), Expectations((), (), (), ())],
    ids=["bellerive", "without mail", "nothing"],
)
@pytest.mark.parametrize("token_file", ["", "/etc/alertmanager/moulin_token"], ids=["open", "token"])
def test_amtool_takes_it(expected: Expectations, token_file: str, tmp_path: Path) -> None:
    said = amtool("check-config", str(written(tmp_path, expected, token_file)))
    assert "SUCCESS" in said


@needs_amtool
@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (("severity=page", "service=cctv"), "video"),
        (("severity=ticket", "service=doors"), "buildings"),
        (("severity=page", "service=transport"), "network"),
        (("severity=note", "service=transport"), "tickets"),
        (("severity=page", "service=unheard-of"), "tickets"),
        (("service=cctv",), "tickets"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_each_alert_goes_to_who_answers(labels: tuple[str, ...], receiver: str, tmp_path: Path) -> None:
    file = written(tmp_path)
    assert amtool("config", "routes", "test", f"--config.file={file}", *labels).split() == [receiver]


def test_teams_get_letters_and_tickets_and_no_secret_stands_in_the_file(tmp_path: Path) -> None:
    config = yaml.safe_load(written(tmp_path, token_file="/run/token").read_text("utf-8"))
    assert config["global"]["smtp_auth_password_file"] == "/etc/alertmanager/smtp_password"
    receivers = {one["name"]: one for one in config["receivers"]}
    assert receivers["video"]["email_configs"][0]["to"] == "video@bellerive.example"
    for one in receivers.values():
        hook = one["webhook_configs"][0]
        assert hook["url"] == "http://127.0.0.1:9469/api/alerts"
        assert hook["http_config"]["authorization"]["credentials_file"] == "/run/token"


def test_the_two_ends_of_the_hook_agree() -> None:
    assert HOOK_PATH == guard.HOOK_PATH


def test_prometheus_tells_alertmanager(tmp_path: Path) -> None:
    config = yaml.safe_load((written(tmp_path).parent / "prometheus.yml").read_text("utf-8"))
    assert config["alerting"]["alertmanagers"] == [{"static_configs": [{"targets": ["127.0.0.1:9093"]}]}]
