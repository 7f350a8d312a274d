"""The sorted objects of a node: what GetNext and GetBulk walk.

A row is its sorting key and either the finished variable binding or a reader that finishes it at the time
of the question.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from vnexus.snmp import ber

Reader = Callable[[int], bytes]
"""Encoded value at a world time in microseconds."""
Live = tuple[bytes, Reader]
"""Encoded name and reader."""
Row = tuple[bytes, bytes | Live]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an OID in both forms: for sorting and encoded."""

    key: bytes
    body: bytes

    def __add__(self, other: Part) -> Part:
        return Part(self.key + other.key, self.body + other.body)


def column(dotted: str) -> Part:
    """The beginning of an OID."""
    subids = [int(part) for part in dotted.split(".")]
    return Part(ber.key(subids), ber.oid_body(subids))


def at(*subids: int) -> Part:
    """The end of an OID: the instance."""
    return Part(ber.key(subids), b"".join(map(ber.subid, subids)))


SCALAR = at(0)


class Rows:
    """Collects the rows of one group of tables."""

    def __init__(self) -> None:
        self.items: list[Row] = []
        self.columns: set[bytes] = set()

    def add(self, head: Part, tail: Part, value: bytes | Reader) -> None:
        """``value``: encoded, or a reader."""
        self.columns.add(head.key)
        body = head.body + tail.body
        name = bytes((ber.OID, len(body))) + body if len(body) < 0x80 else ber.tlv(ber.OID, body)
        if isinstance(value, bytes):
            self.items.append((head.key + tail.key, bind(name, value)))
        else:
            self.items.append((head.key + tail.key, (name, value)))

    def scalar(self, dotted: str, value: bytes | Reader) -> None:
        self.add(column(dotted), SCALAR, value)


def bind(name: bytes, value: bytes) -> bytes:
    """A variable binding from encoded name and value."""
    size = len(name) + len(value)
    if size < 0x80:
        return bytes((ber.SEQUENCE, size)) + name + value
    return ber.tlv(ber.SEQUENCE, name + value)


class Index:
    """All rows of a node in order."""

    def __init__(self, groups: Iterable[Rows]) -> None:
        items: list[Row] = []
        columns: set[bytes] = set()
        for group in groups:
            items += group.items
            columns |= group.columns
        found = dict(reversed(items))  # of two rows with one name the first one counts
        self.keys = sorted(found)
        self.rows = [found[key] for key in self.keys]
        self._columns = sorted(columns)

    def __len__(self) -> int:
        return len(self.keys)

    def find(self, key: bytes) -> int | None:
        """Position of exactly this object."""
        position = bisect_left(self.keys, key)
        return position if position < len(self.keys) and self.keys[position] == key else None

    def after(self, key: bytes) -> int:
        """Position of the first object behind this name; ``len(self)`` when there is none."""
        return bisect_right(self.keys, key)

    def known(self, key: bytes) -> bool:
        """Whether the name is an instance of an object that the agent has at all."""
        position = bisect_right(self._columns, key)
        return position > 0 and key.startswith(self._columns[position - 1])

    def varbind(self, position: int, now_us: int) -> bytes:
        row = self.rows[position]
        return row if isinstance(row, bytes) else bind(row[0], row[1](now_us))

    def name(self, position: int) -> bytes:
        """Encoded name of the object at a position."""
        row = self.rows[position]
        if not isinstance(row, bytes):
            return row[0]
        _, start, end = ber.read_tlv(row, 0, len(row))
        _, _, last = ber.read_tlv(row, start, end)
        return row[start:last]

    def run(self, position: int, count: int, now_us: int) -> Sequence[bytes]:
        """Bindings of up to ``count`` objects from a position on."""
        return [
            row if isinstance(row, bytes) else bind(row[0], row[1](now_us))
            for row in self.rows[position : position + count]
        ]

    def below(self, dotted: str) -> Index:
        """The part below an OID, as access control shows it."""
        prefix = column(dotted).key
        first, last = bisect_left(self.keys, prefix), bisect_left(self.keys, prefix + b"\xff")
        part = Index(())
        part.keys, part.rows = self.keys[first:last], self.rows[first:last]
        part._columns = [key for key in self._columns if key.startswith(prefix)]
        return part
