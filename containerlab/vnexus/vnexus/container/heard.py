"""Who was heard on which port, until the time is up."""

from __future__ import annotations

from vnexus.container.lldp import Announcement
from vnexus.facts import Neighbor


class Heard:
    """The LLDP table of one node; every method that may change it says whether it did."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[tuple[str, str], tuple[Announcement, float]]] = {}

    def take(self, port: str, said: Announcement, now: float) -> bool:
        """An announcement came in; one with no time to live takes the station away."""
        entries, key = self._entries.setdefault(port, {}), (said.chassis, said.port)
        before = entries.get(key)
        if said.seconds == 0:
            return entries.pop(key, None) is not None
        entries[key] = (said, now + said.seconds)
        return before is None or before[0] != said

    def forget(self, port: str) -> bool:
        """The wire is dark."""
        return bool(self._entries.pop(port, None))

    def expire(self, now: float) -> bool:
        """Let go what was not heard again in time."""
        gone = [
            (port, key)
            for port, entries in self._entries.items()
            for key, (_, until) in entries.items()
            if until <= now
        ]
        for port, key in gone:
            del self._entries[port][key]
        return bool(gone)

    def neighbors(self) -> tuple[Neighbor, ...]:
        """By port, in the order in which they were first heard."""
        return tuple(
            said.neighbor(port) for port, entries in self._entries.items() for said, _ in entries.values()
        )
