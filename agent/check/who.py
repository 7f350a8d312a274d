"""Who made a difference: the lines of the accounting log beside the places that drifted. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.errors import ConfigSyntaxError
from agent.nxos.accounting import Typed
from agent.nxos.diff import EMPTY
from agent.nxos.parse import parse_config
from agent.nxos.section import Key, Platform, Section, is_default, read_config

Path = tuple[Key, ...]
"""Keys from the outermost section to one line."""

_RANGE = re.compile(r"interface (?P<stem>[A-Za-z-]+(?:\d+/)*)(?P<first>\d+)\s*-\s*(?P<last>\d+)")
_UNDONE = ("no ", "default ")


@dataclass(frozen=True, slots=True)
class Author:
    """One command that made part of the drift."""

    user: str
    at: str
    """The switch's own clock."""
    place: str
    command: str
    """Masked."""

    def __str__(self) -> str:
        return f"{self.user}, {self.at}, from {self.place}: {self.command}"


def find_paths(old: Section, new: Section, path: Path = ()) -> Iterator[Path]:
    """Places where two sections differ: the innermost lines, and sections that come or go as a whole."""
    for key in (*old, *(key for key in new if key not in old)):
        before, after = old.get(key), new.get(key)
        if before is not None and after is not None:
            if before.value != after.value:
                yield (*path, key)
        elif is_default(before or new[key]):
            continue
        else:
            yield (*path, key)
        yield from find_paths(
            (before.body if before else None) or EMPTY, (after.body if after else None) or EMPTY, (*path, key)
        )


def find_authors(paths: Iterable[Path], log: Iterable[Typed], platform: Platform) -> tuple[Author, ...]:
    """The last command that touched each place, each once, oldest first; places without one are silent."""
    last: dict[Path, int] = dict.fromkeys(paths, -1)
    rows = tuple(log)
    for number, typed in enumerate(rows):
        undone = typed.line.startswith(_UNDONE)
        for touched in _touches(typed, platform):
            for path in last:
                if path == touched or (undone and path[: len(touched)] == touched):
                    last[path] = number
        if typed.whole:
            last = dict.fromkeys(last, number)
    return tuple(_author(rows[number]) for number in sorted(set(last.values())) if number >= 0)


def _author(typed: Typed) -> Author:
    return Author(typed.user, typed.at, typed.place, typed.words)


def _touches(typed: Typed, platform: Platform) -> Iterator[Path]:
    """Places that a command is about; none for one that cannot be read as configuration."""
    line = next((typed.line[len(word) :] for word in _UNDONE if typed.line.startswith(word)), typed.line)
    for sections in _spread((*typed.sections, line)):
        text = "".join(f"{'  ' * depth}{part}\n" for depth, part in enumerate(sections))
        try:
            section: Section = read_config(parse_config(text), platform)
        except ConfigSyntaxError:
            continue
        yield from _deepest(section, len(sections))


def _deepest(section: Section, depth: int, path: Path = ()) -> Iterator[Path]:
    for key, item in section.items():
        if not item.written:
            continue
        if depth == 1:
            yield (*path, key)
        else:
            yield from _deepest(item.body or EMPTY, depth - 1, (*path, key))


def _spread(parts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """``interface Ethernet1/1-4`` as four.

    >>> [first for first, *_ in _spread(("interface Ethernet1/1-2", "shutdown"))]
    ['interface Ethernet1/1', 'interface Ethernet1/2']
    """
    head, *rest = parts
    found = _RANGE.fullmatch(head)
    if found is None or int(found["last"]) - int(found["first"]) > 512:
        yield parts
        return
    for number in range(int(found["first"]), int(found["last"]) + 1):
        yield (f"interface {found['stem']}{number}", *rest)
