"""``show … | include X | count > bootflash:F``: taking a line apart at its bars, and running the parts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from vnexus.exec.filters import FILTERS, SEARCHES, WORK, IncompleteError
from vnexus.exec.output import Output
from vnexus.exec.xml import rpc_reply
from vnexus.grammar.match import Match, Refusal

STRUCTURED_ERROR = "% Structured output unsupported"
_TARGET = re.compile(r"""\s(>{1,2})\s*([^\s"'>]*)\s*$""")


@dataclass(frozen=True, slots=True)
class Pipe:
    """One filter: ``column`` is where its name stands in the line."""

    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Redirect:
    """``> file`` at the end of a line; an empty path was forgotten."""

    path: str
    appends: bool
    column: int


@dataclass(frozen=True, slots=True)
class Piped:
    """A line taken apart."""

    command: str
    pipes: tuple[Pipe, ...] = ()
    target: Redirect | None = None


def pipe_positions(line: str) -> list[int]:
    """Columns of the bars that separate; one inside quotes or inside an expression does not.

    >>> pipe_positions("show run | include 'a|b' | count"), pipe_positions("show run | inc a|z")
    ([9, 25], [9])
    """
    found: list[int] = []
    quote = ""
    for column, char in enumerate(line):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and char in line[column + 1 :]:
            quote = char
        elif char == "|":
            word = (line[column + 1 :].split() or [""])[0]
            before = line[found[-1] + 1 : column].split(None, 1) if found else []
            if len(before) < 2 or _name(before[0]) not in SEARCHES or not word or _name(word):
                found.append(column)
    return found


def take_apart(line: str) -> Piped:
    """The command, its filters, its file.

    >>> take_apart("show vlan | json").pipes[0].text
    'json'
    >>> take_apart("show run | i a > bootflash:x").target.path
    'bootflash:x'
    """
    if "|" not in line and ">" not in line:
        return Piped(line.rstrip())
    bars = pipe_positions(line)
    pieces = [line[a + 1 : b] for a, b in zip([-1, *bars], [*bars, len(line)], strict=True)]
    target = None
    found = _TARGET.search(pieces[-1])
    if found:
        start = len(line) - len(pieces[-1])
        column = start + (found.start(2) if found[2] else found.end(1))
        target = Redirect(found[2], found[1] == ">>", column)
        pieces[-1] = pieces[-1][: found.start()]
    pipes = []
    for bar, piece in zip(bars, pieces[1:], strict=True):
        blanks = len(piece) - len(piece.lstrip())
        pipes.append(Pipe(piece.strip(), bar + 1 + (blanks if piece.strip() else 0)))
    return Piped(pieces[0].rstrip(), tuple(pipes), target)


def check(piped: Piped) -> Refusal | None:
    """The first filter that does not exist or lacks its expression."""
    for pipe in piped.pipes:
        word, _, argument = pipe.text.partition(" ")
        if not word:
            return Refusal("Incomplete command", pipe.column)
        if _name(word) is None:
            return Refusal("Invalid command", pipe.column)
        if _name(word) in SEARCHES and not argument.strip():
            return Refusal("Incomplete command", pipe.column + len(word))
    if piped.target is not None and not piped.target.path:
        return Refusal("Incomplete command", piped.target.column)
    return None


def _name(word: str) -> str | None:
    return word if word in FILTERS else next((name for name in FILTERS if name.startswith(word)), None)


def apply_pipes(output: Output, pipes: tuple[Pipe, ...], command: Match) -> Output:
    """Run the text (or the body, for json and xml) through the filters, which ``check`` has seen."""
    for pipe in pipes:
        if output.error:
            return output
        word, _, argument = pipe.text.partition(" ")
        output = _filter(output, _name(word) or word, argument.strip(), command)
    return output


def _filter(output: Output, name: str, argument: str, command: Match) -> Output:
    if name in {"json", "json-pretty", "xml"}:
        if output.body is None:
            return Output(STRUCTURED_ERROR, error=True)
        if name == "xml":
            return Output(rpc_reply(command, output.body))
        return Output(json.dumps(output.body, indent=4 if name == "json-pretty" else None))
    if name == "no-more":
        return output
    try:
        return Output("\n".join(WORK[name](output.text.split("\n"), argument)))
    except IncompleteError:
        return Output("% Incomplete command", error=True)
    except re.error:
        return Output("% Invalid regular expression", error=True)
