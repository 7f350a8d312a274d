"""Does a typed line fit a mode? Then which rule, and how the switch writes it; else where the caret goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from vnexus.grammar.syntax import Rule, State
from vnexus.grammar.words import KIND_OF, Line, Take

Problem = Literal["Invalid command", "Incomplete command", "Ambiguous command"]


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    value: bool
    argument: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """A line that fits."""

    rule: Rule
    pieces: tuple[Piece, ...]
    text: str = field(init=False)
    """The line as the switch writes it; one object for all nodes that keep it, as is ``identity``."""
    identity: tuple[str, ...] = field(init=False)
    value: str = field(init=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "text", " ".join([p.text for p in self.pieces]))
        put(self, "identity", tuple([p.text for p in self.pieces if not p.value]))
        put(self, "value", " ".join([p.text for p in self.pieces if p.value]))

    def spelt(self, line: str) -> bool:
        """Is the first word of the line written out?"""
        first = self.pieces[0]
        return first.argument is not None or line.split(None, 1)[0].lower() == first.text.lower()

    def get(self, argument: str) -> str | None:
        """The first argument of that name or type, as the switch writes it."""
        return next((p.text for p in self.pieces if p.argument == argument), None)

    def all(self, argument: str) -> list[str]:
        return [p.text for p in self.pieces if p.argument == argument]

    def said(self, keyword: str) -> bool:
        return any(p.text == keyword and p.argument is None for p in self.pieces)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that does not fit: what is wrong, and the column of the caret."""

    problem: Problem
    column: int
    words: str = ""
    """What the switch says instead, where a command found the mistake itself."""

    def text(self, indent: int = 0) -> str:
        """The two lines that the switch prints.

        >>> print(Refusal("Invalid command", 3).text())
           ^
        % Invalid command at '^' marker.
        """
        said = self.words or f"% {self.problem} at '^' marker."
        return f"{' ' * (indent + self.column)}^\n{said}"


Allowed = Callable[[Rule], bool]


class _Walk:
    """Depth-first walk over sets of states; remembers the furthest failure."""

    def __init__(self, line: Line, allowed: Allowed | None, *, partial: bool) -> None:
        self.line, self.allowed, self.partial = line, allowed, partial
        self.furthest = -1
        self.problem: Problem = "Invalid command"
        self.words = ""

    def fail(self, index: int, problem: Problem) -> None:
        if index > self.furthest:
            self.furthest, self.problem, self.words = index, problem, ""

    def miss(self, index: int, take: Take) -> None:
        """A number that is not in the range of the argument that stands here."""
        bounds = KIND_OF.get(take, "").split("-")
        numeric = len(bounds) == 2 and all(bound.isdigit() for bound in bounds)
        if numeric and index == self.furthest and self.line.words[index].isdigit() and not self.words:
            self.words = f"% Invalid number, range is ({bounds[0]}:{bounds[1]}) at '^' marker."

    def keep(self, states: list[State]) -> list[State]:
        allowed = self.allowed
        if allowed is None:
            return states
        return [s for s in states if s.rule is None or allowed(s.rule)]

    def walk(self, states: list[State], index: int, pieces: tuple[Piece, ...]) -> Match | None:
        if index == len(self.line.words):
            for state in states:
                if state.rule and (state.final or (self.partial and state.deletable)):
                    return Match(state.rule, pieces)
            self.fail(index, "Incomplete command")
            return None
        word = self.line.words[index].lower()
        following, keyword = self.keywords(states, word, index)
        if following:
            value = following[0].value
            same = [s for s in following if s.value == value]
            for batch in (same, [s for s in following if s.value != value]):
                if batch:
                    part = Piece(batch[0].spelling or keyword, batch[0].value, None)
                    match = self.walk(batch, index + 1, (*pieces, part))
                    if match:
                        return match
        return self.arguments(states, index, pieces)

    def keywords(self, states: list[State], word: str, index: int) -> tuple[list[State], str]:
        exact = [t for s in states if word in s.words for t in s.words[word]]
        exact = self.keep(exact)
        if exact:
            return exact, word
        found: dict[str, list[State]] = {}
        for state in states:
            for keyword, targets in state.words.items():
                if keyword.startswith(word):
                    kept = self.keep(targets)
                    if kept:
                        found.setdefault(keyword, []).extend(kept)
        if len(found) > 1:
            self.fail(index, "Ambiguous command")
            return [], word
        for keyword, targets in found.items():
            return targets, keyword
        self.fail(index, "Invalid command")
        return [], word

    def arguments(self, states: list[State], index: int, pieces: tuple[Piece, ...]) -> Match | None:
        for state in states:
            for name, take, target in state.arguments:
                if self.allowed is not None and not self.keep([target]):
                    continue
                taken = take(self.line, index)
                if not taken:
                    self.miss(index, take)
                else:
                    piece = Piece(taken[0], target.value, name)
                    match = self.walk([target], index + taken[1], (*pieces, piece))
                    if match:
                        return match
        return None


def match(
    root: State, line: Line, *, start: int = 0, partial: bool = False, allowed: Allowed | None = None
) -> Match | Refusal:
    """Match the words from ``start``; ``partial`` lets the line end where its identity is complete."""
    walk = _Walk(line, allowed, partial=partial)
    found = walk.walk([root], start, ())
    if found:
        return found
    return Refusal(walk.problem, line.column(max(walk.furthest, start)), walk.words)
