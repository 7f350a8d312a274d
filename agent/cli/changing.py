"""What the verbs that change switches have in common: preview, question, verdicts."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from typing import Any

import typer
from nornir.core import Nornir

from agent.apply.verdict import Outcome, Verdict
from agent.cli.exits import Exit, exit_for
from agent.cli.output import err, out, print_diff, print_error, print_json, print_table
from agent.cli.progress import stoppable, watch_fleet
from agent.errors import AgentError, UsageError
from agent.flows.apply import Change, Changed, apply_change
from agent.flows.glass import BROKEN
from agent.flows.history import open_journal
from agent.nxos.mask import mask_line
from agent.plan.plan import Plan
from agent.plan.show import head_of, name_protection, show_plan
from agent.settings import Settings


def who() -> str:
    """The user at the terminal, for the journal."""
    return getpass.getuser()


def reason_of(reason: str, break_glass: str) -> str:
    """What the journal keeps as the reason of a change."""
    return f"{BROKEN}{break_glass}" if break_glass else reason


def show_plans(plans: Mapping[str, Plan], *, undo: bool = False) -> None:
    """Diffs of the switches that change, with ``undo`` the way back, then a summary."""
    for plan in plans.values():
        if plan.steps:
            print_diff(show_plan(plan, undo=undo).splitlines())
            out.print()
    busy = [plan for plan in plans.values() if plan.steps]
    rows = [
        (plan.device, len(plan.steps), _lines(plan), name_protection(plan), ", ".join(plan.risks))
        for plan in busy
    ]
    if rows:
        print_table(("switch", "steps", "lines", "protected by", "risks"), rows)
    if plans:
        out.print(f"{len(busy)} of {len(plans)} switches change", markup=False)


def plan_as_data(plan: Plan) -> dict[str, Any]:
    """A plan without its lines, for they hold secrets."""
    touches = dict.fromkeys(name for step in plan.steps for name in step.touches)
    return {
        "steps": len(plan.steps),
        "lines": _lines(plan),
        "risks": list(plan.risks),
        "touches": list(touches),
        "meaning": [
            {"section": head_of(step), "risks": list(step.risks), "words": list(step.meaning)}
            for step in plan.steps
        ],
        "diff": list(plan.diff),
        "protection": plan.protection,
        "undo": [mask_line(line) for step in plan.undo for line in step.lines],
        "unmanaged": list(plan.unmanaged),
    }


def say(verdict: Verdict) -> str:
    """One line: switch, what happened, what to type next."""
    named = verdict.why.startswith(f"{verdict.device}:")
    why = verdict.why if named else f"{verdict.device}: {verdict.why}"
    then = f" Next: {verdict.next}" if verdict.next else ""
    return f"{why}{'' if why.endswith('.') else '.'}{then}"


def show_errors(errors: Mapping[str, AgentError]) -> None:
    """One line on stderr for each."""
    for error in errors.values():
        print_error(str(error))


def worst(errors: Mapping[str, AgentError]) -> Exit:
    """The code for the errors of some switches; OK when there are none."""
    return max((exit_for(error) for error in errors.values()), default=Exit.OK)


def ask(yes: bool, question: str) -> None:
    """Ask on a terminal; elsewhere ``--yes`` must be given. Raises typer.Abort or UsageError."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to ask. add --yes")
    typer.confirm(question, abort=True)


def carry_out(settings: Settings, nornir: Nornir, change: Change) -> Changed:
    """Apply with progress, Ctrl-C as a request; the journal is opened before any switch is touched."""
    journal = open_journal(settings)
    busy = sum(bool(plan.steps) for plan in change.plans.values())
    try:
        with stoppable() as stop, watch_fleet(change.why.verb, busy) as progress:
            return apply_change(nornir, change, journal, stop, progress)
    finally:
        journal.close()


def tell(changed: Changed, errors: Mapping[str, AgentError], *, as_json: bool, settled: bool = False) -> None:
    """Show the verdicts and leave with the right code; ``settled`` counts what was undone as fine too."""
    if as_json:
        print_json(
            {
                "change": changed.number,
                "interrupted": changed.interrupted,
                "switches": {
                    verdict.device: {
                        "outcome": verdict.outcome.value,
                        "why": verdict.why,
                        "next": verdict.next,
                        "steps": verdict.steps,
                    }
                    for verdict in changed.verdicts
                },
                "errors": {name: str(error) for name, error in errors.items()},
            }
        )
    else:
        _show_verdicts(changed)
        show_errors(errors)
    fine = {Outcome.APPLIED, Outcome.UNCHANGED, *([Outcome.UNDONE, Outcome.NOT_STARTED] if settled else [])}
    if changed.interrupted or any(verdict.outcome not in fine for verdict in changed.verdicts):
        raise typer.Exit(Exit.FAILED)
    if errors:
        raise typer.Exit(worst(errors))


def _show_verdicts(changed: Changed) -> None:
    rows = [(verdict.device, verdict.outcome.value, verdict.steps) for verdict in changed.verdicts]
    if rows:
        print_table(("switch", "outcome", "steps"), rows)
    for verdict in changed.verdicts:
        if not verdict.fine:
            print_error(say(verdict))
        elif verdict.why:
            out.print(say(verdict), markup=False)
    if changed.number:
        head = "interrupted, see" if changed.interrupted else "see"
        words = f"{head} moulin history {changed.number}, undo with moulin rollback {changed.number}"
        (err if changed.interrupted else out).print(f"change {changed.number}: {words}", markup=False)


def only(plans: Mapping[str, Plan], nornir: Nornir) -> dict[str, Plan]:
    """Plans of the switches that Nornir was limited to."""
    return {name: plan for name, plan in plans.items() if name in nornir.inventory.hosts}


def _lines(plan: Plan) -> int:
    return sum(len(step.lines) for step in plan.steps)
