"""Rows of an answer or a walk: OIDs and values apart, so that the OIDs, which do not move, are kept once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from agent.collect.snmp.ber import Row, Value

MOST_OIDS, MOST_PLACES, MOST_TEXTS = 500_000, 1_000_000, 200_000
"""Of all agents: OIDs, places in lists of them, and values; beyond, sharing begins anew."""

_LONG = 4096
"""Longer lists are those of routes and addresses: no two devices have the same."""

_MORE = 0x80
"""Set in a byte of an OID when its number goes on in the next (X.690 §8.19.2)."""


class Rows(Sequence[Row]):
    """(raw OID, value) pairs. Who reads many of them by place takes ``oids`` and ``values``.

    >>> rows = Rows((b"a", b"b"), [1, 2])
    >>> rows[1], rows[:1] == [(b"a", 1)], list(rows), len(rows)
    ((b'b', 2), True, [(b'a', 1), (b'b', 2)], 2)
    """

    __slots__ = ("oids", "values")

    def __init__(self, oids: tuple[bytes, ...] = (), values: Sequence[Value] = ()) -> None:
        self.oids, self.values = oids, values if type(values) is list else list(values)

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


NO_ROWS = Rows()


class _Shared:
    """What switches of one model have in common."""

    def __init__(self) -> None:
        self.oids: dict[bytes, bytes] = {}
        self.lists: dict[tuple[bytes, ...], tuple[bytes, ...]] = {}
        self.places = 0
        self.indexes: dict[tuple[tuple[bytes, ...], int], tuple[bytes, ...]] = {}
        self.index_places = 0
        self.texts: dict[bytes, bytes] = {}


_SHARED = _Shared()


def share_oids(oids: Iterable[bytes]) -> tuple[bytes, ...]:
    """The same OIDs, as the objects that all have who were given them here."""
    if len(_SHARED.oids) >= MOST_OIDS:
        _SHARED.oids.clear()
    share = _SHARED.oids.setdefault
    return share_list(tuple([share(oid, oid) for oid in oids]))


def share_list(oids: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The same list, as the object that all have."""
    if len(oids) > _LONG:
        return oids
    known = _SHARED.lists.get(oids)
    if known is not None:
        return known
    _SHARED.places += len(oids)
    if _SHARED.places > MOST_PLACES:
        _SHARED.lists.clear()
        _SHARED.places = len(oids)
    _SHARED.lists[oids] = oids
    return oids


def share_values(values: Sequence[Value]) -> Sequence[Value]:
    """The same values; texts as the objects that all have, for ports have the same names on many switches."""
    if not values or type(values[0]) is not bytes:
        return values
    if len(_SHARED.texts) >= MOST_TEXTS:
        _SHARED.texts.clear()
    share = _SHARED.texts.setdefault
    return [share(value, value) if type(value) is bytes else value for value in values]


def indexes_of(oids: tuple[bytes, ...], size: int) -> tuple[bytes, ...]:
    """What stands behind the first ``size`` bytes of each; empty where an OID ends in the middle of a number.

    >>> indexes_of((b"a1", b"a2", b"a", bytes((97, 0x80))), 1)
    (b'1', b'2', b'', b'')
    """
    known = _SHARED.indexes.get((oids, size))
    if known is not None:
        return known
    found = tuple([oid[size:] if oid[-1] < _MORE else b"" for oid in oids])
    if len(oids) <= _LONG:
        _SHARED.index_places += len(oids)
        if _SHARED.index_places > MOST_PLACES // 4:
            _SHARED.indexes.clear()
            _SHARED.index_places = len(oids)
        _SHARED.indexes[oids, size] = found
    return found
