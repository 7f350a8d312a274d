"""How long a change will take: an estimate, from how fast earlier ones were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds for a switch whatever is sent, and for each step; ``basis`` says where they are from."""

    per_switch_seconds: float
    per_step_seconds: float
    basis: str


GUESSED = Speed(4.0, 0.25, "no earlier change is known here: a guess")
"""Stands in until the journal knows how fast these switches are; virtual ones are of that order."""


def estimate_seconds(
    waves: Sequence[Sequence[str]], steps: Mapping[str, int], workers: int, speed: Speed
) -> float:
    """Waves one after another, the switches of a wave side by side as far as there are workers.

    >>> round(estimate_seconds([["a"], ["b", "c"]], {"a": 1, "b": 10, "c": 2}, 1, Speed(1, 0.5, "")), 1)
    9.5
    """
    total = 0.0
    for wave in waves:
        times = [speed.per_switch_seconds + speed.per_step_seconds * steps[device] for device in wave]
        total += max(max(times, default=0.0), sum(times) / max(1, workers))
    return total


def say_seconds(seconds: float) -> str:
    """Words, rounded up to what an estimate is worth.

    >>> say_seconds(7.2), say_seconds(61), say_seconds(4000)
    ('about 10 s', 'about 2 min', 'about 1 h 7 min')
    """
    if seconds < 60:
        return f"about {ceil(seconds / 5) * 5} s"
    minutes = ceil(seconds / 60)
    return f"about {minutes} min" if minutes < 60 else f"about {minutes // 60} h {minutes % 60} min"
