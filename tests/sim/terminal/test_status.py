"""``moulin status`` as a script meets it: over a real watch, whose switches break."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from agent.terminal.line import WatchLine
from agent.terminal.verdict import Health, judge
from tests.sim.terminal.conftest import Town, free_port

MOULIN = str(Path(sys.executable).with_name("moulin"))


def ask(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOULIN_")}
    return subprocess.run(
        [MOULIN, "status", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env=kept | environ,
    )


def until(town: Town, health: Health, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and answer, once the watch knows that the city is so."""
    with WatchLine(town.url) as line:
        for _ in range(60):
            if judge(line.status()).health is health:
                break
            time.sleep(0.2)
        else:
            pytest.fail(f"never {health}: {line.status()}")
    done = ask(*words, "--json", "--url", town.url)
    return done.returncode, json.loads(done.stdout)


def test_well_then_dark_then_silent_then_well_again(town: Town) -> None:
    code, told = until(town, Health.WELL)
    assert code == 0
    assert (told["town"], told["state"], told["reasons"]) == ("Little", "well", [])
    assert {one["service"]: one["working"] for one in told["services"]} == {"cctv": 1, "transport": 1}

    fault = town.fault(kind="endpoint-unplug", endpoint="CAM-1")
    code, told = until(town, Health.DEGRADED)
    assert code == 4
    assert [(one["place"], one["device"]) for one in told["incidents"]] == [("rue Haute 12", "hall-1")]
    people = ask("--url", town.url)
    assert people.returncode == 4
    assert "Little: DEGRADED" in people.stdout
    assert "cctv: 0 of 1 work" in people.stdout
    assert "rue Haute 12" in people.stdout
    assert ask("data-centre", "--url", town.url).returncode == 0
    assert ask("hall-1", "--url", town.url).returncode == 4
    town.mend(fault)
    until(town, Health.WELL)

    fault = town.fault(kind="snmp-silence", node="core-1")
    code, told = until(town, Health.DEGRADED, "core-1")
    assert code == 4
    assert told["reasons"] == ["1 of 1 switches do not answer"]
    assert told["switches"][0]["problem"]
    town.mend(fault)
    assert until(town, Health.WELL)[0] == 0


def test_the_address_comes_from_the_settings(town: Town) -> None:
    done = ask(MOULIN_LISTEN=town.url.removeprefix("http://"))
    assert done.stdout.startswith("Little: ")


def test_bad_input_is_one_line(town: Town) -> None:
    for words, code, said in (
        (("nowhere", "--url", town.url), 2, "neither a site nor a switch"),
        (("--url", "nowhere"), 2, "write it like"),
        (("--url", f"http://127.0.0.1:{free_port()}"), 4, "moulin watch"),
    ):
        done = ask(*words)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1)
        assert said in done.stderr
