"""Which lines the intent may own from the first day: those that every switch has already as it means them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from agent.nxos.compare import canonical_text, read_meaning
from agent.nxos.mask import mask_line
from agent.nxos.parse import parse_config
from agent.nxos.section import Key, Platform, Section
from agent.nxos.target import Ownership
from agent.plan.build import build_plan

_TYPE = re.compile(r"interface [A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Case:
    """One switch: what it runs and what the proposed intent means."""

    device: str
    platform: Platform
    running: str
    wanted: str


def propose_ownership(cases: Iterable[Case]) -> tuple[str, ...]:
    """Globs over top-level lines; with them, and no others, a plan of any of the switches is empty.

    A glob over a whole kind of line (``vlan *``) is proposed where every such line agrees on every switch. No
    glob shows a secret: what stands behind one is left to the ``*``.
    """
    every = list(cases)
    good: dict[str, None] = {}
    bad: set[str] = set()
    for case in every:
        running, wanted = (
            read_meaning(parse_config(text), case.platform) for text in (case.running, case.wanted)
        )
        for key in dict.fromkeys([*wanted, *running]):
            lines = [section[key].line for section in (wanted, running) if key in section]
            if _agrees(key, running, wanted):
                good[lines[0]] = None
            else:
                bad.update(lines)
    globs = [glob for glob in _globs(good, bad) if not any(fnmatchcase(line, glob) for line in bad)]
    return _proven(every, globs)


def _agrees(key: Key, running: Section, wanted: Section) -> bool:
    if key not in running or key not in wanted:
        return False
    return canonical_text({key: running[key]}) == canonical_text({key: wanted[key]})


def _globs(good: Iterable[str], bad: Iterable[str]) -> Iterator[str]:
    """Each good line, or its whole kind where no bad line is of that kind."""
    spoiled = {kind for line in bad for kind in _kinds(line)}
    kinds: dict[str, list[str]] = defaultdict(list)
    for line in good:
        kinds[next((kind for kind in _kinds(line) if kind not in spoiled), "")].append(line)
    for kind, lines in kinds.items():
        if kind and len(lines) > 1:
            yield f"{escape(kind)}*"
        else:
            yield from dict.fromkeys(_exact(line) for line in lines)


def _kinds(line: str) -> tuple[str, ...]:
    """What a line is one of, widest first.

    >>> _kinds("interface Ethernet1/7"), _kinds("ntp server 10.0.0.1 prefer")
    (('interface Ethernet',), ('ntp ', 'ntp server '))
    """
    found = _TYPE.match(line)
    if found:
        return (found[0],)
    words = line.split()
    return tuple(" ".join(words[:count]) + " " for count in (1, 2) if len(words) > count)


def _exact(line: str) -> str:
    shown = mask_line(line.split("\n", 1)[0])
    if "<hidden>" in shown:
        return escape(shown.partition("<hidden>")[0]) + "*"
    return escape(shown) + ("*" if "\n" in line else "")


def escape(text: str) -> str:
    """The text as a glob that matches nothing else.

    >>> escape("a[1]*")
    'a[[]1][*]'
    """
    return re.sub(r"([*?[])", r"[\1]", text)


def _proven(cases: list[Case], globs: list[str]) -> tuple[str, ...]:
    """The globs without those that would still make a plan: proven by planning."""
    kept = list(globs)
    while kept:
        owned = Ownership(tuple(kept))
        plans = [
            build_plan(case.device, case.running, case.wanted, owned=owned, platform=case.platform)
            for case in cases
        ]
        touched = {line for plan in plans for step in plan.steps for line in step.lines if line[:1] != " "}
        if not touched:
            break
        bare = {line.removeprefix("no ").removeprefix("default ") for line in touched} | touched
        fewer = [glob for glob in kept if not any(fnmatchcase(line, glob) for line in bare)]
        kept = fewer if len(fewer) < len(kept) else []
    return tuple(kept)
