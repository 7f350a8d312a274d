"""What apply, rollback, restore and resume do with boxes that are no Nexus: preview, question, verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import typer

from agent.apply.policy import OnFailure
from agent.cli.boxes import asked, plan_all, plan_as_json, show_box_plans
from agent.cli.changing import ask, show_errors, tell
from agent.cli.exits import Exit
from agent.cli.output import out, print_diff, print_json
from agent.cli.progress import stoppable, watch_fleet
from agent.errors import AgentError, StoreError
from agent.flows.apply import Changed
from agent.flows.backup import find_backup
from agent.flows.box_change import BoxChange, apply_boxes, way_back
from agent.flows.box_resume import look_at_boxes, plans_of, resume_boxes
from agent.flows.boxes import Boxes, diff_boxes, mask_box, plan_whole, read_box
from agent.flows.govern import refuse_forbidden
from agent.flows.history import open_journal
from agent.flows.policy import load_policy
from agent.flows.resume import Resume
from agent.intent.load import load_city
from agent.plan.plan import Plan, PlanSet
from agent.store.backups import SEALED, Backups
from agent.store.journal import Journal, Why
from agent.store.sealing import KEY_NAME, Seal


@dataclass(frozen=True, slots=True)
class Wish:
    """How a verb wants a change of boxes done."""

    why: Why
    yes: bool = False
    glass: bool = False
    """In spite of freeze, window and approval."""
    as_json: bool = False
    dry_run: bool = False
    on_failure: OnFailure | None = None


def apply_other_boxes(boxes: Boxes, wish: Wish, saved: PlanSet | None = None) -> None:
    """Merge the wanted texts, or carry out exactly the saved plans."""
    errors: dict[str, AgentError] = {}
    if saved is None:
        harvest = plan_all(boxes)
        plans, errors = dict(sorted(harvest.values.items())), harvest.errors
    else:
        plans = {name: plan for name, plan in saved.plans.items() if name in boxes.nornir.inventory.hosts}
    if not wish.as_json:
        show_box_plans(plans)
    _carry_out(boxes, plans, wish, errors)


def roll_back_other_boxes(boxes: Boxes, change: int, wish: Wish) -> None:
    """Put back the whole configurations that the boxes had before a change, after a look at each."""
    journal = open_journal(boxes.settings)
    try:
        back = {name: plan for name, plan in way_back(journal, change).items() if name in boxes.names}
    finally:
        journal.close()
    if not back:
        raise StoreError(f"change {change} stands on no box. see: moulin history {change}")
    texts = {name: "\n".join(plan.steps[0].lines) + "\n" for name, plan in back.items()}
    with watch_fleet("looking", len(back)) as progress:
        harvest = plan_whole(boxes, texts, progress)
    seen = {name: plan.diff for name, plan in harvest.values.items()}
    plans = {name: plan.model_copy(update={"diff": seen.get(name, plan.diff)}) for name, plan in back.items()}
    if _preview(plans, wish):
        raise typer.Exit(Exit.OK)
    _carry_out(boxes, plans, Wish(wish.why, wish.yes, True, wish.as_json), {})


def restore_other_box(boxes: Boxes, at: str, wish: Wish) -> None:
    """Bring one box back to a sealed backup, all of it."""
    (name,) = boxes.nornir.inventory.hosts
    kept = Backups(boxes.settings.state / "configs").find(name, at, SEALED)
    if kept is None:
        hint = "a box is restored as a whole, with its secrets: moulin backup --sealed"
        raise StoreError(f"{name}: there is no sealed backup{f' at {at!r}' if at else ''}. {hint}")
    text = Seal(boxes.secrets[KEY_NAME]).open(kept.text)
    with watch_fleet("planning", 1) as progress:
        harvest = plan_whole(boxes, {name: text}, progress)
    if _preview(harvest.values, wish):
        raise typer.Exit(Exit.CHANGES if any(plan.steps for plan in harvest.values.values()) else Exit.OK)
    _carry_out(boxes, harvest.values, wish, harvest.errors)


def resume_other_boxes(boxes: Boxes, resume: Resume, journal: Journal, wish: Wish) -> None:
    """Settle the boxes of an interrupted change by what each has."""
    plans = plans_of(boxes, resume, journal)
    with watch_fleet("looking", len(plans)) as progress:
        seen = look_at_boxes(boxes, plans, progress)
    rows = {name: {"found": found.value, "on_trial": trial} for name, (found, trial) in seen.values.items()}
    if not wish.as_json:
        out.print(f"change {resume.change.id}, {resume.change.verb} by {resume.change.who}:", markup=False)
        for name, (found, trial) in seen.values.items():
            out.print(f"{name}: {found}{', a commit is on trial' if trial else ''}", markup=False)
        show_errors(seen.errors)
    elif wish.dry_run:
        errors = {name: str(error) for name, error in seen.errors.items()}
        print_json({"change": resume.change.id, "switches": rows, "errors": errors})
    if wish.dry_run:
        return
    ask(wish.yes, f"settle {len(plans)} boxes of change {resume.change.id}?")
    with watch_fleet("resume", len(plans)) as progress:
        changed = resume_boxes(boxes, resume, journal, progress)
    tell(changed, {}, as_json=wish.as_json, settled=True)


def diff_other_box(boxes: Boxes, at: str, to: str, *, as_json: bool) -> None:
    """What changed since a backup, row by row, secrets masked. Exit 3 when something did."""
    (name,) = boxes.nornir.inventory.hosts
    backups = Backups(boxes.settings.state / "configs")
    before = find_backup(backups, name, at)
    after = find_backup(backups, name, to).text if to else mask_box(read_box(boxes, name, masked=True))
    rows = diff_boxes(before.text, after)
    if as_json:
        print_json({"device": name, "commit": before.commit, "at": before.at, "diff": rows})
    elif rows:
        print_diff(rows)
    else:
        out.print(f"{name}: as in commit {before.commit} of {before.at}", markup=False)
    if rows:
        raise typer.Exit(Exit.CHANGES)


def _preview(plans: Mapping[str, Plan], wish: Wish) -> bool:
    """Show what would be done; whether that was all."""
    if not wish.as_json:
        show_box_plans(plans)
    elif wish.dry_run:
        print_json({name: plan_as_json(plan) for name, plan in plans.items()})
    return wish.dry_run


def _carry_out(boxes: Boxes, plans: Mapping[str, Plan], wish: Wish, errors: Mapping[str, AgentError]) -> None:
    busy = sum(bool(plan.steps) for plan in plans.values())
    if not busy:
        return tell(Changed(0, ()), errors, as_json=wish.as_json)
    if not wish.glass:
        refuse_forbidden(load_city(boxes.settings.inventory), asked(boxes, plans))
    ask(wish.yes, f"change {busy} boxes, one after the other?")
    change = BoxChange(plans, wish.why, load_policy(boxes.settings.inventory, wish.on_failure))
    journal = open_journal(boxes.settings)
    try:
        with stoppable() as stop, watch_fleet(wish.why.verb, busy) as progress:
            changed = apply_boxes(boxes, change, journal, stop, progress)
    finally:
        journal.close()
    return tell(changed, errors, as_json=wish.as_json)
