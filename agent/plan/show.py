"""A plan as text for people; secrets are masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agent.nxos.mask import mask_line
from agent.plan.plan import Plan, Step

_FEW = 3
_PORT = r"(?:Ethernet|port-channel|Vlan|loopback|mgmt)\S*"
_WHO = re.compile(rf"^.*?\({_PORT}\)|^{_PORT}(?=[ :])")
"""What a clause is about: a port, with its name before it where it has one."""
_FIRST = re.compile(r":| that ")
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
    yield f"{plan.device}: {count(len(plan.steps), 'step')}, {count(lines, 'line')}"
    yield from (f"! {row}" for row in risk_rows(plan.steps))
    yield from _meanings(plan.steps)
    if protection := getattr(plan, "protection", ""):
        yield f"  protected by {protection}"
    yield from plan.diff
    if plan.unmanaged:
        yield f"  {len(plan.unmanaged)} sections are not managed and stay as they are"
    back = sum(len(step.lines) for step in plan.undo)
    if not undo and back:
        yield f"  {count(back, 'line')} lead back (--undo shows them)" if back > 1 else "  1 line leads back"
    if undo:
        yield "undo:"
        for step in plan.undo:
            yield from (f"  {row}" for line in step.lines for row in mask_line(line).split("\n"))


def risk_rows(steps: tuple[Step, ...]) -> Iterator[str]:
    """A line for each mark: who is hit by name, and how many sections more that hit nobody."""
    for risk in dict.fromkeys(risk for step in steps for risk in step.risks):
        marked = [step for step in steps if risk in step.risks]
        named = [f"{name} ({_place(step)})" for step in marked for name in step.touches]
        others = [head_of(step) for step in marked if not step.touches]
        if len(others) > _FEW:
            others = [*others[:_FEW], f"and {len(others) - _FEW} more"]
        yield f"{risk}: {'; '.join([*named, *others])}"


def _meanings(steps: tuple[Step, ...]) -> Iterator[str]:
    clauses = gather_clauses(clause for step in steps for clause in step.meaning)
    yield from (f"  {mask_line(clause)}" for clause in clauses[:_CLAUSES])
    if len(clauses) > _CLAUSES:
        yield f"  and {len(clauses) - _CLAUSES} more changes; all of them: --html FILE"


def gather_clauses(clauses: Iterable[str]) -> tuple[str, ...]:
    """Each thing once, with all that happens to it.

    >>> gather_clauses(["camera A (Ethernet1/2) is off", "camera A (Ethernet1/2): no voice", "VLAN 9 goes"])
    ('camera A (Ethernet1/2) is off; no voice', 'VLAN 9 goes')
    """
    found: dict[str, list[str]] = {}
    for clause in dict.fromkeys(clauses):
        who = _WHO.match(clause)
        head = who[0] if who else clause
        rest = clause.removeprefix(head).lstrip(": ")
        if head in found and rest:
            found[head].append(rest)
        else:
            found[head] = [clause]
    return tuple("; ".join(parts) for parts in found.values())


def count(number: int, word: str) -> str:
    """A number and its noun.

    >>> count(1, "step"), count(2, "step")
    ('1 step', '2 steps')
    """
    return f"{number} {word}{'' if number == 1 else 's'}"


def name_protection(plan: Plan) -> str:
    """Its first words, for a table.

    >>> words = "a job on the switch that rolls back to a checkpoint after 5 minutes unless confirmed"
    >>> name_protection(Plan(device="a", base="", target="", steps=(), undo=(), diff=(), protection=words))
    'a job on the switch'
    """
    return _FIRST.split(plan.protection, maxsplit=1)[0]


def _place(step: Step) -> str:
    return head_of(step).removeprefix("interface ")


def head_of(step: Step) -> str:
    """The first line of a step, masked: the section that it is about."""
    return mask_line(step.lines[0].split("\n", 1)[0])
