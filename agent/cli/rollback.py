"""``moulin rollback CHANGE``: undo a change of the journal."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli.box_change import Wish, roll_back_other_boxes
from agent.cli.changing import ask, carry_out, only, plan_as_data, show_plans, tell, who
from agent.cli.options import AsJson, Inventory, Limit, NoHealth, OnFail, Reason, Ticket, Yes, read_settings
from agent.cli.output import print_json
from agent.errors import UsageError
from agent.flows.apply import Change
from agent.flows.around import look_around
from agent.flows.boxes import open_boxes
from agent.flows.fleet import open_fleet
from agent.flows.history import open_journal
from agent.flows.rollback import undo_plans
from agent.store.journal import Why

Number = Annotated[int, typer.Argument(metavar="CHANGE", min=1, help="Number that moulin history shows.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the way back and stop.")]


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("rollback")(rollback)


def rollback(  # noqa: PLR0913 - the options of the verb
    change: Number,
    *,
    limit: Limit = "*",
    inventory: Inventory = None,
    reason: Reason = "",
    ticket: Ticket = "",
    on_failure: OnFail = None,
    no_health: NoHealth = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Undo a change on every switch that has it; refused where somebody changed the switch since."""
    settings, secrets = read_settings(inventory)
    journal = open_journal(settings)
    try:
        plans = undo_plans(journal, change)
    finally:
        journal.close()
    if boxes := open_boxes(settings, secrets, ",".join(plans)):
        why = Why("rollback", who(), reason or f"undo change {change}", "", ticket)
        return roll_back_other_boxes(
            boxes.narrowed(limit), change, Wish(why, yes, as_json=as_json, dry_run=dry_run)
        )
    nornir = open_fleet(settings, secrets, limit)
    chosen = only(plans, nornir)
    if not chosen:
        raise UsageError(f"change {change} touched none of {limit!r}. see: moulin history {change}")
    if dry_run and as_json:
        print_json({name: plan_as_data(plan) for name, plan in chosen.items()})
    elif not as_json:
        show_plans(chosen)
    if dry_run:
        return None
    ask(yes, f"undo change {change} on {len(chosen)} switches?")
    why = Why("rollback", who(), reason or f"undo change {change}", "", ticket)
    around = look_around(settings, secrets, on_failure)
    gate = None if no_health else around.gate(nornir, secrets, chosen)
    undo = Change(chosen, why, around.pairs, around.policy, gate)
    return tell(carry_out(settings, nornir, undo), {}, as_json=as_json)
