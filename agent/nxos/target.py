"""What a switch should have in the end: the wanted configuration, and what the intent leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from agent.nxos.section import Item, Key, Section


@dataclass(frozen=True, slots=True)
class Ownership:
    """Which top-level lines the intent owns: globs over their text; ``strict`` owns everything.

    >>> Ownership(("interface Ethernet1/*",)).owns("interface Ethernet1/7")
    True
    """

    globs: tuple[str, ...] = ()
    strict: bool = False
    only: tuple[str, ...] = ()
    """When there are some, nothing but the lines that match one of these globs is touched."""

    def owns(self, line: str) -> bool:
        if self.only and not any(fnmatchcase(line, glob) for glob in self.only):
            return False
        return self.strict or any(fnmatchcase(line, glob) for glob in self.globs)


STRICT = Ownership(strict=True)


@dataclass(frozen=True, slots=True)
class Target:
    """``section`` is to be reached; ``unmanaged`` are lines of the switch that are left as they are."""

    section: dict[Key, Item]
    unmanaged: tuple[str, ...]


def compose_target(running: Section, wanted: Section, owned: Ownership, *, complete: bool) -> Target:
    """Wanted items where the intent owns them, running items elsewhere.

    ``complete`` says that ``wanted`` is a device's own running-config: then silence means the default. An
    intent is not complete: a physical port that it does not name is left alone, and a port whose ``shutdown``
    state it does not say keeps the state that it has, so that silence never causes an outage.
    """
    section: dict[Key, Item] = {}
    unmanaged: list[str] = []
    for key, item in wanted.items():
        mine = owned.owns(item.line)
        if mine:
            section[key] = item if complete else _keep_silent(item, running.get(key))
        elif key in running:
            section[key] = running[key]
            unmanaged.append(running[key].line)
    for key, item in running.items():
        if key in wanted:
            continue
        left_alone = not complete and item.rule.fixed and item.line.startswith("interface ")
        if left_alone or not owned.owns(item.line):
            section[key] = item
            unmanaged.append(item.line)
    return Target(section, tuple(unmanaged))


def _keep_silent(wanted: Item, running: Item | None) -> Item:
    if not wanted.line.startswith("interface ") or wanted.body is None or running is None or not running.body:
        return wanted
    said = wanted.body.get(("shutdown",))
    has = running.body.get(("shutdown",))
    if said is None or said.written or has is None or has is said:
        return wanted
    body: Mapping[Key, Item] = {**wanted.body, ("shutdown",): replace(has, implied=said.value == has.value)}
    return replace(wanted, body=body)
