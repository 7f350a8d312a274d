"""``moulin approve plan.json``: give your word for the marked risks of a plan that you have read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.changing import ask, show_plans, who
from agent.cli.options import AsJson, Inventory, Reason, Yes, settings_of
from agent.cli.output import out, print_json
from agent.errors import UsageError
from agent.flows.approve import Word, approve_plans, write_approval
from agent.flows.planfile import load_plans
from agent.intent.load import load_city

PlanFile = Annotated[Path, typer.Argument(metavar="FILE", help="Plans saved by moulin plan -o.")]
Until = Annotated[
    str,
    typer.Option("--until", metavar="TIME", help="ISO 8601; UTC without an offset. Else what policy says."),
]


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("approve")(approve)


def approve(  # noqa: PLR0913 - the options of the verb
    file: PlanFile,
    *,
    until: Until = "",
    reason: Reason = "",
    inventory: Inventory = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Approve the risks of a saved plan: writes a file to approvals/ in the inventory. Commit it there."""
    settings = settings_of(inventory)
    plans = list(load_plans(file).plans.values())
    city = load_city(settings.inventory)
    word = Word(who(), reason, datetime.now(UTC), _instant(until) if until else None)
    approved = approve_plans(city, plans, word)
    if not as_json:
        show_plans({plan.device: plan for plan in plans})
    if approved is None:
        if as_json:
            print_json({"file": None, "switches": {}})
        else:
            out.print("nothing in this plan needs an approval", markup=False)
        return
    count = len(approved.risky)
    ask(yes, f"approve the risks of {count} switch{'' if count == 1 else 'es'} as {word.who}?")
    place = write_approval(settings.inventory, approved)
    if as_json:
        print_json({"file": place, "switches": approved.risky})
        return
    for device, risks in approved.risky.items():
        out.print(f"{device}: {', '.join(risks)}", markup=False)
    out.print(f"approved in {place}; commit it, then: moulin apply {file}", markup=False)


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise UsageError(f"--until {text!r}: not a time. write 2027-03-01T18:00+01:00") from exc
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
