"""The notation of the tables, compiled to states that the matcher walks.

====================  ==========================================================================
``shutdown``          a keyword; any unambiguous beginning of it is accepted
``<1-4094>``          an argument, see ``words.py``; ``<name:type>`` gives it a name of its own
``{a | b}``           one of
``[a]``               optional
``:``                 what stands before it identifies the line, what follows is its value
``$name``             a piece of notation defined by ``define name = …``
====================  ==========================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from vnexus.grammar.words import Take, word

_PIECE = re.compile(r"<[^>]+>|[{}\[\]|]|[^\s{}\[\]|<]+")


@dataclass(eq=False, slots=True)
class Rule:
    """One line of a table."""

    mode: str
    order: int
    notation: str
    attributes: dict[str, str]
    group: int = 0
    """Rules of one group print without a blank line between them."""
    feature: str = ""
    opens: str = ""
    """Mode that the line enters."""
    effect: str = ""
    run: str = ""
    """Name of the exec handler."""
    default: str = ""
    condition: str = ""

    def has(self, attribute: str) -> bool:
        return attribute in self.attributes


@dataclass(eq=False, slots=True)
class State:
    """A place between two words of a rule."""

    rule: Rule | None = None
    words: dict[str, list[State]] = field(default_factory=dict)
    arguments: list[tuple[str, Take, State]] = field(default_factory=list)
    final: bool = False
    value: bool = False
    """Reached by a word of the value."""
    spelling: str = ""
    """The keyword that leads here, as the switch writes it: ``gRPC``."""
    deletable: bool = False
    """``no`` may stop here: the identity is complete."""


class NotationError(Exception):
    """A table has a mistake; the text shows the line."""


class _Compiler:
    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.pieces = _PIECE.findall(rule.notation)
        self.at = 0
        self.value = False

    def compile(self, root: State) -> None:
        ends = self.sequence([root], "")
        if self.at != len(self.pieces) or root in ends:
            raise NotationError(f"[{self.rule.mode}] {self.rule.notation}")
        for state in ends:
            state.final = state.deletable = True

    def sequence(self, starts: list[State], stop: str) -> list[State]:
        while self.at < len(self.pieces) and self.pieces[self.at] not in stop:
            piece = self.pieces[self.at]
            self.at += 1
            if piece == "{":
                starts = self.choice(starts, "}")
            elif piece == "[":
                starts = starts + self.choice(starts, "]")
            elif piece == ":":
                self.value = True
                for state in starts:
                    state.deletable = True
            else:
                starts = [self.step(starts, piece)]
        return starts

    def choice(self, starts: list[State], close: str) -> list[State]:
        ends: list[State] = []
        while True:
            ends += self.sequence(starts, "|" + close)
            if self.at >= len(self.pieces):
                raise NotationError(f"[{self.rule.mode}] {self.rule.notation}: '{close}' is missing")
            self.at += 1
            if self.pieces[self.at - 1] == close:
                return list(dict.fromkeys(ends))

    def step(self, starts: list[State], piece: str) -> State:
        target = State(self.rule, value=self.value, deletable=self.value)
        if not piece.startswith("<"):
            target.spelling = piece
            for state in starts:
                state.words.setdefault(piece.lower(), []).append(target)
            return target
        name, _, kind = piece[1:-1].rpartition(":")
        try:
            take = word(kind)
        except KeyError:
            raise NotationError(f"[{self.rule.mode}] {self.rule.notation}: no argument <{kind}>") from None
        for state in starts:
            state.arguments.append((name or kind, take, target))
        return target


def compile_rule(rule: Rule, root: State) -> None:
    """Add the states of the rule below ``root``. Raises NotationError."""
    _Compiler(rule).compile(root)
