"""Tickets in the journal's database: what is open, what was closed, what the helpdesk does not know yet."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from agent.errors import StoreError
from agent.store.engine import make_tables, open_sqlite, open_url, words_of
from agent.store.tables import TicketRow

State = Literal["open", "closed"]

DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Line:
    """One alert of a ticket."""

    summary: str
    action: str = ""
    runbook: str = ""
    since: str = ""
    """ISO 8601, as Alertmanager says it."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A group of alerts as a helpdesk keeps it."""

    fingerprint: str
    """Of the group's labels; the same when it comes back."""
    state: State
    severity: str
    title: str
    alert: str
    owner: str
    service: str
    site: str
    lines: tuple[Line, ...]
    opened_at: float
    """Unix time, like the others: of the last opening."""
    changed_at: float
    heard_at: float
    """When Alertmanager last spoke of it."""
    number: int = 0
    """Ours; 0 before it is kept."""
    times: int = 1
    """How often it was opened."""
    revision: int = 1
    told: int = 0
    """Revision that the helpdesk has."""
    remote: str = ""
    """The helpdesk's own name of it; empty before it knows."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tickets there are."""

    open: dict[str, int]
    """By severity."""
    waiting: int
    """Those whose last change the helpdesk has not taken."""


class TicketStore:
    """One row per group of alerts. Thread-safe; every method raises StoreError when the database refuses."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self._where = "MOULIN_JOURNAL" if url else str(folder / "journal.sqlite")
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as exc:
            raise StoreError(f"{folder}: cannot be made ({exc.strerror}). check MOULIN_STATE") from exc
        # FULL: what Alertmanager was told is kept must survive a power cut
        self._engine: Engine = open_url(url) if url else open_sqlite(folder / "journal.sqlite", "FULL")
        with self._session() as session:
            make_tables(session.connection())

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def change(self, fingerprint: str, turn: Callable[[Ticket | None], Ticket | None]) -> Ticket | None:
        """Keep what ``turn`` makes of the ticket (None: there is none yet); what it gave, with its number."""
        with self._session() as session:
            query = select(TicketRow).where(TicketRow.fingerprint == fingerprint).with_for_update()
            row = session.scalars(query).one_or_none()
            after = turn(_ticket(row) if row is not None else None)
            if after is None:
                return None
            if row is None:
                row = TicketRow(**_columns(after))
                session.add(row)
            else:
                for name, value in _columns(after).items():
                    setattr(row, name, value)
            session.flush()
            return _ticket(row)

    def untold(self, limit: int = 100) -> tuple[Ticket, ...]:
        """Tickets whose last change the helpdesk has not taken, the longest waiting first."""
        query = select(TicketRow).where(TicketRow.told < TicketRow.revision)
        return self._read(query.order_by(TicketRow.changed_at).limit(limit))

    def tell(self, number: int, revision: int, remote: str) -> None:
        """The helpdesk has this revision now, under this name."""
        with self._session() as session:
            session.execute(
                update(TicketRow).where(TicketRow.id == number).values(told=revision, remote=remote)
            )

    def recent(self, limit: int = 100, state: State | None = None) -> tuple[Ticket, ...]:
        """The tickets that changed last, newest first."""
        query = select(TicketRow).order_by(TicketRow.changed_at.desc(), TicketRow.id.desc()).limit(limit)
        return self._read(query if state is None else query.where(TicketRow.state == state))

    def tally(self) -> Tally:
        """Open tickets by severity, and those that wait for the helpdesk."""
        with self._session() as session:
            opened = session.execute(
                select(TicketRow.severity, func.count())
                .where(TicketRow.state == "open")
                .group_by(TicketRow.severity)
            )
            by_severity = {str(severity): int(count) for severity, count in opened}
            waiting = session.scalar(
                select(func.count()).select_from(TicketRow).where(TicketRow.told < TicketRow.revision)
            )
        return Tally(by_severity, int(waiting or 0))

    def prune(self, now: float, keep_days: float = 400.0) -> int:
        """Forget what was closed so many days ago and whose end the helpdesk knows; how many went."""
        old = (
            (TicketRow.state == "closed")
            & (TicketRow.changed_at < now - keep_days * DAY_SECONDS)
            & (TicketRow.told >= TicketRow.revision)
        )
        with self._session() as session:
            gone: Any = session.execute(delete(TicketRow).where(old))
            return int(gone.rowcount)

    def _read(self, query: Any) -> tuple[Ticket, ...]:
        with self._session() as session:
            return tuple(_ticket(row) for row in session.scalars(query))

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with self._lock:
            try:
                with Session(self._engine) as session, session.begin():
                    yield session
            except SQLAlchemyError as exc:
                raise StoreError(
                    f"{self._where}: no room for tickets ({words_of(exc)}). free space or check MOULIN_STATE"
                ) from exc


def _columns(ticket: Ticket) -> dict[str, Any]:
    columns = {name: getattr(ticket, name) for name in Ticket.__slots__ if name not in {"number", "lines"}}
    return columns | {"lines": json.dumps([asdict(line) for line in ticket.lines], ensure_ascii=False)}


def _ticket(row: TicketRow) -> Ticket:
    columns = {name: getattr(row, name) for name in Ticket.__slots__ if name not in {"number", "lines"}}
    lines = tuple(Line(**line) for line in json.loads(row.lines))
    return Ticket(number=row.id, lines=lines, **columns)
