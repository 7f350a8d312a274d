"""Columns that feed metrics straight: raw OID to cached series, value to number, nothing else per poll."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import cast

from agent.collect.columns import Columns, Memo, remember
from agent.collect.namers import NAMERS
from agent.collect.reading import Reading, read_text, split_index
from agent.collect.snmp.ber import Row
from agent.collect.tables.table import INDEX, Column, Group
from agent.metrics import Metric, name_series

Families = dict[str, dict[str, float]]
Rows = Mapping[str, list[Row]]
"""Walked rows by column name; a scalar is a column with one row and an empty index."""

_NUMBERS = frozenset((int, float))
_FIRST_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Straight:
    """Families of one group of one device; remembers the series of every raw OID until names change."""

    def __init__(
        self, group: Group, device: str, leaves_out: Callable[[Mapping[str, str]], bool] | None = None
    ) -> None:
        self._group, self._device = group, device
        self._leaves_out = leaves_out or (lambda _: False)
        feeding = sorted(group.feeding, key=_is_fallback)
        self._feeding: list[tuple[Column, dict[bytes, str | None]]] = [(column, {}) for column in feeding]
        """Each with the series of the raw OIDs seen so far; None for rows that are left out."""
        self._naming = tuple(sorted(group.naming))
        self._named_by: tuple[int, ...] | None = None
        self._labels: dict[bytes, dict[str, str]] = {}
        self._namer: Memo[Mapping[bytes, Mapping[str, str]]] = Memo({})
        self._info: dict[str, float] = {}
        self.nameless = False
        """Set when a row came that nothing names: perhaps the names are too old."""

    def fill(self, rows: Rows, columns: Columns) -> Families:
        """Families of these rows, named by these columns. A row that nothing names is left out."""
        self._name(columns)
        families: Families = {}
        if self._info and self._group.info:
            families[self._group.info[0].name] = self._info
        for column, series in self._feeding:
            values = self._column(column, series, rows.get(column.name, []), columns)
            if values and column.metric is not None:
                mine = families.get(column.metric.name)
                families[column.metric.name] = {**values, **mine} if mine else values
        return families

    def _name(self, columns: Columns) -> None:
        named_by = tuple(columns.version(name) for name in self._naming)
        if named_by == self._named_by and (self._group.namer is None or self._namer.holds(columns, {})):
            return
        self._named_by = named_by
        self._labels, self._info = {}, {}
        for _, series in self._feeding:
            series.clear()
        if self._group.namer is not None:
            name_rows = NAMERS[self._group.namer].name_rows
            self._namer = remember(
                lambda seen, _: name_rows(Reading(self._device, columns=seen)), columns, {}
            )
            self._labels = {index: dict(labels) for index, labels in self._namer.result.items()}
        for label, names in self._group.index_labels:
            for name in names:
                for index, value in columns.get(name, {}).items():
                    text = read_text(value)
                    if text:
                        self._labels.setdefault(index, {}).setdefault(label, text)
        if self._group.info:
            metric, pairs = self._group.info
            for index, labels in self._labels.items():
                if self._leaves_out(labels):
                    continue
                more = {label: read_text(columns.get(name, {}).get(index)) for label, name in pairs}
                self._info[self._write(metric, labels | more)] = 1

    def _write(self, metric: Metric, labels: Mapping[str, str]) -> str:
        return name_series(
            metric, tuple(self._device if name == "device" else labels[name] for name in metric.labels)
        )

    def _column(
        self, column: Column, series: dict[bytes, str | None], rows: list[Row], columns: Columns
    ) -> dict[str, float]:
        try:
            return _numbers(column, series, rows)
        except KeyError:  # rows that were not there before
            for oid, _ in rows:
                if oid not in series:
                    series[oid] = self._find(column, oid[len(column.oid) :], columns)
            return _numbers(column, series, rows)

    def _find(self, column: Column, index: bytes, columns: Columns) -> str | None:
        if index and index[-1] >= 0x80:
            return None  # an OID that ends in the middle of a number
        if column.unless is not None and columns.get(column.unless[0], {}).get(index) in column.unless[1]:
            return None
        labels = dict(self._labels.get(index, {}))
        for label, names in self._group.index_labels:
            if label not in labels and INDEX in names:
                labels[label] = ".".join(str(number) for number in split_index(index))
        labels |= dict(column.labels)
        if column.metric is None or not set(column.metric.labels) <= {"device", *labels}:
            self.nameless = True
            return None
        return None if self._leaves_out(labels) else self._write(column.metric, labels)


def _is_fallback(column: Column) -> bool:
    return column.instead_of is not None


def _numbers(column: Column, series: Mapping[bytes, str | None], rows: list[Row]) -> dict[str, float]:
    values: dict[str | None, float]
    if column.in_text:
        rows = [(oid, _read_number(value)) for oid, value in rows]
    if column.absent:
        rows = [row for row in rows if row[1] not in column.absent]
    if column.one_when is not None:
        wanted = column.one_when
        values = {series[oid]: 1 if value in wanted else 0 for oid, value in rows}
    elif column.factor is not None:
        values = _scaled(column.factor, column.offset, series, rows)
    else:
        # text among the values is taken out below
        values = cast("dict[str | None, float]", {series[oid]: value for oid, value in rows})
        if not _NUMBERS.issuperset(map(type, values.values())):
            values = {name: value for name, value in values.items() if type(value) in _NUMBERS}
    values.pop(None, None)
    return cast("dict[str, float]", values)


def _scaled(
    factor: float, offset: float, series: Mapping[bytes, str | None], rows: list[Row]
) -> dict[str | None, float]:
    """Values times the factor, plus the offset, without the dust of binary fractions."""
    divisor = round(1 / factor) if 0 < factor < 1 else 0
    if isinstance(factor, int) and not offset:
        return {series[oid]: value * factor for oid, value in rows if isinstance(value, int)}
    if divisor and 1 / divisor == factor and not offset:  # the nearest double of the quotient, as it is read
        return {series[oid]: value / divisor for oid, value in rows if isinstance(value, int)}
    return {series[oid]: round(value * factor + offset, 6) for oid, value in rows if isinstance(value, int)}


def _read_number(value: object) -> int | None:
    """First number of a text; one with a fraction is cut, as those who write such MIBs write none."""
    found = _FIRST_NUMBER.search(read_text(value)) if isinstance(value, bytes) else None
    if found is None:
        return value if isinstance(value, int) else None
    return int(float(found[0]))
