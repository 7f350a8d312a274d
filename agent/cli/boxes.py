"""What plan, apply and state say of boxes that are no Nexus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import typer

from agent.cli.changing import ask, show_errors, tell, worst
from agent.cli.exits import Exit
from agent.cli.output import out, print_diff, print_error, print_json, print_table
from agent.cli.progress import watch_fleet
from agent.cli.reading import View, tell_found
from agent.device.box import BoxFacts
from agent.errors import UsageError
from agent.flows.apply import Changed
from agent.flows.boxes import Boxes, apply_boxes, open_boxes, plan_boxes, read_boxes, roll_back_boxes
from agent.flows.fleet import Harvest, read_nornir
from agent.flows.freeze import refuse_all_frozen
from agent.flows.history import open_journal
from agent.flows.limit import choose_names
from agent.intent.load import load_city
from agent.plan.plan import Plan
from agent.settings import Settings
from agent.store.journal import Why


def boxes_of(settings: Settings, secrets: Mapping[str, str], limit: str) -> Boxes | None:
    """The boxes when ``--limit`` is about them alone; else None, and a word on stderr if it names some."""
    boxes = open_boxes(settings, secrets, limit)
    if boxes is None:
        return None
    names = list(boxes.nornir.inventory.hosts)
    switches = read_nornir(settings).filter(filter_func=lambda host: not host.get("driver"))
    try:
        choose_names(switches.inventory.hosts, limit)
    except UsageError:
        return boxes
    print_error(f"{len(names)} other boxes are not among these: --limit {','.join(names)}")
    return None


def show_other_boxes(boxes: Boxes, *, as_json: bool) -> None:
    """Facts of every box."""
    with watch_fleet("reading", len(boxes.nornir.inventory.hosts)) as progress:
        harvest = read_boxes(boxes, progress)
    tell_found(harvest, _VIEW, as_json=as_json)


def plan_other_boxes(boxes: Boxes, *, as_json: bool) -> None:
    """The boxes' own diffs, and the protection that each really has. Exit 3 when there is something to do."""
    harvest = _plan(boxes)
    plans = dict(sorted(harvest.values.items()))
    if as_json:
        print_json(
            {
                "boxes": {
                    name: {"diff": plan.diff, "protection": plan.protection, "changes": bool(plan.steps)}
                    for name, plan in plans.items()
                },
                "errors": {name: str(error) for name, error in harvest.errors.items()},
            }
        )
    else:
        _show_plans(plans)
        show_errors(harvest.errors)
    if harvest.errors:
        raise typer.Exit(worst(harvest.errors))
    if any(plan.steps for plan in plans.values()):
        raise typer.Exit(Exit.CHANGES)


def apply_other_boxes(boxes: Boxes, why: Why, *, yes: bool, glass: bool, as_json: bool) -> None:
    """Preview, question, journal, commit on trial, verdicts."""
    harvest = _plan(boxes)
    plans = dict(sorted(harvest.values.items()))
    if not as_json:
        _show_plans(plans)
    busy = sum(bool(plan.steps) for plan in plans.values())
    if not busy:
        return tell(Changed(0, ()), harvest.errors, as_json=as_json)
    if not glass:
        refuse_all_frozen(load_city(boxes.settings.inventory), plans, datetime.now(UTC))
    ask(yes, f"change {busy} boxes?")
    journal = open_journal(boxes.settings)
    try:
        with watch_fleet("apply", busy) as progress:
            number, verdicts = apply_boxes(boxes, plans, why, journal, progress)
    finally:
        journal.close()
    return tell(Changed(number, verdicts), harvest.errors, as_json=as_json)


def roll_back_other_boxes(boxes: Boxes, change: int, why: Why, *, yes: bool, as_json: bool) -> None:
    """Undo a change of boxes, each by its driver's own rollback."""
    ask(yes, f"undo change {change} on {len(boxes.nornir.inventory.hosts)} boxes, by their own rollback?")
    journal = open_journal(boxes.settings)
    try:
        with watch_fleet("rollback", len(boxes.nornir.inventory.hosts)) as progress:
            number, verdicts = roll_back_boxes(boxes, change, why, journal, progress)
    finally:
        journal.close()
    return tell(Changed(number, verdicts), {}, as_json=as_json)


def _plan(boxes: Boxes) -> Harvest[Plan]:
    with watch_fleet("planning", len(boxes.nornir.inventory.hosts)) as progress:
        return plan_boxes(boxes, progress)


def _show_plans(plans: Mapping[str, Plan]) -> None:
    for name, plan in plans.items():
        if plan.steps:
            out.print(f"{name} (merge; what the box itself says)", markup=False)
            print_diff(plan.diff)
            out.print(f"protection: {plan.protection}", markup=False)
    busy = sum(bool(plan.steps) for plan in plans.values())
    out.print(f"{busy} of {len(plans)} boxes change", markup=False)


def _show_facts(found: Mapping[str, BoxFacts]) -> None:
    rows = (
        (name, f.vendor, f.model, f.release, f.serial, timedelta(seconds=int(f.uptime_seconds)))
        for name, f in found.items()
    )
    print_table(("box", "vendor", "model", "release", "serial", "up for"), rows)


_VIEW = View(data=asdict, show=_show_facts, fine=bool, code=Exit.FAILED)
