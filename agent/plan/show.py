"""A plan as text for people; secrets are masked."""

from __future__ import annotations

from collections.abc import Iterator

from agent.nxos.mask import mask_line
from agent.plan.plan import Plan, Step

_FEW = 3
_CLAUSES = 12
"""Explanations that are shown for a switch before the rest is counted."""


def show_plan(plan: Plan, *, undo: bool = False) -> str:
    """Head line, risk marks, what it means, semantic diff; with ``undo`` also the lines of the way back.

    >>> print(show_plan(Plan(device="sw-1", base="", target="", steps=(), undo=(), diff=())))
    sw-1: nothing to do
    """
    return "\n".join(_rows(plan, undo=undo))


def _rows(plan: Plan, *, undo: bool) -> Iterator[str]:
    if not plan.steps:
        yield f"{plan.device}: nothing to do"
        return
    lines = sum(len(step.lines) for step in plan.steps)
    yield f"{plan.device}: {len(plan.steps)} steps, {lines} lines"
    yield from (f"! {row}" for row in risk_rows(plan.steps))
    yield from _meanings(plan.steps)
    if protection := getattr(plan, "protection", ""):
        yield f"  protected by {protection}"
    yield from plan.diff
    if plan.unmanaged:
        yield f"  {len(plan.unmanaged)} sections are not managed and stay as they are"
    if undo:
        yield "undo:"
        for step in plan.undo:
            yield from (f"  {row}" for line in step.lines for row in mask_line(line).split("\n"))


def risk_rows(steps: tuple[Step, ...]) -> Iterator[str]:
    """A line for each mark: who is hit by name, and how many sections more that hit nobody."""
    for risk in dict.fromkeys(risk for step in steps for risk in step.risks):
        marked = [step for step in steps if risk in step.risks]
        named = [f"{name} ({head_of(step)})" for step in marked for name in step.touches]
        others = [head_of(step) for step in marked if not step.touches]
        if len(others) > _FEW:
            others = [*others[:_FEW], f"and {len(others) - _FEW} more"]
        yield f"{risk}: {'; '.join([*named, *others])}"


def _meanings(steps: tuple[Step, ...]) -> Iterator[str]:
    clauses = list(dict.fromkeys(clause for step in steps for clause in step.meaning))
    yield from (f"  {mask_line(clause)}" for clause in clauses[:_CLAUSES])
    if len(clauses) > _CLAUSES:
        yield f"  and {len(clauses) - _CLAUSES} more changes; all of them: --html FILE"


def head_of(step: Step) -> str:
    """The first line of a step, masked: the section that it is about."""
    return mask_line(step.lines[0].split("\n", 1)[0])
