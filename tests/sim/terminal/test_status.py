"""``moulin status`` as a script meets it: over a real watch, whose switches break."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from agent.cli.main import run
from agent.terminal.line import WatchLine
from agent.terminal.verdict import Health, judge
from tests.sim.terminal.conftest import Town, free_port


@dataclass(frozen=True)
class Done:
    """How a run of the verb ended."""

    code: int
    out: str
    err: str


Ask = Callable[..., Done]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run the verb with these words; names in capitals are of its environment."""

    def asked(*words: str, **environ: str) -> Done:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        code = run(["status", *words])
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return asked


def until(ask: Ask, town: Town, health: Health, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and answer, once the watch knows that the city is so."""
    with WatchLine(town.url) as line:
        for _ in range(100):
            if judge(line.status()).health is health:
                break
            time.sleep(0.2)
        else:
            pytest.fail(f"never {health}: {line.status()}")
    done = ask(*words, "--json", "--url", town.url)
    return done.code, json.loads(done.out)


def test_well_then_dark_then_silent_then_well_again(town: Town, ask: Ask) -> None:
    code, told = until(ask, town, Health.WELL)
    assert code == 0
    assert (told["town"], told["state"], told["reasons"]) == ("Little", "well", [])
    assert {one["service"]: one["working"] for one in told["services"]} == {"cctv": 1, "transport": 1}

    fault = town.fault(kind="endpoint-unplug", endpoint="CAM-1")
    code, told = until(ask, town, Health.DEGRADED)
    assert code == 4
    assert [(one["place"], one["device"]) for one in told["incidents"]] == [("rue Haute 12", "hall-1")]
    people = ask("--url", town.url)
    assert people.code == 4
    assert "Little: DEGRADED" in people.out
    assert "cctv: 0 of 1 work" in people.out
    assert "rue Haute 12" in people.out
    assert ask("data-centre", "--url", town.url).code == 0
    assert ask("hall-1", "--url", town.url).code == 4
    town.mend(fault)
    until(ask, town, Health.WELL)

    fault = town.fault(kind="snmp-silence", node="core-1")
    code, told = until(ask, town, Health.DEGRADED, "core-1")
    assert code == 4
    assert told["reasons"] == ["1 of 1 switches do not answer"]
    assert told["switches"][0]["problem"]
    town.mend(fault)
    assert until(ask, town, Health.WELL)[0] == 0


def test_the_address_comes_from_the_settings(town: Town, ask: Ask) -> None:
    done = ask(MOULIN_LISTEN=town.url.removeprefix("http://"))
    assert done.out.startswith("Little: ")


def test_bad_input_is_one_line(town: Town, ask: Ask) -> None:
    for words, code, said in (
        (("nowhere", "--url", town.url), 2, "neither a site nor a switch"),
        (("--url", "nowhere"), 2, "write it like"),
        (("--url", f"http://127.0.0.1:{free_port()}"), 4, "moulin watch"),
    ):
        done = ask(*words)
        assert (done.code, done.out, done.err.count("\n")) == (code, "", 1)
        assert said in done.err
