"""Which paths the models have, read from ``paths.txt``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from vnexus.telemetry.tree import ANY, ANY_DEPTH, Element

_BRACES = re.compile(r"\{([^{}]*)\}")
_STEP = re.compile(r"([^\[\]/]+)((?:\[[^\]]+\])*)")


@dataclass(slots=True)
class Known:
    """A node of the models. ``sampled``: its leaves move all the time, so they are not sent on change."""

    keys: tuple[str, ...] = ()
    below: dict[str, Known] = field(default_factory=dict)
    sampled: bool = False


def spread(line: str) -> list[str]:
    """The paths that a line means.

    >>> spread("/system/{cpus memory}/state")
    ['/system/cpus/state', '/system/memory/state']
    """
    match = _BRACES.search(line)
    if match is None:
        return [line]
    return [
        path
        for word in match[1].split()
        for path in spread(f"{line[: match.start()]}{word}{line[match.end() :]}")
    ]


@cache
def catalogue() -> Known:
    """The root of everything that the table names."""
    text = files("vnexus.telemetry.openconfig").joinpath("paths.txt").read_text(encoding="utf-8")
    root = Known()
    for line in text.splitlines():
        if line.startswith("/"):
            path, _, mark = line.partition(" @")
            for one in spread(path.strip()):
                _add(root, one, sampled=mark == "sample")
    return root


def _add(root: Known, path: str, *, sampled: bool) -> None:
    here = root
    for name, keys in _STEP.findall(path):
        here = here.below.setdefault(name, Known())
        if keys:
            here.keys = tuple(re.findall(r"\[([^\]]+)\]", keys))
    here.sampled = sampled


def known(path: Sequence[Element]) -> bool:
    """Is there something in the models that the path may mean?

    >>> known((Element("interfaces"), Element("interface", (("name", "eth1/1"),)), Element("state")))
    True
    >>> known((Element("interfaces"), Element("porridge")))
    False
    """
    return bool(_matches(catalogue(), path))


def sampled(path: Sequence[Element]) -> bool:
    """Does anything below the path move all the time?"""
    return any(_moves(node) for node in _matches(catalogue(), path))


def _moves(node: Known) -> bool:
    return node.sampled or any(_moves(below) for below in node.below.values())


def _matches(node: Known, path: Sequence[Element]) -> list[Known]:
    if not path:
        return [node]
    head, rest = path[0], path[1:]
    if head.name == ANY_DEPTH:
        deeper = [found for below in node.below.values() for found in _matches(below, path)]
        return [*_matches(node, rest), *deeper]
    if head.name == ANY:
        return [found for below in node.below.values() for found in _matches(below, rest)]
    below = node.below.get(head.name)
    if below is None or any(key not in below.keys for key, _ in head.keys):
        return []
    return _matches(below, rest)
