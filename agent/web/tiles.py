"""The services as tiles: how each fares in the whole city, and what is left of its objective. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.flows.accounts import MONTH, Standing
from agent.web.services import Cell, Wellbeing

LOW = 0.25
"""Share of the budget from which on a tile warns."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One service."""

    service: str
    cell: Cell
    standing: Standing | None
    """In this month; None while nobody counts."""

    @property
    def budget(self) -> str:
        """``none`` (no objective or not counted), ``plenty``, ``low`` or ``spent``."""
        if self.standing is None or self.standing.left_ratio is None:
            return "none"
        if self.standing.left_ratio <= 0:
            return "spent"
        return "low" if self.standing.left_ratio < LOW else "plenty"

    @property
    def left_percent(self) -> float:
        """Length of the bar, 0 to 100."""
        left = self.standing.left_ratio if self.standing else None
        return round(100 * min(1.0, max(0.0, left or 0.0)), 1)

    @property
    def gap_percent(self) -> float:
        """Share of the month so far that nobody saw."""
        gap = self.standing.gap_ratio if self.standing else None
        return round(100 * (gap or 0.0), 1)


def lay_tiles(being: Wellbeing, standings: Iterable[Standing]) -> tuple[Tile, ...]:
    """A tile for every service that has endpoints, by name."""
    months = {one.service: one for one in standings if one.window == MONTH}
    return tuple(Tile(name, being.over(name), months.get(name)) for name in being.services)


def tell_percent(ratio: float) -> str:
    """A share as people write it; what is not whole is never rounded up to 100.

    >>> tell_percent(0.995), tell_percent(0.8713), tell_percent(0.99999), tell_percent(1)
    ('99.5 %', '87 %', '99.99 %', '100 %')
    """
    near = ratio >= 0.99
    text = f"{round(1e6 * ratio) // 100 / 100:.2f}" if near else f"{100 * ratio:.0f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"
