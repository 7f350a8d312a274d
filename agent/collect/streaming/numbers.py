"""What a device said, as the number that a metric wants."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Said = str | int | float | bool | None
"""A leaf as it came."""
Convert = Callable[[object], float | None]
"""Number of a leaf; None when the device says that there is nothing. Raises ValueError."""

_LONGEST_NUMBER = 64
_WITH_UNIT = re.compile(r"\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*[A-Za-z%]{0,12}\s*", re.ASCII)


def read_number(value: object) -> float:
    """The number; text is read, a unit behind it left out. Raises ValueError for all else, NaN included.

    >>> read_number("1234"), read_number("99 W"), read_number(True), read_number(1.5)
    (1234, 99.0, 1, 1.5)
    >>> read_number("up")
    Traceback (most recent call last):
    ValueError: not a number
    """
    if isinstance(value, str):
        if len(value) > _LONGEST_NUMBER or not value.isascii():
            raise ValueError("not a number")
        if value.isdecimal():
            return int(value)
        found = _WITH_UNIT.fullmatch(value)
        if found is None:
            raise ValueError("not a number")
        value = float(found[1])
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        if value.bit_length() > 64:
            raise ValueError("not a number of 64 bits")
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise ValueError("not a number")


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a leaf becomes its metric; called with the leaf."""

    factor: float = 1.0
    offset: float = 0.0
    one_when: frozenset[str] = frozenset()
    """The metric is 1 for these words, else 0; in lower case."""
    values: Mapping[str, float] = field(default_factory=dict)
    """The metric by word, in lower case; nothing for others."""
    absent_when: frozenset[float] = frozenset()
    """Numbers by which the device says that it has none."""
    counter: bool = False

    def __call__(self, value: object) -> float | None:
        """Raises ValueError for what the metric cannot be made of."""
        if self.one_when or self.values:
            word = _word(value)
            return (word in self.one_when) * 1 if self.one_when else self.values.get(word)
        number = read_number(value)
        if number in self.absent_when:
            return None
        if (self.factor, self.offset) != (1.0, 0.0):
            number = round(number * self.factor + self.offset, 9)
        if self.counter and number < 0:
            raise ValueError("a counter is not negative")
        return number

    @property
    def plain(self) -> bool:
        """A counter as it comes: nothing to do for a number that is not negative."""
        return self == Conversion(counter=True)


def _word(value: object) -> str:
    """Lower case, without the module name that JSON_IETF puts before identities."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        return value.rpartition(":")[2].strip().lower()
    raise ValueError("not a word")
