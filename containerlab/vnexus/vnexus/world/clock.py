"""World time, and the small irregularities that come with it."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable


class Clock:
    """Unix seconds that tests and demos may push ahead.

    >>> clock = Clock(source=lambda: 1000.0)
    >>> clock.advance(60)
    >>> clock.now()
    1060.0
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source, self._ahead = source, 0.0

    def now(self) -> float:
        return self._source() + self._ahead

    def advance(self, seconds: float) -> None:
        """Raises ValueError for a step back: counters must never run backwards."""
        if not 0 <= seconds <= 1e9:
            raise ValueError(f"cannot advance by {seconds} seconds: give a figure from 0 to 10^9")
        self._ahead += seconds


class Wobble:
    """Values between -1 and 1 that drift with time; the same for the same seed, name and time.

    >>> Wobble(1).at("fan", 90.0) == Wobble(1).at("fan", 90.0) != Wobble(2).at("fan", 90.0)
    True
    """

    PERIOD_SECONDS = 60.0

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def at(self, name: str, now: float) -> float:
        bucket, rest = divmod(now, self.PERIOD_SECONDS)
        before, after = (self._point(name, int(bucket) + step) for step in (0, 1))
        return before + (after - before) * rest / self.PERIOD_SECONDS

    def _point(self, name: str, bucket: int) -> float:
        return zlib.crc32(f"{self.seed}/{name}/{bucket}".encode()) / 0x7FFFFFFF - 1.0
