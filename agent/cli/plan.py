"""``moulin plan``: what would change, and nothing more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.changing import plan_as_data, show_errors, show_plans, worst
from agent.cli.exits import Exit
from agent.cli.options import AsJson, Inventory, Limit, read_settings
from agent.cli.output import out, print_json
from agent.cli.progress import watch_fleet
from agent.flows.fleet import open_fleet
from agent.flows.plan import plan_fleet
from agent.flows.planfile import save_plans
from agent.flows.wanted import load_wanted

Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Save the plans for moulin apply FILE.")
]


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("plan")(plan)


def plan(
    *, limit: Limit = "*", output: Output = None, inventory: Inventory = None, as_json: AsJson = False
) -> None:
    """Show what apply would do. Exit 3 when there is something to do, 0 when nothing."""
    settings, secrets = read_settings(inventory)
    wanted = load_wanted(settings, secrets)
    nornir = open_fleet(settings, secrets, limit)
    with watch_fleet("planning", len(nornir.inventory.hosts)) as progress:
        planned = plan_fleet(nornir, wanted, progress)
    if output is not None:
        save_plans(output, planned.plans)
    if as_json:
        print_json(
            {
                "made_at": planned.plans.made_at,
                "intent": planned.plans.intent,
                "switches": {name: plan_as_data(plan) for name, plan in planned.plans.plans.items()},
                "errors": {name: str(error) for name, error in planned.errors.items()},
            }
        )
    else:
        show_plans(planned.plans.plans)
        show_errors(planned.errors)
        if output is not None:
            out.print(f"saved; apply exactly this with: moulin apply {output}", markup=False)
    if planned.errors:
        raise typer.Exit(worst(planned.errors))
    if planned.changes:
        raise typer.Exit(Exit.CHANGES)
