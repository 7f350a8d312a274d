"""The care that a change of boxes takes: the city's rules, one by one, what is interrupted, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.apply.verdict import Outcome, Stop
from agent.flows.box_change import TRIAL_SECONDS, BoxChange, apply_boxes
from agent.flows.boxes import open_boxes, plan_boxes
from agent.intent.window import DAYS
from agent.settings import Settings, load_secrets
from agent.store.journal import Journal, Why

LIMIT = ("--limit", "border-1")
Arista = Any
"""The fixture of conftest.py, which cannot be imported here."""
Moulin = Callable[..., tuple[int, str]]


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
    arista: Arista, second: Arista, moulin: Moulin, *, policy: str, first: str, last: str
) -> None:
    arista.mute_after_commit = True
    code, said = moulin("apply", "--limit", "border-*", "--yes", "--on-failure", policy, "--json")
    outcomes = {name: row["outcome"] for name, row in json.loads(said)["switches"].items()}
    assert (code, outcomes) == (4, {"border-1": first, "border-2": last})
    assert ("vlan 20" in second.running) == (last == "applied")


def test_all_that_took_the_change_go_back_when_the_policy_says_so(
    arista: Arista, second: Arista, moulin: Moulin
) -> None:
    before = json.dumps(arista.running)
    second.mute_after_commit = True
    code, said = moulin("apply", "--limit", "border-*", "--yes", "--on-failure", "undo-all", "--json")
    outcomes = {name: row["outcome"] for name, row in json.loads(said)["switches"].items()}
    assert (code, outcomes) == (4, {"border-1": "undone", "border-2": "protected"})
    assert json.dumps(arista.running) == before
    assert len(json.loads(moulin("history", "--json")[1])) == 2


def test_a_rollback_may_be_of_one_box_of_several(arista: Arista, second: Arista, moulin: Moulin) -> None:
    assert moulin("apply", "--limit", "border-*", "--yes")[0] == 0
    code, said = moulin("rollback", "1", "--limit", "border-2", "--yes", "--json")
    assert (code, list(json.loads(said)["switches"])) == (0, ["border-2"]), said
    assert "vlan 20" in arista.running
    assert "vlan 20" not in second.running
    assert moulin("rollback", "1", "--limit", "leaf-*", "--yes")[0] == 2


def test_the_journal_keeps_what_a_box_said(moulin: Moulin) -> None:
    assert moulin("apply", *LIMIT, "--yes")[0] == 0
    code, said = moulin("history", "1", "--replies")
    assert code == 0
    assert "candidate (merge)" in said
    assert "commit on trial" in said
    assert "$6$" not in said


@pytest.mark.parametrize(("times", "outcome"), [(1, Outcome.APPLIED), (2, Outcome.UNDONE)])
@pytest.mark.usefixtures("moulin")
def test_ctrl_c_finishes_or_takes_back_the_box_in_hand(
    arista: Arista, second: Arista, told: dict[str, str], *, times: int, outcome: Outcome
) -> None:
    before, stop, settings = json.dumps(arista.running), Stop(), Settings()
    boxes = open_boxes(settings, load_secrets(None, told), "border-*")
    assert boxes is not None
    plans = dict(sorted(plan_boxes(boxes, quiet).values.items()))

    def heard(line: str) -> None:
        if line.endswith("commit timer 00:05:00"):
            for _ in range(times):
                stop.ask()

    arista.overheard = heard
    journal = Journal(settings.state)
    change = BoxChange(plans, Why("apply", "anna", "", ""))
    done = apply_boxes(boxes, change, journal, stop, quiet)
    journal.close()
    assert [verdict.outcome for verdict in done.verdicts] == [outcome, Outcome.NOT_STARTED]
    assert done.interrupted
    assert (json.dumps(arista.running) == before) == (outcome is Outcome.UNDONE)
    assert "vlan 20" not in second.running


def quiet(_device: str, _words: str) -> None:
    """Nobody watches."""
