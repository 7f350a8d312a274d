"""How values become series: a form is one metric with the templates of its labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from agent.collect.streaming.held import Held
from agent.collect.streaming.numbers import Conversion, Convert, read_number
from agent.collect.streaming.words import fill_template, is_label
from agent.metrics import Metric, name_series


@dataclass(frozen=True, slots=True)
class Form:
    """One metric, and how its labels are made; ``labels`` in the order of the metric, without the device."""

    metric: Metric
    labels: tuple[tuple[str, ...], ...] = ()
    """Templates of each label: the first that can be filled is taken."""
    convert: Conversion = field(default_factory=Conversion)

    def series(self, device: str, values: Mapping[str, str]) -> str | None:
        """The series for these values; None when a label cannot be made of them."""
        found = [device]
        for templates in self.labels:
            label = next(filter(None, (fill_template(one, values) for one in templates)), None)
            if label is None and "" not in templates:
                return None
            if label and not is_label(label):
                return None
            found.append(label or "")
        return name_series(self.metric, tuple(found))


class Slot(NamedTuple):
    """Where a leaf goes. ``values[series] = number`` is all that a plain counter costs."""

    values: dict[str, float]
    series: str
    convert: Convert | None
    """None for a plain counter."""


def _nothing(_: object) -> None:
    """Feeds nothing."""


IGNORED = Slot({}, "", _nothing)
"""The slot of a leaf that feeds nothing."""


def open_slot(held: Held, form: Form, series: str, seconds: float | None) -> Slot | None:
    """A slot for the series; None when the device has too many."""
    if not held.claim(series):
        return None
    family = held.family(form.metric.name, seconds)
    return Slot(family.now, series, None if form.convert.plain else form.convert)


def fill_slot(held: Held, slot: Slot, value: object) -> None:
    """Store a value as its slot wants it; what cannot be one is counted and takes its series away."""
    try:
        number = (slot.convert or read_number)(value)
    except ValueError:
        held.problems["wrong-value"] += 1
        number = None
    if number is not None and not (slot.convert is None and number < 0):
        slot.values[slot.series] = number
    elif slot.series:
        held.drop(slot.series)


def join_slots(held: Held, slots: list[Slot]) -> Slot:
    """One slot for a leaf that feeds several series."""
    if len(slots) == 1:
        return slots[0]

    def convert(value: object) -> None:
        for slot in slots:
            fill_slot(held, slot, value)

    return Slot({}, "", convert)


@dataclass(frozen=True, slots=True)
class RowForm:
    """A metric that needs several leaves of one object: labels with ``{.leaf}``, or a ratio of two."""

    form: Form
    needs: tuple[str, ...]
    """Leaves without which there is no value."""
    wants: tuple[str, ...] = ()
    """Leaves that are used when they are there."""
    ratio: tuple[str, str] | None = None

    def value(self, leaves: Mapping[str, str]) -> float | None:
        """1, or the ratio. Raises ValueError when a leaf of it is no number."""
        if self.ratio is None:
            return 1
        part, whole = (read_number(leaves[name]) for name in self.ratio)
        return round(part / whole, 6) if whole > 0 and 0 <= part <= whole else None


@dataclass(slots=True)
class Row:
    """One object of one device as it was last said, for one row form."""

    rule: RowForm
    held: Held
    values: dict[str, str]
    """Keys of the object, and its leaves as ``.name``."""
    seconds: float | None
    series: str = ""

    def slot(self, leaf: str) -> Slot:
        """Where a leaf of the row goes."""
        return Slot({}, "", self._taker(leaf))

    def _taker(self, leaf: str) -> Callable[[object], None]:
        def take(value: object) -> None:
            self.values[f".{leaf}"] = "" if value is None else str(value)
            self.show()

        return take

    def show(self) -> None:
        """Store the series that the leaves make now, in place of the one before."""
        leaves = {name: self.values.get(f".{name}", "") for name in (*self.rule.needs, *self.rule.wants)}
        series = value = None
        if all(leaves[name] for name in self.rule.needs):
            series = self.rule.form.series(self.held.device, self.values)
            try:
                value = self.rule.value(leaves)
            except ValueError:
                self.held.problems["wrong-value"] += 1
        if self.series and self.series != series:
            self.held.drop(self.series)
            self.series = ""
        if series and value is not None and self.held.claim(series):
            self.series = series
            self.held.family(self.rule.form.metric.name, self.seconds).now[series] = value

    def forget(self, leaf: str) -> None:
        """One leaf is gone, or all below it."""
        for name in [name for name in self.values if f"{name}/".startswith(f".{leaf}/")]:
            del self.values[name]
        self.show()

    def drop(self) -> None:
        """The object is gone."""
        if self.series:
            self.held.drop(self.series)
            self.series = ""
