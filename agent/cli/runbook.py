"""What runbooks share: their arguments, the preview of a draft, and its way to the switches."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nornir.core import Nornir

from agent.apply.verdict import Outcome
from agent.cli.changing import ask, carry_out, reason_of, show_errors, show_plans, tell, who, worst
from agent.cli.exits import Exit
from agent.cli.output import out, print_error
from agent.cli.progress import watch_fleet
from agent.flows.apply import Change
from agent.flows.around import make_gate
from agent.flows.draft import Draft, touched_switches
from agent.flows.fleet import open_fleet
from agent.flows.govern import Asked, refuse_forbidden
from agent.flows.plan import Planned, plan_fleet, what_is_left
from agent.flows.policy import load_policy
from agent.flows.wanted import Wanted, load_wanted
from agent.intent.city import City
from agent.settings import Secrets, Settings, load_secrets
from agent.store.journal import Why


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft with its plans; ``fleet`` holds only the switches that it touches."""

    draft: Draft
    fleet: Nornir
    wanted: Wanted
    planned: Planned


def make_parser(text: str | None) -> argparse.ArgumentParser:
    """Parser with the arguments of every runbook; nothing is changed without ``--apply``."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inventory", "-i", type=Path, metavar="DIR", help="inventory folder")
    parser.add_argument("--apply", action="store_true", help="keep the edit and change the switches")
    parser.add_argument("--yes", "-y", action="store_true", help="do not ask")
    parser.add_argument("--reason", "-r", default="", metavar="TEXT", help="why, or a ticket")
    parser.add_argument("--break-glass", default="", metavar="REASON", help="change in spite of a freeze")
    return parser


def plan_draft(draft: Draft, settings: Settings, secrets: Secrets, city: City) -> Drafted:
    """Plans of the switches that the draft touches; ``city`` is the one before it.

    Raises InventoryError with every mistake of the draft.
    """
    drafted = settings.model_copy(update={"inventory": draft.folder})
    wanted = load_wanted(drafted, secrets)
    touched = touched_switches(city, wanted.city)
    fleet = open_fleet(drafted, secrets).filter(filter_func=lambda host: host.name in touched)
    with watch_fleet("planning", len(touched)) as progress:
        return Drafted(draft, fleet, wanted, plan_fleet(fleet, wanted, progress))


def finish(drafted: Drafted, settings: Settings, arguments: argparse.Namespace, verb: str) -> int:
    """Show the plans; with ``--apply`` keep the draft and carry it out. The exit code."""
    plans = drafted.planned.plans.plans
    show_plans(plans)
    show_errors(drafted.planned.errors)
    if drafted.planned.errors:
        return worst(drafted.planned.errors)
    if not arguments.apply:
        files = ", ".join(drafted.draft.changed)
        out.print(f"dry run: nothing was changed; --apply would edit {files}", markup=False)
        return Exit.CHANGES if drafted.planned.changes else Exit.OK
    if not arguments.break_glass:
        refuse_forbidden(drafted.wanted.city, Asked(plans, who(), datetime.now(UTC)))
    ask(arguments.yes, f"edit the inventory and change {len(drafted.planned.changes)} switches?")
    policy = load_policy(settings.inventory)
    change = Change(
        plans=plans,
        why=Why(
            verb, who(), reason_of(arguments.reason, arguments.break_glass), drafted.wanted.intent_digest
        ),
        pairs=drafted.wanted.pairs(),
        policy=policy,
        gate=make_gate(drafted.fleet, drafted.wanted.city, load_secrets(settings.secrets), policy, plans),
        remaining=what_is_left(drafted.wanted),
    )
    drafted.draft.keep()
    changed = carry_out(settings, drafted.fleet, change)
    if changed.verdicts and all(verdict.outcome is not Outcome.APPLIED for verdict in changed.verdicts):
        drafted.draft.take_back()
        print_error("no switch has the change: the inventory is as before")
    tell(changed, {}, as_json=False)
    return Exit.OK
