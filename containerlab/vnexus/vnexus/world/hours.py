"""How busy each hour of the day is, and its exact integral: counters grow with it without being ticked."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US

HOURS: dict[str, tuple[int, ...]] = {
    "office": (
        20, 20, 20, 20, 20, 30, 100, 400, 800, 1000, 1000, 900,
        500, 700, 900, 950, 850, 600, 250, 100, 60, 40, 30, 20,
    ),
    "people": (
        120, 80, 50, 40, 40, 60, 150, 500, 1000, 700, 750, 850,
        950, 850, 750, 800, 900, 1000, 950, 850, 700, 500, 350, 200,
    ),
    "street": (100, 50, 50, 50, 50, 200, 600, *[1000] * 14, 800, 500, 200),
}  # fmt: skip
"""Thousandths of the busiest hour, from midnight of the world's clock (UTC)."""

_BEFORE = {
    name: (0, *accumulate(level * (HOUR_US // 1000) for level in hours)) for name, hours in HOURS.items()
}


@lru_cache(maxsize=256)
def lived_us(rhythm: str, now_us: int) -> int:
    """Microseconds of the busiest hour that would have carried as much since 1970.

    >>> day = lived_us("office", DAY_US)
    >>> lived_us("office", 3 * DAY_US) == 3 * day
    True
    >>> lived_us("office", 10 * HOUR_US) - lived_us("office", 9 * HOUR_US)
    3600000000
    """
    days, rest = divmod(now_us, DAY_US)
    hour, part = divmod(rest, HOUR_US)
    before = _BEFORE[rhythm]
    return days * before[24] + before[hour] + HOURS[rhythm][hour] * part // 1000


def level(rhythm: str, now_us: int) -> float:
    """Share of the busiest hour at this moment.

    >>> level("office", 3 * HOUR_US), level("office", 9 * HOUR_US)
    (0.02, 1.0)
    """
    return HOURS[rhythm][now_us % DAY_US // HOUR_US] / 1000
