"""``moulin rollback``: undo a change of the journal, switch by switch."""

from __future__ import annotations

from pydantic import ValidationError

from agent.errors import StoreError
from agent.plan.plan import Plan
from agent.store.journal import Journal

DONE = frozenset({"saved", "confirmed"})
"""States in which a switch has the change."""


def read_plan(journal: Journal, number: int, device: str) -> Plan:
    """The plan of one switch; raises StoreError when it is gone or another release of Moulin wrote it."""
    try:
        return Plan.model_validate_json(journal.plan(number, device))
    except ValidationError as exc:
        problem = f"the plan of change {number} for {device} is of another release of moulin"
        raise StoreError(f"{problem}. use the release that made it") from exc


_SIGNS = {"+": "-", "-": "+"}


def undo_plans(journal: Journal, number: int) -> dict[str, Plan]:
    """The way back of every switch that has the change, as plans: refused where somebody changed it since.

    Raises StoreError when there is no such change, its plans are gone or no switch has it.
    """
    change = journal.change(number)
    plans = {
        run.device: reverse_plan(read_plan(journal, number, run.device))
        for run in change.runs
        if run.state in DONE
    }
    if not plans:
        states = ", ".join(f"{run.device} {run.state}" for run in change.runs) or "no switch"
        raise StoreError(f"change {number} stands nowhere ({states}). see: moulin history {number}")
    return plans


def reverse_plan(plan: Plan) -> Plan:
    """The same way, walked back: undo as steps, target as base."""
    return Plan(
        device=plan.device,
        base=plan.target,
        target=plan.base,
        steps=plan.undo,
        undo=plan.steps,
        diff=tuple(_SIGNS.get(line[:1], line[:1]) + line[1:] for line in plan.diff),
        unmanaged=plan.unmanaged,
    )
