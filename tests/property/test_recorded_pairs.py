"""From any recorded configuration to any other: the plan arrives, and its undo comes back."""

from __future__ import annotations

import pytest

from agent.nxos.digest import digest_config
from agent.plan.build import build_plan
from tests.property.judge import Judge
from tests.recordings import needs_shared, running_configs

NAMES = sorted(running_configs())


@needs_shared
@pytest.mark.parametrize("other", NAMES)
@pytest.mark.parametrize("one", NAMES)
def test_plan_between_recorded_switches_arrives_and_its_undo_comes_back(one: str, other: str) -> None:
    judge = Judge()
    judge.load(running_configs()[one])
    start = judge.running()
    assert digest_config(start) == digest_config(running_configs()[one])
    wanted = running_configs()[other]

    plan = build_plan(one, start, wanted, complete=True)
    judge.take(line for step in plan.steps for line in step.lines)
    reached = judge.running()

    again = build_plan(one, reached, wanted, complete=True)
    assert again.diff == ()
    assert digest_config(reached) == plan.target == digest_config(wanted)
    assert (one == other) == (not plan.steps)

    judge.take(line for step in plan.undo for line in step.lines)
    back = build_plan(one, judge.running(), start, complete=True)
    assert back.diff == ()
    assert digest_config(judge.running()) == plan.base
