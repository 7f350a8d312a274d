"""A whole configuration by ``configure replace``, on trial: left alone, the switch returns by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agent.apply.verdict import Outcome
from vnexus.faults import RefuseLogin, RejectLine

Ground = Any
"""The fixture of conftest.py, which cannot be imported here."""

BOTH = pytest.mark.parametrize("ground", ["10 ssh", "9.3 ssh"], indirect=True)


def when(state: str, deed: Callable[[], object]) -> Callable[[str, str], None]:
    """Progress that does something when the change has come to that state."""

    def progress(_device: str, words: str) -> None:
        if words.split(maxsplit=1)[0] == state:
            deed()

    return progress


def is_undone(ground: Ground, verdict: Any, base: str) -> None:
    assert verdict.outcome is Outcome.UNDONE, verdict
    assert ground.digest == base == ground.saved
    assert ground.leftovers() == []


@BOTH
def test_the_switch_takes_it_as_a_whole(ground: Ground) -> None:
    plan = ground.whole_plan()
    verdict = ground.apply(plan)
    assert verdict.outcome is Outcome.APPLIED, verdict
    assert ground.digest == plan.target == ground.saved
    assert ground.leftovers() == []
    log = ground.node.replacement
    assert log is not None
    assert log.ok
    assert not log.timer


@pytest.mark.parametrize("ground", ["10 ssh"], indirect=True)
@pytest.mark.parametrize(
    "moment",
    ["noted arming", "noted armed", "noted sending", "unnoted verified", "noted verified", "noted confirming",
     "unnoted confirmed", "unnoted saved"],
)  # fmt: skip
def test_dead_and_resumed_at_once(ground: Ground, moment: str) -> None:
    plan = ground.whole_plan()
    ground.die_at(moment)
    (verdict,) = ground.resume()
    assert verdict.outcome in {Outcome.APPLIED, Outcome.UNDONE}, verdict
    assert ground.digest == (plan.target if verdict.outcome is Outcome.APPLIED else plan.base)
    assert ground.saved == ground.digest
    assert ground.leftovers() == []


@pytest.mark.parametrize("ground", ["9.3 ssh"], indirect=True)
@pytest.mark.parametrize("moment", ["unnoted verified", "noted verified", "noted confirming"])
def test_killed_between_replace_and_commit_and_nobody_comes(ground: Ground, moment: str) -> None:
    plan = ground.whole_plan()
    ground.die_at(moment)
    assert ground.digest == plan.target
    ground.wait(12)
    assert ground.digest == plan.base, "by itself, with nobody there"
    (verdict,) = ground.resume()
    is_undone(ground, verdict, plan.base)


@BOTH
def test_a_backup_that_cuts_the_management_path(ground: Ground) -> None:
    cut = ground.text.replace("interface mgmt0\n", "interface mgmt0\n  shutdown\n", 1)
    assert cut != ground.text
    plan = ground.whole_plan(cut)
    verdict = ground.apply(plan)
    assert verdict.outcome is Outcome.PROTECTED, verdict
    assert verdict.next == "moulin resume 1"
    ground.wait(12)
    (verdict,) = ground.resume()
    is_undone(ground, verdict, plan.base)


@BOTH
def test_nobody_may_log_in_any_more(ground: Ground) -> None:
    plan = ground.whole_plan()
    verdict = ground.apply(plan, progress=when("sending", lambda: ground.node.faults.add(RefuseLogin())))
    assert verdict.outcome is Outcome.PROTECTED, verdict
    ground.wait(12)
    ground.node.faults.clear()
    (verdict,) = ground.resume()
    is_undone(ground, verdict, plan.base)


@BOTH
def test_what_the_switch_would_not_take_is_known_before_anything_is_sent(ground: Ground) -> None:
    base = ground.digest
    plan = ground.whole_plan()
    file = ground.folder / "whole.cfg"
    file.write_text(file.read_text() + "vlam 99\n")
    verdict = ground.apply(plan)
    assert verdict.outcome is Outcome.REFUSED, verdict
    assert "would not take the configuration: Syntax error while parsing 'vlam 99'" in verdict.why
    assert ground.digest == base
    assert ground.leftovers() == []


@BOTH
def test_a_line_that_fails_in_the_middle_is_taken_back_by_the_switch(ground: Ground) -> None:
    plan = ground.whole_plan()
    fault = RejectLine("^vlan 40", "ERROR: no")
    verdict = ground.apply(plan, progress=when("armed", lambda: ground.node.faults.add(fault)))
    ground.node.faults.clear()
    is_undone(ground, verdict, plan.base)
    assert "did not take the configuration" in verdict.why
