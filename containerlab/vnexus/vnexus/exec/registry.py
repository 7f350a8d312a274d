"""Names of the exec table to functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vnexus.exec.output import Output
from vnexus.grammar.match import Match

if TYPE_CHECKING:
    from vnexus.exec.shell import Shell
    from vnexus.node import Node


@dataclass(frozen=True, slots=True)
class Call:
    """One command being executed."""

    shell: Shell
    match: Match
    line: str

    @property
    def node(self) -> Node:
        return self.shell.node

    def get(self, argument: str) -> str | None:
        return self.match.get(argument)

    def said(self, keyword: str) -> bool:
        return self.match.said(keyword)


Handler = Callable[[Call], Output]
HANDLERS: dict[str, Handler] = {}


def command(name: str) -> Callable[[Handler], Handler]:
    """Register under the name that the table uses."""

    def register(function: Handler) -> Handler:
        HANDLERS[name] = function
        return function

    return register
