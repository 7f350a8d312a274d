"""Config lines in the pieces in which a switch takes them: one line, or a banner as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BANNER = re.compile(r"\s*banner (?:motd|exec) (\S)(.*)")


@dataclass(frozen=True, slots=True)
class Block:
    """What is sent in one go. ``position`` counts from 1 and is that of the first line."""

    position: int
    lines: tuple[str, ...]

    @property
    def banner(self) -> bool:
        return len(self.lines) > 1


def split_blocks(lines: tuple[str, ...]) -> Iterator[Block]:
    """Each line alone; a banner with its text, up to the line that holds its delimiter.

    A banner may also come as one line with its text after newlines.

    >>> [block.lines for block in split_blocks(("hostname a", "banner motd #", "Hello", "#", "vlan 2"))]
    [('hostname a',), ('banner motd #', 'Hello', '#'), ('vlan 2',)]
    """
    start = 0
    while start < len(lines):
        end = start + 1
        if (found := _BANNER.fullmatch(lines[start])) and found[1] not in found[2]:
            while end < len(lines) and found[1] not in lines[end]:
                end += 1
            end = min(end + 1, len(lines))
        yield Block(start + 1, tuple(row for line in lines[start:end] for row in line.split("\n")))
        start = end


def indent_of(line: str) -> int:
    """Number of leading blanks.

    >>> indent_of("  mtu 9216")
    2
    """
    return len(line) - len(line.lstrip(" "))


def parents_of(lines: tuple[str, ...], index: int) -> tuple[str, ...]:
    """Lines that enter the mode in which ``lines[index]`` stands, outermost first.

    >>> parents_of(("router bgp 65001", "  vrf A", "    router-id 1.1.1.1"), 2)
    ('router bgp 65001', '  vrf A')
    """
    parents: list[str] = []
    level = indent_of(lines[index])
    for line in reversed(lines[:index]):
        if level == 0:
            break
        if line.strip() and indent_of(line) < level:
            parents.append(line)
            level = indent_of(line)
    return tuple(reversed(parents))
