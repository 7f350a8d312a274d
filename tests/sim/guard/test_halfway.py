"""An upgrade whose Moulin was killed: ``resume`` says what the switch runs and boots, never "as before"."""

from __future__ import annotations

from typing import Any

import pytest

from agent.apply.verdict import Outcome
from agent.plan.plan import Plan, Step
from agent.store.journal import Journal, NewRun, Why
from vnexus.faults import RefuseLogin

Ground = Any
"""The fixture of conftest.py, which cannot be imported here."""

IMAGE = "nxos64-cs.10.5.3.F.bin"
INSTALL = f"install all nxos bootflash:{IMAGE}"

pytestmark = pytest.mark.parametrize("ground", ["10 ssh"], indirect=True)


def begin(ground: Ground) -> None:
    """The journal of an upgrade that was killed when the installation had been sent, or was about to be."""
    ground.node.flash.write(IMAGE, "image")
    plan = Plan(
        device="switch",
        base=ground.digest,
        target=ground.digest,
        steps=(Step(lines=(f"! {INSTALL}",)),),
        undo=(),
        diff=("- NX-OS 10.5(2)", "+ NX-OS 10.5(3)"),
    )
    journal = Journal(ground.settings.state)
    run = NewRun("switch", plan.base, plan.target, 1, plan.model_dump_json(), 1)
    number = journal.begin(Why("upgrade", "anna", "CSCwx", ""), (run,))
    journal.note(number, "switch", "sending", detail=INSTALL)
    journal.close()


def type_on(ground: Ground, *lines: str) -> None:
    shell = ground.node.shell("admin")
    for line in ("terminal dont-ask", *lines):
        assert not shell.run(line).error, line


def resume(ground: Ground) -> Any:
    (verdict,) = ground.resume(1)
    return verdict


def test_nothing_had_begun(ground: Ground) -> None:
    begin(ground)
    verdict = resume(ground)
    assert verdict.outcome is Outcome.UNDONE
    assert "NX-OS 10.5(2) to 10.5(3)" in verdict.why
    assert "runs the old release and boots it" in verdict.why
    assert verdict.next == f"moulin run playbooks/upgrade_nxos.py switch --image {IMAGE} --apply"


def test_the_boot_variable_is_set_and_no_reload_was_seen(ground: Ground) -> None:
    begin(ground)
    type_on(ground, "configure terminal", f"boot nxos bootflash:/{IMAGE}", "end",
            "copy running-config startup-config")  # fmt: skip
    verdict = resume(ground)
    assert verdict.outcome is Outcome.FAILED
    assert "a reload is pending" in verdict.why
    assert "moulin resume 1" in verdict.next
    assert "on switch: reload (finishes it)" in verdict.next
    assert "boot nxos bootflash:nxos64-cs.10.5.2.F.bin" in verdict.next
    again = resume(ground)  # it stays open until it is settled
    assert again.outcome is Outcome.FAILED


def test_it_restarts_just_now_and_then_runs_the_new_one(ground: Ground) -> None:
    begin(ground)
    ground.node.faults.add(RefuseLogin())
    verdict = resume(ground)
    assert verdict.outcome is Outcome.FAILED
    assert "it may be restarting just now" in verdict.why
    assert verdict.next.endswith("then moulin resume 1")
    ground.node.faults.clear()
    type_on(ground, INSTALL)
    ground.wait(15)
    verdict = resume(ground)
    assert verdict.outcome is Outcome.APPLIED, verdict
    assert "nobody compared it with what it was before" in verdict.why
    assert verdict.next == "moulin state --limit switch"
