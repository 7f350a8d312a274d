"""Rows of a walk to their columns."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TypeAlias

from agent.collect.snmp.backend import Span
from agent.collect.snmp.rows import NO_ROWS, Rows, share_list
from agent.collect.tables.table import Group

Cut: TypeAlias = tuple[tuple[str, int, int, tuple[bytes, ...]], ...]
"""(column, first row, row after its last, its OIDs)."""

MOST_CUTS = 20_000
"""Of all devices; beyond, sharing begins anew."""

_CUTS: dict[tuple[tuple[str, ...], Span, tuple[bytes, ...]], Cut] = {}


@dataclass(slots=True)
class Sorter:
    """Finds columns in the walks of one device: by place, as long as its rows have the same OIDs."""

    _known: dict[tuple[str, Span], tuple[tuple[bytes, ...], Cut]] = field(default_factory=dict)

    def sort(self, group: Group, span: Span, rows: Rows, context: str = "") -> dict[str, Rows]:
        """Rows by name of column, for all columns of the span."""
        if not rows:
            return {column.name: NO_ROWS for column in group.columns if column.oid in span.columns}
        known = self._known.get((context, span))
        if known is None or known[0] is not rows.oids:
            known = self._known[context, span] = (rows.oids, _cut(group, span, rows.oids))
        values = rows.values
        return {
            name: Rows(oids, values[start:end]) if oids else NO_ROWS for name, start, end, oids in known[1]
        }


def _cut(group: Group, span: Span, oids: tuple[bytes, ...]) -> Cut:
    """They come column by column: look for where each begins."""
    by_oid = {column.oid: column.name for column in group.columns}
    names = tuple(by_oid[oid] for oid in span.columns)
    known = _CUTS.get((names, span, oids))
    if known is not None:
        return known
    if len(_CUTS) >= MOST_CUTS:
        _CUTS.clear()
    starts = [bisect_left(oids, oid) for oid in span.columns]
    if len(starts) == 1:
        starts = [0]
    ends = (*starts[1:], len(oids))
    cut = tuple(
        (name, start, end, share_list(oids[start:end]))
        for name, start, end in zip(names, starts, ends, strict=True)
    )
    _CUTS[names, span, oids] = cut
    return cut
