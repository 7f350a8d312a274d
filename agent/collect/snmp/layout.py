"""Templates of answers: polls read values where the polls before have found them.

A switch answers the same question with the same OIDs in the same places, poll after poll; only values move,
and hardly ever in length. A layout remembers what does not move. Bindings that fit it are read in one sweep;
with any other byte out of place they are read one by one, as at the first time (``ber.read_rows``).
"""

from __future__ import annotations

from operator import and_
from struct import Struct

from agent.collect.snmp import ber
from agent.collect.snmp.ber import Row, Value

MOST_LAYOUTS = 512
"""Of one agent; beyond, all are forgotten. One is about 4 kB."""
PATIENCE = 4
"""Answers in a row that do not fit, after which a layout is made anew: lengths may change to and fro."""
FEWEST_ROWS = 8
"""Answers of fewer rows are not worth a layout."""

MOST_SHARED = 500_000
_SHARED: dict[bytes, bytes] = {}
"""OIDs of all agents: switches of one model have the same ones."""

_UNSIGNED = ("", "B", "H", "I", "I", "Q", "Q", "Q", "Q", "Q")
_SIGNED = ("", "b", "h", "", "i", "", "", "", "q", "")
_BYTES = {"B": 1, "H": 2, "I": 4, "Q": 8, "b": 1, "h": 2, "i": 4, "q": 8}
_INTEGER = 0x02


class Layout:
    """Places of the values in some variable bindings."""

    __slots__ = ("_fixed", "_keep", "_known", "_mask", "_narrow", "_oids", "_size", "_unpack", "misses")

    def __init__(self, bindings: bytes, rows: list[Row], oids: tuple[bytes, ...]) -> None:
        """Of bindings that ``ber.read_rows`` has read to these rows; ``oids`` are theirs."""
        mask = bytearray(b"\xff" * len(bindings))
        codes: list[str] = []
        keep: list[int] = []
        known: list[tuple[int, Value]] = []
        at = 0
        for number, (_, value) in enumerate(rows):
            start, stop = ber.find_value(bindings, at)
            size = stop - start
            code = _choose(bindings[start - 2 - (size >= 0x80)], size, value)
            if code:
                width = _BYTES.get(code, size)
                codes.append(f"{stop - width - at}x{code}")
                # one byte more than eight is the zero before a number above 2^63; it must stay one
                mask[stop - min(size, width) : stop] = bytes(min(size, width))
            else:  # it belongs to what does not move
                codes.append(f"{stop - at}x0s")
                known.append((number, value))
            keep.append(-1 if code not in _BYTES or size >= _BYTES[code] else (1 << 8 * size) - 1)
            at = stop
        self.misses = 0
        self._size, self._oids = len(bindings), oids
        self._mask = int.from_bytes(mask)
        self._fixed = hash(int.from_bytes(bindings) & self._mask)
        self._unpack = Struct(">" + "".join(codes)).unpack
        mixed = known or any(code.endswith("s") for code in codes)
        self._keep = None if mixed else tuple(keep)
        self._narrow = tuple((number, bits) for number, bits in enumerate(keep) if mixed and bits != -1)
        self._known = tuple(known)

    def read(self, bindings: bytes) -> list[Row] | None:
        """Their rows, or None when they do not fit."""
        if len(bindings) != self._size or hash(int.from_bytes(bindings) & self._mask) != self._fixed:
            self.misses += 1
            return None
        self.misses = 0
        values = self._unpack(bindings)
        if self._keep is not None:
            return list(zip(self._oids, map(and_, values, self._keep), strict=True))
        mixed = list(values)
        for number, bits in self._narrow:
            mixed[number] &= bits
        for number, value in self._known:
            mixed[number] = value
        return list(zip(self._oids, mixed, strict=True))


def _choose(tag: int, size: int, value: Value) -> str:
    """Code of ``struct`` for a value; empty where it is to stay as it is.

    Odd sizes of unsigned numbers are read with bytes before them, which are then masked away: what stands
    there is the length, the type, and the end of the OID.
    """
    if type(value) is bytes:
        return f"{size}s"
    if type(value) is int:
        return _SIGNED[size] if tag == _INTEGER else _UNSIGNED[size]
    return ""


class Layouts:
    """Those of one agent, by context and the OID behind which the rows stand."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], Layout | tuple[bytes, ...]] = {}

    def read(self, question: tuple[str, bytes], bindings: bytes) -> list[Row] | None:
        """Rows of bindings that are as they were the last times, else None."""
        layout = self._known.get(question)
        return layout.read(bindings) if type(layout) is Layout else None

    def note(self, question: tuple[str, bytes], bindings: bytes, rows: list[Row]) -> list[Row]:
        """Remember the answer to a question: at first its OIDs, and when they come again, its layout.

        The same rows, with the OIDs that other agents have too as the same objects.
        """
        if len(_SHARED) >= MOST_SHARED:
            _SHARED.clear()
        share = _SHARED.setdefault
        oids = tuple([share(oid, oid) for oid, _ in rows])
        before = self._known.get(question)
        if len(rows) >= FEWEST_ROWS and (type(before) is not Layout or before.misses >= PATIENCE):
            if len(self._known) >= MOST_LAYOUTS:
                self._known.clear()
            same = type(before) is tuple and before == oids
            self._known[question] = Layout(bindings, rows, oids) if same else oids
        return list(zip(oids, [value for _, value in rows], strict=True))
