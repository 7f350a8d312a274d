"""Cross-checks over all table files: names that nothing declares, labels that nothing gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from agent.collect.namers import NAMERS
from agent.collect.tables.table import Column, Group, Platform
from agent.intent.document import Path_
from agent.records import Finding, Place

Find = Callable[[str, Path_], Place]
"""Place of a path within a group."""


def verify(groups: Sequence[Group], platforms: Sequence[Platform], find: Find) -> Iterator[Finding]:
    """Every mistake that shows only when all files are read."""
    names = {group.name for group in groups}
    kinds = {platform.name for platform in platforms}
    columns = {column.name for group in groups for column in group.columns}
    scalars = {column.name for group in groups for column in group.scalars}
    oids: dict[str, bytes] = {}
    for group in groups:

        def wrong(
            problem: str, *path: str | int, hint: str = "correct it", name: str = group.name
        ) -> Finding:
            return Finding(find(name, path), f"table group {name}{problem}", hint)

        for missing in sorted(group.uses - names):
            yield wrong(f" uses {missing}, which no file declares", "uses")
        for missing in sorted(group.platforms - kinds):
            yield wrong(f" is for platform {missing}, which no file declares", "platforms")
        for missing in sorted(group.naming - columns):
            yield wrong(f" takes labels from {missing}, which no table has", "index_labels")
        for missing in sorted(set(group.changed_by) - scalars):
            yield wrong(f" waits for {missing}, which no group reads as a scalar", "changed_by")
        if group.namer is not None and group.namer not in NAMERS:
            yield wrong(f" has the namer {group.namer}, there are {', '.join(NAMERS)}", "namer")
        for column in (*group.columns, *group.scalars):
            if oids.setdefault(column.name, column.oid) != column.oid:
                yield wrong(f": {column.name} has two OIDs", "column", column.name)
            if column.instead_of is not None and column.instead_of not in {c.name for c in group.columns}:
                yield wrong(
                    f": {column.name} stands in for {column.instead_of}, which it does not read",
                    "column",
                    column.name,
                )
            lacking = [label for one in (column, *column.also) for label in _lacking(group, one)]
            if lacking and column.metric is not None:
                problem = f": {column.metric.name} of {column.name} lacks the label {', '.join(lacking)}"
                hint = "give it under 'labels' of the column or 'index_labels' of the group"
                yield wrong(problem, "column", column.name, hint=hint)


def _lacking(group: Group, column: Column) -> list[str]:
    if column.metric is None:
        return []
    namer = NAMERS.get(group.namer or "")
    named = namer.labels if namer else ()
    given = {
        "device",
        *named,
        *(label for label, _ in group.index_labels),
        *(label for label, _ in column.labels),
    }
    return [label for label in column.metric.labels if label not in given]
