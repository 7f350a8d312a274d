"""One switch, top to bottom: every way in which a change can end, against a switch in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from agent.apply.run import HANDFUL, Applying, apply_plan, carry_out, confirm
from agent.apply.verdict import Outcome, Stop
from agent.apply.work import FRESH_SECONDS
from agent.device.fake import FakeSwitch, FakeTransport
from agent.errors import StoreError, UnreachableError
from agent.plan.build import build_plan
from agent.plan.plan import Plan

BASE = "hostname leaf-1\nvlan 1\n"
WANTED = BASE + "feature lldp\nvlan 10\n  name cameras\nvlan 20\n  name phones\n"
SAVE = "copy running-config startup-config"


@dataclass
class Notes:
    """A journal in a list; ``fails_at`` is the state whose note finds the disk full."""

    fails_at: str = ""
    states: list[str] = field(default_factory=list)

    def note(self, device: str, state: str, **facts: object) -> None:
        if state == self.fails_at:
            raise StoreError("journal.sqlite: the journal refuses (disk is full). free space")
        self.states.append(state)


def work(switch: FakeSwitch, notes: Notes | None = None, wanted: str = WANTED) -> Applying:
    plan = build_plan("leaf-1", BASE, wanted)
    return Applying(plan=plan, open_session=switch.open, record=notes or Notes(), checkpoint="moulin-1")


@pytest.fixture
def switch() -> FakeSwitch:
    return FakeSwitch("leaf-1", BASE, startup=BASE)


def test_applied_is_read_back_on_a_new_session_and_saved(switch: FakeSwitch) -> None:
    notes = Notes()
    applying = work(switch, notes)
    verdict = apply_plan(applying)
    assert verdict.outcome is Outcome.APPLIED, verdict
    assert notes.states == ["arming", "armed", "sending", "verified", "confirming", "confirmed", "saved"]
    assert verdict.steps == len(applying.plan.steps)
    assert "vlan 10" in switch.startup
    assert switch.checkpoints == {}
    sent = max(place for place, entry in enumerate(switch.log) if entry.startswith("vlan"))
    assert switch.log[sent + 1 :] == [
        "  name phones",
        "close",
        "open",
        "show running-config",
        SAVE,
        "show startup-config",
        "no checkpoint moulin-1",
        "close",
    ]
    assert switch.log.count("open") == switch.log.count("close") == 2


def test_a_session_that_proved_the_way_in_long_ago_is_not_believed(switch: FakeSwitch) -> None:
    applying, now = work(switch), [0.0]
    applying.clock = lambda: now[0]
    assert carry_out(applying) is None
    now[0] = FRESH_SECONDS + 1
    switch.unreachable = True  # for new sessions; the one that is open would still answer
    assert confirm(applying).outcome is Outcome.FAILED
    assert SAVE not in switch.log
    assert switch.log.count("open") == switch.log.count("close")


def test_the_session_of_the_planning_is_used_while_it_answers(switch: FakeSwitch) -> None:
    applying = work(switch)
    applying.first = switch.open()
    assert apply_plan(applying).outcome is Outcome.APPLIED
    assert switch.log.count("open") == switch.log.count("close") == 2


class Gone(FakeTransport):
    """A session that has ended without anybody having noticed."""

    def run(self, command: str) -> str:
        raise UnreachableError(self.name, f"the session ended during '{command}'", hint="check the path")


def test_a_session_that_ended_while_it_was_kept_costs_nothing_but_a_login(switch: FakeSwitch) -> None:
    applying = work(switch)
    applying.first = Gone(switch)
    assert carry_out(applying) is None
    applying.held = Gone(switch)
    assert confirm(applying).outcome is Outcome.APPLIED
    assert "vlan 10" in switch.startup
    assert switch.log.count("close") == 4  # both that were opened and both that had ended


def test_nothing_to_do_touches_nothing(switch: FakeSwitch) -> None:
    assert apply_plan(work(switch, wanted=BASE)).outcome is Outcome.UNCHANGED
    assert switch.log == []


def test_a_stale_plan_is_refused_before_anything_is_sent(switch: FakeSwitch) -> None:
    switch.running += "vlan 99\n"
    verdict = apply_plan(work(switch))
    assert verdict.outcome is Outcome.REFUSED
    assert "moulin plan" in verdict.why
    assert switch.log == ["open", "show running-config", "close"]


def test_no_answer_is_refused(switch: FakeSwitch) -> None:
    switch.unreachable = True
    assert apply_plan(work(switch)).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    "fault",
    [{"reject": "  name phones"}, {"vanish_after": "vlan 10"}, {"ignore": "  name cameras"}],
    ids=["line rejected", "session lost", "line accepted without effect"],
)
def test_what_fails_is_undone_and_read_back(switch: FakeSwitch, fault: dict[str, str]) -> None:
    for name, line in fault.items():
        setattr(switch, name, line)
    notes = Notes()
    verdict = apply_plan(work(switch, notes))
    assert verdict.outcome is Outcome.UNDONE
    assert verdict.why.startswith("leaf-1: ")
    assert (switch.running, switch.startup) == (BASE, BASE)
    assert SAVE not in switch.log
    assert notes.states[-2:] == ["undoing", "undone"]
    assert switch.checkpoints == {}


def test_a_rollback_that_fails_is_never_called_undone(switch: FakeSwitch) -> None:
    switch.reject, switch.rollback_fails = "  name phones", True
    verdict = apply_plan(work(switch))
    assert verdict.outcome is Outcome.FAILED
    assert verdict.next.endswith("on leaf-1: rollback running-config checkpoint moulin-1")
    assert "moulin-1" in switch.checkpoints
    assert SAVE not in switch.log


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("armed", Outcome.REFUSED),
        ("sending", Outcome.UNDONE),
        ("verified", Outcome.UNDONE),
        ("saved", Outcome.FAILED),
        ("undone", Outcome.APPLIED),
    ],
)
def test_a_journal_that_fails_leaves_nothing_unsaid(switch: FakeSwitch, state: str, outcome: Outcome) -> None:
    verdict = apply_plan(work(switch, Notes(fails_at=state)))
    assert verdict.outcome is outcome
    if outcome in {Outcome.REFUSED, Outcome.UNDONE}:
        assert switch.running == BASE
        assert switch.checkpoints == {}


def test_asked_twice_to_stop_goes_back(switch: FakeSwitch) -> None:
    applying = work(switch)
    applying.stop.ask()
    assert apply_plan(applying).outcome is Outcome.APPLIED

    switch = FakeSwitch("leaf-1", BASE)
    applying = work(switch)
    applying.stop = Stop()
    applying.stop.ask()
    applying.stop.ask()
    verdict = apply_plan(applying)
    assert verdict.outcome is Outcome.UNDONE
    assert "stopped by hand" in verdict.why


def test_what_the_switch_adds_by_itself_is_judged_by_what_is_left(switch: FakeSwitch) -> None:
    applying = work(switch)
    applying.plan = Plan.model_validate(applying.plan.model_dump() | {"target": "another digest"})
    applying.remaining = lambda running: () if "name phones" in running else ("+ name phones",)
    assert apply_plan(applying).outcome is Outcome.APPLIED


def test_a_long_plan_goes_in_handfuls_and_the_journal_tells_each(switch: FakeSwitch) -> None:
    wanted = BASE + "".join(f"vlan {n}\n  name net-{n}\n" for n in range(100, 200))
    applying, notes = work(switch, wanted=wanted), Notes()
    applying.record = notes
    assert apply_plan(applying).outcome is Outcome.APPLIED
    handfuls = notes.states.count("sending")
    lines = sum(len(step.lines) for step in applying.plan.steps)
    assert 1 <= handfuls <= lines / HANDFUL + 1
    assert [line for line in switch.log if line.startswith("  name")] == [
        line for step in applying.plan.steps for line in step.lines if line.startswith("  name")
    ]
