"""What graphs should show beside their lines: changes of ours, changes of others, restarts, maintenance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from agent import metrics
from agent.errors import StoreError
from agent.flows.history import has_journal, open_journal, tell_changes
from agent.intent.expectation import Expectations
from agent.metrics import Page, Sample
from agent.records import Event
from agent.settings import Settings
from agent.store.journal import Journal
from agent.store.timeline import Turn

KINDS: Mapping[str, str] = {
    "config-drift": "config-drift",
    "cold-start": "restart",
    "warm-start": "restart",
    "supervisor-switchover": "restart",
    "restart-ordered": "restart",
}
"""Kind of the landmark by kind of the event."""
SHOWN_SECONDS = 86_400.0

LATEST_CHANGES = 20
"""Of the journal, looked at with each scrape."""

Changes = Callable[[], Iterable[Mapping[str, Any]]]
"""The latest changes of the journal, as ``Chronicle.changes`` tells them."""


@dataclass(frozen=True, slots=True)
class Landmark:
    """An instant, or a stretch of time, with words for people."""

    at: float
    until: float
    kind: str
    """``change``, ``config-drift``, ``restart``, ``freeze``, ``maintenance``."""
    title: str
    text: str
    devices: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


def marks_of_events(events: Iterable[Event]) -> Iterator[Landmark]:
    """One for each event that is a landmark."""
    for event in events:
        kind = KINDS.get(event.kind)
        if kind is not None:
            yield Landmark(event.at, event.at, kind, f"{event.device}: {kind}", event.text, (event.device,))


def marks_of_changes(changes: Iterable[Mapping[str, Any]]) -> Iterator[Landmark]:
    """One for each change of the journal, from its begin to its end."""
    for change in changes:
        begun = change["started_at"].timestamp()
        ended = change["ended_at"].timestamp() if change["ended_at"] else begun
        devices = tuple(run["device"] for run in change["switches"] if run["state"] != "planned")
        title = f"change {change['change']}: {change['verb']} by {change['who']}"
        text = "; ".join(filter(None, (change["reason"], change["ticket"], change["state"])))
        yield Landmark(begun, ended, "change", title, text, devices)


def marks_of_calendar(promised: Expectations, since: float, until: float) -> Iterator[Landmark]:
    """Freezes, announced works and maintenance windows that touch the time between two instants."""
    for reason, first, last, sites in promised.freezes:
        begin, end = (datetime.fromisoformat(text).timestamp() for text in (first, last))
        if begin <= until and end >= since:
            yield Landmark(begin, end, "freeze", "freeze", reason, sites=sites)
    for works in promised.works:
        begin, end = (datetime.fromisoformat(text).timestamp() for text in (works.first, works.last))
        if begin <= until and end >= since:
            yield Landmark(begin, end, "maintenance", "works", works.reason, sites=works.sites)
    for window in promised.windows:
        for opens, closes in window.openings(datetime.fromtimestamp(since, UTC)):
            if opens.timestamp() > until:
                break
            begin, end = opens.timestamp(), closes.timestamp()
            yield Landmark(begin, end, "maintenance", "maintenance window", window.title, sites=window.sites)


def read_changes(settings: Settings) -> Changes:
    """A function that gives the latest changes; nothing while there is no journal that can be read."""
    journals: list[Journal] = []

    def read() -> Iterable[Mapping[str, Any]]:
        try:
            if not journals and has_journal(settings):
                journals.append(open_journal(settings))
            return tell_changes(journals[0], LATEST_CHANGES) if journals else ()
        except StoreError:
            return ()

    return read


@dataclass(slots=True)
class Landmarks:
    """The last landmark of each device and kind, for ``/metrics``; bounded by the inventory."""

    changes: Changes
    unix: Callable[[], float]
    _last: dict[tuple[str, str], float] = field(default_factory=dict)

    def fill(self, events: Iterable[Event]) -> None:
        """Begin with what an earlier process has heard."""
        for mark in marks_of_events(events):
            self._keep(mark)

    def note(self, turn: Turn) -> None:
        """Follow a timeline."""
        if turn.news is not None:
            self.fill((turn.news,))

    def _keep(self, mark: Landmark) -> None:
        for device in mark.devices:
            key = (device, mark.kind)
            self._last[key] = max(mark.at, self._last.get(key, 0.0))

    def page(self) -> Page:
        """``moulin_landmark_timestamp_seconds`` of the last day."""
        for mark in marks_of_changes(self.changes()):
            self._keep(mark)
        since = self.unix() - SHOWN_SECONDS
        self._last = {key: at for key, at in self._last.items() if at >= since}
        page = Page()
        for key, at in self._last.items():
            page.add(Sample(metrics.LANDMARK, key, round(at, 3)))
        return page
