"""The pages of the watch, asked over real sockets, fed by recordings of real devices."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, ExpectedPort, Target
from agent.web.serve import RunningWatch

FX3, CATALYST, CAMERA = "nxos_n9k-c93180yc-fx3", "ios_2960x", "axiscam_box"


@pytest.fixture(scope="module")
def city(responder: Any) -> Expectations:
    def target(name: str, role: str, host: str = "127.0.0.1", port: int | None = None) -> Target:
        return Target(name, host, port or responder.address[1], name, "hall", role, "n9k")

    return Expectations(
        targets=(
            target(FX3, "leaf"),
            target(CATALYST, "building"),
            target(CAMERA, "camera"),
            target("silent", "leaf", "127.0.0.254", 9),
        ),
        ports=(
            ExpectedPort(FX3, "mgmt0", "server", "transport", "hall", "town", "oob", "rack 1"),
            ExpectedPort(
                CATALYST, "Gi1/0/1", "camera", "cctv", "hall", "town", "CAM-1", 'rue "Haute" 12', 2.0
            ),
            ExpectedPort(CATALYST, "Gi1/0/48", "camera", "cctv", "hall", "town", "CAM-2", "quai 3", 99.0),
        ),
        neighbors=(),
        sessions=(),
        freezes=(("election day", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", ("mairie",)),),
    )


@pytest.fixture(scope="module")
def running(city: Expectations) -> Iterator[RunningWatch]:
    secrets = {target.device: target.device for target in city.targets}
    options = WatchOptions(interval_seconds=20, deadline_seconds=15)
    with RunningWatch(lambda: Watch(city, secrets, options), "127.0.0.1:0") as watch:
        yield watch


def fetch(url: str, accept: str = "text/plain") -> tuple[int, str, str]:
    answer = requests.get(url, headers={"Accept": accept}, timeout=30)
    return answer.status_code, answer.headers["Content-Type"], answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        *(f"/probe?target={name}" for name in (FX3, CATALYST, CAMERA)),
        "/metrics/fleet",
        "/metrics/fleet?shard=0/2",
    ],
)
def test_promtool_finds_nothing_on_any_page(running: RunningWatch, path: str) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    status, kind, text = fetch(running.url + path)
    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=text.encode(), capture_output=True, check=False, timeout=60
    )
    complaints = checked.stderr.decode().splitlines()
    assert (checked.returncode, complaints) == (0, [])


def test_probe_of_a_silent_switch_is_a_page_that_says_so(running: RunningWatch) -> None:
    status, _, text = fetch(running.url + "/probe?target=silent")
    lines = text.splitlines()
    assert status == 200
    assert 'moulin_poll_success{device="silent"} 0' in lines
    assert any(line.startswith('moulin_poll_duration_seconds{device="silent"}') for line in lines)
    assert not any(line.startswith("net_") for line in lines)


def test_probe_of_an_unknown_target_is_one_line(running: RunningWatch) -> None:
    status, _, text = fetch(running.url + "/probe?target=nowhere")
    assert status == 404
    assert text.count("\n") == 1
    assert "nowhere" in text


def test_openmetrics_on_request(running: RunningWatch) -> None:
    status, kind, text = fetch(running.url + f"/probe?target={FX3}", "application/openmetrics-text")
    assert (status, kind) == (200, "application/openmetrics-text; version=1.0.0; charset=utf-8")
    assert text.endswith("# EOF\n")
    assert "# TYPE net_interface_receive_bytes counter" in text
    _, _, own = fetch(running.url + "/metrics", "application/openmetrics-text")
    assert own.count("# EOF") == 1


def test_service_discovery_lists_every_switch_with_its_labels(
    running: RunningWatch, city: Expectations
) -> None:
    status, kind, text = fetch(running.url + "/sd")
    entries = json.loads(text)
    assert (status, kind) == (200, "application/json")
    assert [entry["targets"] for entry in entries] == [[one.device] for one in city.targets]
    assert entries[0]["labels"] == {"site": "hall", "role": "leaf", "platform": "n9k"}


def test_intent_stands_on_the_metrics_page(running: RunningWatch) -> None:
    lines = fetch(running.url + "/metrics")[2].splitlines()
    assert f'city_expected_interface_up{{device="{FX3}",interface="mgmt0"}} 1' in lines
    assert f'city_expected_poe_min_watts{{device="{CATALYST}",interface="Gi1/0/1"}} 2.0' in lines
    assert 'city_change_freeze{reason="election day",site="mairie"} 0' in lines
    assert any('place="rue \\"Haute\\" 12"' in line for line in lines)


def test_status_page_counts_what_is_meant(running: RunningWatch) -> None:
    for name in (FX3, CATALYST, CAMERA, "silent"):
        fetch(f"{running.url}/probe?target={name}")
    status, kind, text = fetch(running.url + "/")
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assert "3 of 4" in text  # switches that answer
    assert "quai 3" in text  # the camera that draws too little
    assert fetch(running.url + "/healthz")[2] == "ok\n"
