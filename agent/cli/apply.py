"""``moulin apply [plan.json]``: carry plans out, verified, or back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.box_change import Wish, apply_other_boxes
from agent.cli.boxes import boxes_of
from agent.cli.changing import ask, carry_out, reason_of, show_plans, tell, who
from agent.cli.changing import only as limited
from agent.cli.options import (
    AsJson,
    BreakGlass,
    Inventory,
    Limit,
    OnFail,
    Only,
    Reason,
    Ticket,
    Yes,
    read_settings,
)
from agent.cli.progress import watch_fleet
from agent.errors import AgentError, UsageError
from agent.flows.apply import Change, Changed
from agent.flows.around import make_gate
from agent.flows.fleet import closing, open_fleet
from agent.flows.govern import Asked, refuse_forbidden
from agent.flows.plan import plan_fleet, refuse_stale, what_is_left
from agent.flows.planfile import load_plans
from agent.flows.policy import load_policy
from agent.flows.wanted import load_wanted
from agent.store.journal import Why

PlanFile = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="Plans saved by moulin plan -o; else a fresh plan.")
]


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("apply")(apply)


def apply(  # noqa: PLR0913 - the options of the verb
    file: PlanFile = None,
    *,
    limit: Limit = "*",
    only: Only = None,
    inventory: Inventory = None,
    reason: Reason = "",
    yes: Yes = False,
    ticket: Ticket = "",
    on_failure: OnFail = None,
    break_glass: BreakGlass = "",
    as_json: AsJson = False,
) -> None:
    """Bring switches to the intent: checkpoint, send, read back on a new session, save; else undo."""
    settings, secrets = read_settings(inventory)
    plans = load_plans(file) if file else None
    if boxes := boxes_of(settings, secrets, ",".join(plans.plans) if plans else limit):
        why = Why("apply", who(), reason_of(reason, break_glass), plans.intent if plans else "", ticket)
        wish = Wish(why, yes, bool(break_glass), as_json, on_failure=on_failure)
        return apply_other_boxes(boxes, wish, plans)
    if plans is not None and only:
        raise UsageError(f"{file} says itself what it is about. plan again: moulin plan --only GLOB")
    wanted = load_wanted(settings, secrets).narrowed(plans.only if plans else only or ())
    nornir = open_fleet(settings, secrets, limit)
    with closing(nornir):
        errors: dict[str, AgentError] = {}
        if plans is not None:
            refuse_stale(plans, wanted.intent_digest, wanted.templates_digest)
        else:
            with watch_fleet("planning", len(nornir.inventory.hosts)) as progress:
                planned = plan_fleet(nornir, wanted, progress, stay=yes)
            plans, errors = planned.plans, planned.errors
        chosen = limited(plans.plans, nornir)
        busy = sum(bool(plan.steps) for plan in chosen.values())
        if not as_json:
            show_plans(chosen)
        if not busy:
            return tell(Changed(0, ()), errors, as_json=as_json)
        if not break_glass:
            refuse_forbidden(wanted.city, Asked(chosen, who(), datetime.now(UTC)))
        ask(yes, f"change {busy} switches?")
        policy = load_policy(settings.inventory, on_failure)
        change = Change(
            plans=chosen,
            why=Why("apply", who(), reason_of(reason, break_glass), plans.intent, ticket),
            pairs=wanted.pairs(),
            policy=policy,
            gate=make_gate(nornir, wanted.city, secrets, policy, chosen),
            remaining=what_is_left(wanted),
        )
        return tell(carry_out(settings, nornir, change), errors, as_json=as_json)
