"""What a plan is: values only, JSON in and out."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from agent.intent.risk import Risk

__all__ = ["Plan", "PlanSet", "Risk", "Step"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Frozen):
    """Lines that belong together: the parents that enter the mode come first, at their own indent.

    ``lines`` are sent in order from config mode. Secrets stand in clear here: mask before showing.
    """

    lines: tuple[str, ...]
    risks: tuple[Risk, ...] = ()
    touches: tuple[str, ...] = ()
    """Names of what is hit, for people: ``camera rue Haute 12``, ``uplink to core-1``."""
    meaning: tuple[str, ...] = ()
    """What the lines mean for the city, in words, where they do not say it themselves."""


class Plan(_Frozen):
    """The way from what a switch has to what it should have, and the way back.

    ``base`` is the digest of the running configuration that the plan was made from; a switch that no longer
    has that digest refuses the plan. ``unmanaged`` lists lines that are left alone because the intent does
    not own them.
    """

    device: str
    base: str
    target: str
    steps: tuple[Step, ...]
    undo: tuple[Step, ...]
    diff: tuple[str, ...]
    """Semantic diff for people: lines marked ``+``, ``-`` or `` `` (context), already masked."""
    unmanaged: tuple[str, ...] = ()
    protection: str = ""
    """How the switch comes back by itself during this change, for people; chosen again when it begins."""

    @property
    def risks(self) -> tuple[Risk, ...]:
        """All marks of all steps, each once, in order of first appearance."""
        return tuple(dict.fromkeys(risk for step in self.steps for risk in step.risks))


class PlanSet(_Frozen):
    """What ``moulin plan -o`` writes: plans by device, with what they were made from."""

    format: Literal[1] = 1
    made_at: str
    intent: str
    """Digest of the inventory files."""
    templates: str
    """Digest of the template files."""
    commit: str = ""
    """Git commit of the inventory, with ``-dirty`` when files differ from it; empty outside git."""
    only: tuple[str, ...] = ()
    """Globs over top-level lines to which the plans were narrowed; everything when empty."""
    plans: dict[str, Plan]
