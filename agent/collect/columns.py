"""The columns of one device as last read, and what was made of them as long as they do not change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from agent.collect.snmp.ber import Row, Value
from agent.collect.snmp.rows import NO_ROWS, Rows, indexes_of, share_values

T = TypeVar("T")


class Columns(Mapping[str, Mapping[bytes, Value]]):
    """Values by name of column, then by index; an index is the raw bytes behind the column's OID.

    A column that is read again with the same rows keeps its version, so that whoever made something of it
    needs not do so again. The mapping of a column is made when somebody asks for it. A row without an index,
    or with one that ends in the middle of a number, is left out.
    """

    def __init__(self) -> None:
        self._rows: dict[str, tuple[int, Rows]] = {}
        self._made: dict[str, dict[bytes, Value]] = {}
        self._versions: dict[str, int] = {}

    def put(self, name: str, oid_size: int, rows: Sequence[Row]) -> None:
        """Take in the rows of a column; they are kept and must not change."""
        known = self._rows.get(name)
        if known is None or known[1] != rows:
            kept = Rows.of(rows)
            self._rows[name] = (oid_size, Rows(kept.oids, share_values(kept.values)) if kept else NO_ROWS)
            self._made.pop(name, None)
            self._versions[name] = self._versions.get(name, 0) + 1

    def version(self, name: str) -> int:
        """Rises when the column changes; 0 as long as it was never read."""
        return self._versions.get(name, 0)

    def count(self, name: str) -> int:
        """Rows of the column."""
        known = self._rows.get(name)
        return len(known[1]) if known else 0

    def __getitem__(self, name: str) -> Mapping[bytes, Value]:
        made = self._made.get(name)
        if made is None:
            size, rows = self._rows[name]
            made = dict(zip(indexes_of(rows.oids, size), rows.values, strict=True))
            made.pop(b"", None)
            self._made[name] = made
        return made

    def rest(self) -> None:
        """Let go of what can be made again."""
        self._made.clear()

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


class Watched(Mapping[str, T], Generic[T]):
    """A mapping that notes what was looked up in it, found or not."""

    def __init__(self, source: Mapping[str, T]) -> None:
        self._source = source
        self.seen: set[str] = set()

    def __getitem__(self, name: str) -> T:
        self.seen.add(name)
        return self._source[name]

    def __iter__(self) -> Iterator[str]:
        self.seen.update(self._source)
        return iter(self._source)

    def __len__(self) -> int:
        return len(self._source)


@dataclass(slots=True)
class Memo(Generic[T]):
    """A result, with the versions of the columns and the scalars that it was made of."""

    result: T
    columns: dict[str, int] = field(default_factory=dict)
    scalars: dict[str, Value] = field(default_factory=dict)

    def holds(self, columns: Columns, scalars: Mapping[str, Value]) -> bool:
        """Whether everything that was looked up is as it was."""
        version = columns.version
        return all(version(name) == known for name, known in self.columns.items()) and all(
            scalars.get(name) == known for name, known in self.scalars.items()
        )


def remember(
    make: Callable[[Watched[Mapping[bytes, Value]], Watched[Value]], T],
    columns: Columns,
    scalars: Mapping[str, Value],
) -> Memo[T]:
    """What ``make`` makes, with what it looked at."""
    columns_seen, scalars_seen = Watched(columns), Watched(scalars)
    result = make(columns_seen, scalars_seen)
    return Memo(
        result,
        {name: columns.version(name) for name in columns_seen.seen},
        {name: scalars.get(name) for name in scalars_seen.seen},
    )
