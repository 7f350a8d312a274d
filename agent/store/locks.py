"""Locks of switches: one change at a time on each, across processes and, in PostgreSQL, across machines.

A lock ends when its change ends, when its process on this machine is gone, or when nobody renews it in time.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agent.errors import LockedError, StoreError
from agent.store.entries import UNSETTLED
from agent.store.tables import LockRow, RunRow

LOCK_SECONDS = 120.0
"""Without renewal a lock is believed so long."""


def utc(moment: datetime) -> datetime:
    """SQLite forgets the zone; everything inside is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def own_name() -> str:
    """``host:pid`` of this process."""
    return f"{os.uname().nodename}:{os.getpid()}"


def is_gone(owner: str) -> bool:
    """True for a process of this machine that is no more; another machine's cannot be asked."""
    host, _, pid = owner.rpartition(":")
    if host != os.uname().nodename:
        return not host
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def take_locks(session: Session, change: int, devices: Iterable[str], who: str, now: datetime) -> None:
    """Lock every switch for the change, or none; raises LockedError that names who holds one."""
    wanted = sorted(set(devices))
    session.execute(delete(LockRow).where(LockRow.until < now))  # a write first: nobody comes in between
    held = session.scalars(select(LockRow).where(LockRow.device.in_(wanted))).all()
    for row in held:
        if is_gone(row.owner) or (row.change_id == change and row.owner == own_name()):
            session.delete(row)
        else:
            raise _held(row)
    session.flush()
    fresh = {"change_id": change, "owner": own_name(), "who": who, "until": now + _term()}
    try:
        if wanted:
            session.execute(insert(LockRow), [fresh | {"device": device} for device in wanted])
    except IntegrityError as exc:  # another machine was faster
        raise LockedError(
            f"{wanted[0]}: somebody else begins a change just now. see: moulin history"
        ) from exc


def refuse_unsettled(session: Session, change: int, devices: Iterable[str]) -> None:
    """Raise LockedError when another change left one of the switches between two configurations."""
    query = select(RunRow).where(
        RunRow.device.in_(sorted(set(devices))), RunRow.state.in_(UNSETTLED), RunRow.change_id != change
    )
    for run in session.scalars(query.limit(1)):
        raise LockedError(
            f"{run.device}: change {run.change_id} is not finished there ({run.state}). "
            f"moulin resume {run.change_id}"
        )


def renew_locks(session: Session, change: int, now: datetime) -> None:
    """Hold the locks of a change for another term; raises StoreError when one was lost."""
    own = update(LockRow).where(LockRow.change_id == change, LockRow.owner == own_name())
    session.execute(own.values(until=now + _term()))


def refuse_lost(session: Session, change: int, device: str) -> None:
    """Raise StoreError when the lock of a switch is no longer ours."""
    row = session.get(LockRow, device)
    if row is None or row.change_id != change or row.owner != own_name():
        raise StoreError(f"{device}: the lock was lost, somebody else may be at work. see: moulin history")


def drop_locks(session: Session, change: int) -> None:
    """Give the switches of a change free."""
    session.execute(delete(LockRow).where(LockRow.change_id == change))


def _term() -> timedelta:
    return timedelta(seconds=LOCK_SECONDS)


def _held(row: LockRow) -> LockedError:
    until = utc(row.until).astimezone().strftime("%H:%M:%S")
    return LockedError(
        f"{row.device}: {row.who} works on it (change {row.change_id}, {row.owner}, until {until} at least). "
        "wait, or see: moulin history"
    )
