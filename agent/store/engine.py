"""Where the journal lives: SQLite in a folder, or PostgreSQL by a URL; tables made and brought up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from agent.errors import StoreError
from agent.store.tables import Base

_SCHEMA_KEY = 0x6D6F756C
"""Advisory lock of PostgreSQL that is held while tables are made: two machines may start at once."""


def open_sqlite(file: Path, synchronous: Literal["FULL", "NORMAL"]) -> Engine:
    """WAL mode; with FULL, what a commit has returned from survives a power cut."""
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 10, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def durable(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def open_url(url: str) -> Engine:
    """A shared journal; raises StoreError, which never shows the password, for a URL that is none."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "postgresql":
            raise StoreError("MOULIN_JOURNAL: only PostgreSQL. write postgresql+psycopg://user@host/name")
        return create_engine(
            parsed, pool_pre_ping=True, connect_args={"connect_timeout": 10, "client_encoding": "utf8"}
        )
    except (ArgumentError, NoSuchModuleError) as exc:
        raise StoreError("MOULIN_JOURNAL: is no URL. write postgresql+psycopg://user@host/name") from exc
    except ModuleNotFoundError as exc:
        raise StoreError(
            f"MOULIN_JOURNAL: {exc.name} is not installed. run: pip install 'moulin[postgresql]'"
        ) from exc


def make_tables(connection: Connection) -> None:
    """Make what is missing: tables, indexes, and columns of a journal that an older release began."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHEMA_KEY})
    for table in Base.metadata.sorted_tables:  # another process may be making them just now
        connection.execute(CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            connection.execute(CreateIndex(index, if_not_exists=True))
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name not in _columns(connection, table.name):
                words = CreateColumn(column).compile(dialect=connection.dialect)
                try:
                    connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {words}"))
                except OperationalError:
                    if column.name not in _columns(connection, table.name):  # not added by another process
                        raise


def _columns(connection: Connection, table: str) -> set[str]:
    return {str(column["name"]) for column in inspect(connection).get_columns(table)}


def words_of(exc: Exception) -> str:
    """The database's own words, one line."""
    words = str(exc.orig) if isinstance(exc, DBAPIError) else type(exc).__name__
    return " ".join(words.split())
