"""Runbooks that change switches and leave the inventory as it is: preview, permission, the change itself."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from nornir.core import Nornir

from agent.cli.changing import ask, carry_out, reason_of, show_errors, show_plans, who, worst
from agent.cli.exits import Exit
from agent.cli.output import out
from agent.flows.apply import Change, Changed, Gate
from agent.flows.govern import Asked, refuse_forbidden
from agent.flows.plan import Planned
from agent.flows.policy import load_policy
from agent.flows.wanted import Wanted
from agent.plan.plan import Plan
from agent.settings import Settings
from agent.store.journal import Why


@dataclass(frozen=True, slots=True)
class Direct:
    """What a runbook works with; ``verb`` is what the journal calls it."""

    settings: Settings
    arguments: argparse.Namespace
    wanted: Wanted
    fleet: Nornir
    verb: str

    def permit(self, plans: Mapping[str, Plan]) -> None:
        """Raise ForbiddenError when the city's own rules forbid it now; ``--break-glass`` overrides."""
        if not self.arguments.break_glass:
            refuse_forbidden(self.wanted.city, Asked(plans, who(), datetime.now(UTC)))

    def why(self) -> Why:
        """For the journal."""
        reason = reason_of(self.arguments.reason, self.arguments.break_glass)
        return Why(self.verb, who(), reason, self.wanted.intent_digest)

    def ask(self, question: str) -> None:
        """Raises typer.Abort, or UsageError where nobody can be asked."""
        ask(self.arguments.yes, question)

    def change(self, plans: Mapping[str, Plan], gate: Gate | None = None) -> Changed:
        """Carry the plans out in waves, never both of a pair at once; ``gate`` judges each wave."""
        change = Change(
            plans=plans,
            why=self.why(),
            pairs=self.wanted.pairs(),
            policy=load_policy(self.settings.inventory),
            gate=gate,
        )
        return carry_out(self.settings, self.fleet, change)


def preview(planned: Planned, arguments: argparse.Namespace) -> int | None:
    """Show the plans. The exit code when it ends there: an error, nothing to do, or a dry run."""
    show_plans(planned.plans.plans)
    show_errors(planned.errors)
    if planned.errors:
        return worst(planned.errors)
    if not planned.changes:
        out.print("nothing to do", markup=False)
        return Exit.OK
    if not arguments.apply:
        out.print("dry run: nothing was changed; add --apply", markup=False)
        return Exit.CHANGES
    return None
