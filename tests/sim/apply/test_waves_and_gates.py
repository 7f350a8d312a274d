"""Waves on virtual switches: what follows a failure, by policy; what the health of the network decides."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from agent.apply.policy import Policy
from agent.apply.verdict import Outcome, Stop, Verdict
from agent.flows.apply import Change, Changed, apply_change
from agent.flows.around import look_around, make_gate
from agent.flows.lab import call_control
from agent.flows.plan import plan_fleet, what_is_left
from agent.flows.rollback import undo_plans
from agent.intent.link import cables
from agent.store.journal import Journal, Why

Corner = Any
"""The fixture of conftest.py, which cannot be imported here."""

LIMIT = "core-1,leaf-1,sw-mairie"
ONE = "sw-mairie"


def outcomes(done: Any) -> dict[str, str]:
    return {name: told["outcome"] for name, told in json.loads(done.stdout)["switches"].items()}


@pytest.mark.parametrize(
    ("policy", "core", "leaf", "changes"),
    [
        ("stop", "applied", "applied", 1),
        ("undo-wave", "applied", "undone", 1),
        ("undo-all", "undone", "undone", 2),
    ],
)
def test_what_follows_a_failure(corner: Corner, policy: str, core: str, leaf: str, changes: int) -> None:
    corner.fault("reject-line", ONE, pattern="storm-control")
    done = corner.moulin("apply", "-l", LIMIT, "--yes", "--json", "--on-failure", policy, "--ticket", "CHG-7")
    assert done.returncode == 4
    assert outcomes(done) == {"core-1": core, "leaf-1": leaf, ONE: "undone"}
    history = json.loads(corner.moulin("history", "--json").stdout)
    assert len(history) == changes
    assert {change["ticket"] for change in history} == {"CHG-7"}
    kept = {run["device"]: (run["wave"], run["outcome"]) for run in history[-1]["switches"]}
    assert kept["core-1"] == (1, "applied")
    assert kept[ONE][0] == 2


def test_a_policy_with_a_mistake_is_one_line(corner: Corner) -> None:
    (corner.settings.inventory / "policy.yaml").write_text("waves: {canaries: 0}\n")
    done = corner.moulin("apply", "-l", ONE, "--yes")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert "policy.yaml: waves.canaries" in done.stderr


def ride(corner: Corner, during: Any) -> Changed:
    """A second change of the building switch, with a deed while it is verified."""
    sites = corner.settings.inventory / "services" / "cctv.yaml"
    text = sites.read_text("utf-8")
    sites.write_text(text.replace("place: rue ", "place: Rue "), "utf-8")
    wanted, fleet = corner.wanted(), corner.fleet(ONE)
    plans = plan_fleet(fleet, wanted, lambda _device, _words: None).plans.plans
    assert plans[ONE].steps
    policy = Policy(settle_seconds=3, probe_seconds=0.5)
    gate = make_gate(fleet, wanted.city, corner.secrets, policy, plans)
    change = Change(plans, Why("apply", "anna", "", ""), wanted.pairs(), policy, gate, what_is_left(wanted))

    def progress(_device: str, words: str) -> None:
        if words.startswith("verified"):
            during()

    journal = Journal(corner.settings.state)
    try:
        return apply_change(fleet, change, journal, Stop(), progress)
    finally:
        journal.close()


def uplink(corner: Corner) -> str:
    """A port of the building switch that leads to the core."""
    links = corner.wanted().city.links
    ends = [pair for pair in cables(links) if {end.switch for end in pair} == {ONE, "core-1"}]
    return next(end.port for end in ends[0] if end.switch == ONE)


def test_what_the_wave_broke_goes_back(corner: Corner) -> None:
    assert corner.moulin("apply", "-l", LIMIT, "--yes").returncode == 0
    port = uplink(corner)
    changed = ride(corner, lambda: corner.fault("link-cut", ONE, port=port))
    (verdict,) = changed.verdicts
    assert verdict.outcome is Outcome.UNDONE, verdict
    assert "health lost after the change" in verdict.why
    assert f"on {port}" in verdict.why


def test_what_was_broken_before_does_not_block(corner: Corner) -> None:
    assert corner.moulin("apply", "-l", LIMIT, "--yes").returncode == 0
    corner.fault("link-cut", ONE, port=uplink(corner))
    (verdict,) = ride(corner, lambda: None).verdicts
    assert verdict.outcome is Outcome.APPLIED, verdict


def test_a_rollback_is_judged_but_for_what_it_takes_away_itself(corner: Corner) -> None:
    assert corner.moulin("apply", "-l", LIMIT, "--yes").returncode == 0
    (verdict,) = ride(corner, lambda: None).verdicts
    assert verdict.outcome is Outcome.APPLIED, verdict
    fleet, journal = corner.fleet(ONE), Journal(corner.settings.state)
    plans = undo_plans(journal, 2)
    lines = [line for step in plans[ONE].steps for line in step.lines]
    cameras = [row for row in corner.wanted().expected.ports if (row.device, row.kind) == (ONE, "camera")]
    touched = next(port.endpoint for port in cameras if f"interface {port.interface}" in lines)
    policy = Policy(settle_seconds=2, probe_seconds=0.5)

    def back(kind: str, **where: str) -> Verdict:
        around = replace(look_around(corner.settings, corner.secrets), policy=policy)
        gate = around.gate(fleet, corner.secrets, plans)
        assert gate is not None
        change = Change(plans, Why("rollback", "anna", "", ""), around.pairs, policy, gate)

        def progress(_device: str, words: str) -> None:
            if words.startswith("verified"):
                call_control(corner.control, "POST", "/faults", {"kind": kind, **where})

        (verdict,) = apply_change(fleet, change, journal, Stop(), progress).verdicts
        return verdict

    try:
        verdict = back("link-cut", node=ONE, port=uplink(corner))
        assert verdict.outcome is Outcome.UNDONE, verdict
        assert "health lost after the change" in verdict.why
        verdict = back("endpoint-unplug", endpoint=touched)
        assert verdict.outcome is Outcome.APPLIED, verdict
    finally:
        journal.close()
