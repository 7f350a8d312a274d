"""A configuration as rules read it: sections found by their headers, and the lines in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache

from agent.nxos.parse import parse_config
from agent.nxos.tree import Line


@dataclass(frozen=True, slots=True)
class Block:
    """A line and all that stands below it, at whatever depth."""

    path: str
    """Headers from the top, joined by ``|``; empty for the configuration as a whole."""
    number: int
    """Line in the text, 1-based."""
    lines: tuple[str, ...]

    def having(self, pattern: str) -> tuple[str, ...]:
        """Lines that the expression fits as a whole.

        >>> Block("interface mgmt0", 1, ("mtu 9216", "shutdown")).having("mtu .*")
        ('mtu 9216',)
        """
        fits = _compiled(pattern).fullmatch
        return tuple(line for line in self.lines if fits(line))

    def word_after(self, prefix: str) -> str | None:
        """First word after the prefix, on the first line that begins so."""
        for line in self.lines:
            if line.startswith(f"{prefix} "):
                return line[len(prefix) + 1 :].split()[0]
        return None


class Config:
    """One configuration, read once. Raises ConfigSyntaxError for text that is none."""

    def __init__(self, text: str) -> None:
        self._tops = tuple(parse_config(text).statements())
        self.whole = Block("", 1, tuple(line.text for line in self._tops))
        self._blocks = tuple(_blocks(self._tops, ""))

    def blocks(self, *globs: str) -> Iterator[Block]:
        r"""Sections whose header fits one of the globs, in the order of the text; ``""`` is the whole.

        >>> config = Config("router bgp 1\n  neighbor 192.0.2.1\n    remote-as 2\n")
        >>> [block.lines for block in config.blocks("router bgp *|neighbor *")]
        [('remote-as 2',)]
        """
        if "" in globs:
            yield self.whole
        wanted = [(glob.count("|"), _glob(glob).match) for glob in globs if glob]
        for depth, block in self._blocks:
            if any(depth == at and fits(block.path) for at, fits in wanted):
                yield block

    def interfaces(self, *prefixes: str) -> Iterator[tuple[str, Block]]:
        """(name, section) of the interfaces whose names begin so."""
        for block in self.blocks("interface *"):
            name = block.path.removeprefix("interface ")
            if name.startswith(prefixes):
                yield name, block


def _blocks(lines: Iterable[Line], above: str) -> Iterator[tuple[int, Block]]:
    for line in lines:
        if not line.text:
            continue
        path = f"{above}|{line.text}" if above else line.text
        below = tuple(item.text for child in line.children for item in child.walk() if item.text)
        yield path.count("|"), Block(path, line.number, below)
        if line.children:
            yield from _blocks(line.children, path)


@lru_cache(maxsize=512)
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
