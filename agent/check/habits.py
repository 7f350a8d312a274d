"""Lines that test and automation clients leave on a switch by connecting: not what anybody meant as a change.

pyATS sends ``no logging console``, ``exec-timeout 0`` on both lines and ``terminal width`` at every connect
(unicon's ``init_config_commands``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.nxos.diff import EMPTY
from agent.nxos.section import Item, Key, Section


@dataclass(frozen=True, slots=True)
class Habit:
    """Lines that match ``line`` below the header ``where`` (empty for the top)."""

    where: str
    line: re.Pattern[str]


HABITS = (
    Habit("", re.compile(r"no logging console")),
    Habit("", re.compile(r"terminal (width|length|session-timeout) \d+")),
    Habit("line console", re.compile(r"exec-timeout 0|terminal (width|length) \d+")),
    Habit("line vty", re.compile(r"exec-timeout 0|terminal (width|length|session-timeout) \d+")),
)

_TRACE: Key = ("logging console",)
_UNLIMITED: Key = ("exec-timeout",)


@dataclass(frozen=True, slots=True)
class Forgiven:
    """``section`` is as if no client had been there; ``left`` are the lines that clients left."""

    section: dict[Key, Item]
    left: tuple[str, ...]


def forgive(running: Section, other: Section) -> Forgiven:
    """Take the other side's word, or silence, in the place of every habit that differs from it.

    NX-OS does not write ``exec-timeout 0``: where the clients' ``no logging console`` is seen, its absence is
    taken for theirs too.
    """
    section, left = _forgive("", running, other)
    seen = (item := running.get(_TRACE)) is not None and item.negated
    for key, item in list(section.items()):
        if item.body is not None and any(habit.where == item.line for habit in HABITS):
            before = other.get(key)
            meant = (before.body if before else None) or EMPTY
            body, lines = _forgive(item.line, item.body, meant)
            if seen and _UNLIMITED in meant and _UNLIMITED not in body:
                body[_UNLIMITED] = meant[_UNLIMITED]
                lines.append("exec-timeout 0")
            section[key] = replace(item, body=body)
            left += [f"{item.line} / {line}" for line in lines]
    return Forgiven(section, tuple(left))


def _forgive(where: str, section: Section, other: Section) -> tuple[dict[Key, Item], list[str]]:
    kept, left = dict(section), list[str]()
    for key, item in _habits(where, section):
        before = other.get(key)
        if before is not None and before.value == item.value:
            continue  # both say so: somebody meant it
        left.append(item.line)
        if before is None:
            del kept[key]
        else:
            kept[key] = before
    return kept, left


def _habits(where: str, section: Section) -> Iterator[tuple[Key, Item]]:
    patterns = [habit.line for habit in HABITS if habit.where == where]
    for key, item in section.items():
        if any(pattern.fullmatch(item.line) for pattern in patterns):
            yield key, item
