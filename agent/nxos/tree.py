"""A configuration as a tree of lines, exactly as written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line and what is indented below it.

    ``raw`` is the text as written (a banner spans several lines), ``text`` the same without indent and
    trailing blanks. Blank lines and ``!`` comments have an empty ``text``: kept for the round trip only.
    """

    raw: str
    text: str
    number: int = 0
    children: tuple[Line, ...] = ()

    def walk(self) -> Iterator[Line]:
        """Yield the line and all below it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole configuration; ``render()`` gives back the very text that was parsed."""

    lines: tuple[Line, ...] = ()
    final_newline: bool = True

    def render(self) -> str:
        """The text, byte for byte as parsed."""
        text = "\n".join(line.raw for top in self.lines for line in top.walk())
        return f"{text}\n" if self.final_newline and self.lines else text

    def statements(self) -> Iterator[Line]:
        """Top-level lines that say something (no blanks, no comments)."""
        return (line for line in self.lines if line.text)
