"""plan.json: private, sealed, and refused when it is not what it was."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from agent.errors import StalePlanError, UsageError
from agent.flows.plan import refuse_stale
from agent.flows.planfile import load_plans, save_plans
from agent.flows.rollback import reverse_plan
from agent.plan.build import build_plan
from agent.plan.plan import PlanSet

BEFORE, AFTER = "hostname a\nvlan 10\n", "hostname a\nvlan 20\nsnmp-server community s3cret\n"


@pytest.fixture
def plans() -> PlanSet:
    plan = build_plan("leaf-1", BEFORE, AFTER)
    return PlanSet(made_at="2026-03-01T00:00:00+00:00", intent="i", templates="t", plans={"leaf-1": plan})


def test_it_comes_back_as_it_was_and_only_its_owner_reads_it(plans: PlanSet, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    save_plans(file, plans)
    assert load_plans(file) == plans
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("old", "new"), [("vlan 20", "vlan 30"), ('"intent":"i"', '"intent":"j"'), ("leaf-1", "leaf-2")]
)
def test_an_edit_by_hand_is_refused(plans: PlanSet, tmp_path: Path, old: str, new: str) -> None:
    file = tmp_path / "plan.json"
    save_plans(file, plans)
    text = file.read_text().replace('": "', '":"')
    assert old in text
    file.write_text(text.replace(old, new))
    with pytest.raises(StalePlanError, match="was edited"):
        load_plans(file)


@pytest.mark.parametrize("text", ["", "{}", "not JSON", "[1]", "\x00\x01"])
def test_what_is_no_plan_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "plan.json").write_text(text)
    with pytest.raises(UsageError, match="is not a plan") as caught:
        load_plans(tmp_path / "plan.json")
    assert "\n" not in str(caught.value)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="moulin plan -o"):
        load_plans(tmp_path / "plan.json")


def test_a_plan_of_another_intent_is_stale(plans: PlanSet) -> None:
    refuse_stale(plans, "i", "t")
    for intent, templates, word in (("x", "t", "inventory"), ("i", "x", "templates")):
        with pytest.raises(StalePlanError, match=word):
            refuse_stale(plans, intent, templates)


def test_the_way_back_is_the_plan_reversed(plans: PlanSet) -> None:
    plan = plans.plans["leaf-1"]
    back = reverse_plan(plan)
    assert (back.base, back.target, back.steps, back.undo) == (plan.target, plan.base, plan.undo, plan.steps)
    assert {line[:1] for line in back.diff} == {"+", "-"}
    assert reverse_plan(back) == plan
