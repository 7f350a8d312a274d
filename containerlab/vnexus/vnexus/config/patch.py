"""The commands that lead from one configuration to another, as ``show diff rollback-patch`` lists them."""

from __future__ import annotations

from vnexus.config.configuration import Configuration
from vnexus.config.printer import footer, print_section
from vnexus.config.tree import Entry, Section


def patch(start: Configuration, goal: Configuration) -> list[str]:
    """Lines with their indent, stanzas after a ``!``; empty when nothing differs."""
    return _sections(start, start.root, goal, goal.root, 0)


def _sections(start: Configuration, old: Section, goal: Configuration, new: Section, depth: int) -> list[str]:
    lines: list[str] = []
    indent = "  " * depth
    for entry in old.ordered():
        if entry.identity not in new.entries:
            lines += [*_mark(depth), indent + undo(entry)]
    for entry in new.ordered():
        before = old.entries.get(entry.identity)
        if before is None or before.text != entry.text:
            below = print_section(goal, entry.section, depth + 1) if entry.section else []
            if before is not None and entry.section is not None and before.section is not None:
                below = _sections(start, before.section, goal, entry.section, depth + 1)
            lines += [*_mark(depth), indent + entry.text, *below]
        elif entry.section is not None and before.section is not None:
            below = _sections(start, before.section, goal, entry.section, depth + 1)
            if below:
                below += footer(entry.section)
                lines += [*_mark(depth), indent + entry.text, *below]
    return lines


def _mark(depth: int) -> list[str]:
    return [] if depth else ["!"]


def undo(entry: Entry) -> str:
    """The line that takes another away."""
    if entry.negative:
        return entry.text.removeprefix("no ")
    return f"no {entry.text}"
