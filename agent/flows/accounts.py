"""How much of every objective is left, counted by Moulin itself: no Prometheus is needed for it. Pure.

At each round every endpoint that is meant to work is seen well, seen bad, or not seen; the time since the
round before is booked so. Time in which no watch ran is booked as unobserved, never as good.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from agent.flows.endpoints import find_cut_off, is_dark, is_told
from agent.intent.expectation import Expectations, ExpectedService
from agent.metrics import Page
from agent.records import Observed

HOUR_SECONDS = 3600
DAY_SECONDS = 86_400
KEEP_DAYS = 400
MONTH = "month"
"""Window from the first of this month (UTC), with the budget of the whole month."""
Counts = Mapping[str, tuple[int, int, int]]
"""Endpoints by service: seen well, seen bad, not seen."""


def count_endpoints(
    expectations: Expectations, state: Callable[[str], str], known: Callable[[str], Page]
) -> Counts:
    """What is seen now. ``state`` of a switch: ``up``, ``partial``, ``down`` or ``waiting``."""
    states = {target.device: state(target.device) for target in expectations.targets}
    silent = [device for device, one in states.items() if one not in {"up", "partial"}]
    cut_off = find_cut_off(silent, expectations.neighbors, known)
    pages = {device: known(device) for device in states if device not in silent}
    counts: dict[str, list[int]] = {}
    for port in expectations.ports:
        mine = counts.setdefault(port.service, [0, 0, 0])
        page = pages.get(port.device)
        if page is not None and (states[port.device] == "up" or is_told(port, page)):
            mine[int(is_dark(port, page))] += 1
        else:
            mine[1 if port.device in cut_off else 2] += 1
    return {service: (mine[0], mine[1], mine[2]) for service, mine in counts.items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a service stands against its objective in a window."""

    service: str
    owner: str
    window: str
    """``month``, or ``30d`` for the days of the promise."""
    objective_ratio: float | None
    tally: Observed
    left_ratio: float | None
    """Share of the error budget that is left; below 0 when more was spent than there was. None without an
    objective or without endpoints."""

    @property
    def gap_ratio(self) -> float | None:
        """Share of the time of the window so far that nobody saw."""
        seen = self.tally.observed_ratio
        return None if seen is None else 1 - seen


