"""The faults that raise alerts are real: the virtual Nexus knows each, and the shipped city has its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.intent.expect import expect
from agent.intent.lab import lab_topology
from agent.intent.load import load_city
from agent.noc.alerts import ALERTS
from agent.noc.fault import AIMS, aim, by_series, fault, on_endpoint, on_port, tell
from agent.noc.rules import alerts_for
from vnexus import faults as command_faults
from vnexus.topology import load_topology
from vnexus.world.faults import KINDS, make_fault
from vnexus.world.wiring import Wiring

ROOT = Path(__file__).parents[3]
CITY = load_city(ROOT / "inventory")
EXPECTED = expect(CITY)


@pytest.fixture(scope="module")
def wiring(tmp_path_factory: pytest.TempPathFactory) -> Wiring:
    lab = lab_topology(CITY)
    file = tmp_path_factory.mktemp("lab") / "lab.yml"
    file.write_text(yaml.safe_dump(lab), encoding="utf-8")
    return Wiring(load_topology(file, {lab["credentials"]["password_env"]: "x"}))


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_the_fault_can_be_aimed_at_the_city(alert: Any, wiring: Wiring) -> None:
    told = tell(alert.fault)
    assert told
    if alert not in alerts_for(EXPECTED):
        assert alert.fault.way == "series", "the city does not promise it, so nothing in the lab can break it"
        return
    aimed = aim(alert.fault, EXPECTED)
    assert "{" not in "".join((*aimed.arguments.values(), *aimed.lines))
    if alert.fault.way == "fault" and alert.fault.kind in KINDS:
        make_fault(alert.fault.kind, aimed.arguments, wiring)
    elif alert.fault.way == "fault":
        assert alert.fault.kind in {*command_faults.KINDS, "reboot"}
        assert aimed.arguments["node"] in wiring.nodes
    if alert.fault.way == "configure":
        assert aimed.lines
        assert aimed.words["device"] in wiring.nodes
    if alert.fault.way in {"agent", "series"}:
        assert alert.fault.words


@pytest.mark.parametrize("place", AIMS)
def test_every_place_is_somewhere_in_the_city(place: str) -> None:
    first, *others = AIMS[place](EXPECTED)
    assert first["device"]
    assert len(others) == len(AIMS[place](EXPECTED)) - 1


def test_places_are_numbered_and_end() -> None:
    cut = on_port("link-cut", "uplink")
    first, second = aim(cut, EXPECTED), aim(cut, EXPECTED, 1)
    assert first.arguments != second.arguments
    with pytest.raises(LookupError, match="no uplink number 9999"):
        aim(cut, EXPECTED, 9999)


def test_words_of_the_place_are_filled_in() -> None:
    aimed = aim(fault("carrier-down", "session", endpoint="{carrier}"), EXPECTED)
    assert aimed.arguments == {"endpoint": aimed.words["carrier"]}
    unplugged = aim(on_endpoint("endpoint-unplug", "camera"), EXPECTED)
    assert unplugged.arguments["endpoint"] == unplugged.words["endpoint"]


def test_what_nobody_models_says_so() -> None:
    assert tell(by_series("no multicast")) == "series by hand: no multicast"
