"""kill -9 at every moment of a change: the switch returns by itself, resume finishes or undoes it truly."""

from __future__ import annotations

from typing import Any

import pytest

from agent.apply.deadman import armed_names, without_dead_man
from agent.apply.verdict import Outcome
from agent.nxos.digest import digest_config

Ground = Any
"""The fixture of conftest.py, which cannot be imported here."""

STATES = ("arming", "armed", "sending", "verified", "confirming", "confirmed", "saved")
MOMENTS = [f"{when} {state}" for state in STATES for when in ("unnoted", "noted")]
TOLD = {Outcome.APPLIED, Outcome.UNDONE}


def is_told_truly(ground: Ground, verdicts: Any, base: str, target: str) -> None:
    """The outcome is what the switch runs, what it has saved agrees, and nothing is left behind."""
    assert ground.digest in {base, target}
    for verdict in verdicts:
        assert verdict.outcome in TOLD, verdict
        assert ground.digest == (target if verdict.outcome is Outcome.APPLIED else base), verdict
    if verdicts:
        assert ground.saved == ground.digest
    assert ground.leftovers() == []


@pytest.mark.parametrize("ground", ["10 ssh", "9.3 nxapi"], indirect=True)
@pytest.mark.parametrize("moment", MOMENTS)
def test_resume_at_once(ground: Ground, moment: str) -> None:
    plan = ground.plan()
    ground.die_at(moment)
    verdicts = ground.resume()
    is_told_truly(ground, verdicts, plan.base, plan.target)
    assert ground.resume() == ()


@pytest.mark.parametrize("ground", ["10 ssh", "10 nxapi", "7.3 ssh"], indirect=True)
@pytest.mark.parametrize("moment", ["noted armed", "noted sending", "unnoted verified", "noted verified"])
def test_the_switch_returns_by_itself(ground: Ground, moment: str) -> None:
    plan = ground.plan()
    ground.die_at(moment)
    ground.wait(12)
    assert digest_without_arming(ground) == plan.base
    (verdict,) = ground.resume()
    assert verdict.outcome is Outcome.UNDONE
    is_told_truly(ground, [verdict], plan.base, plan.target)


def digest_without_arming(ground: Ground) -> str:
    text = ground.text
    for name in armed_names(text):
        text = without_dead_man(text, name, keep_feature=False)
    return digest_config(text, ground.platform)


SLICES = 4


@pytest.mark.parametrize("part", range(SLICES))
def test_dead_after_every_single_word(ground: Ground, tmp_path: Any, grounds: Any, part: int) -> None:
    """Each thing that is said to the switch is a moment to die at."""
    ground.plan()
    words = ground.die_at("never").split()
    assert words[1] == "applied"
    for place in range(1 + part, int(words[0]) + 1, SLICES):
        with grounds("10 nxapi", tmp_path / str(place)) as fresh:
            plan = fresh.plan()
            assert fresh.die_at(f"after {place}") == ""
            if place % 2:
                fresh.wait(12)
            is_told_truly(fresh, fresh.resume(), plan.base, plan.target)
