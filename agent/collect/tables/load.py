"""YAML table files to ``Tables``. The files ship as package data; more folders of them may be added."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.collect.snmp.backend import Span
from agent.collect.snmp.ber import BerError, decode_oid, encode_oid
from agent.collect.tables.table import Column, Group, Platform, Tables
from agent.errors import UsageError
from agent.metrics import CATALOGUE, Metric

Oid = Annotated[str, Field(pattern=r"^\d+(\.\d+)+$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Column(_Model):
    number: int | None = None
    oid: Oid | None = None
    metric: str | None = None
    labels: dict[str, str] = {}
    factor: float | None = None
    one_when: int | None = None
    instead_of: str | None = None


class _Table(_Model):
    entry: Oid
    columns: dict[str, _Column]


class _Info(_Model):
    metric: str
    labels: dict[str, str] = {}


class _Group(_Model):
    group: str
    about: str
    tables: tuple[_Table, ...] = ()
    scalars: dict[str, _Column] = {}
    index_labels: dict[str, tuple[str, ...]] = {}
    info: _Info | None = None
    decoder: str | None = None
    feeds: tuple[str, ...] = ()
    platforms: frozenset[str] = frozenset()
    every_seconds: float = Field(default=0.0, ge=0)
    changed_by: str | None = None
    uses: frozenset[str] = frozenset()
    required: bool = False
    contexts: bool = False
    max_rows: int = Field(default=0, ge=0)


class _Platform(_Model):
    name: str
    object_id: Oid
    description: str = ""


class _File(_Model):
    groups: tuple[_Group, ...] = ()
    platforms: tuple[_Platform, ...] = ()


@lru_cache(maxsize=1)
def standard_tables() -> Tables:
    """The tables that ship with Moulin."""
    return load_tables([files("agent.collect.tables")])


def load_tables(folders: Sequence[Traversable | Path]) -> Tables:
    """Tables of all ``*.yaml`` in the folders, by name of file. Raises UsageError with file and problem."""
    groups: list[Group] = []
    platforms: list[Platform] = []
    for source in (item for folder in folders for item in sorted(folder.iterdir(), key=lambda one: one.name)):
        if not source.name.endswith(".yaml"):
            continue
        try:
            read = _File.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")) or {})
            groups += [_group(item) for item in read.groups]
            platforms += [
                Platform(item.name, encode_oid(item.object_id), item.description) for item in read.platforms
            ]
            for platform in read.platforms:
                re.compile(platform.description)
        except yaml.YAMLError as exc:
            raise UsageError(f"{source.name}: not YAML ({' '.join(str(exc).split())}). correct it") from exc
        except ValidationError as exc:
            first = exc.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise UsageError(f"{source.name}: {place}: {first['msg']}. correct it") from exc
        except (ValueError, BerError, re.error) as exc:
            raise UsageError(f"{source.name}: {exc}. correct it") from exc
    _check_names(groups)
    scalars = tuple({column.oid: column for group in groups for column in group.scalars}.values())
    return Tables(tuple(groups), tuple(platforms), scalars)


def _check_names(groups: list[Group]) -> None:
    names = {group.name for group in groups}
    columns: dict[str, bytes] = {}
    for group in groups:
        for missing in group.uses - names:
            raise UsageError(f"table group {group.name} uses {missing}, which no file declares. correct it")
        for column in (*group.columns, *group.scalars):
            if columns.setdefault(column.name, column.oid) != column.oid:
                raise UsageError(f"table group {group.name}: {column.name} has two OIDs. correct one")


def _group(item: _Group) -> Group:
    columns = tuple(
        _column(name, f"{table.entry}.{column.number}", column)
        for table in item.tables
        for name, column in table.columns.items()
    )
    scalars = tuple(_column(name, f"{column.oid}.0", column) for name, column in item.scalars.items())
    return Group(
        name=item.group,
        about=item.about,
        columns=columns,
        scalars=scalars,
        spans=tuple(join_columns(item.group, columns)),
        index_labels=tuple(item.index_labels.items()),
        info=(_metric(item.info.metric), tuple(item.info.labels.items())) if item.info else None,
        decoder=item.decoder,
        feeds=tuple(_metric(name) for name in item.feeds),
        platforms=item.platforms,
        every_seconds=item.every_seconds,
        changed_by=item.changed_by,
        uses=item.uses,
        required=item.required,
        contexts=item.contexts,
        max_rows=item.max_rows,
    )


def _column(name: str, oid: str, column: _Column) -> Column:
    metric = _metric(column.metric) if column.metric else None
    factor = column.factor
    return Column(
        name,
        encode_oid(oid),
        metric,
        tuple(column.labels.items()),
        int(factor) if factor is not None and factor.is_integer() else factor,
        column.one_when,
        column.instead_of,
    )


def _metric(name: str) -> Metric:
    if name not in CATALOGUE:
        raise ValueError(f"no metric {name} in the catalogue")
    return CATALOGUE[name]


def join_columns(table: str, columns: Sequence[Column]) -> Iterator[Span]:
    """Spans of the columns that are always read; columns with neighbouring numbers are walked in one go."""
    run: list[bytes] = []
    numbers = {tuple(int(part) for part in decode_oid(column.oid).split(".")): column for column in columns}
    previous: tuple[int, ...] = ()
    for number, column in sorted(numbers.items()):
        if column.instead_of is not None:
            continue
        if run and (number[:-1] != previous[:-1] or number[-1] != previous[-1] + 1):
            yield Span(table, tuple(run))
            run = []
        run.append(column.oid)
        previous = number
    if run:
        yield Span(table, tuple(run))
