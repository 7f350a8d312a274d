"""What happens in the city: a bounded timeline in memory, and the same in the journal's database.

Whoever shows or judges events takes a ``Timeline``; ``EventStore`` is what survives a restart.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from agent.errors import StoreError
from agent.records import Event, EventLevel
from agent.store.engine import make_tables, open_sqlite, open_url, words_of
from agent.store.tables import HappeningRow

Listener = Callable[[Event], None]
Amendment = tuple[Event | None, Event | None]
"""(what stands in the database, what shall): None for nothing."""

DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What changes in a timeline: an event comes, is told differently, or goes."""

    place: int
    before: Event | None
    after: Event | None
    news: Event | None
    """What was heard: the new event itself, or one that an older event tells too now."""


@dataclass(slots=True)
class Timeline:
    """The latest events of all devices, in the order in which Moulin heard of them. For one thread."""

    capacity: int = 10_000
    _events: OrderedDict[int, Event] = field(default_factory=OrderedDict)
    _listeners: list[Listener] = field(default_factory=list)
    _followers: list[Callable[[Turn], None]] = field(default_factory=list)
    _next: int = 0

    def add(self, event: Event) -> int:
        """Keep an event, forget the oldest when there is no room, tell every listener; its place."""
        place = self._keep(event)
        for listener in tuple(self._listeners):
            listener(event)
        self._tell(Turn(place, None, event, event))
        return place

    def _keep(self, event: Event) -> int:
        place, self._next = self._next, self._next + 1
        self._events[place] = event
        while len(self._events) > self.capacity:
            self._events.popitem(last=False)
        return place

    def amend(self, place: int, before: Event, after: Event | None, news: Event | None = None) -> None:
        """Tell the event at a place differently, or with None not at all; ``news`` is what it tells too now.

        Listeners are told even when the place is forgotten: the database may still have it.
        """
        if after is None:
            self._events.pop(place, None)
        elif place in self._events:
            self._events[place] = after
        self._tell(Turn(place, before, after, news))

    def _tell(self, turn: Turn) -> None:
        for follower in tuple(self._followers):
            follower(turn)

    def at(self, place: int) -> Event | None:
        """The event at a place; None when it is forgotten."""
        return self._events.get(place)

    def fill(self, events: Iterable[Event]) -> None:
        """Begin with what an earlier process has heard, oldest first; listeners are not told."""
        own = tuple(self._events.values())
        self._events.clear()
        for event in (*events, *own):
            self._keep(event)

    def recent(
        self, limit: int = 100, device: str | None = None, kind: str | None = None
    ) -> tuple[Event, ...]:
        """The latest events, newest first: of one device, of one kind, or of all."""
        found: list[Event] = []
        for event in reversed(self._events.values()):
            if len(found) >= limit:
                break
            if (device is None or event.device == device) and (kind is None or event.kind == kind):
                found.append(event)
        return tuple(found)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with every event from now on, in the loop, quickly; returns what ends it."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def follow(self, follower: Callable[[Turn], None]) -> None:
        """Call ``follower`` with every turn from now on, amendments too, in the loop, quickly."""
        self._followers.append(follower)

    def __len__(self) -> int:
        return len(self._events)


class EventStore:
    """Events in the journal's database: SQLite in ``folder``, or PostgreSQL by ``url``. Thread-safe.

    Every method raises StoreError when the disk or the database refuses.
    """

    def __init__(self, folder: Path, url: str = "") -> None:
        self._where = "MOULIN_JOURNAL" if url else str(folder / "journal.sqlite")
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as exc:
            raise StoreError(f"{folder}: cannot be made ({exc.strerror}). check MOULIN_STATE") from exc
        self._engine: Engine = open_url(url) if url else open_sqlite(folder / "journal.sqlite", "NORMAL")
        with self._talking(), self._engine.begin() as connection:
            make_tables(connection)

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def append(self, events: Sequence[Event]) -> None:
        """Write events, all or none."""
        if events:
            with self._talking(), self._engine.begin() as connection:
                connection.execute(insert(HappeningRow), [_row(event) for event in events])

    def amend(self, amendments: Sequence[Amendment]) -> None:
        """Write new events, rewrite and delete those that stand there already, all or none."""
        fresh = [_row(after) for before, after in amendments if before is None and after is not None]
        with self._talking(), self._engine.begin() as connection:
            if fresh:
                connection.execute(insert(HappeningRow), fresh)
            for before, after in amendments:
                if before is None:
                    continue
                there = (
                    HappeningRow.at == before.at,
                    HappeningRow.device == before.device,
                    HappeningRow.kind == before.kind,
                    HappeningRow.interface == before.interface,
                )
                if after is None:
                    connection.execute(delete(HappeningRow).where(*there))
                else:
                    connection.execute(update(HappeningRow).where(*there).values(**_row(after)))

    def recent(
        self, limit: int = 100, device: str | None = None, since: float | None = None
    ) -> tuple[Event, ...]:
        """The latest events, newest first; of one device, and not older than unix time ``since``."""
        query = select(HappeningRow).order_by(HappeningRow.id.desc()).limit(limit)
        if device is not None:
            query = query.where(HappeningRow.device == device)
        if since is not None:
            query = query.where(HappeningRow.at >= since)
        with self._talking(), self._engine.connect() as connection:
            return tuple(_event(row) for row in connection.execute(query))

    def prune(self, now: float, *, keep_days: float = 90.0, keep_rows: int = 500_000) -> int:
        """Delete what is older than so many days, and the oldest above so many rows; how many went."""
        with self._talking(), self._engine.begin() as connection:
            gone = connection.execute(
                delete(HappeningRow).where(HappeningRow.at < now - keep_days * DAY_SECONDS)
            ).rowcount
            rows = connection.execute(select(func.count()).select_from(HappeningRow)).scalar_one()
            if rows > keep_rows:
                oldest = select(HappeningRow.id).order_by(HappeningRow.id).limit(rows - keep_rows)
                gone += connection.execute(delete(HappeningRow).where(HappeningRow.id.in_(oldest))).rowcount
        return int(gone)

    @contextmanager
    def _talking(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except SQLAlchemyError as exc:
                raise StoreError(
                    f"{self._where}: no room for events ({words_of(exc)}). free space or check MOULIN_STATE"
                ) from exc


def _row(event: Event) -> dict[str, Any]:
    return {
        "at": event.at,
        "device": event.device,
        "kind": event.kind,
        "interface": event.interface,
        "text": event.text,
        "severity": event.severity.value,
        "source": event.source,
        "fields": json.dumps(dict(event.fields), ensure_ascii=False),
    }


def _event(row: Any) -> Event:
    return Event(
        at=row.at,
        device=row.device,
        kind=row.kind,
        interface=row.interface,
        text=row.text,
        severity=EventLevel(row.severity),
        fields=json.loads(row.fields),
        source=row.source,
    )
