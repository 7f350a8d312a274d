"""The city as rendered: every promise about protocols is kept by the switches, as the collector sees them."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import metrics as m
from agent.cli.main import run
from agent.collect.poll import Clocks, Poller
from agent.collect.snmp.backend import Community
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.tables.load import standard_tables
from agent.intent.expectation import Expectations
from agent.metrics import Page
from tests.sim.city_lab import ROOT, SECRETS, expected_at, whole_city

NET = "127.93"
POLLED = ("core-1", "core-2", "edge-1", "edge-2", "leaf-1", "leaf-3", "sw-mairie")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Page]]:
    targets = {target.device: target for target in expected_at(NET).targets}

    async def poll_all() -> dict[str, Page]:
        engine, found = Engine(random.Random(3)), {}
        for name in POLLED:
            target = targets[name]
            who = Community(SECRETS[target.community])
            backend = OwnBackend(engine, name, (target.address, target.snmp_port), who)
            poller = Poller(name, backend, standard_tables(), Clocks(time.monotonic, time.time))
            poll = await poller.poll(60)
            assert (poll.problem, poll.partial) == ("", ())
            found[name] = poll.page
        engine.close()
        return found

    with whole_city(tmp_path_factory.mktemp("city"), NET):
        yield asyncio.run(poll_all())


@pytest.fixture(scope="module")
def promised() -> Expectations:
    return expected_at(NET)


def test_gateways_are_complete(pages: dict[str, Page], promised: Expectations) -> None:
    groups = [one for one in promised.protocols.groups if one.device in pages]
    assert len(groups) == 60
    for one in groups:
        place = (one.device, one.interface, one.group)
        assert pages[one.device].value(m.HSRP_COMPLETE, *place) == 1, place
        assert pages[one.device].value(m.HSRP_INFO, *place, one.address) == 1
    active = [pages[one.device].value(m.HSRP_ACTIVE, one.device, one.interface, one.group) for one in groups]
    assert sum(value or 0 for value in active) == 30


def test_neighbours_of_ospf_are_up(pages: dict[str, Page], promised: Expectations) -> None:
    pairs = [one for one in promised.protocols.adjacencies if one.device in pages]
    assert len(pairs) == 12
    for one in pairs:
        assert pages[one.device].value(m.OSPF_UP, one.device, one.vrf, one.neighbor) == 1, one
    seen = sum(len(page.families.get(m.OSPF_UP.name, {})) for page in pages.values())
    assert seen == len(pairs)


def test_vpcs_are_up_and_agree(pages: dict[str, Page], promised: Expectations) -> None:
    vpcs = [one for one in promised.protocols.vpcs if one.device in pages]
    assert len(vpcs) > 40
    for one in vpcs:
        place = (one.device, one.domain, one.vpc, one.interface)
        assert pages[one.device].value(m.VPC_UP, *place) == 1, place
        assert pages[one.device].value(m.VPC_CONSISTENT, *place) == 1, place


def test_port_channels_have_their_width(pages: dict[str, Page], promised: Expectations) -> None:
    channels = [one for one in promised.protocols.channels if one.device in pages]
    assert len(channels) > 40
    for one in channels:
        assert pages[one.device].value(m.CHANNEL_WIDTH, one.device, one.interface) == one.members, one


def test_sessions_stand_and_bring_prefixes(pages: dict[str, Page], promised: Expectations) -> None:
    assert len(promised.sessions) == 8
    for one in promised.sessions:
        page = pages[one.device]
        assert page.value(m.BGP_UP, one.device, one.vrf, one.peer) == 1, one
        if one.min_prefixes is not None:
            brought = page.value(m.BGP_PREFIXES, one.device, one.vrf, one.peer, "ipv4-unicast")
            assert brought is not None
            assert brought >= one.min_prefixes


def test_series_of_a_core_are_bounded(pages: dict[str, Page]) -> None:
    """Protocols of a core add hundreds of series to its thousands, and no family explodes."""
    sizes = {name: len(values) for name, values in pages["core-1"].families.items()}
    assert max(sizes.values()) < 1500, sizes


@pytest.fixture
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The city's inventory with its switches where the lab has them, secrets in the environment."""
    folder = tmp_path / "inventory"
    shutil.copytree(ROOT / "inventory", folder)
    for file in folder.glob("*.yaml"):
        file.write_text(file.read_text(encoding="utf-8").replace("127.66.", f"{NET}."), encoding="utf-8")
    for name, value in SECRETS.items():
        monkeypatch.setenv(f"MOULIN_SECRET_{name.upper()}", value)
    monkeypatch.setenv("MOULIN_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("MOULIN_VERIFY_HOST_KEYS", "false")
    return folder


@pytest.mark.usefixtures("pages")
def test_the_doctor_logs_in_as_the_inventory_says(
    inventory: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["doctor", "core-1", "-i", str(inventory), "--json"]) == 0
    steps = {step["name"]: step for step in json.loads(capsys.readouterr().out)["steps"]}
    way = next(name for name in ("nxapi", "ssh") if name in steps)
    assert (steps["name"]["found"], steps[way]["verdict"]) == (f"is {NET}.0.1", "ok")
    assert steps["clock"]["verdict"] in ("ok", "warn")
    monkeypatch.setenv("MOULIN_SECRET_ADMIN_PASSWORD", "not-the-one")
    assert run(["doctor", "core-1", "-i", str(inventory), "--json"]) == 4
    told = capsys.readouterr().out
    steps = {step["name"]: step for step in json.loads(told)["steps"]}
    assert (steps["snmp"]["verdict"], steps[way]["verdict"]) == ("ok", "fail")
    assert steps[way]["next"]
    assert "not-the-one" not in told
    monkeypatch.delenv("MOULIN_SECRET_ADMIN_PASSWORD")
    assert run(["doctor", "core-1", "-i", str(inventory), "--json"]) == 0
    steps = {step["name"]: step for step in json.loads(capsys.readouterr().out)["steps"]}
    assert steps["login"]["verdict"] == "skip"


@pytest.mark.usefixtures("pages")
def test_a_switch_of_the_inventory_is_asked_with_its_own_secret(
    inventory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["snmp", "table", "edge-1", "bgp", "-i", str(inventory), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["cbgpPeer2State"] for row in rows] == ["established(6)"] * 4
    assert run(["snmp", "get", "nobody", "sysName", "-i", str(inventory)]) == 2
    told = capsys.readouterr().err
    assert "nobody is not in" in told
    assert "--secret-env" in told
