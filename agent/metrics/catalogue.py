"""The catalogue itself: what a metric is, how its series are named, and a page of values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from agent.metrics.roll import join, thaw


class Kind(StrEnum):
    """Prometheus metric types used."""

    GAUGE = "gauge"
    COUNTER = "counter"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric family: name, help text and label names in the order in which they are written."""

    name: str
    help: str
    labels: tuple[str, ...] = ("device",)
    kind: Kind = Kind.GAUGE


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a metric; ``labels`` holds the values in the order of ``metric.labels``."""

    metric: Metric
    labels: tuple[str, ...]
    value: float


@dataclass(slots=True)
class Catalogue:
    """All declared metrics by name; a name is taken once."""

    by_name: dict[str, Metric] = field(default_factory=dict)
    guests: set[str] = field(default_factory=set)
    """Names that a city's own tables brought in; those may be declared anew, the others never."""

    def declare(self, metric: Metric) -> Metric:
        """Register and return the metric; raises ValueError when its name is taken or malformed."""
        if metric.name in self.by_name:
            raise ValueError(f"metric {metric.name} is declared twice")
        if (metric.kind is Kind.COUNTER) != metric.name.endswith("_total"):
            raise ValueError(f"metric {metric.name}: counters, and only counters, end in _total")
        if not metric.name.startswith(("net_", "city_", "moulin_")):
            raise ValueError(f"metric {metric.name}: no known prefix")
        self.by_name[metric.name] = metric
        return metric

    def adopt(self, metric: Metric) -> Metric:
        """Take in a metric of a city's own tables, in the place of the one that it declared before.

        Raises ValueError when the name is one of Moulin's own, or malformed.
        """
        if metric.name in self.guests:
            del self.by_name[metric.name]
        self.declare(metric)
        self.guests.add(metric.name)
        return metric

    def __iter__(self) -> Iterator[Metric]:
        return iter(self.by_name.values())

    def __getitem__(self, name: str) -> Metric:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name


CATALOGUE = Catalogue()

UNITS = (
    "seconds",
    "bytes",
    "watts",
    "volts",
    "amperes",
    "celsius",
    "dbm",
    "rpm",
    "hertz",
    "ratio",
    "packets",
    "lines",
)
"""Units that names carry: base units, and those that network engineers read."""


def unit_of(name: str) -> str:
    """Unit in the name of a metric, empty when it counts things or states.

    >>> unit_of("net_interface_receive_bytes_total"), unit_of("net_fan_up")
    ('bytes', '')
    """
    words = name.split("_")
    return next((unit for unit in UNITS if unit in words), "")


def write_series(name: str, labels: Iterable[tuple[str, str]]) -> str:
    r"""A series as it stands before its value in the text format, trailing space included.

    >>> write_series("net_interface_up", [("device", "core-1"), ("interface", 'Ethernet"1"')])
    'net_interface_up{device="core-1",interface="Ethernet\\"1\\""} '
    """
    return f"{name}{write_labels(labels)} "


def write_labels(labels: Iterable[tuple[str, str]]) -> str:
    """The labels of a series, braces included; empty where there are none."""
    inner = ",".join(
        f'{label}="' + value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"") + '"'
        for label, value in labels
    )
    return f"{{{inner}}}" if inner else ""


_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")


def read_labels(series: str) -> dict[str, str]:
    r"""Labels of a series; the other way round of ``write_series``.

    >>> read_labels('net_interface_up{device="core-1",interface="Ethernet\\"1\\""} ')
    {'device': 'core-1', 'interface': 'Ethernet"1"'}
    """
    return {
        found[1]: _ESCAPED.sub(lambda one: "\n" if one[1] == "n" else one[1], found[2])
        for found in _LABEL.finditer(series)
    }


def name_series(metric: Metric, labels: tuple[str, ...]) -> str:
    """The series of a metric with these label values; see ``write_series``."""
    return write_series(metric.name, zip(metric.labels, labels, strict=True))


@dataclass(slots=True)
class Page:
    """Values by family, then by series: each series once, families together, ready to be written.

    The outer key is the metric's name, the inner one what ``name_series`` gives, so that writing is joining.
    """

    families: dict[str, Mapping[str, float]] = field(default_factory=dict)

    def add(self, sample: Sample) -> None:
        """Add one value; the first value of a series stays."""
        family = self.families.get(sample.metric.name)
        if not isinstance(family, dict):
            family = self.families[sample.metric.name] = thaw(family or {})
        family.setdefault(name_series(sample.metric, sample.labels), sample.value)

    def merge(self, families: Mapping[str, Mapping[str, float]]) -> None:
        """Add whole families; the first value of a series stays."""
        for name, values in families.items():
            mine = self.families.get(name)
            self.families[name] = thaw(values) if mine is None else join(mine, values)

    def value(self, metric: Metric, *labels: str) -> float | None:
        """Value of a series, None where there is none."""
        return self.families.get(metric.name, {}).get(name_series(metric, labels))

    def __len__(self) -> int:
        return sum(len(values) for values in self.families.values())


def gauge(name: str, text: str, *labels: str) -> Metric:
    """Declare a gauge of a device; ``device`` is its first label."""
    return CATALOGUE.declare(Metric(name, text, ("device", *labels)))


def counter(name: str, text: str, *labels: str) -> Metric:
    """Declare a counter of a device; ``device`` is its first label."""
    return CATALOGUE.declare(Metric(name, text, ("device", *labels), Kind.COUNTER))
