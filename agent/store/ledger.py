"""Availability by service and hour, in the SQLite file of the state: what objectives are counted from.

Each watch counts for itself, also where several share a journal: what one saw says nothing of another's eyes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from agent.errors import StoreError
from agent.records import Observed
from agent.store.engine import make_tables, open_sqlite, words_of
from agent.store.tables import AvailabilityRow

Hours = Mapping[tuple[str, int], Observed]
"""By (service, unix time at which the hour began)."""


class Ledger:
    """The rows, in ``folder``. Thread-safe; every method raises StoreError."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "journal.sqlite"
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as exc:
            raise StoreError(f"{folder}: cannot be made ({exc.strerror}). check MOULIN_STATE") from exc
        self._engine = open_sqlite(self._file, "NORMAL")
        with self._talking(), self._engine.begin() as connection:
            make_tables(connection)

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def add(self, hours: Hours, until: float) -> None:
        """Add to the rows, all or none; they hold up to unix time ``until``."""
        if not hours:
            return
        rows = [
            {"service": service, "hour": hour, "until": until}
            | {"up": tally.up, "down": tally.down, "unobserved": tally.unobserved}
            for (service, hour), tally in hours.items()
        ]
        query = insert(AvailabilityRow)
        new, old = query.excluded, AvailabilityRow
        query = query.on_conflict_do_update(
            index_elements=["service", "hour"],
            set_={
                "up": old.up + new.up,
                "down": old.down + new.down,
                "unobserved": old.unobserved + new.unobserved,
                "until": new.until,
            },
        )
        with self._talking(), self._engine.begin() as connection:
            connection.execute(query, rows)

    def since(self, hour: int) -> dict[tuple[str, int], Observed]:
        """All hours from this one on."""
        query = select(AvailabilityRow.__table__).where(AvailabilityRow.hour >= hour)
        with self._talking(), self._engine.connect() as connection:
            return {
                (row.service, row.hour): Observed(row.up, row.down, row.unobserved)
                for row in connection.execute(query)
            }

    def until(self) -> float | None:
        """Unix time up to which anything was written; None in a new ledger."""
        with self._talking(), self._engine.connect() as connection:
            found: float | None = connection.execute(select(func.max(AvailabilityRow.until))).scalar_one()
        return found

    def prune(self, before: float) -> int:
        """Forget the hours that began before; how many rows went."""
        with self._talking(), self._engine.begin() as connection:
            query = delete(AvailabilityRow).where(AvailabilityRow.hour < before)
            return int(connection.execute(query).rowcount)

    @contextmanager
    def _talking(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except SQLAlchemyError as exc:
                raise StoreError(
                    f"{self._file}: the ledger of availability cannot be used ({words_of(exc)}). "
                    "free space or check MOULIN_STATE"
                ) from exc
