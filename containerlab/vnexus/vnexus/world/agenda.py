"""What will happen at a moment of world time: timers of the switches."""

from __future__ import annotations

import math
from collections.abc import Callable

Action = Callable[[float], None]


class Agenda:
    """Appointments by number; an action is called with the time it was due.

    >>> agenda, seen = Agenda(), []
    >>> late, early = agenda.add(20.0, seen.append), agenda.add(10.0, seen.append)
    >>> agenda.due
    10.0
    >>> agenda.pop()(10.0)
    >>> agenda.cancel(late)
    >>> (seen, agenda.due)
    ([10.0], inf)
    """

    def __init__(self) -> None:
        self._entries: dict[int, tuple[float, Action]] = {}
        self._next = 1

    @property
    def due(self) -> float:
        """When the next action is due; infinite without any."""
        return min((at for at, _ in self._entries.values()), default=math.inf)

    def add(self, at: float, action: Action) -> int:
        """The number cancels it again."""
        number, self._next = self._next, self._next + 1
        self._entries[number] = (at, action)
        return number

    def cancel(self, number: int) -> None:
        """Does nothing for an appointment that is over."""
        self._entries.pop(number, None)

    def pop(self) -> Action:
        """Take the next action out; there must be one."""
        number = min(self._entries, key=lambda key: (self._entries[key][0], key))
        return self._entries.pop(number)[1]
