"""Freezes, windows and approvals hold a change back; each says what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from agent.errors import ForbiddenError, FrozenError, NotApprovedError, OutsideWindowError, UsageError
from agent.flows.approve import Word, approve_plans, write_approval
from agent.flows.govern import Asked, refuse_forbidden, what_forbids
from agent.intent.approval import Approval
from agent.intent.city import City
from agent.intent.digest import digest_inventory
from agent.intent.load import load_city
from agent.intent.policy import Approvals, PolicyFile
from agent.intent.risk import Risk
from agent.intent.window import Window
from agent.plan.build import build_plan
from agent.plan.plan import Plan

ROOT = Path(__file__).parents[3]
NOON = datetime(2027, 1, 5, 11, 0, tzinfo=UTC)
"""A Tuesday."""


@pytest.fixture(scope="module")
def bellerive() -> City:
    return replace(load_city(ROOT / "inventory"), windows=(), freezes=())


def plan(device: str = "sw-mairie", port: str = "", line: str = "mtu 9216", name: str = "") -> Plan:
    port = port or "Ethernet1/1"
    running, wanted = f"interface {port}\n", f"interface {port}\n  {line}\n"
    return build_plan(device, running, wanted, names={port: name} if name else {})


def asked(*plans: Plan, now: datetime = NOON, who: str = "ben") -> Asked:
    return Asked({item.device: item for item in plans}, who, now)


def window(**keys: object) -> Window:
    night = {
        "title": "Nights",
        "days": ["tuesday"],
        "starts": "22:00",
        "hours": 6,
        "timezone": "Europe/Paris",
    }
    return Window.model_validate({"timezone": "Europe/Paris"} | night | keys)


def test_without_rules_everything_may_be_changed(bellerive: City) -> None:
    refuse_forbidden(bellerive, asked(plan()))


def test_a_plan_without_steps_needs_no_leave(bellerive: City) -> None:
    closed = replace(bellerive, windows=(window(),))
    refuse_forbidden(closed, asked(build_plan("sw-mairie", "", "")))


def test_outside_the_window_the_next_one_is_told(bellerive: City) -> None:
    closed = replace(bellerive, windows=(window(),))
    with pytest.raises(OutsideWindowError, match=r"the next is Tuesday 2027-01-05 22:00 CET \(Nights\)"):
        refuse_forbidden(closed, asked(plan()))
    refuse_forbidden(closed, asked(plan(), now=NOON.replace(hour=21)))
    assert "--break-glass" in what_forbids(closed, asked(plan()))


def test_the_window_of_another_site_holds_nothing_back(bellerive: City) -> None:
    refuse_forbidden(replace(bellerive, windows=(window(sites=["police"]),)), asked(plan()))


def test_a_service_with_windows_of_its_own_is_changed_in_those_only(bellerive: City) -> None:
    """Cameras by day, everything else at night: a change of a camera's port at noon is fine."""
    day = window(title="Cameras by day", starts="09:00", services=["cctv"])
    city = replace(bellerive, windows=(window(), day))
    camera = plan(name="camera rue du Beffroi 1")
    refuse_forbidden(city, asked(camera))
    with pytest.raises(OutsideWindowError, match="Nights"):
        refuse_forbidden(city, asked(plan()))
    with pytest.raises(OutsideWindowError, match=r"2027-01-12 09:00 CET \(Cameras by day\)"):
        refuse_forbidden(city, asked(camera, now=NOON.replace(hour=21)))


def test_windows_that_never_meet_are_told_apart_from_closed_ones(bellerive: City) -> None:
    day = window(title="Cameras by day", starts="09:00", services=["cctv"])
    city = replace(bellerive, windows=(window(), day))
    mixed = build_plan(
        "sw-mairie",
        "interface Ethernet1/1\nntp server 192.0.2.1\n",
        "interface Ethernet1/1\n  mtu 9216\n",
        names={"Ethernet1/1": "camera rue du Beffroi 1"},
    )
    with pytest.raises(OutsideWindowError, match="no time at which all its windows are open"):
        refuse_forbidden(city, asked(mixed))


def test_the_calendar_comes_before_the_windows() -> None:
    city = load_city(ROOT / "inventory")
    with pytest.raises(FrozenError, match="Municipal election"):
        refuse_forbidden(city, asked(plan(), now=datetime(2027, 3, 14, 12, tzinfo=UTC)))


# --- approvals --------------------------------------------------------------------------------------------


@pytest.fixture
def strict(bellerive: City) -> City:
    return replace(bellerive, policy=PolicyFile(approvals=Approvals(needed_for=(Risk.PORT_DOWN,))))


RISKY = plan(line="shutdown")


def approval(strict: City, *plans: Plan, who: str = "ana", days: int = 7) -> Approval:
    word = Word(who, "read it", NOON, NOON + timedelta(days=days))
    approved = approve_plans(strict, plans, word)
    assert approved is not None
    return Approval.model_validate(yaml.safe_load(approved.text))


def test_a_marked_risk_needs_a_word_and_the_refusal_says_what_to_type(strict: City) -> None:
    with pytest.raises(NotApprovedError, match=r"sw-mairie \(port down\).*moulin approve plan.json"):
        refuse_forbidden(strict, asked(RISKY))
    refuse_forbidden(strict, asked(plan()))


def test_with_the_word_of_somebody_else_the_plan_may_go(strict: City) -> None:
    refuse_forbidden(replace(strict, approvals={"a": approval(strict, RISKY)}), asked(RISKY))


@pytest.mark.parametrize(
    ("other", "who", "now"),
    [
        (plan(port="Ethernet1/2", line="shutdown"), "ben", NOON),
        (plan("sw-police", line="shutdown"), "ben", NOON),
        (RISKY, "ana", NOON),
        (RISKY, "ben", NOON + timedelta(days=8)),
    ],
    ids=["another plan", "another switch", "one's own word", "too late"],
)
def test_a_word_holds_for_one_plan_one_person_and_a_time(
    strict: City, other: Plan, who: str, now: datetime
) -> None:
    city = replace(strict, approvals={"a": approval(strict, RISKY)})
    with pytest.raises(NotApprovedError):
        refuse_forbidden(city, asked(other, who=who, now=now))


def test_one_pair_of_eyes_is_enough_where_policy_says_so(strict: City) -> None:
    alone = PolicyFile(approvals=Approvals(needed_for=(Risk.PORT_DOWN,), four_eyes=False))
    city = replace(strict, policy=alone, approvals={"a": approval(strict, RISKY)})
    refuse_forbidden(city, asked(RISKY, who="ana"))


def test_a_word_cannot_outlast_policy(strict: City) -> None:
    with pytest.raises(UsageError, match="at most"):
        approval(strict, RISKY, days=15)


def test_what_carries_no_risk_needs_no_file(strict: City) -> None:
    assert approve_plans(strict, [plan()], Word("ana", "", NOON)) is None


def test_an_approval_does_not_make_its_own_plan_stale(strict: City, tmp_path: Path) -> None:
    (tmp_path / "city.yaml").write_text("name: x\n")
    before = digest_inventory(tmp_path)
    approved = approve_plans(strict, [RISKY], Word("ana", "", NOON))
    assert approved is not None
    file = write_approval(tmp_path, approved)
    assert file.parent.name == "approvals"
    assert digest_inventory(tmp_path) == before


def test_every_refusal_is_a_forbidden_error() -> None:
    for kind in (FrozenError, OutsideWindowError, NotApprovedError):
        assert issubclass(kind, ForbiddenError)
