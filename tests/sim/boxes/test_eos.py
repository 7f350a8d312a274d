"""Boxes that are no Nexus, through the verbs: NAPALM's ``eos`` driver against the stand-in of conftest.py."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.device.box import shield_of
from agent.flows.box_change import TRIAL_SECONDS
from agent.flows.boxes import mask_box

ROOT = Path(__file__).parents[3]
LIMIT = ("--limit", "border-1")
Arista = Any
"""The fixture of conftest.py, which cannot be imported here."""
Moulin = Callable[..., tuple[int, str]]


def test_plan_apply_and_nothing_left(arista: Arista, moulin: Moulin) -> None:
    arista.startup = json.loads(json.dumps(arista.running))
    assert moulin("check")[0] == 0, "a box is no mistake in the inventory"
    code, said = moulin("plan", *LIMIT)
    assert code == 3, said
    assert "+   description to core-1" in said
    assert "commit timer: the box goes back by itself" in said
    assert "$6$" not in said
    assert "vlan 20" not in arista.running, "a plan changes nothing"
    assert all(session.state != "pending" for session in arista.sessions.values())

    code, said = moulin("apply", *LIMIT, "--yes", "--reason", "guests", "--break-glass", "test")
    assert code == 0, said
    assert arista.running["interface Ethernet1"] == {"description to core-1": {}}
    assert arista.startup == arista.running, "saved once it was confirmed"
    commits = [line for line in arista.log if " commit" in line]
    assert commits[0].endswith("commit timer 00:05:00")
    assert commits[1].endswith("commit")
    assert moulin("plan", *LIMIT)[0] == 0
    history = json.loads(moulin("history", "--json")[1])
    assert history[0]["switches"][0]["device"] == "border-1"
    assert history[0]["switches"][0]["outcome"] == "applied"

    code, said = moulin("rollback", "1", "--dry-run")
    assert code == 0, said
    assert "-vlan 20" in said
    assert "vlan 20" in arista.running
    code, said = moulin("rollback", "1", "--yes")
    assert code == 0, said
    assert "vlan 20" not in arista.running
    assert moulin("rollback", "1", "--yes")[0] == 4, "it is gone already"


def test_nobody_elses_work_is_rolled_back(arista: Arista, moulin: Moulin) -> None:
    arista.startup = json.loads(json.dumps(arista.running))
    assert moulin("apply", *LIMIT, "--yes", "--break-glass", "test")[0] == 0
    arista.running["hostname by-hand"] = {}
    code, said = moulin("rollback", "1", "--yes")
    assert code == 4
    assert "changed since" in said
    assert "vlan 20" in arista.running


def test_a_refused_line_leaves_nothing(arista: Arista, moulin: Moulin, tmp_path: Path) -> None:
    before = json.dumps(arista.running)
    (tmp_path / "inventory" / "boxes" / "border-1.cfg").write_text("interface Ethernet1\n   frobnicate\n")
    code, said = moulin("plan", *LIMIT)
    assert code == 4
    assert "frobnicate" in said
    assert json.dumps(arista.running) == before
    assert not arista.sessions


def test_a_box_that_vanishes_goes_back_by_itself(arista: Arista, moulin: Moulin) -> None:
    before = json.dumps(arista.running)
    arista.mute_after_commit = True
    code, said = moulin("apply", *LIMIT, "--yes", "--break-glass", "test")
    assert code == 4
    assert f"goes back by itself within {TRIAL_SECONDS} seconds" in said
    assert json.dumps(arista.running) != before
    arista.pass_time(TRIAL_SECONDS)
    assert json.dumps(arista.running) == before
    arista.mute = arista.mute_after_commit = False
    assert moulin("plan", *LIMIT)[0] == 3


def test_backup_facts_and_what_they_hide(arista: Arista, moulin: Moulin, tmp_path: Path) -> None:
    assert moulin("apply", *LIMIT, "--yes", "--break-glass", "test")[0] == 0
    code, said = moulin("state", *LIMIT, "--json")
    assert code == 0, said
    assert json.loads(said)["switches"]["border-1"]["model"] == "DCS-7050"
    assert moulin("backup", *LIMIT, "--sealed")[0] == 0
    kept = {
        file.name: file.read_text("utf-8") for file in (tmp_path / "state" / "configs").glob("border-1.*")
    }
    assert sorted(kept) == ["border-1.cfg", "border-1.sealed"]
    assert "description to core-1" in kept["border-1.cfg"]
    assert "$6$" not in "".join(kept.values())
    assert "nothing changed" in moulin("backup", *LIMIT, "--sealed")[1]


def test_wrong_password_and_missing_text_are_one_line(
    moulin: Moulin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "inventory" / "boxes" / "border-1.cfg").unlink()
    code, said = moulin("plan", *LIMIT)
    assert code == 2
    assert "write boxes/border-1.cfg" in said
    monkeypatch.setenv("MOULIN_SECRET_ADMIN_PASSWORD", "wrong-word")
    code, said = moulin("state", *LIMIT)
    assert code == 4
    assert len(said.strip().splitlines()) <= 2
    assert "wrong-word" not in said


def test_ios_has_a_timer_only_with_its_archive() -> None:
    assert not shield_of("ios", "hostname a\narchive\n log config\n  hidekeys\n").by_itself
    assert shield_of("ios", "archive\n log config\n  hidekeys\n path flash:before\n!\n").by_itself
    assert "does NOT go back" in shield_of("ios", "").words
    assert shield_of("junos", "").by_itself


@pytest.mark.parametrize(
    "line",
    [
        "+username ana secret sha512 $6$s3cret",
        "-   username bob secret 5 $1$s3cret",
        '+       encrypted-password "$6$s3cret"; ## SECRET-DATA',
        "+ authentication-key s3cret;",
        "+snmp-server community s3cret ro",
        "+enable secret 9 $9$s3cret",
    ],
)
def test_no_dialect_tells_its_secrets(line: str) -> None:
    assert "s3cret" not in mask_box(line)
    assert mask_box(line)[0] == line[0]
