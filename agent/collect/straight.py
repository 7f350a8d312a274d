"""Columns that feed metrics straight: values by their place in the answer; rows are named once."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from agent.collect.columns import Columns, Memo, remember
from agent.collect.namers import NAMERS
from agent.collect.reading import Reading, read_text, split_index
from agent.collect.snmp.ber import Row, Value
from agent.collect.snmp.rows import Rows
from agent.collect.tables.table import INDEX, Column, Group
from agent.metrics import Metric, write_labels
from agent.metrics.roll import Numbers, Roll, Rolls, Tally, labels_of, pack

Families: TypeAlias = dict[str, Mapping[str, float]]
Part: TypeAlias = tuple[Roll, Numbers]
Walks: TypeAlias = Mapping[str, Sequence[Row]]
"""Walked rows by column name; a scalar is a column with one row and an empty index."""

_NUMBERS = frozenset((int, float))
_FIRST_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


_NOBODY = Roll([])


@dataclass(slots=True)
class _Plan:
    """What the rows of a column are called, as long as the same come."""

    oids: tuple[bytes, ...]
    names: tuple[str | None, ...]
    """Labels by row, where two rows have the same; else empty."""
    roll: Roll
    keep: tuple[int, ...] | None
    """Places of the rows that have a name; None is all."""
    chosen: tuple[int, ...] = ()
    """Places that had a number, the last time that not all had."""
    chosen_roll: Roll = _NOBODY


@dataclass(slots=True)
class _Feed:
    """A column, and what is known of its rows."""

    column: Column
    convert: Callable[[Sequence[Value]], Sequence[Value | float]]
    plan: _Plan | None = None
    beside: tuple[tuple[Roll, ...], Roll, tuple[int, ...], Roll] | None = None
    """(rolls before it in its family, its own, places that are new beside them, their roll)."""
    told: set[bytes] | None = None
    """Rows that nothing names, of which was told."""


class Straight:
    """Families of one group of one device; remembers what its rows are called until names change."""

    def __init__(
        self,
        group: Group,
        device: str,
        leaves_out: Callable[[Mapping[str, str]], bool] | None = None,
        rolls: Rolls | None = None,
    ) -> None:
        self._group, self._device = group, device
        self._leaves_out = leaves_out or (lambda _: False)
        self._rolls = Rolls() if rolls is None else rolls
        self._feeds = [
            _Feed(column, _converter(column)) for column in sorted(group.feeding, key=_is_fallback)
        ]
        self._naming = tuple(sorted(group.naming))
        self._named_by: tuple[int, ...] | None = None
        self._labels: dict[bytes, dict[str, str]] | None = None
        """By index; only while somebody needs them."""
        self._namer: Memo[None] = Memo(None)
        self._info: Tally | None = None
        self.nameless = False
        """Set when a row came that nothing names: perhaps the names are too old."""

    def fill(self, rows: Walks, columns: Columns) -> Families:
        """Families of these rows, named by these columns. A row that nothing names is left out."""
        self._name(columns)
        families: Families = {}
        if self._info is not None:
            families[self._info.metric] = self._info
        for feed in self._feeds:
            found = rows.get(feed.column.name)
            if found and feed.column.metric is not None:
                part = self._read(feed, Rows.of(found), columns)
                if part[0].count:
                    name = feed.column.metric.name
                    mine = families.get(name)
                    families[name] = Tally(name, (part,) if mine is None else self._join(feed, mine, part))
        self._labels = None
        return families

    def _name(self, columns: Columns) -> None:
        named_by = tuple(columns.version(name) for name in self._naming)
        if named_by == self._named_by and (self._group.namer is None or self._namer.holds(columns, {})):
            return
        self._named_by, self._labels, self._info = named_by, None, None
        for feed in self._feeds:
            feed.plan = feed.beside = None
            feed.told = None
        if not self._group.info:
            self._find_labels(columns)  # what the namer looks at decides when to name again
            return
        metric, pairs = self._group.info
        named: dict[str, float] = {}
        for index, labels in self._find_labels(columns).items():
            if not self._leaves_out(labels):
                more = {label: read_text(columns.get(name, {}).get(index)) for label, name in pairs}
                named[metric.name + self._write(metric, labels | more) + " "] = 1
        self._info = Tally.of(metric.name, named, self._rolls) if named else None

    def _find_labels(self, columns: Columns) -> dict[bytes, dict[str, str]]:
        if self._labels is not None:
            return self._labels
        found: dict[bytes, dict[str, str]] = {}
        if self._group.namer is not None:
            name_rows = NAMERS[self._group.namer].name_rows

            def name(seen: Any, _: object) -> None:
                for index, labels in name_rows(Reading(self._device, columns=seen)).items():
                    found[index] = dict(labels)

            self._namer = remember(name, columns, {})
        for label, names in self._group.index_labels:
            for name_of in names:
                for index, value in columns.get(name_of, {}).items():
                    text = read_text(value)
                    if text:
                        found.setdefault(index, {}).setdefault(label, text)
        self._labels = found
        return found

    def _write(self, metric: Metric, labels: Mapping[str, str]) -> str:
        return write_labels(
            (name, self._device if name == "device" else labels[name]) for name in metric.labels
        )

    def _read(self, feed: _Feed, rows: Rows, columns: Columns) -> Part:
        plan = feed.plan
        if plan is None or (plan.oids is not rows.oids and plan.oids != rows.oids):
            plan = feed.plan = self._plan(feed, rows.oids, columns)
        values = feed.convert(rows.values)
        if not plan.names:
            kept: Any = values if plan.keep is None else [values[at] for at in plan.keep]
            try:
                return plan.roll, array("Q", kept)  # nearly all are whole numbers
            except (TypeError, OverflowError):
                if _NUMBERS.issuperset(map(type, kept)):
                    return plan.roll, pack(kept)
        return self._choose(plan, values)

    def _choose(self, plan: _Plan, values: Sequence[Any]) -> Part:
        """Those that are numbers; of rows with the same labels the last one."""
        places = range(len(values)) if plan.keep is None else plan.keep
        found = [at for at in places if type(values[at]) in _NUMBERS]
        if plan.names:
            found = list({plan.names[at]: at for at in found}.values())
        chosen = tuple(found)
        if chosen != plan.chosen:
            labels = dict(zip(places, plan.roll.labels(), strict=True))
            plan.chosen_roll = Roll([labels[at] for at in chosen]).shared(self._rolls)
            plan.chosen = chosen
        return plan.chosen_roll, pack([values[at] for at in chosen])

    def _plan(self, feed: _Feed, oids: tuple[bytes, ...], columns: Columns) -> _Plan:
        size = len(feed.column.oid)
        names = tuple([self._find(feed, oid[size:], columns) for oid in oids])
        keep = tuple([at for at, name in enumerate(names) if name is not None])
        labels = [name for name in names if name is not None]
        roll = Roll(labels).shared(self._rolls)
        doubled = len(set(labels)) < len(labels)
        return _Plan(oids, names if doubled else (), roll, None if len(keep) == len(names) else keep)

    def _find(self, feed: _Feed, index: bytes, columns: Columns) -> str | None:
        column = feed.column
        if index and index[-1] >= 0x80:
            return None  # an OID that ends in the middle of a number
        if column.unless is not None and columns.get(column.unless[0], {}).get(index) in column.unless[1]:
            return None
        labels = dict(self._find_labels(columns).get(index, {}))
        for label, names in self._group.index_labels:
            if label not in labels and INDEX in names:
                labels[label] = ".".join(str(number) for number in split_index(index))
        labels |= dict(column.labels)
        if column.metric is None or not set(column.metric.labels) <= {"device", *labels}:
            feed.told = feed.told or set()
            self.nameless = self.nameless or index not in feed.told
            feed.told.add(index)
            return None
        return None if self._leaves_out(labels) else self._write(column.metric, labels)

    def _join(self, feed: _Feed, mine: Mapping[str, float], part: Part) -> tuple[Part, ...]:
        """The parts of a family, and of one more those whose labels are not there yet."""
        if not isinstance(mine, Tally):
            raise TypeError(mine)
        rolls, roll = tuple([one for one, _ in mine.parts]), part[0]
        known = feed.beside
        if known is None or known[1] is not roll or known[0] != rolls:
            taken, labels = set(labels_of(mine.parts)), roll.labels()
            new = tuple([at for at, label in enumerate(labels) if label not in taken])
            beside = roll if len(new) == len(labels) else Roll([labels[at] for at in new]).shared(self._rolls)
            known = feed.beside = (rolls, roll, new, beside)
        if known[3] is roll:
            return (*mine.parts, part)
        values = pack([part[1][at] for at in known[2]])
        return (*mine.parts, (known[3], values)) if known[2] else mine.parts


def _is_fallback(column: Column) -> bool:
    return column.instead_of is not None


@lru_cache(4096)
def _converter(column: Column) -> Callable[[Sequence[Value]], Sequence[Value | float]]:
    """What makes the values of a column those of its metric; what is no number is left out later."""
    steps: list[Callable[[Sequence[Any]], Sequence[Any]]] = []
    absent, wanted = column.absent, column.one_when
    if column.in_text:
        steps.append(lambda values: [_read_number(value) for value in values])
    if absent:
        steps.append(lambda values: [None if value in absent else value for value in values])
    if wanted is not None:
        if absent:
            steps.append(lambda values: [None if one is None else int(one in wanted) for one in values])
        else:
            steps.append(lambda values: [1 if value in wanted else 0 for value in values])
    elif column.factor is not None:
        steps.append(_scaler(column.factor, column.offset))
    return _chain(steps)


def _chain(steps: list[Callable[[Sequence[Any]], Sequence[Any]]]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    if len(steps) < 2:
        return steps[0] if steps else lambda values: values

    def convert(values: Sequence[Any]) -> Sequence[Any]:
        for step in steps:
            values = step(values)
        return values

    return convert


def _scaler(factor: float, offset: float) -> Callable[[Sequence[Any]], list[float | None]]:
    """Values times the factor, plus the offset, without the dust of binary fractions."""
    divisor = round(1 / factor) if 0 < factor < 1 else 0
    if isinstance(factor, int) and not offset:
        return lambda values: [one * factor if type(one) is int else None for one in values]
    if divisor and 1 / divisor == factor and not offset:  # the nearest double of the quotient, as it is read
        return lambda values: [one / divisor if type(one) is int else None for one in values]
    return lambda values: [round(one * factor + offset, 6) if type(one) is int else None for one in values]


def _read_number(value: object) -> int | None:
    """First number of a text; one with a fraction is cut, as those who write such MIBs write none."""
    found = _FIRST_NUMBER.search(read_text(value)) if isinstance(value, bytes) else None
    if found is None:
        return value if isinstance(value, int) else None
    return int(float(found[0]))
