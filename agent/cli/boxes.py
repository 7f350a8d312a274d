"""What plan, drift and state say of boxes that are no Nexus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import typer

from agent.cli.changing import show_errors, who, worst
from agent.cli.exits import Exit
from agent.cli.output import out, print_diff, print_error, print_json, print_table
from agent.cli.progress import watch_fleet
from agent.cli.reading import View, tell_found
from agent.device.box import BoxFacts
from agent.errors import UsageError
from agent.flows.boxes import (
    WHOLE,
    BoxDrift,
    Boxes,
    drift_boxes,
    open_boxes,
    plan_boxes,
    read_boxes,
    stamp_boxes,
)
from agent.flows.fleet import Harvest, read_nornir
from agent.flows.govern import Asked, what_forbids
from agent.flows.limit import choose_names
from agent.flows.planfile import save_plans
from agent.intent.load import load_city
from agent.plan.digest import digest_plan
from agent.plan.plan import Plan
from agent.settings import Settings


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


def plan_other_boxes(boxes: Boxes, output: Path | None, *, as_json: bool) -> None:
    """The boxes' own diffs, risks, and the protection that each has. Exit 3 when something is to do."""
    harvest = plan_all(boxes)
    plans = dict(sorted(harvest.values.items()))
    forbidden = what_forbids(load_city(boxes.settings.inventory), asked(boxes, plans))
    if output is not None:
        save_plans(output, stamp_boxes(boxes, plans))
    if as_json:
        print_json(
            {
                "boxes": {name: plan_as_json(plan) for name, plan in plans.items()},
                "forbidden": forbidden,
                "errors": {name: str(error) for name, error in harvest.errors.items()},
            }
        )
    else:
        show_box_plans(plans)
        if forbidden:
            print_error(f"not now: {forbidden}")
        show_errors(harvest.errors)
        if output is not None:
            out.print(f"saved; apply exactly this with: moulin apply {output}", markup=False)
    if harvest.errors:
        raise typer.Exit(worst(harvest.errors))
    if any(plan.steps for plan in plans.values()):
        raise typer.Exit(Exit.CHANGES)


def drift_other_boxes(boxes: Boxes, *, as_json: bool) -> None:
    """What differs from the wanted text, and what a restart would lose. Exit 3 when anything does."""
    with watch_fleet("reading", len(boxes.nornir.inventory.hosts)) as progress:
        harvest = drift_boxes(boxes, progress)
    tell_found(harvest, _DRIFT, as_json=as_json)


def plan_all(boxes: Boxes) -> Harvest[Plan]:
    """A fresh plan of every box."""
    with watch_fleet("planning", len(boxes.nornir.inventory.hosts)) as progress:
        return plan_boxes(boxes, progress)


def asked(boxes: Boxes, plans: Mapping[str, Plan]) -> Asked:
    """The change that wants to begin, for the city's own rules."""
    return Asked(plans, who(), datetime.now(UTC), boxes.sites)


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """Without its lines, for they hold secrets."""
    told = {"diff": plan.diff, "protection": plan.protection, "changes": bool(plan.steps)}
    return told | {"risks": list(plan.risks), "base": plan.base, "digest": digest_plan(plan)}


def show_box_plans(plans: Mapping[str, Plan]) -> None:
    """Each box's own words, then how many change."""
    for name, plan in plans.items():
        if plan.steps:
            how = "replace" if WHOLE in plan.steps[0].meaning else "merge"
            out.print(f"{name} ({how}; what the box itself says)", markup=False)
            print_diff(plan.diff)
            out.print(f"protection: {plan.protection}", markup=False)
            if plan.risks:
                out.print(f"risks: {', '.join(plan.risks)}", markup=False)
    busy = sum(bool(plan.steps) for plan in plans.values())
    out.print(f"{busy} of {len(plans)} boxes change, one after the other", markup=False)


def _show_drift(found: Mapping[str, BoxDrift]) -> None:
    for name, drift in found.items():
        if drift.unplanned:
            out.print(f"{name}: differs from its text (what the box itself says of a merge)", markup=False)
            print_diff(drift.unplanned)
            out.print(f"make it as meant: moulin apply --limit {name}", markup=False)
        if drift.unsaved:
            out.print(f"{name}: not saved (+ would be lost by a restart)", markup=False)
            print_diff(drift.unsaved)
    dirty = sum(not drift.clean for drift in found.values())
    out.print(f"{dirty} of {len(found)} boxes differ", markup=False)


def _show_facts(found: Mapping[str, BoxFacts]) -> None:
    rows = (
        (name, f.vendor, f.model, f.release, f.serial, timedelta(seconds=int(f.uptime_seconds)))
        for name, f in found.items()
    )
    print_table(("box", "vendor", "model", "release", "serial", "up for"), rows)


_VIEW = View(data=asdict, show=_show_facts, fine=bool, code=Exit.FAILED)
_DRIFT = View(
    data=lambda drift: asdict(drift) | {"clean": drift.clean},
    show=_show_drift,
    fine=lambda drift: drift.clean,
    code=Exit.CHANGES,
)
