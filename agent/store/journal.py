"""The journal: every change, switch and step, written before and after the deed, and safe against a crash.

SQLite in WAL mode with ``synchronous=FULL``: what a method has returned from survives a power cut. What lies
between ``arming``, with the name of the checkpoint and the protection, and the end of the change is not
synced entry by entry: it survives a killed process, and after a power cut ``arming`` is all that ``resume``
needs, for it asks the switch itself. Plans stand in files of mode 0600 beside it, for their lines hold
secrets; the tables hold none. A team shares a journal in PostgreSQL by a URL; then the plans stand in the
database, which guards them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Engine, Table, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from agent.errors import StoreError
from agent.store import locks
from agent.store.engine import make_tables, open_sqlite, open_url, words_of
from agent.store.entries import UNSETTLED, Change, Event, Lock, NewRun, Reply, Run, Why
from agent.store.files import write_private
from agent.store.tables import ChangeRow, EventRow, LockRow, PlanRow, ReplyRow, RunRow

__all__ = ["Change", "Event", "Journal", "Lock", "NewRun", "Reply", "Run", "Why"]

Clock = Callable[[], datetime]

_RUNS, _EVENTS = cast("Table", RunRow.__table__), cast("Table", EventRow.__table__)
"""For the lines that are written most often: plain statements, a third of the work."""

_UNHURRIED = frozenset({"armed", "sending", "verified", "confirming", "confirmed", "saved"})
"""States that need not be on the disk before the next deed; ``end`` syncs them all."""

_KEPT = frozenset({"detail", "checkpoint", "protection", "outcome", "next"})
"""Facts of a note that also stand in the row of the run."""


class Journal:
    """Thread-safe; every method raises StoreError when the disk or the database refuses."""

    def __init__(self, folder: Path, clock: Clock = lambda: datetime.now(UTC), url: str = "") -> None:
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._runs: dict[tuple[int, str], int] = {}
        self._held: set[int] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as exc:
            raise StoreError(f"{folder}: cannot be made ({exc.strerror}). check MOULIN_STATE") from exc
        self._shared = bool(url)
        self._where = "MOULIN_JOURNAL" if url else str(folder / "journal.sqlite")
        self._engine, self._quick = self._open(url)
        with self._writing(), self._engine.begin() as connection:
            make_tables(connection)

    def _open(self, url: str) -> tuple[Engine, Engine]:
        """The engine that syncs, and the one for steps that need not."""
        if url:
            shared = open_url(url)
            return shared, shared
        file = self._folder / "journal.sqlite"
        return open_sqlite(file, "FULL"), open_sqlite(file, "NORMAL")

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()
        self._quick.dispose()

    # -- writing ------------------------------------------------------------------------------------

    def begin(self, why: Why, runs: tuple[NewRun, ...]) -> int:
        """Lock the switches, write down the change and its plans before any is touched; its number.

        Raises LockedError, and then nothing is written, when somebody works on one of the switches or an
        earlier change left one between two configurations.
        """
        now, devices = self._clock(), [run.device for run in runs]
        with self._session() as session:
            # a write comes first, so that no other process can begin between our looks and our change
            session.execute(delete(LockRow).where(LockRow.until < now))
            change = ChangeRow(
                verb=why.verb,
                who=why.who,
                reason=why.reason,
                intent=why.intent,
                ticket=why.ticket,
                state="running",
                started_at=now,
                ended_at=None,
                owner=locks.own_name(),
            )
            session.add(change)
            session.flush()
            number = change.id
            locks.take_locks(session, number, devices, why.who, now)
            locks.refuse_unsettled(session, number, devices)
            rows = [_planned(number, run, now) for run in runs]
            session.add_all(rows)
            session.flush()
            for run, row in zip(runs, rows, strict=True):
                self._keep_plan(session, number, run, row)
            session.commit()
        self._held.add(number)
        return number

    def adopt(self, change: int, devices: Iterable[str], who: str) -> None:
        """Take over a change whose process is gone; raises LockedError when somebody works on a switch."""
        now, names = self._clock(), tuple(devices)
        with self._session() as session:
            locks.take_locks(session, change, names, who, now)
            locks.refuse_unsettled(session, change, names)
            row = session.get(ChangeRow, change)
            if row is not None:
                row.owner, row.state = locks.own_name(), "running"
            session.commit()
        self._held.add(change)

    def renew(self, change: int) -> None:
        """Hold the locks of a change for another term."""
        with self._session() as session:
            locks.renew_locks(session, change, self._clock())
            session.commit()

    def note(self, change: int, device: str, state: str, **facts: Any) -> None:
        """Record that the switch has come to ``state``; facts: ``step``, ``detail``, ``checkpoint``,
        ``protection``, ``outcome``, ``next``, and ``replies``, what it said on the way. Raises StoreError too
        when the lock of the switch was lost.
        """
        now = self._clock()
        fresh: dict[str, Any] = {"state": state, "updated_at": now}
        fresh |= {name: str(value) for name, value in facts.items() if name in _KEPT and value}
        moment = {
            "at": now,
            "state": state,
            "step": int(facts.get("step", 0)),
            "detail": facts.get("detail", ""),
        }
        engine = self._quick if state in _UNHURRIED else self._engine
        with self._writing(), Session(engine) as session:
            run = self._run_id(session, change, device)
            session.execute(update(_RUNS).where(_RUNS.c.id == run), fresh)
            session.execute(insert(_EVENTS), moment | {"run_id": run})
            _keep_replies(session, run, facts.get("replies", ()))
            if change in self._held and state in UNSETTLED and state not in {"undoing", "protected"}:
                locks.refuse_lost(session, change, device)
            session.commit()

    def conclude(
        self, change: int, device: str, outcome: str, next_words: str, replies: Sequence[Reply] = ()
    ) -> None:
        """Write down the verdict of a switch, and what it said last."""
        with self._writing(), Session(self._quick) as session:  # ``end`` syncs it
            run = self._run_id(session, change, device)
            fresh = {"outcome": outcome, "next": next_words}
            session.execute(update(_RUNS).where(_RUNS.c.id == run), fresh)
            _keep_replies(session, run, replies)
            session.commit()

    def _run_id(self, session: Session, change: int, device: str) -> int:
        key = (change, device)
        if key not in self._runs:
            query = select(RunRow.id).where(RunRow.change_id == change, RunRow.device == device)
            self._runs[key] = session.execute(query).scalar_one()
        return self._runs[key]

    def end(self, change: int, state: str) -> None:
        """Close a change as done or interrupted, and give its switches free."""
        ended = update(ChangeRow).where(ChangeRow.id == change)
        with self._session() as session:
            session.execute(ended.values(state=state, ended_at=self._clock(), owner=""))
            locks.drop_locks(session, change)
            session.commit()
        self._held.discard(change)

    # -- reading ------------------------------------------------------------------------------------

    def changes(self, limit: int = 50) -> tuple[Change, ...]:
        """The latest changes, newest first."""
        with self._session() as session:
            rows = session.scalars(select(ChangeRow).order_by(ChangeRow.id.desc()).limit(limit)).all()
            return tuple(self._change(session, row) for row in rows)

    def change(self, number: int) -> Change:
        """One change; raises StoreError when there is none of that number."""
        with self._session() as session:
            row = session.get(ChangeRow, number)
            if row is None:
                raise StoreError(f"change {number} is not in the journal. see: moulin history")
            return self._change(session, row)

    def unfinished(self) -> tuple[Change, ...]:
        """Changes with switches that may stand between two configurations, oldest first."""
        query = select(RunRow.change_id).where(RunRow.state.in_(UNSETTLED)).distinct()
        with self._session() as session:
            numbers = sorted(session.scalars(query))
        return tuple(self.change(number) for number in numbers)

    def held(self) -> tuple[Lock, ...]:
        """Locks that are in force."""
        with self._session() as session:
            rows = session.scalars(select(LockRow).where(LockRow.until >= self._clock())).all()
            return tuple(
                Lock(row.device, row.change_id, row.who, row.owner, locks.utc(row.until)) for row in rows
            )

    def events(self, number: int, device: str) -> tuple[Event, ...]:
        """What happened on one switch, in order."""
        with self._session() as session:
            rows = session.scalars(
                select(EventRow)
                .join(RunRow, RunRow.id == EventRow.run_id)
                .where(RunRow.change_id == number, RunRow.device == device)
                .order_by(EventRow.id)
            )
            return tuple(Event(locks.utc(row.at), row.state, row.step, row.detail) for row in rows)

    def replies(self, number: int, device: str) -> tuple[Reply, ...]:
        """What was said to one switch and what it answered, in order."""
        with self._session() as session:
            rows = session.scalars(
                select(ReplyRow)
                .join(RunRow, RunRow.id == ReplyRow.run_id)
                .where(RunRow.change_id == number, RunRow.device == device)
                .order_by(ReplyRow.id)
            )
            return tuple(Reply(locks.utc(row.at), row.said, row.reply, row.cut) for row in rows)

    def plan(self, number: int, device: str) -> str:
        """The plan of a run as JSON, secrets in clear; raises StoreError when it is gone."""
        if self._shared:
            with self._session() as session:
                row = session.get(PlanRow, self._run_id(session, number, device))
            if row is None:
                raise StoreError(f"{self._where}: the plan of {device} is gone. the undo went with it")
            return row.plan
        file = self._plan_file(number, device)
        try:
            return file.read_text(encoding="utf-8")
        except OSError as exc:
            raise StoreError(f"{file}: cannot be read ({exc.strerror}). the undo went with it") from exc

    def _keep_plan(self, session: Session, number: int, run: NewRun, row: RunRow) -> None:
        if self._shared:
            session.add(PlanRow(run_id=row.id, plan=run.plan))
        else:
            write_private(self._plan_file(number, run.device), run.plan)

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
                place = "MOULIN_JOURNAL" if self._shared else "MOULIN_STATE"
                raise StoreError(
                    f"{self._where}: the journal refuses ({words_of(exc)}). free space or check {place}"
                ) from exc

    def _change(self, session: Session, row: ChangeRow) -> Change:
        runs = session.scalars(select(RunRow).where(RunRow.change_id == row.id).order_by(RunRow.id))
        return Change(
            id=row.id,
            verb=row.verb,
            who=row.who,
            reason=row.reason,
            intent=row.intent,
            state="interrupted" if row.state == "running" and self._gone(session, row) else row.state,
            started_at=locks.utc(row.started_at),
            ended_at=locks.utc(row.ended_at) if row.ended_at else None,
            runs=tuple(_run(run) for run in runs),
            ticket=row.ticket,
        )

    def _gone(self, session: Session, row: ChangeRow) -> bool:
        """A process of this machine can be asked; another's is gone when it renews its locks no more."""
        if row.owner.rpartition(":")[0] == locks.own_name().rpartition(":")[0]:
            return locks.is_gone(row.owner)
        alive = select(LockRow.device).where(LockRow.change_id == row.id, LockRow.until >= self._clock())
        return session.scalars(alive.limit(1)).first() is None


def _keep_replies(session: Session, run: int, replies: Sequence[Reply]) -> None:
    """In the transaction of the note that follows them: no commit of their own."""
    if replies:
        rows = [{"run_id": run, "at": r.at, "said": r.said, "reply": r.reply, "cut": r.cut} for r in replies]
        session.execute(insert(ReplyRow), rows)


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
        protection="",
        outcome="",
        next="",
        wave=run.wave,
    )


def _run(row: RunRow) -> Run:
    return Run(
        device=row.device,
        state=row.state,
        base=row.base,
        target=row.target,
        steps=row.steps,
        checkpoint=row.checkpoint,
        detail=row.detail,
        updated_at=locks.utc(row.updated_at),
        protection=row.protection,
        outcome=row.outcome,
        next=row.next,
        wave=row.wave,
    )
