"""YAML table files to ``Tables``: those that ship with Moulin, and those of a city, in ``inventory/tables``.

Every mistake of every file is told in one run, with file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from agent.collect.snmp.backend import Span
from agent.collect.snmp.ber import BerError, decode_oid, encode_oid
from agent.collect.tables.model import (
    ColumnEntry,
    Feed,
    GroupEntry,
    MetricEntry,
    Numbers,
    ScalarEntry,
    TableFile,
)
from agent.collect.tables.table import Column, Group, Platform, Tables
from agent.collect.tables.verify import verify
from agent.intent.document import Document, Path_, read_document
from agent.intent.validate import validate
from agent.metrics import CATALOGUE, Kind, Metric, unit_of
from agent.records import Finding, InventoryError, Place

STANDARD = Path(__file__).parent
CITY_FOLDER = "tables"
"""Folder of an inventory that holds its own tables."""


@lru_cache(maxsize=1)
def standard_tables() -> Tables:
    """The tables that ship with Moulin."""
    return load_tables([STANDARD])


def city_tables(inventory: Path) -> Tables:
    """The standard tables, and those of the inventory when it has any. Raises InventoryError."""
    folder = inventory / CITY_FOLDER
    return load_tables([STANDARD, folder]) if folder.is_dir() else standard_tables()


def load_tables(folders: Sequence[Path]) -> Tables:
    """Tables of all ``*.yaml`` in the folders, by name of file.

    Metrics that the files declare enter the catalogue. Raises InventoryError with every mistake.
    """
    run = _Run()
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            run.read(folder, path.name)
    tables = run.tables()
    if run.findings:
        raise InventoryError(sorted(set(run.findings), key=lambda one: (one.place, one.problem)))
    for metric in tables.metrics:
        CATALOGUE.adopt(metric)
    return tables


class _Run:
    """One reading of some folders: what was found so far."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._read: list[tuple[Document, TableFile]] = []
        self._metrics: dict[str, Metric] = {}

    def read(self, folder: Path, name: str) -> None:
        document, findings = read_document(folder, name)
        shown = name if folder == STANDARD else f"{folder.name}/{name}"
        if document is not None:
            document.file = shown
            outcome = validate(document, TableFile)
            findings = [*findings, *outcome.findings]
            if outcome.model is not None:
                self._read.append((document, outcome.model))
        self.findings += findings

    def tables(self) -> Tables:
        for document, file in self._read:
            for number, entry in enumerate(file.metrics):
                self._declare(document, number, entry)
        groups: list[Group] = []
        places: dict[str, tuple[Document, Path_]] = {}
        platforms: list[Platform] = []
        for document, file in self._read:
            for number, item in enumerate(file.platforms):
                platforms += self._platform(document, number, item.name, item.object_id, item.description)
            for number, group in enumerate(file.groups):
                path: Path_ = ("groups", number)
                if group.group in places:
                    self._complain(document, (*path, "group"), f"group {group.group} is declared twice")
                    continue
                places[group.group] = document, path
                groups += self._group(document, path, group)
        self.findings += verify(groups, platforms, lambda name, path: _place(places, name, path))
        platforms.sort(key=lambda one: -len(one.object_id))  # the most special one is tried first
        scalars = {column.oid: column for group in groups for column in group.scalars}
        return Tables(
            tuple(groups),
            tuple(platforms),
            tuple(scalars.values()),
            tuple(self._metrics.values()),
            tuple(rule for document, file in self._read for rule in self._leave_out(document, file)),
        )

    def _complain(self, document: Document, path: Path_, problem: str, hint: str = "correct it") -> None:
        self.findings.append(Finding(document.place(*path), problem, hint))

    def _declare(self, document: Document, number: int, entry: MetricEntry) -> None:
        kind, path = Kind(entry.kind), ("metrics", number, "name")
        if entry.name in self._metrics or (entry.name in CATALOGUE and entry.name not in CATALOGUE.guests):
            self._complain(document, path, f"metric {entry.name} exists already", "choose another name")
        elif (kind is Kind.COUNTER) != entry.name.endswith("_total"):
            self._complain(document, path, f"{entry.name}: counters, and only counters, end in _total")
        elif entry.unit is not None and unit_of(entry.name) != entry.unit:
            hint = f"call it {entry.name}_{entry.unit}, or say no unit"
            self._complain(document, path, f"{entry.name} does not say its unit, {entry.unit}", hint)
        else:
            self._metrics[entry.name] = Metric(entry.name, entry.help, ("device", *entry.labels), kind)

    def _leave_out(self, document: Document, file: TableFile) -> Iterator[tuple[str, re.Pattern[str]]]:
        for label, pattern in file.leave_out.items():
            try:
                yield label, re.compile(pattern)
            except re.error as exc:
                self._complain(document, ("leave_out", label), f"{label}: {exc}")

    def _platform(
        self, document: Document, number: int, name: str, object_id: str, description: str
    ) -> Iterator[Platform]:
        try:
            re.compile(description)
            yield Platform(name, encode_oid(object_id), description)
        except (re.error, BerError, ValueError) as exc:
            self._complain(document, ("platforms", number), f"platform {name}: {exc}")

    def _group(self, document: Document, path: Path_, item: GroupEntry) -> Iterator[Group]:
        columns = [
            made
            for number, table in enumerate(item.tables)
            for name, entry in table.columns.items()
            for made in self._column(
                document,
                (*path, "tables", number, "columns", name),
                entry,
                f"{table.entry}.{entry.number}",
            )
        ]
        scalars = [
            made
            for name, scalar in item.scalars.items()
            for made in self._column(document, (*path, "scalars", name), scalar, f"{scalar.oid}.0")
        ]
        feeds = item.feeds if isinstance(item.feeds, dict) else dict.fromkeys(item.feeds, "")
        info = None
        if item.info:
            for metric in self._metric(document, (*path, "info", "metric"), item.info.metric):
                info = metric, tuple(item.info.labels.items())
        yield Group(
            name=item.group,
            about=item.about,
            columns=tuple(columns),
            scalars=tuple(scalars),
            spans=tuple(replace(span, most_rows=item.max_rows) for span in join_columns(item.group, columns)),
            index_labels=tuple(item.index_labels.items()),
            namer=item.namer,
            info=info,
            decoder=item.decoder,
            feeds=tuple(m for name in feeds for m in self._metric(document, (*path, "feeds"), name)),
            origins=self._words(document, (*path, "feeds"), feeds),
            gotchas=self._words(document, (*path, "gotchas"), item.gotchas),
            platforms=item.platforms,
            every_seconds=item.every_seconds,
            changed_by=(item.changed_by,) if isinstance(item.changed_by, str) else item.changed_by,
            uses=item.uses,
            required=item.required,
            slow=item.slow,
            contexts=item.contexts,
            max_rows=item.max_rows,
            unproven=item.unproven,
        )

    def _words(
        self, document: Document, path: Path_, words: dict[str, str]
    ) -> tuple[tuple[Metric, str], ...]:
        return tuple(
            (metric, text)
            for name, text in words.items()
            for metric in self._metric(document, (*path, name), name)
            if text
        )

    def _column(
        self, document: Document, path: Path_, entry: ColumnEntry | ScalarEntry, oid: str
    ) -> Iterator[Column]:
        try:
            column = Column(str(path[-1]), encode_oid(oid), in_text=entry.in_text)
        except (BerError, ValueError) as exc:
            self._complain(document, path, f"{path[-1]}: {exc}")
            return
        if isinstance(entry, ColumnEntry):
            unless = [(name, _numbers(values)) for name, values in entry.unless.items()]
            column = replace(column, unless=unless[0] if unless else None, instead_of=entry.instead_of)
        also = (
            made
            for number, feed in enumerate(entry.also)
            for made in self._feed(document, (*path, "also", number), column, feed)
        )
        yield next(self._feed(document, path, replace(column, also=tuple(also)), entry), column)

    def _feed(
        self, document: Document, path: Path_, column: Column, feed: ColumnEntry | ScalarEntry | Feed
    ) -> Iterator[Column]:
        """The column as it feeds this metric; without a metric, as it is."""
        if feed.metric is None:
            yield column
            return
        factor = feed.factor
        for metric in self._metric(document, (*path, "metric"), feed.metric):
            yield replace(
                column,
                metric=metric,
                labels=tuple(feed.labels.items()),
                factor=int(factor) if factor is not None and factor.is_integer() else factor,
                offset=feed.offset,
                one_when=None if feed.one_when is None else _numbers(feed.one_when),
                absent=_numbers(feed.absent),
            )

    def _metric(self, document: Document, path: Path_, name: str) -> Iterator[Metric]:
        if name in self._metrics:
            yield self._metrics[name]
        elif name in CATALOGUE and name not in CATALOGUE.guests:
            yield CATALOGUE[name]
        else:
            hint = "declare it under 'metrics', or take one of docs/metrics.md"
            self._complain(document, path, f"no metric {name} in the catalogue", hint)


def _place(places: dict[str, tuple[Document, Path_]], group: str, path: Path_) -> Place:
    """Where a path within a group stands; ``column`` and a name is that column or scalar, wherever it is."""
    document, start = places[group]
    if path[:1] == ("column",):
        found = (one for one in document.lines if one[:2] == start and one[-1] == path[1] and len(one) > 3)
        return document.place(*next(found, start))
    return document.place(*start, *path)


def _numbers(value: Numbers) -> frozenset[int]:
    return frozenset((value,)) if isinstance(value, int) else frozenset(value)


def join_columns(table: str, columns: Iterable[Column]) -> Iterator[Span]:
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
