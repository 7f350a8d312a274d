"""``moulin plan``: what would change, and nothing more."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.boxes import boxes_of, plan_other_boxes
from agent.cli.changing import plan_as_data, show_errors, show_plans, who, worst
from agent.cli.exits import Exit
from agent.cli.options import AsJson, Inventory, Limit, Only, read_settings
from agent.cli.output import out, print_error, print_json
from agent.cli.progress import watch_fleet
from agent.flows.fleet import Harvest, open_fleet
from agent.flows.govern import Asked
from agent.flows.outlook import Outlook, look_ahead, outlook_as_data, say_order
from agent.flows.plan import plan_fleet
from agent.flows.planfile import save_plans
from agent.flows.planpage import plan_page
from agent.flows.verify import Verified, verify_fleet
from agent.flows.wanted import Wanted, load_wanted
from agent.plan.digest import digest_plan
from agent.plan.plan import Plan
from agent.settings import Secrets, Settings
from agent.store.files import write_text

Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Save the plans for moulin apply FILE.")
]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write one HTML page.")]
Verify = Annotated[
    bool,
    typer.Option(
        "--verify",
        help="Ask the switches whether they would take it; stores a file on bootflash and removes it.",
    ),
]
Undo = Annotated[bool, typer.Option("--undo", help="Show the way back too.")]


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("plan")(plan)


def plan(  # noqa: PLR0913 - the options of the verb
    *,
    limit: Limit = "*",
    only: Only = None,
    output: Output = None,
    html: Html = None,
    undo: Undo = False,
    verify: Verify = False,
    inventory: Inventory = None,
    as_json: AsJson = False,
) -> None:
    """Show what apply would do. Exit 3 when there is something to do, 0 when nothing."""
    settings, secrets = read_settings(inventory)
    if boxes := boxes_of(settings, secrets, limit):
        return plan_other_boxes(boxes, output, as_json=as_json)
    wanted = load_wanted(settings, secrets).narrowed(only or ())
    nornir = open_fleet(settings, secrets, limit)
    with watch_fleet("planning", len(nornir.inventory.hosts)) as progress:
        planned = plan_fleet(nornir, wanted, progress)
    plans, errors = planned.plans, {name: str(error) for name, error in planned.errors.items()}
    outlook = look_ahead(plans.plans, wanted, settings, Asked(plans.plans, who(), datetime.now(UTC)))
    if output is not None:
        save_plans(output, plans)
    if html is not None:
        write_text(html, plan_page(plans, outlook, errors, wanted.city.about.name))
    verified = _verify(settings, secrets, wanted, planned.changes) if verify else None
    if as_json:
        print_json(
            {
                "made_at": plans.made_at,
                "intent": plans.intent,
                "templates": plans.templates,
                "commit": plans.commit,
                "switches": {name: _as_data(plan) for name, plan in plans.plans.items()},
                "errors": errors,
            }
            | outlook_as_data(outlook)
            | ({"verified": verified_as_data(verified)} if verified else {})
        )
    else:
        show_plans(plans.plans, undo=undo)
        _show_outlook(outlook)
        if verified:
            show_verified(verified)
        show_errors(planned.errors)
        if output is not None:
            out.print(f"saved; apply exactly this with: moulin apply {output}", markup=False)
    if planned.errors:
        raise typer.Exit(worst(planned.errors))
    if verified and not (all(item.fine for item in verified.values.values()) and not verified.errors):
        raise typer.Exit(Exit.FAILED)
    if planned.changes:
        raise typer.Exit(Exit.CHANGES)
    return None


def _as_data(plan: Plan) -> dict[str, Any]:
    return plan_as_data(plan) | {"base": plan.base, "target": plan.target, "digest": digest_plan(plan)}


def _show_outlook(outlook: Outlook) -> None:
    """Who is hit, in which order, how long, and whether it may be now."""
    if not outlook.waves:
        return
    services = ", ".join(f"{service} {count}" for service, count in outlook.affected.services.items())
    out.print(f"hits: {outlook.affected}{f' ({services})' if services else ''}", markup=False)
    out.print(f"order: {say_order(outlook.waves)}", markup=False)
    out.print(f"takes: {outlook.duration}, an estimate ({outlook.speed.basis})", markup=False)
    if outlook.forbidden:
        print_error(f"not now: {outlook.forbidden}")


def _verify(
    settings: Settings, secrets: Secrets, wanted: Wanted, names: tuple[str, ...]
) -> Harvest[Verified]:
    if not names:
        return Harvest({}, {})
    fleet = open_fleet(settings, secrets, ",".join(names))
    with watch_fleet("verifying", len(names)) as progress:
        return verify_fleet(fleet, wanted, progress)


def verified_as_data(verified: Harvest[Verified]) -> dict[str, Any]:
    """What the switches said, for JSON."""
    told = {
        name: {"fine": item.fine, "complaints": list(item.complaints), "why_not": item.why_not}
        for name, item in verified.values.items()
    }
    return told | {name: {"fine": False, "why_not": str(error)} for name, error in verified.errors.items()}


def show_verified(verified: Harvest[Verified]) -> None:
    """What the switches said, for people."""
    for name, item in sorted(verified.values.items()):
        if item.why_not:
            out.print(f"{name}: not verified on the switch: {item.why_not}", markup=False)
        elif item.fine:
            out.print(f"{name}: the switch would take it", markup=False)
        for complaint in item.complaints:
            print_error(f"{name}: the switch would not take it: {complaint}")
    show_errors(verified.errors)
