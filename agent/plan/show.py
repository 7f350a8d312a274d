"""A plan as text for people; secrets are masked."""

from __future__ import annotations

from collections.abc import Iterator

from agent.nxos.mask import mask_line
from agent.plan.plan import Plan, Step

_FEW = 3


def show_plan(plan: Plan, *, undo: bool = False) -> str:
    """Head line, risk marks, semantic diff; with ``undo`` also the lines of the way back.

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
    yield from _risks(plan.steps)
    yield from plan.diff
    if plan.unmanaged:
        yield f"  {len(plan.unmanaged)} sections are not managed and stay as they are"
    if undo:
        yield "undo:"
        for step in plan.undo:
            yield from (f"  {mask_line(line)}" for line in step.lines)


def _risks(steps: tuple[Step, ...]) -> Iterator[str]:
    """A line for each mark: who is hit by name, and how many sections more that hit nobody."""
    for risk in dict.fromkeys(risk for step in steps for risk in step.risks):
        marked = [step for step in steps if risk in step.risks]
        named = [f"{name} ({_head(step)})" for step in marked for name in step.touches]
        others = [_head(step) for step in marked if not step.touches]
        if len(others) > _FEW:
            others = [*others[:_FEW], f"and {len(others) - _FEW} more"]
        yield f"! {risk}: {'; '.join([*named, *others])}"


def _head(step: Step) -> str:
    return mask_line(step.lines[0].split("\n", 1)[0])
