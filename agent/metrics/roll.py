"""Values of many series without a string for each: labels are written once for all families of the same rows.

Of a switch with 48 ports, 25 families have the same labels in the same order. A ``Roll`` holds these labels;
a ``Tally`` is a family: the name of its metric, rolls, and a number for each of their series.
"""

from __future__ import annotations

from array import array
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, Sequence, ValuesView
from itertools import chain
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

Numbers = Sequence[float]


class Roll:
    r"""The labels of some series, in order; each once.

    >>> roll = Roll(['{device="a",interface="e1"}', '{device="a",interface="50%"}'])
    >>> roll.write("net_interface_up", (1, 0))
    'net_interface_up{device="a",interface="e1"} 1\nnet_interface_up{device="a",interface="50%"} 0\n'
    >>> roll.name("net_interface_up")[1]
    'net_interface_up{device="a",interface="50%"} '
    """

    __slots__ = ("__weakref__", "_form", "count", "places")

    def __init__(self, labels: Sequence[str]) -> None:
        """``labels`` as in the text format, braces included; empty where a metric has none."""
        self.count = len(labels)
        self.places: dict[str, int] = {}
        """Where labels stand; see ``place``."""
        # a line feed stands where the name goes: labels have none, they write it as two letters
        self._form = "".join([f"\n{one} %s" for one in (one.replace("%", "%%") for one in labels)])

    def write(self, metric: str, values: Numbers) -> str:
        """A line for each series; infinities and NaN as Python writes them."""
        if not self.count:
            return ""
        return self._form.replace("\n", "\n" + metric)[1:] % tuple(values) + "\n"

    def name(self, metric: str) -> list[str]:
        """The series as ``name_series`` writes them."""
        return [metric + one for one in self.labels(" ")]

    def place(self) -> dict[str, int]:
        """Place of all labels. Who asks once will ask again, and of other families: it is kept."""
        self.places = {one: at for at, one in enumerate(self.labels())}
        return self.places

    def labels(self, end: str = "") -> list[str]:
        """What it was made of, each with the same end."""
        tails = self._form.split(" %s\n")
        tails[0] = tails[0][1:]
        tails[-1] = tails[-1][:-3]
        return [tail.replace("%%", "%") + end for tail in tails] if self.count else []

    def shared(self, rolls: Rolls) -> Roll:
        """The same roll, as the object that all have who share these."""
        return rolls.setdefault(self._form, self)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Roll) and self._form == other._form)

    def __hash__(self) -> int:
        return hash(self._form)


Rolls: TypeAlias = WeakValueDictionary[str, Roll]
"""Rolls that somebody still has."""


class Tally(Mapping[str, float]):
    r"""A family whose series are named by rolls. Frozen; a mapping by series as ``Page`` has it.

    >>> roll = Roll(['{device="a"}', '{device="b"}'])
    >>> tally = Tally("net_device_up", ((roll, pack([1, 0])),))
    >>> dict(tally), tally.write().count("\n")
    ({'net_device_up{device="a"} ': 1, 'net_device_up{device="b"} ': 0}, 2)
    """

    __slots__ = ("metric", "parts")

    def __init__(self, metric: str, parts: tuple[tuple[Roll, Numbers], ...]) -> None:
        """``metric`` is its name; no series stands in two of the parts."""
        self.metric, self.parts = metric, parts

    @classmethod
    def of(cls, metric: str, family: Mapping[str, float], rolls: Rolls) -> Tally:
        """Another family as a tally."""
        at = len(metric)
        roll = Roll([series[at:-1] for series in family]).shared(rolls)
        return cls(metric, ((roll, pack(list(family.values()))),))

    @property
    def is_whole(self) -> bool:
        """Whether all its numbers are known to be whole ones: no infinity, no NaN."""
        return all(type(values) is array and values.typecode != "d" for _, values in self.parts)

    def write(self) -> str:
        """Its lines; see ``Roll.write``."""
        return "".join([roll.write(self.metric, values) for roll, values in self.parts])

    def make(self) -> dict[str, float]:
        """A dict of all series."""
        made: dict[str, float] = {}
        for roll, values in self.parts:
            made.update(zip(roll.name(self.metric), values, strict=True))
        return made

    def __getitem__(self, series: str) -> float:
        found: float | None = self.get(series)
        if found is None:
            raise KeyError(series)
        return found

    def get(self, series: str, default: Any = None) -> Any:
        if series[-1:] == " " and series.startswith(self.metric):
            labels = series[len(self.metric) : -1]
            for roll, values in self.parts:
                at = (roll.places or roll.place()).get(labels)
                if at is not None:
                    return values[at]
        return default

    def __contains__(self, series: object) -> bool:
        return isinstance(series, str) and self.get(series) is not None

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(roll.name(self.metric) for roll, _ in self.parts)

    def __len__(self) -> int:
        return sum(roll.count for roll, _ in self.parts)

    def items(self) -> ItemsView[str, float]:
        return self.make().items()

    def keys(self) -> KeysView[str]:
        return self.make().keys()

    def values(self) -> ValuesView[float]:
        return self.make().values()

    def __repr__(self) -> str:
        return f"Tally({self.make()})"


def pack(values: list[float]) -> Numbers:
    """Numbers in as few bytes as keep them what they are: 8 each when all are whole, or none is.

    >>> pack([1, 2**40]), pack([0.5, 2.0]), pack([1, 0.5])
    (array('Q', [1, 1099511627776]), array('d', [0.5, 2.0]), (1, 0.5))
    """
    kinds = set(map(type, values))
    if kinds == {int}:
        for code in ("Q", "q"):
            try:
                return array(code, values)
            except OverflowError:
                continue
    return array("d", values) if kinds == {float} else tuple(values)


def thaw(family: Mapping[str, float]) -> dict[str, float]:
    """A dict of a family, whatever it is."""
    return family.make() if isinstance(family, Tally) else dict(family)


def lend(family: Mapping[str, float]) -> Mapping[str, float]:
    """The same values for somebody to keep: a copy of what may change."""
    return family if isinstance(family, Tally) else dict(family)


def join(first: Mapping[str, float], more: Mapping[str, float]) -> Mapping[str, float]:
    """Two families of one metric; the first value of a series stays. Nothing that was given is changed."""
    return {**thaw(more), **thaw(first)}


def has_same_series(one: Mapping[str, float], two: Mapping[str, float]) -> bool:
    """Whether two families of a metric have the same series; at once where they have the same rolls."""
    if isinstance(one, Tally) and isinstance(two, Tally):
        rolls = [[roll for roll, _ in tally.parts] for tally in (one, two)]
        if rolls[0] == rolls[1]:
            return True
    return one.keys() == two.keys()


def labels_of(parts: Iterable[tuple[Roll, Numbers]]) -> list[str]:
    """All labels of the rolls."""
    return [label for roll, _ in parts for label in roll.labels()]
