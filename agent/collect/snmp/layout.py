"""Templates of answers: polls read values where the polls before have found them.

A switch answers the same question with the same OIDs in the same places, poll after poll; only values move,
and hardly ever in length. A layout remembers what does not move. Bindings that fit it are read in one sweep;
with any other byte out of place they are read one by one, as at the first time (``ber.read_rows``).

What switches of one model have in common (OIDs, shapes) is kept once for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from operator import and_
from struct import Struct

from agent.collect.snmp import ber
from agent.collect.snmp.ber import Row, Value
from agent.collect.snmp.rows import NO_ROWS, Rows, share_list, share_oids

MOST_LAYOUTS = 512
"""Of one agent; beyond, all are forgotten."""
MOST_SHAPES = 20_000
"""Of all agents; beyond, sharing begins anew. A shape is up to 8 kB."""
PATIENCE = 4
"""Answers in a row that do not fit, after which a layout is made anew: lengths may change to and fro."""
FEWEST_ROWS = 8
"""Answers of fewer rows are not worth a layout."""

_UNSIGNED = ("", "B", "H", "I", "I", "Q", "Q", "Q", "Q", "Q")
_SIGNED = ("", "b", "h", "I", "i", "Q", "Q", "Q", "q", "")
_BYTES = {"B": 1, "H": 2, "I": 4, "Q": 8, "b": 1, "h": 2, "i": 4, "q": 8}
_INTEGER = 0x02
_ALL = -1


class Shape:
    """Where the values stand, and how they are read."""

    __slots__ = ("below_zero", "keep", "mask", "mixed", "narrow", "unpack")

    def __init__(self, places: tuple[tuple[int, int, str], ...], size: int) -> None:
        """Of (start, end, code) of each value. A code is one of ``struct``, with the sign before it where
        the sign must stay as it is; without a code the value is not read.
        """
        mask = bytearray(b"\xff" * size)
        parts, keep, at = [], [], 0
        self.below_zero = tuple(
            (number, -1 << 8 * (stop - start))
            for number, (start, stop, code) in enumerate(places)
            if code[:1] == "-"
        )
        for start, stop, signed in places:
            code = signed.lstrip("+-")
            width = _BYTES.get(code, stop - start) if code else 0
            parts.append(f"{stop - width - at}x{code or '0s'}")
            # one byte more than eight is the zero before a number above 2^63; it must stay one
            read = min(stop - start, width)
            mask[stop - read : stop] = bytes(read)
            if code != signed:
                mask[start] = 0x80
            keep.append((1 << 8 * read) - 1 if code in _BYTES and read < width else _ALL)
            at = stop
        self.mask = int.from_bytes(mask)
        self.unpack = Struct(">" + "".join(parts) + f"{size - at}x").unpack
        self.mixed = any(code.lstrip("+") not in _BYTES for _, _, code in places)
        self.keep = tuple(keep)
        self.narrow = tuple((number, bits) for number, bits in enumerate(keep) if bits != _ALL)


_FIXED: dict[int, int] = {}
_SHAPES: dict[tuple[tuple[tuple[int, int, str], ...], int], Shape] = {}


@dataclass(slots=True)
class Layout:
    """What does not move in some variable bindings."""

    oids: tuple[bytes, ...]
    shape: Shape
    size: int
    fixed: int
    """All that is no value. Not its hash: ``hash`` does not see two bytes that change places 61 apart."""
    known: tuple[tuple[int, Value], ...]
    """Values that belong to what does not move: types that are not read from their place."""
    misses: int = 0

    def read(self, bindings: bytes) -> Rows | None:
        """Their rows, or None when they do not fit."""
        shape = self.shape
        if len(bindings) != self.size or int.from_bytes(bindings) & shape.mask != self.fixed:
            self.misses += 1
            return None
        self.misses = 0
        values = shape.unpack(bindings)
        if not shape.mixed:
            return Rows(self.oids, list(map(and_, values, shape.keep)))
        mixed = list(values)
        for number, bits in shape.narrow:
            mixed[number] &= bits
        for number, sign in shape.below_zero:
            mixed[number] |= sign
        for number, value in self.known:
            mixed[number] = value
        return Rows(self.oids, mixed)


def make_layout(bindings: bytes, rows: Sequence[Row], oids: tuple[bytes, ...]) -> Layout:
    """Of bindings that ``ber.read_rows`` has read to these rows, with these OIDs."""
    places: list[tuple[int, int, str]] = []
    known: list[tuple[int, Value]] = []
    at = 0
    for number, (_, value) in enumerate(rows):
        tag, start, at = ber.find_value(bindings, at)
        code = _choose(tag, at - start, value)
        places.append((start, at, code))
        if not code:
            known.append((number, value))
    key = (tuple(places), len(bindings))
    shape = _SHAPES.get(key)
    if shape is None:
        if len(_SHAPES) >= MOST_SHAPES:
            _SHAPES.clear()
            _FIXED.clear()
        shape = _SHAPES[key] = Shape(*key)
    fixed = int.from_bytes(bindings) & shape.mask
    return Layout(oids, shape, len(bindings), _FIXED.setdefault(fixed, fixed), tuple(known))


def _choose(tag: int, size: int, value: Value) -> str:
    """Code of ``struct`` for a value; empty where it is to stay as it is.

    Odd sizes of unsigned numbers are read with bytes before them, which are then masked away: what stands
    there is the length, the type, and the end of the OID.
    """
    if type(value) is bytes:
        return f"{size}s"
    if type(value) is not int or value >> 64 > 0:
        return ""
    if tag != _INTEGER:
        return _UNSIGNED[size]
    code = _SIGNED[size]
    return ("+" if value >= 0 else "-") + code if code in ("I", "Q") else code


class Layouts:
    """Those of one agent, by context and the OID behind which the rows stand."""

    __slots__ = ("_joined", "_known")

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], Layout | tuple[bytes, ...]] = {}
        self._joined: dict[tuple[str, bytes], tuple[tuple[tuple[bytes, ...], ...], tuple[bytes, ...]]] = {}

    def read(self, question: tuple[str, bytes], bindings: bytes) -> Rows | None:
        """Rows of bindings that are as they were the last times, else None."""
        layout = self._known.get(question)
        return layout.read(bindings) if type(layout) is Layout else None

    def note(self, question: tuple[str, bytes], bindings: bytes, rows: Sequence[Row]) -> Rows:
        """Remember the answer to a question: at first its OIDs, and when they come again, its layout.

        The same rows, with the OIDs that other agents have too as the same objects.
        """
        oids = share_oids(oid for oid, _ in rows)
        before = self._known.get(question)
        if len(rows) >= FEWEST_ROWS and (type(before) is not Layout or before.misses >= PATIENCE):
            if len(self._known) >= MOST_LAYOUTS:
                self._known.clear()
            self._known[question] = make_layout(bindings, rows, oids) if before == oids else oids
        return Rows(oids, [value for _, value in rows])

    def join(self, question: tuple[str, bytes], parts: Sequence[Rows]) -> Rows:
        """The rows of a walk, by what it began with: as long as they have the same OIDs, the same object."""
        if not any(parts):
            return NO_ROWS
        lists = tuple([part.oids for part in parts])
        known = self._joined.get(question)
        if known is None or known[0] != lists:
            if len(self._joined) >= MOST_LAYOUTS:
                self._joined.clear()
            known = self._joined[question] = lists, share_list(tuple(chain.from_iterable(lists)))
        return Rows(known[1], list(chain.from_iterable([part.values for part in parts])))
