"""Each fault of a switch during a change: applied and verified, undone and verified, or left and told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agent.apply.verdict import Outcome, Stop, Verdict
from agent.errors import LockedError
from vnexus.faults import DropConnection, NoisyProgress, RefuseLogin, RejectLine, RollbackFails, SlowReply

Ground = Any
"""The fixture of conftest.py, which cannot be imported here."""

EVERYWHERE = pytest.mark.parametrize("ground", ["10 ssh", "10 nxapi", "7.3 ssh"], indirect=True)


def when(state: str, deed: Callable[[], object]) -> Callable[[str, str], None]:
    """Progress that does something once, when the change has come to that state."""
    done: list[str] = []

    def progress(_device: str, words: str) -> None:
        if words.split(maxsplit=1)[0] == state and not done:
            done.append(words)
            deed()

    return progress


def is_undone(ground: Ground, verdict: Verdict, plan: Any) -> None:
    assert verdict.outcome is Outcome.UNDONE, verdict
    assert (ground.digest, ground.saved, ground.leftovers()) == (plan.base, plan.base, [])


def is_applied(ground: Ground, verdict: Verdict, plan: Any) -> None:
    assert verdict.outcome is Outcome.APPLIED, verdict
    assert (ground.digest, ground.saved, ground.leftovers()) == (plan.target, plan.target, [])


@EVERYWHERE
def test_nothing_goes_wrong(ground: Ground) -> None:
    ground.node.faults.add(NoisyProgress())
    plan = ground.plan()
    is_applied(ground, ground.apply(plan), plan)


@EVERYWHERE
@pytest.mark.parametrize("lines", [2, 5, 9, 13, 17])
def test_the_session_is_cut(ground: Ground, lines: int) -> None:
    plan = ground.plan()
    ground.node.faults.add(DropConnection(lines))
    verdict = ground.apply(plan)
    assert verdict.outcome in {Outcome.APPLIED, Outcome.UNDONE, Outcome.REFUSED}, verdict
    end = plan.target if verdict.outcome is Outcome.APPLIED else plan.base
    assert (ground.digest, ground.leftovers()) == (end, [])


@EVERYWHERE
@pytest.mark.parametrize("line", ["name phones", "ntp server", "^commit|vlan 40", "scheduler job|dual-stage"])
def test_a_line_is_refused(ground: Ground, line: str) -> None:
    plan = ground.plan()
    ground.node.faults.add(RejectLine(line))
    verdict = ground.apply(plan)
    assert verdict.outcome in {Outcome.UNDONE, Outcome.REFUSED, Outcome.APPLIED}, verdict
    end = plan.target if verdict.outcome is Outcome.APPLIED else plan.base
    assert (ground.digest, ground.leftovers()) == (end, [])


@EVERYWHERE
def test_the_switch_hangs(ground: Ground) -> None:
    plan = ground.plan()
    ground.node.faults.add(SlowReply(8, "vlan 40|commit confirmed"))
    verdict = ground.apply(plan)
    ground.node.faults.clear()
    if verdict.outcome is not Outcome.UNDONE:
        assert verdict.outcome in {Outcome.PROTECTED, Outcome.FAILED}, verdict
        assert verdict.next.startswith("moulin resume 1")
        (verdict,) = ground.resume(1)
    is_undone(ground, verdict, plan)


@EVERYWHERE
def test_rollback_fails_and_the_undo_leads_back(ground: Ground) -> None:
    plan = ground.plan()
    ground.node.faults.add(RejectLine("^ntp server 192.0.2.7"))
    ground.node.faults.add(RollbackFails())
    verdict = ground.apply(plan)
    is_undone(ground, verdict, plan)


@EVERYWHERE
def test_nothing_leads_back_until_somebody_mends_it(ground: Ground) -> None:
    plan, stop = ground.plan(), Stop()

    def spoil() -> None:
        ground.node.faults.add(RollbackFails())
        ground.node.faults.add(RejectLine("^ *no "))
        stop.ask()
        stop.ask()

    verdict = ground.apply(plan, stop, when("verified", spoil))
    assert verdict.outcome in {Outcome.FAILED, Outcome.PROTECTED}, verdict
    assert verdict.next.startswith("moulin resume 1")
    ground.node.faults.clear()
    (verdict,) = ground.resume(1, undo=True)
    is_undone(ground, verdict, plan)


@EVERYWHERE
def test_the_change_cuts_its_own_way(ground: Ground) -> None:
    text = ground.text
    cut = text.replace("interface mgmt0\n", "interface mgmt0\n  shutdown\n", 1)
    assert cut != text
    plan = ground.plan(cut)
    verdict = ground.apply(plan)
    assert verdict.outcome is Outcome.PROTECTED, verdict
    assert "by itself" in verdict.why
    assert verdict.next == "moulin resume 1"
    ground.wait(12)
    (verdict,) = ground.resume()
    is_undone(ground, verdict, plan)


@EVERYWHERE
def test_nobody_may_log_in_any_more(ground: Ground) -> None:
    plan = ground.plan()
    verdict = ground.apply(plan, progress=when("sending", lambda: ground.node.faults.add(RefuseLogin())))
    assert verdict.outcome is Outcome.PROTECTED, verdict
    ground.wait(12)
    ground.node.faults.clear()
    (verdict,) = ground.resume()
    is_undone(ground, verdict, plan)


@EVERYWHERE
@pytest.mark.parametrize("state", ["armed", "sending", "verified", "confirming"])
def test_the_switch_reboots(ground: Ground, state: str) -> None:
    plan = ground.plan()
    verdict = ground.apply(plan, progress=when(state, lambda: ground.lab.world.reboot("switch")))
    if verdict.outcome is Outcome.APPLIED:
        is_applied(ground, verdict, plan)
    else:
        is_undone(ground, verdict, plan)


@EVERYWHERE
@pytest.mark.parametrize("state", ["arming", "armed", "sending", "verified", "confirming"])
def test_its_clock_jumps(ground: Ground, state: str) -> None:
    plan = ground.plan()
    verdict = ground.apply(plan, progress=when(state, lambda: ground.wait(60 * 24 * 365)))
    if verdict.outcome is Outcome.APPLIED:
        is_applied(ground, verdict, plan)
    else:
        is_undone(ground, verdict, plan)


@EVERYWHERE
def test_it_gets_another_name_and_banner(ground: Ground) -> None:
    text = ground.text.replace("hostname switch", "hostname quai-3", 1)
    text += "banner motd @\nquai-3# \n# no way in #\n@\n"
    plan = ground.plan(text)
    is_applied(ground, ground.apply(plan), plan)
    back = ground.plan(text.replace("hostname quai-3", "hostname pont-1", 1) + "vlan 77\n")
    ground.node.faults.add(RejectLine("vlan 77"))
    verdict = ground.apply(back)
    assert verdict.outcome is Outcome.UNDONE, verdict
    assert (ground.digest, ground.leftovers()) == (back.base, [])


def test_two_at_once(ground: Ground) -> None:
    plan = ground.plan()
    refused: list[str] = []

    def other() -> None:
        try:
            ground.apply(plan)
        except LockedError as error:
            refused.append(str(error))

    is_applied(ground, ground.apply(plan, progress=when("sending", other)), plan)
    (words,) = refused
    assert words.startswith("switch: anna works on it (change 1, ")


def test_a_clock_zone_is_set_before_the_dead_man_is_wound_up(ground: Ground) -> None:
    plan = ground.plan(ground.text + "clock timezone CET 1 0\nvlan 50\n")
    is_applied(ground, ground.apply(plan), plan)
    again = ground.plan(ground.text.replace("clock timezone CET 1 0\n", "") + "vlan 60\n")
    ground.die_at("noted verified")
    ground.wait(12)
    (verdict,) = ground.resume()
    assert verdict.outcome is Outcome.UNDONE, verdict
    assert (ground.digest, ground.leftovers()) == (again.base, [])
