"""Plans as one HTML page that a person can read, print and send."""

from __future__ import annotations

from collections.abc import Mapping

from agent.flows.outlook import Outlook
from agent.nxos.mask import mask_line
from agent.plan.paper import write_page
from agent.plan.plan import Plan, PlanSet
from agent.plan.show import count, gather_clauses, head_of, name_protection, risk_rows


def plan_page(plans: PlanSet, outlook: Outlook, errors: Mapping[str, str], city: str) -> str:
    """The page; secrets are masked, nothing is fetched from elsewhere."""
    busy = {name: plan for name, plan in plans.plans.items() if plan.steps}
    return write_page(
        "agent.plan",
        "plan.html",
        title=f"Plan for {city}",
        plans=plans,
        busy=busy,
        outlook=outlook,
        errors=errors,
        steps=sum(len(plan.steps) for plan in busy.values()),
        lines_sent=sum(len(step.lines) for plan in busy.values() for step in plan.steps),
        risks={name: tuple(risk_rows(plan.steps)) for name, plan in busy.items()},
        undo={name: _undo(plan) for name, plan in busy.items()},
        head=head_of,
        gather=gather_clauses,
        numbered=count,
        protection=name_protection,
    )


def _undo(plan: Plan) -> list[str]:
    return [row for step in plan.undo for line in step.lines for row in mask_line(line).split("\n")]
