"""Columns that feed metrics straight: raw OID to cached series, value to number, nothing else per poll."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from agent.collect.reading import read_text, split_index
from agent.collect.snmp.ber import Row
from agent.collect.tables.table import Column, Group
from agent.metrics import Metric, name_series

Families = dict[str, dict[str, float]]
Rows = Mapping[str, list[Row]]
"""Walked rows by column name."""

INDEX = "@index"
"""Stands for the dotted index where a label is wanted and no column names the row."""

_NUMBERS = frozenset((int, float))


class Straight:
    """Families of one group of one device; remembers the series of every raw OID until names change."""

    def __init__(self, group: Group, device: str) -> None:
        self._group, self._device = group, device
        self._feeding = [column for column in group.columns if column.metric is not None]
        used = {name for _, names in group.index_labels for name in names}
        used |= {name for _, name in group.info[1]} if group.info else set()
        self._naming = [column for column in group.columns if column.name in used]
        self._named_by: list[list[Row]] = []
        self._labels: dict[bytes, dict[str, str]] = {}
        self._series: dict[str, dict[bytes, str | None]] = {}
        self._info: dict[str, float] = {}

    def fill(self, rows: Rows) -> Families:
        """Families of these rows. A row that nothing names is left out."""
        self._name(rows)
        families: Families = {}
        if self._info and self._group.info:
            families[self._group.info[0].name] = self._info
        for column in sorted(self._feeding, key=_is_fallback):
            values = self._column(column, rows.get(column.name, []))
            if values and column.metric is not None:
                mine = families.get(column.metric.name)
                families[column.metric.name] = {**values, **mine} if mine else values
        return families

    def _name(self, rows: Rows) -> None:
        named_by = [rows.get(column.name, []) for column in self._naming]
        if named_by == self._named_by and self._labels:
            return
        self._named_by = named_by
        self._labels, self._series, self._info = {}, {}, {}
        texts = {
            column.name: {
                oid[len(column.oid) :]: read_text(value) for oid, value in rows.get(column.name, [])
            }
            for column in self._naming
        }
        for label, names in self._group.index_labels:
            for name in names:
                for index, text in texts.get(name, {}).items():
                    if text:
                        self._labels.setdefault(index, {}).setdefault(label, text)
        if self._group.info:
            metric, pairs = self._group.info
            for index, labels in self._labels.items():
                more = {label: texts.get(name, {}).get(index, "") for label, name in pairs}
                self._info[self._write(metric, labels | more)] = 1

    def _write(self, metric: Metric, labels: Mapping[str, str]) -> str:
        return name_series(
            metric, tuple(self._device if name == "device" else labels[name] for name in metric.labels)
        )

    def _column(self, column: Column, rows: list[Row]) -> dict[str, float]:
        series = self._series.setdefault(column.name, {})
        try:
            return _numbers(column, series, rows)
        except KeyError:  # rows that were not there before
            for oid, _ in rows:
                if oid not in series:
                    series[oid] = self._find(column, oid[len(column.oid) :])
            return _numbers(column, series, rows)

    def _find(self, column: Column, index: bytes) -> str | None:
        labels = dict(self._labels.get(index, {}))
        for label, names in self._group.index_labels:
            if label not in labels and INDEX in names:
                labels[label] = ".".join(str(number) for number in split_index(index))
        labels |= dict(column.labels)
        if column.metric is None or not set(column.metric.labels) <= {"device", *labels}:
            return None
        return self._write(column.metric, labels)


def _is_fallback(column: Column) -> bool:
    return column.instead_of is not None


def _numbers(column: Column, series: Mapping[bytes, str | None], rows: list[Row]) -> dict[str, float]:
    values: dict[str | None, float]
    if column.one_when is not None:
        wanted = column.one_when
        values = {series[oid]: 1 if value == wanted else 0 for oid, value in rows}
    elif column.factor is not None:
        factor = column.factor
        values = {series[oid]: round(value * factor, 6) for oid, value in rows if isinstance(value, int)}
    else:
        # text among the values is taken out below
        values = cast("dict[str | None, float]", {series[oid]: value for oid, value in rows})
        if not _NUMBERS.issuperset(map(type, values.values())):
            values = {name: value for name, value in values.items() if type(value) in _NUMBERS}
    values.pop(None, None)
    return cast("dict[str, float]", values)
