"""How many rows to ask for at once: grows while answers come whole, shrinks when they do not."""

from __future__ import annotations

from dataclasses import dataclass

FIRST, MOST = 25, 100
STEP = 5
PATIENCE = 2000
"""Answers after which a size that failed once is tried again."""


@dataclass(slots=True)
class Appetite:
    """Max-repetitions of one table of one agent, remembered from poll to poll.

    It settles: an agent that answers alike is asked alike, so that its answers are known by their layout.

    >>> appetite = Appetite()
    >>> appetite.choke(); appetite.size
    12
    >>> for _ in range(9): appetite.swallow(appetite.size)
    >>> appetite.size, appetite.ceiling
    (24, 24)
    """

    size: int = FIRST
    ceiling: int = MOST
    since: int = 0
    """Answers since the ceiling was met."""

    def swallow(self, rows: int) -> None:
        """An answer of so many rows came and the table goes on."""
        self.since += 1
        if rows < self.size:
            # the agent cuts its answers: to ask for far more than it gives would cost it work for nothing
            self.ceiling, self.since = self.size, 0
            if rows <= self.size // 2:
                self.size = self.ceiling = max(1, self.size // 2)
        elif self.size < self.ceiling:
            self.size = min(self.size + STEP, self.ceiling)
        elif self.ceiling < MOST and self.since >= PATIENCE:
            self.ceiling, self.since = min(self.ceiling + STEP, MOST), 0

    def choke(self) -> None:
        """An answer was too big, or was lost twice."""
        self.ceiling = max(1, self.size - 1)
        self.size = max(1, self.size // 2)
        self.since = 0
