"""Rows of an answer or a walk: OIDs and values apart, so that the OIDs, which do not move, are kept once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from agent.collect.snmp.ber import Row, Value

MOST_OIDS, MOST_PLACES = 500_000, 1_000_000
"""Of all agents: OIDs, and places in lists of them; beyond, sharing begins anew."""


class Rows(Sequence[Row]):
    """(raw OID, value) pairs. Who reads many of them by place takes ``oids`` and ``values``.

    >>> rows = Rows((b"a", b"b"), [1, 2])
    >>> rows[1], rows[:1] == [(b"a", 1)], list(rows), len(rows)
    ((b'b', 2), True, [(b'a', 1), (b'b', 2)], 2)
    """

    __slots__ = ("oids", "values")

    def __init__(self, oids: tuple[bytes, ...] = (), values: Sequence[Value] = ()) -> None:
        self.oids, self.values = oids, values

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Rows:
        """The same rows."""
        if isinstance(rows, Rows):
            return rows
        return cls(tuple([oid for oid, _ in rows]), [value for _, value in rows])

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Rows: ...
    def __getitem__(self, at: int | slice) -> Row | Rows:
        if isinstance(at, slice):
            return Rows(self.oids[at], self.values[at])
        return self.oids[at], self.values[at]

    def __iter__(self) -> Iterator[Row]:
        return zip(self.oids, self.values, strict=True)

    def __len__(self) -> int:
        return len(self.oids)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Rows):
            same = self.oids is other.oids or self.oids == other.oids
            return same and self.values == other.values
        return list(self) == other

    __hash__ = None  # type: ignore[assignment]  # as a list

    def __repr__(self) -> str:
        return repr(list(self))


class _Shared:
    """What switches of one model have in common."""

    def __init__(self) -> None:
        self.oids: dict[bytes, bytes] = {}
        self.lists: dict[tuple[bytes, ...], tuple[bytes, ...]] = {}
        self.places = 0


_SHARED = _Shared()


def share_oids(oids: Iterable[bytes]) -> tuple[bytes, ...]:
    """The same OIDs, as the objects that all have who were given them here."""
    if len(_SHARED.oids) >= MOST_OIDS:
        _SHARED.oids.clear()
    share = _SHARED.oids.setdefault
    return share_list(tuple([share(oid, oid) for oid in oids]))


def share_list(oids: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The same list, as the object that all have."""
    known = _SHARED.lists.get(oids)
    if known is not None:
        return known
    _SHARED.places += len(oids)
    if _SHARED.places > MOST_PLACES:
        _SHARED.lists.clear()
        _SHARED.places = len(oids)
    _SHARED.lists[oids] = oids
    return oids
