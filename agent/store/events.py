"""What happens in the city, in the journal's database: what survives a restart of the timeline."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from agent.errors import StoreError
from agent.records import Event, EventLevel
from agent.store.engine import make_tables, open_sqlite, open_url, words_of
from agent.store.tables import HappeningRow
from agent.store.timeline import Timeline

__all__ = ["EventStore", "Timeline"]

Amendment = tuple[Event | None, Event | None]
"""(what stands in the database, what shall): None for nothing."""

DAY_SECONDS = 86_400.0


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

    def between(
        self, since: float, until: float, kinds: Sequence[str], limit: int = 1000
    ) -> tuple[Event, ...]:
        """The latest events of these kinds from one instant to another, newest first."""
        query = (
            select(HappeningRow)
            .where(HappeningRow.at >= since, HappeningRow.at <= until, HappeningRow.kind.in_(kinds))
            .order_by(HappeningRow.id.desc())
            .limit(limit)
        )
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
