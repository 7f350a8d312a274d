"""What applying these plans would do: who is hit, in which order, how long, and whether it may be now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.apply.waves import plan_waves
from agent.flows.affected import Affected, find_affected
from agent.flows.govern import Asked, what_forbids
from agent.flows.policy import load_policy
from agent.flows.speed import read_speed
from agent.flows.wanted import Wanted
from agent.plan.duration import Speed, estimate_seconds, say_seconds
from agent.plan.plan import Plan
from agent.settings import Settings


@dataclass(frozen=True, slots=True)
class Outlook:
    """For people who must decide; ``forbidden`` is empty when ``apply`` would begin now."""

    affected: Affected
    by_switch: Mapping[str, Affected]
    waves: tuple[tuple[str, ...], ...]
    seconds: float
    speed: Speed
    forbidden: str

    @property
    def duration(self) -> str:
        """``about 2 min``."""
        return say_seconds(self.seconds)


def look_ahead(plans: Mapping[str, Plan], wanted: Wanted, settings: Settings, asked: Asked) -> Outlook:
    """Outlook over the plans that have steps."""
    busy = {name: plan for name, plan in plans.items() if plan.steps}
    policy = load_policy(settings.inventory)
    width = {"canaries": policy.canaries, "growth": policy.growth, "widest": policy.widest}
    waves = plan_waves(tuple(busy), wanted.pairs(), **width)
    speed, pauses = read_speed(settings), policy.pause_seconds * max(0, len(waves) - 1)
    steps = {name: len(plan.steps) for name, plan in busy.items()}
    return Outlook(
        affected=find_affected(busy.values(), wanted.expected),
        by_switch={name: find_affected([plan], wanted.expected) for name, plan in busy.items()},
        waves=waves,
        seconds=estimate_seconds(waves, steps, settings.workers, speed) + pauses,
        speed=speed,
        forbidden=what_forbids(wanted.city, asked),
    )


def outlook_as_data(outlook: Outlook) -> dict[str, Any]:
    """Plain data, for JSON."""
    return {
        "affected": {
            "words": str(outlook.affected),
            "endpoints": list(outlook.affected.endpoints),
            "services": dict(outlook.affected.services),
        },
        "waves": [list(wave) for wave in outlook.waves],
        "estimate_seconds": round(outlook.seconds),
        "estimate_basis": outlook.speed.basis,
        "forbidden": outlook.forbidden,
    }


def say_order(waves: Sequence[Sequence[str]]) -> str:
    """Waves in words.

    >>> say_order([["a"], ["b", "c"]])
    'a, then b c'
    """
    return ", then ".join(" ".join(wave) for wave in waves)
