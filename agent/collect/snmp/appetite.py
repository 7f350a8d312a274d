"""How many rows to ask for at once: grows while answers come whole, shrinks when they do not."""

from __future__ import annotations

from dataclasses import dataclass

FIRST, MOST = 25, 50
STEP = 5
PATIENCE = 200
"""Whole answers after which a size that failed once is tried again."""


@dataclass(slots=True)
class Appetite:
    """Max-repetitions of one table of one agent, remembered from poll to poll.

    >>> appetite = Appetite()
    >>> appetite.choke(); appetite.size
    12
    >>> for _ in range(9): appetite.swallow(appetite.size)
    >>> appetite.size, appetite.ceiling
    (24, 24)
    """

    size: int = FIRST
    ceiling: int = MOST
    whole: int = 0
    """Whole answers since the ceiling was met."""

    def swallow(self, rows: int) -> None:
        """An answer of so many rows came and the table goes on."""
        if rows < self.size:
            # the agent cuts its answers: to ask for more than it gives costs it work for nothing
            self.size = max(1, rows)
            return
        self.whole += 1
        if self.size < self.ceiling:
            self.size = min(self.size + STEP, self.ceiling)
        elif self.ceiling < MOST and self.whole >= PATIENCE:
            self.ceiling, self.whole = min(self.ceiling + STEP, MOST), 0

    def choke(self) -> None:
        """An answer was too big, or was lost twice."""
        self.ceiling = max(1, self.size - 1)
        self.size = max(1, self.size // 2)
        self.whole = 0
