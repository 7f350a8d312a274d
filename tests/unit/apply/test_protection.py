"""Which way back is chosen, and what is told about it."""

from __future__ import annotations

import pytest

from agent.apply.deadman import armed_names, is_armed, without_dead_man
from agent.apply.protection import Way, choose_protection
from agent.apply.work import clock_lines, protected_steps
from agent.plan.plan import Plan, Step

OLD, MIDDLE, NEW = (
    "version 7.3(8)D1(1)\n",
    "version 9.3(10) Bios:version 05.45 \n",
    "version 10.3(5) Bios:v 1 \n",
)
NAME = "moulin-7-6b0320f4"
ARMED = f"""\
vlan 10
scheduler job name {NAME}
  rollback running-config checkpoint {NAME}
end-job
scheduler schedule name {NAME}
  job name {NAME}
  time start 2026:11:22:17:22
scheduler job name theirs
  copy running-config startup-config
end-job
feature scheduler
"""


def plan_of(*lines: str) -> Plan:
    return Plan(device="a", base="", target="", steps=(Step(lines=lines),), undo=(), diff=())


@pytest.mark.parametrize(
    ("running", "platform", "transport", "line", "way"),
    [
        (NEW, "n9k", "ssh", "vlan 10", Way.DUAL_STAGE),
        (NEW, "n9k", "nxapi", "vlan 10", Way.SCHEDULER),
        (NEW, "n9k", "ssh", "feature bgp", Way.SCHEDULER),
        (NEW, "n9k", "ssh", "no feature bgp", Way.SCHEDULER),
        (NEW, "n9k", "ssh", "banner motd @\nhello\n@", Way.SCHEDULER),
        (MIDDLE, "n9k", "ssh", "vlan 10", Way.SCHEDULER),
        (OLD, "n7k", "ssh", "vlan 10", Way.SCHEDULER),
        ("vlan 1\n", "n9k", "ssh", "vlan 10", Way.CHECKPOINT),
    ],
)
def test_the_best_that_the_switch_has(
    running: str, platform: str, transport: str, line: str, way: Way
) -> None:
    chosen = choose_protection(plan_of(line), running, platform=platform, transport=transport)  # type: ignore[arg-type]
    assert chosen.way is way
    assert ("does not come back by itself" in chosen.words) == (way is Way.CHECKPOINT)
    assert (chosen.minutes > 0) == chosen.by_itself


@pytest.mark.parametrize(
    ("running", "line", "before", "after"),
    [
        (NEW, "vlan 10", False, False),
        (NEW, "feature scheduler", False, True),
        (NEW + "feature scheduler\n", "vlan 10", True, True),
        (NEW + "feature scheduler\n", "no feature scheduler", True, False),
    ],
)
def test_the_scheduler_is_left_as_the_plan_wants_it(
    running: str, line: str, before: bool, after: bool
) -> None:
    chosen = choose_protection(plan_of(line), running, transport="nxapi")
    assert (chosen.feature_before, chosen.feature_after) == (before, after)


def test_the_arming_is_seen_and_left_out() -> None:
    assert is_armed(ARMED, NAME)
    assert not is_armed(ARMED, "moulin-8-aa")
    assert armed_names(ARMED) == (NAME,)
    theirs = "scheduler job name theirs\n  copy running-config startup-config\nend-job\n"
    assert without_dead_man(ARMED, NAME, keep_feature=True) == f"vlan 10\n{theirs}feature scheduler\n"
    assert without_dead_man(ARMED, NAME, keep_feature=False) == f"vlan 10\n{theirs}"


def test_what_would_disturb_the_dead_man_is_sent_apart() -> None:
    lines = ("clock timezone CET 1 0", "no feature scheduler", "vlan 10", "  name cameras")
    plan = plan_of(*lines)
    assert clock_lines(plan.steps) == ("clock timezone CET 1 0",)
    assert [step.lines for step in protected_steps(plan.steps)] == [("vlan 10", "  name cameras")]
