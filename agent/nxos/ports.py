"""A configuration on other hardware: which ports it names that are not there, and how it is moved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.nxos.parse import parse_config
from agent.nxos.tree import Line

_PHYSICAL = re.compile(r"interface (Ethernet\d+(?:/\d+)+)(\.\d+)?")
_FREE_TEXT = ("description ", "banner ", "remark ", "name ")


@dataclass(frozen=True, slots=True)
class Cut:
    """``text`` without what cannot be; ``lost`` are the lines that went, with their headers."""

    text: str
    lost: tuple[str, ...]


def ports_of(text: str) -> frozenset[str]:
    """Physical ports that a running configuration lists: every port of the box, configured or not."""
    tops = (_PHYSICAL.fullmatch(line.text) for line in parse_config(text).statements())
    return frozenset(found[1] for found in tops if found)


def busy_ports(text: str) -> tuple[str, ...]:
    """Physical ports with configuration of their own or of a subinterface, in the order of the text."""
    found = (
        match[1]
        for line in parse_config(text).statements()
        if (match := _PHYSICAL.fullmatch(line.text)) and (match[2] or any(c.text for c in line.children))
    )
    return tuple(dict.fromkeys(found))


def move_ports(text: str, moves: Mapping[str, str]) -> str:
    r"""The same on other ports, all at once; descriptions and banners keep their words.

    The empty section of a port that another moves to gives way.

    >>> print(move_ports("interface Ethernet1/1\n  mtu 9216\ninterface Ethernet1/2\n",
    ...                  {"Ethernet1/1": "Ethernet1/2"}))
    interface Ethernet1/2
      mtu 9216
    <BLANKLINE>
    """
    if not moves:
        return text
    freed = {port for port in moves.values() if port not in moves and port not in busy_ports(text)}
    pattern = re.compile(rf"(?<![\w/])(?:{'|'.join(map(re.escape, moves))})(?![\d/])")
    rows: list[str] = []
    for top in parse_config(text).lines:
        if (match := _PHYSICAL.fullmatch(top.text)) and match[1] in freed:
            continue
        for line in top.walk():
            free = line.text.startswith(_FREE_TEXT)
            rows.append(line.raw if free else pattern.sub(lambda found: moves[found[0]], line.raw))
    return "\n".join(rows) + "\n"


def clashes(text: str) -> tuple[str, ...]:
    """Ports whose section stands more than once: two were moved to one place."""
    headers = [line.text for line in parse_config(text).statements() if _PHYSICAL.fullmatch(line.text)]
    return tuple(dict.fromkeys(header for header in headers if headers.count(header) > 1))


def cut_ports(text: str, ports: Iterable[str]) -> Cut:
    """Without the sections of these ports, and without lines elsewhere that name them."""
    names = sorted(ports)
    if not names:
        return Cut(text, ())
    pattern = re.compile(rf"(?<![\w/])(?:{'|'.join(map(re.escape, names))})(?![\d/])")
    rows, lost = list[str](), list[str]()
    _cut(parse_config(text).lines, (), pattern, (rows, lost))
    return Cut("\n".join(rows) + "\n", tuple(lost))


def _cut(
    lines: Sequence[Line], path: tuple[str, ...], pattern: re.Pattern[str], out: tuple[list[str], list[str]]
) -> None:
    rows, lost = out
    for line in lines:
        if pattern.search(line.text) and not line.text.startswith(_FREE_TEXT):
            children = any(child.text for child in line.children)
            if children or path or not _PHYSICAL.fullmatch(line.text):  # an empty port is no loss
                lost.append(" / ".join((*path, line.text)))
            continue
        rows.append(line.raw)
        _cut(line.children, (*path, line.text), pattern, out)
