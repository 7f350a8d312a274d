"""The journal: every change, switch and step, written before and after the deed, and safe against a crash.

SQLite in WAL mode with ``synchronous=FULL``: what a method has returned from survives a power cut. Steps of a
change that is being sent are not synced one by one: they survive a killed process, and the state before them
(``armed``, with its checkpoint) is all that the way back needs. Plans stand in files of mode 0600 beside it,
for their lines hold secrets; the tables hold none.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateIndex, CreateTable

from agent.errors import StoreError
from agent.store.files import write_private
from agent.store.tables import Base, ChangeRow, EventRow, RunRow

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class NewRun:
    """A switch that a change will touch; ``plan`` is JSON and stays in a 0600 file."""

    device: str
    base: str
    target: str
    steps: int
    plan: str


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    state: str
    step: int
    detail: str


@dataclass(frozen=True, slots=True)
class Run:
    device: str
    state: str
    """planned, armed, sending, verified, saved, undone, unchanged, refused, failed or interrupted."""
    base: str
    target: str
    steps: int
    checkpoint: str
    detail: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    id: int
    verb: str
    who: str
    reason: str
    intent: str
    state: str
    """running, done or interrupted; a running change whose process is gone reads as interrupted."""
    started_at: datetime
    ended_at: datetime | None
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """What a change says about itself."""

    verb: str
    who: str
    reason: str
    intent: str


class Journal:
    """Thread-safe; every method raises StoreError when the disk refuses."""

    def __init__(self, folder: Path, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._file = folder / "journal.sqlite"
        self._runs: dict[tuple[int, str], int] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as exc:
            raise StoreError(f"{folder}: cannot be made ({exc.strerror}). check MOULIN_STATE") from exc
        self._engine = _open(self._file, "FULL")
        self._quick = _open(self._file, "NORMAL")
        with self._writing(), self._engine.begin() as connection:
            for table in Base.metadata.sorted_tables:  # another process may be making them just now
                connection.execute(CreateTable(table, if_not_exists=True))
                for index in table.indexes:
                    connection.execute(CreateIndex(index, if_not_exists=True))

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()
        self._quick.dispose()

    def begin(self, why: Why, runs: tuple[NewRun, ...]) -> int:
        """Write down a change and its plans before any switch is touched; its number."""
        now = self._clock()
        with self._session() as session:
            change = ChangeRow(
                verb=why.verb,
                who=why.who,
                reason=why.reason,
                intent=why.intent,
                state="running",
                started_at=now,
                ended_at=None,
                owner=_owner(),
            )
            session.add(change)
            session.flush()
            number = change.id
            for run in runs:
                session.add(_planned(number, run, now))
            for run in runs:
                write_private(self._plan_file(number, run.device), run.plan)
            session.commit()
        return number

    def note(self, change: int, device: str, state: str, **facts: Any) -> None:
        """Record that the switch has come to ``state``; facts: ``step``, ``detail``, ``checkpoint``."""
        now = self._clock()
        detail = str(facts.get("detail", ""))
        fresh: dict[str, Any] = {"state": state, "updated_at": now}
        fresh |= {name: value for name, value in facts.items() if name in {"detail", "checkpoint"} and value}
        moment = {"at": now, "state": state, "step": int(facts.get("step", 0)), "detail": detail}
        engine = self._quick if state == "sending" else self._engine
        with self._writing(), engine.begin() as connection:
            run = self._run_id(connection, change, device)
            connection.execute(update(RunRow).where(RunRow.id == run).values(fresh))
            connection.execute(insert(EventRow).values(moment | {"run_id": run}))

    def _run_id(self, connection: Connection, change: int, device: str) -> int:
        key = (change, device)
        if key not in self._runs:
            query = select(RunRow.id).where(RunRow.change_id == change, RunRow.device == device)
            self._runs[key] = connection.execute(query).scalar_one()
        return self._runs[key]

    def end(self, change: int, state: str) -> None:
        """Close a change as done or interrupted."""
        with self._session() as session:
            session.execute(
                update(ChangeRow)
                .where(ChangeRow.id == change)
                .values(state=state, ended_at=self._clock(), owner="")
            )
            session.commit()

    def changes(self, limit: int = 50) -> tuple[Change, ...]:
        """The latest changes, newest first."""
        with self._session() as session:
            rows = session.scalars(select(ChangeRow).order_by(ChangeRow.id.desc()).limit(limit)).all()
            return tuple(_change(session, row) for row in rows)

    def change(self, number: int) -> Change:
        """One change; raises StoreError when there is none of that number."""
        with self._session() as session:
            row = session.get(ChangeRow, number)
            if row is None:
                raise StoreError(f"change {number} is not in the journal. see: moulin history")
            return _change(session, row)

    def events(self, number: int, device: str) -> tuple[Event, ...]:
        """What happened on one switch, in order."""
        with self._session() as session:
            rows = session.scalars(
                select(EventRow)
                .join(RunRow, RunRow.id == EventRow.run_id)
                .where(RunRow.change_id == number, RunRow.device == device)
                .order_by(EventRow.id)
            )
            return tuple(Event(_utc(row.at), row.state, row.step, row.detail) for row in rows)

    def plan(self, number: int, device: str) -> str:
        """The plan of a run as JSON, secrets in clear; raises StoreError when the file is gone."""
        file = self._plan_file(number, device)
        try:
            return file.read_text(encoding="utf-8")
        except OSError as exc:
            raise StoreError(f"{file}: cannot be read ({exc.strerror}). the undo went with it") from exc

    def _plan_file(self, number: int, device: str) -> Path:
        return self._folder / "changes" / str(number) / f"{device}.json"

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with self._writing(), Session(self._engine) as session:
            yield session

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except SQLAlchemyError as exc:
                words = str(exc.orig) if isinstance(exc, DBAPIError) else type(exc).__name__
                raise StoreError(
                    f"{self._file}: the journal refuses ({words}). free space or check MOULIN_STATE"
                ) from exc


def _open(file: Path, synchronous: Literal["FULL", "NORMAL"]) -> Engine:
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 10, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def durable(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _planned(change: int, run: NewRun, now: datetime) -> RunRow:
    return RunRow(
        change_id=change,
        device=run.device,
        state="planned",
        base=run.base,
        target=run.target,
        steps=run.steps,
        checkpoint="",
        detail="",
        updated_at=now,
    )


def _change(session: Session, row: ChangeRow) -> Change:
    runs = session.scalars(select(RunRow).where(RunRow.change_id == row.id).order_by(RunRow.id))
    gone = row.state == "running" and not _alive(row.owner)
    return Change(
        id=row.id,
        verb=row.verb,
        who=row.who,
        reason=row.reason,
        intent=row.intent,
        state="interrupted" if gone else row.state,
        started_at=_utc(row.started_at),
        ended_at=_utc(row.ended_at) if row.ended_at else None,
        runs=tuple(
            Run(
                run.device,
                run.state,
                run.base,
                run.target,
                run.steps,
                run.checkpoint,
                run.detail,
                _utc(run.updated_at),
            )
            for run in runs
        ),
    )


def _utc(moment: datetime) -> datetime:
    """SQLite forgets the zone; everything inside is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _owner() -> str:
    return f"{os.uname().nodename}:{os.getpid()}"


def _alive(owner: str) -> bool:
    host, _, pid = owner.rpartition(":")
    if host != os.uname().nodename:
        return bool(host)  # another machine's process cannot be asked
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
