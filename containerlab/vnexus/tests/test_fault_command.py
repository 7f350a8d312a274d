"""Every kind of fault through ``vnexus fault``, as a shell would call it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from vnexus import faults as command_faults
from vnexus.cli import main
from vnexus.lab import Lab
from vnexus.testing import START_SECONDS, running
from vnexus.topology import Topology
from vnexus.world import faults as world_faults

ARGUMENTS = {
    "node": "hall", "port": "Ethernet1/49", "endpoint": "cam-001", "slot": "1", "fan": "1",
    "pattern": "vlan 66",
    "seconds": "5", "after_lines": "2", "bytes": "100", "message": "ERROR: no",
}  # fmt: skip
CARRIER = {"endpoint": "transit"}


@pytest.fixture(scope="module")
def control(routed_topology: Topology) -> Iterator[tuple[Lab, str]]:
    with running(replace(routed_topology, seed=7)) as lab:
        assert lab._heart is not None  # the lab runs
        loop = lab._heart.get_loop()
        place = asyncio.run_coroutine_threadsafe(lab.control("127.0.0.1", 0), loop).result(START_SECONDS)
        yield lab, place


def say(place: str, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert main(["fault", "--control", place, *words]) in (0, None)
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("kind", [*world_faults.KINDS, *command_faults.KINDS])
def test_a_fault_is_added_listed_and_removed(
    kind: str, control: tuple[Lab, str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, place = control
    kinds = dict(line.split(" ", 1) for line in say(place, capsys, "kinds"))
    wanted = (
        {"node", *json.loads(kinds[kind])} if kind in command_faults.KINDS else {*json.loads(kinds[kind])}
    )
    values = ARGUMENTS | (CARRIER if kind.startswith("carrier") else {})
    words = [f"{name}={values[name]}" for name in sorted(wanted) if name in values]
    (number,) = say(place, capsys, "add", kind, *words)
    active = [json.loads(line) for line in say(place, capsys, "list")]
    assert [fault["id"] for fault in active if fault["kind"] == kind] == [number]
    say(place, capsys, "remove", number)
    assert say(place, capsys, "list") == []


@pytest.mark.parametrize("kind", ["slow-reply", "heat"])
def test_every_fault_can_end_by_itself(
    kind: str, control: tuple[Lab, str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, place = control
    words = ["node=hall", "for_seconds=60", *(["seconds=1"] if kind == "slow-reply" else [])]
    say(place, capsys, "add", kind, *words)
    assert len(say(place, capsys, "list")) == 1
    say(place, capsys, "advance", "61")
    assert say(place, capsys, "list") == []


def test_a_reboot_can_save_first(control: tuple[Lab, str], capsys: pytest.CaptureFixture[str]) -> None:
    lab, place = control
    for number, save in ((71, "yes"), (72, "no")):
        lab.nodes["hall"].merge(f"vlan {number}")
        assert say(place, capsys, "add", "reboot", "node=hall", f"save={save}") == ["done"]
    assert {71, 72} & lab.nodes["hall"].config.vlans().keys() == {71}


def test_a_pattern_that_is_none_is_one_line(
    control: tuple[Lab, str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, place = control
    for kind in ("reject-line", "management-lost"):
        assert main(["fault", "--control", place, "add", kind, "node=hall", "pattern=("]) != 0
        assert re.search(r"not a regular expression", capsys.readouterr().err)
