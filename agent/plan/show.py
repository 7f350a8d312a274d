"""A plan as text for people; secrets are masked."""

from __future__ import annotations

from collections.abc import Iterator

from agent.nxos.mask import mask_line
from agent.plan.plan import Plan, Step


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
    for step in plan.steps:
        if step.risks:
            yield f"! {_head(step)}: {', '.join(step.risks)}{_touched(step)}"
    yield from plan.diff
    if plan.unmanaged:
        yield f"  {len(plan.unmanaged)} sections are not managed and stay as they are"
    if undo:
        yield "undo:"
        for step in plan.undo:
            yield from (f"  {mask_line(line)}" for line in step.lines)


def _head(step: Step) -> str:
    return mask_line(step.lines[0]) + (f" (+{len(step.lines) - 1})" if len(step.lines) > 1 else "")


def _touched(step: Step) -> str:
    return f" [{'; '.join(step.touches)}]" if step.touches else ""