@dataclass(slots=True)
class Accounts:
    """Tallies by service and hour, and the counts that hold since the last round. For one thread."""

    _hours: dict[tuple[str, int], Observed] = field(default_factory=dict)
    _fresh: dict[tuple[str, int], Observed] = field(default_factory=dict)
    _counts: Counts = field(default_factory=dict)
    _at: float | None = None
    _past: dict[tuple[str, float], Observed] = field(default_factory=dict)
    """Sums of the hours before ``_past_until``: hundreds of days are not added up for every page."""
    _past_until: int = 0

    @property
    def begun(self) -> bool:
        """Whether anything is counted."""
        return self._at is not None

    def start(self, hours: Mapping[tuple[str, int], Observed], until: float | None) -> None:
        """Go on from what an earlier process has written, up to unix time ``until``."""
        self._hours = dict(hours)
        self._past.clear()
        self._at = until

    def book(self, counts: Counts, now: float, longest_seconds: float) -> None:
        """Book the time since the last round as ``counts`` say now.

        Of what exceeds ``longest_seconds`` nobody saw anything. A clock that went back books nothing until
        it is past where it was.
        """
        begun, self._counts = self._at, counts
        if begun is None:
            self._at = now
        elif now > begun:
            seen_from = max(begun, now - longest_seconds)
            # of a gap longer than what is kept nothing can be told any more
            self._book(max(begun, now - KEEP_DAYS * DAY_SECONDS), seen_from, seen=False)
            self._book(seen_from, now, seen=True)
            self._at = now

    def _book(self, first: float, last: float, *, seen: bool) -> None:
        while first < last:
            hour = int(first // HOUR_SECONDS) * HOUR_SECONDS
            end = min(last, hour + HOUR_SECONDS)
            if hour < self._past_until:
                self._past.clear()
            for service, (up, down, unobserved) in self._counts.items():
                seconds = end - first
                tally = (
                    Observed(up * seconds, down * seconds, unobserved * seconds)
                    if seen
                    else Observed(unobserved=(up + down + unobserved) * seconds)
                )
                for book in (self._hours, self._fresh):
                    book[service, hour] = book.get((service, hour), Observed()) + tally
            first = end

    def take(self) -> tuple[dict[tuple[str, int], Observed], float]:
        """(what was booked since the last ``take``, until when); it counts as written from now on."""
        fresh, self._fresh = self._fresh, {}
        return fresh, self._at or 0.0

    def give_back(self, hours: Mapping[tuple[str, int], Observed]) -> None:
        """What was taken could not be written: keep it for the next time."""
        for key, tally in hours.items():
            self._fresh[key] = self._fresh.get(key, Observed()) + tally

    def prune(self, before: float) -> None:
        """Forget the hours that began before."""
        for key in [key for key in self._hours if key[1] < before]:
            del self._hours[key]
            self._past.clear()

    def standings(self, services: Iterable[ExpectedService], now: float) -> tuple[Standing, ...]:
        """Every service that has endpoints, in this month and over the days of its promise."""
        services = tuple(services)
        month, month_seconds = month_of(now)
        windows = {
            (one.service, since) for one in services for since in (month, _days_ago(now, one.window_days))
        }
        sums = self._sum(windows, now)
        found = []
        for one in services:
            endpoints = sum(self._counts.get(one.service, ()))
            if not endpoints:
                continue
            days = one.window_days
            for window, since, seconds in (
                (MONTH, month, month_seconds),
                (f"{days}d", _days_ago(now, days), days * DAY_SECONDS),
            ):
                tally = sums.get((one.service, since), Observed())
                left = left_of(tally, one.objective_ratio, endpoints * seconds)
                found.append(Standing(one.service, one.owner, window, one.objective_ratio, tally, left))
        return tuple(found)

    def _sum(self, windows: Collection[tuple[str, float]], now: float) -> dict[tuple[str, float], Observed]:
        """Observed by service and first hour, up to ``now``."""
        this = int(now // HOUR_SECONDS) * HOUR_SECONDS
        if this != self._past_until or not self._past.keys() >= set(windows):
            self._past, self._past_until = dict.fromkeys(windows, Observed()), this
            firsts: dict[str, list[float]] = {}
            for service, since in windows:
                firsts.setdefault(service, []).append(since)
            for (service, hour), tally in self._hours.items():
                for since in firsts.get(service, ()):
                    if since <= hour < this:
                        self._past[service, since] += tally
        return {
            (service, since): self._past[service, since] + self._hours.get((service, this), Observed())
            for service, since in windows
        }


def left_of(tally: Observed, objective_ratio: float | None, whole: float) -> float | None:
    """Share of the error budget of ``whole`` endpoint-seconds that is left.

    >>> left_of(Observed(up=90, down=5), 0.9, 100)
    0.5
    >>> left_of(Observed(down=30), 0.9, 100), left_of(Observed(), None, 100)
    (-2.0, None)
    >>> left_of(Observed(down=1), 1.0, 100)
    0.0
    """
    if objective_ratio is None or not whole:
        return None
    budget = (1 - objective_ratio) * whole
    if budget <= 0:
        return 0.0 if tally.down else 1.0
    return round(1 - tally.down / budget, 6)


def month_of(now: float) -> tuple[float, float]:
    """(unix time at which its month began, seconds that the month has); UTC.

    >>> month_of(1_709_200_000.0)  # 29 February 2024
    (1706745600.0, 2505600.0)
    """
    moment = datetime.fromtimestamp(now, UTC)
    first = datetime(moment.year, moment.month, 1, tzinfo=UTC)
    after = datetime(moment.year + moment.month // 12, moment.month % 12 + 1, 1, tzinfo=UTC)
    return first.timestamp(), (after - first).total_seconds()


def _days_ago(now: float, days: int) -> float:
    return float(int(now // HOUR_SECONDS) * HOUR_SECONDS - days * DAY_SECONDS)
