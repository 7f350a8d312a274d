"""How old what a page shows is, and what of the city nobody sees. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agent.collect.poll import Poll

STALE_INTERVALS = 2.5
"""Older than so many intervals: the watch, or the way to the switches, may have stopped."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """Age and gaps of the data."""

    state: str
    """``fresh``, ``stale``, or ``none`` when no switch answers."""
    oldest_seconds: float
    """Age of the oldest last word of a switch that answers."""
    gaps: int
    """Switches that do not answer, or were not asked yet."""
    switches: int


def judge_freshness(
    devices: Iterable[str], last: Callable[[str], Poll | None], now: float, interval_seconds: float
) -> Freshness:
    """Of these switches at unix time ``now``."""
    polls = [last(device) for device in devices]
    ages = [max(0.0, now - poll.at - poll.seconds) for poll in polls if poll is not None and poll.success]
    oldest = max(ages, default=0.0)
    state = "none" if not ages else "stale" if oldest > STALE_INTERVALS * interval_seconds else "fresh"
    return Freshness(state, oldest, len(polls) - len(ages), len(polls))
