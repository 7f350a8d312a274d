"""The last values that a stream said of one device, bounded, each forgotten when its time is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.collect.source import Holding

STALE_INTERVALS = 2.5
_TICKS_PER_INTERVAL = 2
_TICKS_KEPT = int(STALE_INTERVALS * _TICKS_PER_INTERVAL)
_PATHS_PER_SERIES = 4
SERIES_LIMIT = 20_000
"""Series of one device that one source may give; what comes on top is dropped and counted."""


@dataclass(slots=True)
class Family:
    """Values of one metric that come at one interval; without an interval they hold until taken back.

    ``now`` is written straight by whoever decodes and stays the same dict for ever: it holds what was said
    since the last tick. ``kept`` is what was said before.
    """

    seconds: float | None
    now: dict[str, float] = field(default_factory=dict)
    kept: dict[str, float] = field(default_factory=dict)
    _said: dict[str, int] = field(default_factory=dict)
    _ticks: int = 0
    _next: float = 0.0

    def tick(self, moment: float) -> list[str]:
        """Let time pass; the series that were not said for two and a half intervals, now forgotten."""
        if self.seconds is None or moment < self._next:
            return []
        self._next = moment + self.seconds / _TICKS_PER_INTERVAL
        self._ticks += 1
        self.kept.update(self.now)
        self._said.update(dict.fromkeys(self.now, self._ticks))
        self.now.clear()
        limit = self._ticks - _TICKS_KEPT
        gone = [series for series, tick in self._said.items() if tick < limit]
        for series in gone:
            del self._said[series], self.kept[series]
        return gone

    def drop(self, series: str) -> None:
        """Forget one series, if it is there."""
        self.now.pop(series, None)
        self.kept.pop(series, None)
        self._said.pop(series, None)

    def begin_anew(self) -> None:
        """A stream starts again and will say everything that still holds."""
        if self.seconds is None:
            self.kept.update(self.now)
            self.now.clear()

    def end_anew(self) -> list[str]:
        """Everything was said; what was not is forgotten and given back."""
        if self.seconds is not None:
            return []
        gone = [series for series in self.kept if series not in self.now]
        self.kept.clear()
        return gone


@dataclass(slots=True)
class Held:
    """One source's last values of one device, and how its stream goes."""

    device: str
    interval_seconds: float
    series_limit: int = SERIES_LIMIT
    at: float = 0.0
    """Unix time of the last sign of life; 0 before the first."""
    up: bool = False
    synced: bool = False
    """The stream has said everything once."""
    updates: int = 0
    messages: int = 0
    bytes: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    _families: dict[tuple[str, float | None], Family] = field(default_factory=dict)
    _copies: dict[str, dict[str, float]] = field(default_factory=dict)
    _claimed: set[str] = field(default_factory=set)

    @property
    def path_limit(self) -> int:
        """Paths that are worth remembering, shown or not; who knows more begins anew."""
        return _PATHS_PER_SERIES * self.series_limit

    def family(self, name: str, seconds: float | None) -> Family:
        """The values of a metric that come every so many seconds; None for those said when they change."""
        return self._families.setdefault((name, seconds), Family(seconds))

    def claim(self, series: str) -> bool:
        """Whether there is room for the series; counts it when there is none."""
        if series in self._claimed:
            return True
        if len(self._claimed) >= self.series_limit:
            self.problems["dropped-series"] += 1
            return False
        self._claimed.add(series)
        return True

    def drop(self, series: str) -> None:
        """Forget a series; its place is free again."""
        self._claimed.discard(series)
        for family in self._families.values():
            family.drop(series)

    def tick(self, moment: float) -> None:
        """Forget what was not said for two and a half of its intervals."""
        for family in self._families.values():
            self._claimed.difference_update(family.tick(moment))

    def begin_anew(self) -> None:
        """A new stream will say everything that still holds."""
        self.synced = False
        for family in self._families.values():
            family.begin_anew()

    def end_anew(self) -> None:
        """The new stream has said everything."""
        self.synced = True
        for family in self._families.values():
            self._claimed.difference_update(family.end_anew())

    def families(self) -> dict[str, dict[str, float]]:
        """Copies of all values, by metric name and series; a family that has not changed is the same copy."""
        found: dict[str, dict[str, float]] = {}
        for (name, _), family in self._families.items():
            values = {**family.kept, **family.now}
            if values:
                found.setdefault(name, {}).update(values)
        for name, values in found.items():
            if self._copies.get(name) == values:
                found[name] = self._copies[name]
        self._copies = found
        return dict(found)

    def told_on_change(self, name: str) -> dict[str, float]:
        """Values of a metric that come when they change, by series."""
        family = self._families.get((name, None))
        return {**family.kept, **family.now} if family is not None else {}

    def holding(self) -> Holding | None:
        """For the source; None before anything was said."""
        if not self.at:
            return None
        families = self.families()
        return Holding(families, self.at, self.interval_seconds) if families else None

    def series(self) -> Iterator[str]:
        """Every series that is held."""
        for values in self.families().values():
            yield from values
