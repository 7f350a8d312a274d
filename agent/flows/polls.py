"""What polls of switches found, whoever polled; and the options of the watch."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Literal

from agent.collect.poll import Poll
from agent.collect.source import Holding
from agent.collect.tables.load import standard_tables
from agent.collect.tables.table import Tables
from agent.export.health import Health
from agent.metrics import POLL_SECONDS, POLL_SUCCESS, Page, Sample

OWN = "moulin_"
"""Families with this prefix are about the poll, not about the device."""


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """How the watch polls."""

    interval_seconds: float = 30.0
    deadline_seconds: float = 20.0
    backend: Literal["own", "pysnmp"] = "own"
    polls_at_once: int = 64
    cache_seconds: float = 1.0
    """Without a schedule, a poll younger than this answers a scrape."""
    soon_seconds: float = 1.0
    """Polls asked for by ``poll_soon`` wait so long for more reasons, and are at least so far apart."""
    series_limit: int = 50_000
    """Most series of one device; 0 is no limit."""
    page_limit: int = 0
    """Most series of one page of many devices; 0 is no limit."""
    workers: int = 0
    """Processes that poll; 0 and 1 are this process."""
    tables: Tables = field(default_factory=standard_tables)
    spread_seconds: float = 60.0
    """The schedule's first reading of optics waits up to so long, by device."""


class Polls:
    """The last polls by device: the source ``snmp``."""

    name = "snmp"

    def __init__(self, options: WatchOptions, health: Health) -> None:
        self.options, self.health = options, health
        self.noted: Callable[[Poll], object] = lambda _: None
        """Called after each poll."""
        self._last: dict[str, Poll] = {}
        self._last_good: dict[str, Poll] = {}
        self._holdings: dict[str, Holding] = {}

    def note(self, poll: Poll) -> None:
        """Keep the outcome of a poll, and tell it."""
        self._last[poll.device] = poll
        if poll.success:
            self._last_good[poll.device] = poll
            self._holdings[poll.device] = Holding(
                {name: family for name, family in poll.page.families.items() if not name.startswith(OWN)},
                poll.at + poll.seconds,
                self.options.interval_seconds,
            )
        outcome = "failed" if not poll.success else "partial" if poll.partial else "complete"
        self.health.note_poll(poll.device, outcome, poll.seconds)
        self.noted(poll)

    def forget(self, device: str) -> None:
        """Drop what is known of a device that left the inventory."""
        for known in (self._last, self._last_good, self._holdings, self.health.outcomes):
            known.pop(device, None)

    def last(self, device: str) -> Poll | None:
        """Outcome of the last poll, good or bad."""
        return self._last.get(device)

    def last_good(self, device: str) -> Poll | None:
        """The last poll that was answered."""
        return self._last_good.get(device)

    def devices(self) -> Collection[str]:
        """Who has answered."""
        return self._holdings.keys()

    def holding(self, device: str) -> Holding | None:
        """What the device said at its last good poll; how the poll went is not part of it."""
        return self._holdings.get(device)


def failed_poll(device: str, at: float, seconds: float, problem: str) -> Poll:
    """A poll that brought nothing."""
    page = Page()
    page.add(Sample(POLL_SUCCESS, (device,), 0))
    page.add(Sample(POLL_SECONDS, (device,), round(seconds, 6)))
    return Poll(device, at, seconds, success=False, problem=problem, page=page)
