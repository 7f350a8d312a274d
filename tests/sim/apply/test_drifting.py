"""A hand on a switch is on the page within ten seconds, with its name; a change of ours is nobody's drift."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from netmiko import ConnectHandler

from agent import metrics as m
from agent.flows import comparing
from agent.flows.attend import attend
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expect import expect
from agent.intent.load import load_city
from agent.web.serve import open_listener, serve

Corner = Any
"""The fixture of conftest.py, which cannot be imported here."""
ROOT = Path(__file__).parents[3]
SWITCHES = ("core-1", "sw-mairie")
LIMIT = ("--limit", ",".join(SWITCHES))


@pytest.fixture
def inventory(tmp_path: Path, lab_octet: int) -> Path:
    """The city's, with addresses of this test run, those of its stations too."""
    folder = tmp_path / "inventory"
    shutil.copytree(ROOT / "inventory", folder)
    for name, old, new in (
        ("hosts.yaml", "127.66.0.", f"127.66.{lab_octet}."),
        ("city.yaml", "[10.66.2.14]", f"[10.66.{lab_octet}.14]"),
        ("city.yaml", "[10.66.2.20]", f"[10.66.{lab_octet}.20]"),
    ):
        file = folder / name
        file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    return folder


def type_lines(corner: Corner, switch: str, lines: list[str]) -> None:
    host = corner.fleet(switch).inventory.hosts[switch]
    parameters = host.get_connection_parameters("ssh")
    password = corner.secrets[f"{parameters.username}_password"]
    with ConnectHandler(device_type="cisco_nxos", host=parameters.hostname, port=parameters.port or 22,
                        username=parameters.username, password=password) as session:  # fmt: skip
        assert "%" not in session.send_config_set(lines, cmd_verify=False)


async def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # its own timeout bounds it
            await asyncio.sleep(0.05)


def ask(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return json.load(answer)


def events(port: int, kind: str) -> list[dict[str, Any]]:
    return [event for event in ask(port, "/api/events?limit=200") if event["kind"] == kind]


def test_who_changed_what(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "OURS_SECONDS", 1.0)
    done = corner.moulin("apply", "--yes", *LIMIT)
    assert done.returncode == 0, done.stdout + done.stderr
    seconds = asyncio.run(watching(corner))
    print(f"a line typed by SSH was on the API after {seconds:.1f} s")  # noqa: T201  # the figure of the issue
    assert seconds < 10


async def watching(corner: Corner) -> float:
    city = load_city(corner.settings.inventory)
    promised = expect(city)
    few = replace(
        promised, targets=tuple(one for one in promised.targets if one.device in SWITCHES), probes=()
    )
    watch = Watch(few, corner.secrets, WatchOptions(interval_seconds=600))
    remarks = attend(watch, city, corner.secrets, corner.settings)
    assert not [remark for remark in remarks if remark.startswith("no ")], remarks
    listener, stop = open_listener("127.0.0.1:0"), asyncio.Event()
    port = listener.getsockname()[1]
    work = asyncio.create_task(serve(watch, listener, stop))
    try:
        await watch.poll_all()
        await asyncio.sleep(1.5)  # the change of the fixture must be long over
        begun = time.monotonic()
        await asyncio.to_thread(type_lines, corner, "core-1", ["interface loopback77", "description mine"])
        while not (shown := await asyncio.to_thread(ask, port, "/api/switch/core-1/drift"))["diff"]:
            assert time.monotonic() - begun < 30, shown
            await asyncio.sleep(0.05)
        seconds = time.monotonic() - begun
        assert any("loopback77" in line for line in shown["diff"])
        (drift,) = await asyncio.to_thread(events, port, "config-drift")
        assert_foreign(watch, drift)

        command = (str(Path(sys.executable).with_name("moulin")), "apply", "--yes", *LIMIT)
        done = await asyncio.to_thread(
            subprocess.run, command, env=corner.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        await until(lambda: not watch.drifted["core-1"].diff)
        assert watch.drifted["core-1"].change == 2
        assert len(await asyncio.to_thread(events, port, "config-drift")) == 1
        assert len(await asyncio.to_thread(events, port, "config-in-line")) == 1
        ours = await asyncio.to_thread(events, port, "config-changed")
        assert {event["fields"].get("change") for event in ours} >= {"2"}
        page = watch.own_pages
        assert sum(one().value(m.CONFIG_DRIFT_LINES, "core-1") or 0 for one in page) == 0
        assert sum(one().value(m.DRIFT_CHECKS, "own") or 0 for one in page) >= 1
    finally:
        stop.set()
        await work
    return seconds


def assert_foreign(watch: Watch, drift: dict[str, Any]) -> None:
    found = watch.drifted["core-1"]
    assert (found.problem, found.change, found.source) == ("", None, "trap+syslog")
    assert any("interface loopback77" in line for line in found.diff)
    assert any("loopback77 ; description mine" in author for author in found.authors)
    assert found.user
    assert drift["fields"]["user"] == found.user
    assert int(drift["fields"]["lines"]) == found.lines >= 1
    assert sum(one().value(m.CONFIG_DRIFT_LINES, "core-1") or 0 for one in watch.own_pages) == found.lines
