"""Boxes that are no Nexus, through the verbs: NAPALM's ``eos`` driver against the stand-in of conftest.py."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.cli.main import run
from agent.device.box import shield_of
from agent.flows.box_change import TRIAL_SECONDS
from agent.flows.boxes import mask_box
from agent.intent.window import DAYS
from agent.store.sealing import new_key

ROOT = Path(__file__).parents[3]
LIMIT = ("--limit", "border-1")
Arista = Any
"""The fixture of conftest.py, which cannot be imported here."""
Moulin = Callable[..., tuple[int, str]]

WANTED = """\
hostname border-1
vlan 20
   name guests
interface Ethernet1
   description {{ uplink }}
username ana secret sha512 {{ secret("ana_hash") }}
"""


def environment(tmp_path: Path, boxes: dict[str, Arista]) -> dict[str, str]:
    """The city with these boxes in it; what ``moulin`` is told about it."""
    inventory = tmp_path / "inventory"
    if not inventory.exists():
        shutil.copytree(ROOT / "inventory", inventory)
        (inventory / "boxes").mkdir()
    for name, box in boxes.items():
        port = {"port": box.port, "extras": {"optional_args": {"transport": "http"}}}
        host = {
            "hostname": "127.0.0.1",
            "data": {"driver": "eos", "site": "mairie"},
            "connection_options": {"napalm": port},
        }
        with (inventory / "hosts.yaml").open("a", encoding="utf-8") as hosts:
            hosts.write(yaml.safe_dump({name: host}))
        text = WANTED.replace("{{ uplink }}", "to core-1").replace("border-1", name)
        (inventory / "boxes" / f"{name}.cfg").write_text(text, "utf-8")
    told = {
        "MOULIN_INVENTORY": inventory,
        "MOULIN_TEMPLATES": ROOT / "templates",
        "MOULIN_STATE": tmp_path / "state",
        "MOULIN_TIMEOUT_SECONDS": 5,
        "MOULIN_SECRET_ADMIN_PASSWORD": "arista-pw",
        "MOULIN_SECRET_ANA_HASH": "$6$s4lt$hash",
        "MOULIN_SECRET_BACKUP_KEY": new_key(),
    }
    return {name: str(value) for name, value in told.items()}


@pytest.fixture
def moulin(
    arista: Arista, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Moulin:
    for name, value in environment(tmp_path, {"border-1": arista}).items():
        monkeypatch.setenv(name, value)

    def moulin(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run(list(arguments))
        said = capsys.readouterr()
        return int(code), said.out + said.err

    return moulin


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


def text_of(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "inventory" / "boxes" / f"{name}.cfg").write_text(text, "utf-8")


def city_file(tmp_path: Path, name: str, **data: object) -> None:
    (tmp_path / "inventory" / f"{name}.yaml").write_text(yaml.safe_dump(data), "utf-8")


def around(now: datetime, **more: object) -> dict[str, object]:
    """Times around now."""
    span = {"starts": now - timedelta(hours=1), "ends": now + timedelta(hours=1)}
    return {name: moment.isoformat() for name, moment in span.items()} | {"reason": "Election"} | more


def test_freezes_and_windows_of_its_site_hold_a_box(arista: Arista, moulin: Moulin, tmp_path: Path) -> None:
    now, before = datetime.now(UTC), json.dumps(arista.running)
    apply = ("apply", *LIMIT, "--yes")
    city_file(tmp_path, "freezes", freezes=[around(now, sites=["mairie"])])
    assert "not now: border-1: nothing is changed until" in moulin("plan", *LIMIT)[1]
    code, said = moulin(*apply)
    assert (code, "Election" in said) == (4, True), said
    city_file(tmp_path, "freezes", freezes=[around(now, sites=["residence"])])
    day = DAYS[(now.weekday() + 3) % 7]
    window = {"title": "At night", "days": [day], "starts": "02:00", "hours": 1, "timezone": "UTC"}
    city_file(tmp_path, "windows", windows=[window | {"sites": ["mairie"]}])
    code, said = moulin(*apply)
    assert (code, "no maintenance window is open" in said) == (4, True), said
    assert json.dumps(arista.running) == before
    city_file(tmp_path, "windows", windows=[window | {"sites": ["residence"]}])
    assert moulin(*apply)[0] == 0
    hosts = tmp_path / "inventory" / "hosts.yaml"
    hosts.write_text(hosts.read_text("utf-8").replace("site: mairie\n", "site: nowhere\n"), "utf-8")
    text_of(tmp_path, "border-1", "hostname border-9\n")
    assert "no site 'nowhere'" in moulin(*apply)[1]


def test_a_marked_risk_of_a_box_needs_somebody_elses_word(
    arista: Arista, moulin: Moulin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arista.running["vlan 30"] = {}
    text_of(tmp_path, "border-1", "no vlan 30\n")
    city_file(tmp_path, "policy", approvals={"needed_for": ["VLAN removal"], "four_eyes": True})
    file = str(tmp_path / "plan.json")
    monkeypatch.setenv("LOGNAME", "anna")
    code, said = moulin("plan", *LIMIT, "-o", file)
    assert (code, "risks: VLAN removal" in said) == (3, True), said
    code, said = moulin("apply", file, "--yes")
    assert (code, "nobody has approved the risk on border-1 (VLAN removal)" in said) == (4, True), said
    assert "vlan 30" in arista.running
    monkeypatch.setenv("LOGNAME", "bert")
    assert moulin("approve", file, "--yes", "--reason", "seen")[0] == 0
    monkeypatch.setenv("LOGNAME", "anna")
    text_of(tmp_path, "border-1", "no vlan 30\nhostname by-hand\n")
    code, said = moulin("apply", file, "--yes")
    assert code == 0, said
    assert "vlan 30" not in arista.running
    assert "hostname by-hand" not in arista.running, "exactly what was reviewed"


def test_drift_backup_and_restore(arista: Arista, moulin: Moulin) -> None:
    assert moulin("apply", *LIMIT, "--yes")[0] == 0
    assert moulin("drift", *LIMIT)[0] == 0
    assert moulin("backup", *LIMIT, "--sealed")[0] == 0
    assert moulin("backup", "diff", "border-1")[0] == 0
    kept = json.dumps(arista.running)
    by_hand = {"vlan 20": ("vlan 99", {"name by-hand": {}})}
    arista.running = dict(by_hand.get(line, (line, body)) for line, body in arista.running.items())
    code, said = moulin("drift", *LIMIT, "--json")
    told = json.loads(said)["switches"]["border-1"]
    assert code == 3
    assert "+vlan 20" in told["unplanned"]
    assert any(row == "+vlan 99" for row in told["unsaved"])
    code, said = moulin("backup", "diff", "border-1")
    assert (code, "+vlan 99" in said, "-vlan 20" in said) == (3, True, True), said
    code, said = moulin("restore", "border-1", "--dry-run")
    assert (code, "-vlan 99" in said, "$6$" in said) == (3, True, False), said
    assert "vlan 99" in arista.running
    code, said = moulin("restore", "border-1", "--yes")
    assert code == 0, said
    assert json.dumps(arista.running) == kept
    assert arista.startup == arista.running
    code, said = moulin("rollback", "2", "--yes")
    assert code == 0, said
    assert "vlan 99" in arista.running


@pytest.mark.parametrize(
    ("dies_at", "waits", "outcome"),
    [("commit timer 00:05:00", True, "undone"), ("write memory", False, "applied")],
    ids=["on trial", "confirmed"],
)
def test_a_killed_process_is_resumed_by_what_the_box_has(
    arista: Arista, moulin: Moulin, *, dies_at: str, waits: bool, outcome: str
) -> None:
    arista.startup, before = json.loads(json.dumps(arista.running)), json.dumps(arista.running)
    command = [str(Path(sys.executable).with_name("moulin")), "apply", *LIMIT, "--yes"]
    with subprocess.Popen(command, env=os.environ, stdout=subprocess.PIPE) as process:
        arista.overheard = lambda line: process.kill() if line.endswith(dies_at) else None
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    arista.overheard = lambda line: None
    if waits:
        code, said = moulin("plan", *LIMIT)
        assert (code, "a commit is on trial there" in said) == (4, True), said
        code, said = moulin("resume", "--yes", "--json")
        assert json.loads(said)["switches"]["border-1"]["outcome"] == "protected", said
        assert code == 4
        arista.pass_time(TRIAL_SECONDS)
    assert moulin("resume", "--dry-run")[0] == 0
    code, said = moulin("resume", "--yes", "--json")
    assert (code, json.loads(said)["switches"]["border-1"]["outcome"]) == (0, outcome), said
    assert (json.dumps(arista.running) == before) == (outcome == "undone")
    assert "no change is unfinished" in moulin("resume")[1]


def test_a_change_by_hand_in_between_is_taken_back_when_told(arista: Arista, moulin: Moulin) -> None:
    before = json.dumps(arista.running)
    arista.mute_after_commit = True
    assert moulin("apply", *LIMIT, "--yes")[0] == 4
    arista.mute = arista.mute_after_commit = False
    arista.pass_time(TRIAL_SECONDS)
    arista.running["vlan 99"] = {}
    code, said = moulin("resume", "1", "--yes")
    assert (code, "moulin resume 1 --undo" in said) == (4, True), said
    code, said = moulin("resume", "1", "--undo", "--yes")
    assert code == 0, said
    assert json.dumps(arista.running) == before


@pytest.mark.parametrize(
    ("policy", "first", "last"),
    [("stop", "protected", "not started"), ("continue", "protected", "applied")],
)
def test_one_box_after_the_other_and_what_fails_ends_it(
    arista: Arista, second: Arista, moulin: Moulin, tmp_path: Path, *, policy: str, first: str, last: str
) -> None:
    environment(tmp_path, {"border-2": second})
    arista.mute_after_commit = True
    code, said = moulin("apply", "--limit", "border-*", "--yes", "--on-failure", policy, "--json")
    outcomes = {name: row["outcome"] for name, row in json.loads(said)["switches"].items()}
    assert (code, outcomes) == (4, {"border-1": first, "border-2": last})
    assert ("vlan 20" in second.running) == (last == "applied")


def test_all_that_took_the_change_go_back_when_the_policy_says_so(
    arista: Arista, second: Arista, moulin: Moulin, tmp_path: Path
) -> None:
    environment(tmp_path, {"border-2": second})
    before = json.dumps(arista.running)
    second.mute_after_commit = True
    code, said = moulin("apply", "--limit", "border-*", "--yes", "--on-failure", "undo-all", "--json")
    outcomes = {name: row["outcome"] for name, row in json.loads(said)["switches"].items()}
    assert (code, outcomes) == (4, {"border-1": "undone", "border-2": "protected"})
    assert json.dumps(arista.running) == before
    assert len(json.loads(moulin("history", "--json")[1])) == 2


def test_the_journal_keeps_what_a_box_said(moulin: Moulin) -> None:
    assert moulin("apply", *LIMIT, "--yes")[0] == 0
    code, said = moulin("history", "1", "--replies")
    assert code == 0
    assert "candidate (merge)" in said
    assert "commit on trial" in said
    assert "$6$" not in said
