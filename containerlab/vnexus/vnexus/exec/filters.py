"""What may stand behind a bar and works on lines: ``include``, ``section``, ``count`` and the rest."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field

from vnexus.grammar.help import END, Choice

FILTERS = {
    "begin": "Begin with the line that matches",
    "count": "Count number of lines",
    "cut": "Print selected parts of lines.",
    "egrep": "Egrep - print lines matching a pattern",
    "exclude": "Exclude lines that match",
    "grep": "Grep - print lines matching a pattern",
    "head": "Display first lines",
    "human": "Output in human format",
    "include": "Include lines that match",
    "json": "Output in json format",
    "json-pretty": "Output in json pretty print format",
    "last": "Display last lines",
    "no-more": "Turn-off pagination for command output",
    "nz": "Include lines without zeros",
    "section": "Show lines that include the pattern as well as the subsequent lines that are more indented"
    " than matching line",
    "sort": "Stream Sorter",
    "start": "Begin with the line that matches",
    "tr": "Translate, squeeze, and/or delete characters",
    "uniq": "Discard all but one of successive identical lines",
    "wc": "Count words, lines, characters",
    "xml": "Output in xml format (according to .xsd definitions)",
}
"""Names and what ``| ?`` says about them."""
SEARCHES = frozenset({"include", "exclude", "grep", "egrep", "begin", "start", "section"})
"""Those that need an expression."""
_PATTERN = Choice("WORD", "Search for the expression", keyword=False)
_GREP = (_PATTERN, Choice("count", "Print a total count of matching lines only"),
         Choice("ignore-case", "Ignore case difference when comparing strings"),
         Choice("invert-match", "Print only lines that contain no matches for <expr>"),
         Choice("line-exp", "Print only lines where the match is a whole line"),
         Choice("line-number", "Print each match preceded by its line number"),
         Choice("next", "Print <num> lines of context after every matching line"),
         Choice("prev", "Print <num> lines of context before every matching line"),
         Choice("word-exp", "Print only lines where the match is a complete word"))  # fmt: skip
OPTIONS = {
    **dict.fromkeys(("include", "exclude", "grep", "egrep"), _GREP),
    "begin": (_PATTERN,),
    "start": (_PATTERN,),
    "section": (_PATTERN,),
    "head": (
        END,
        Choice("bytes", "Number of bytes to display"),
        Choice("lines", "Number of lines to display"),
    ),
    "last": (Choice("<0-9999>", "Number of lines", keyword=False), END),
    "wc": (
        END,
        Choice("bytes", "Print the byte count"),
        Choice("lines", "Print the line count"),
        Choice("words", "Print the word count"),
    ),
}


class IncompleteError(Exception):
    """A filter lacks its argument."""


@dataclass(slots=True)
class _Search:
    """What ``grep`` and its kin were told."""

    pattern: re.Pattern[str] = field(default_factory=lambda: re.compile(""))
    before: int = 0
    after: int = 0
    invert: bool = False
    count: bool = False
    numbered: bool = False


_WITH_NUMBER = {"next": "after", "prev": "before", "-A": "after", "-B": "before"}
_FLAGS = {
    "invert-match": "invert",
    "-v": "invert",
    "count": "count",
    "-c": "count",
    "line-number": "numbered",
    "-n": "numbered",
}
_SHAPES = {"line-exp": r"^(?:{})$", "-x": r"^(?:{})$", "word-exp": r"\b(?:{})\b", "-w": r"\b(?:{})\b"}


def _search(argument: str) -> _Search:
    """Options may stand before the expression and behind it: ``include foo next 2``. Raises re.error."""
    told, flags, shape = _Search(), 0, "{}"
    ahead = _options(argument.split())
    behind: list[str] = []
    rest = argument
    for _ in range(ahead):
        rest = rest.split(None, 1)[1] if len(rest.split(None, 1)) > 1 else ""
    words = argument.split()
    options = words[:ahead]
    tail = re.search(r"((?:\s+(?:next|prev)\s+\d+)+)$", rest)
    if tail and rest[: tail.start()].strip():
        behind = tail[1].split()
        rest = rest[: tail.start()]
    options += behind
    while options:
        word = options.pop(0)
        if word in _WITH_NUMBER:
            setattr(told, _WITH_NUMBER[word], int(options.pop(0)))
        elif word in _FLAGS:
            setattr(told, _FLAGS[word], True)
        elif word in _SHAPES:
            shape = _SHAPES[word]
        else:
            flags |= re.IGNORECASE
    text = unquote(rest.strip())
    if not text:
        raise IncompleteError
    told.pattern = re.compile(shape.format(text), flags)
    return told


def _options(words: list[str]) -> int:
    """How many of the first words are options; the last word never is one: it is the expression."""
    at = 0
    while at < len(words) - 1:
        if words[at] in _WITH_NUMBER and words[at + 1].isdigit():
            at += 2
        elif words[at] in {*_FLAGS, *_SHAPES, "ignore-case", "-i"}:
            at += 1
        else:
            break
    return min(at, len(words) - 1)


def unquote(text: str) -> str:
    """One pair of quotes around the whole is not part of the expression.

    >>> unquote('"a b"'), unquote("^vlan"), unquote('"a')
    ('a b', '^vlan', '"a')
    """
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _grep(lines: list[str], argument: str) -> list[str]:
    told = _search(argument)
    hits = [n for n, line in enumerate(lines) if bool(told.pattern.search(line)) is not told.invert]
    if told.count:
        return [str(len(hits))]
    wanted: dict[int, bool] = {}
    for hit in hits:
        for number in range(max(hit - told.before, 0), min(hit + told.after + 1, len(lines))):
            wanted[number] = wanted.get(number, False) or number == hit
    kept: list[str] = []
    last = -2
    for number in sorted(wanted):
        if (told.before or told.after) and last >= 0 and number > last + 1:
            kept.append("--")
        mark = f"{number + 1}{':' if wanted[number] else '-'}" if told.numbered else ""
        kept.append(mark + lines[number])
        last = number
    return kept


def _exclude(lines: list[str], argument: str) -> list[str]:
    told = _search(argument)
    kept = [line for line in lines if bool(told.pattern.search(line)) is told.invert]
    return [str(len(kept))] if told.count else kept


def _section(lines: list[str], argument: str) -> list[str]:
    """Lines that match and everything indented below them; a match below a header shows the stanza part."""
    pattern = _search(argument).pattern
    kept: list[str] = []
    depth = -1
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if depth >= 0 and line.strip() and indent > depth:
            kept.append(line)
            continue
        depth = -1
        if pattern.search(line):
            kept.append(line)
            depth = indent
    return kept


def _begin(lines: list[str], argument: str) -> list[str]:
    pattern = _search(argument).pattern
    first = next((n for n, line in enumerate(lines) if pattern.search(line)), len(lines))
    return lines[first:]


def _number(argument: str) -> tuple[int, str]:
    """``5``, ``lines 5``, ``-n 5``, ``bytes 20``: how many, and of what. Raises IncompleteError."""
    words = [word.lstrip("-") for word in argument.split()]
    unit = "bytes" if words and words[0] in {"bytes", "c"} else "lines"
    figures = [word for word in words if word.isdigit()]
    if words and not figures:
        raise IncompleteError
    return (int(figures[0]) if figures else 10), unit


def _last(lines: list[str], argument: str) -> list[str]:
    count, _ = _number(argument)
    return lines[-count:] if count else []


def _head(lines: list[str], argument: str) -> list[str]:
    count, unit = _number(argument)
    return "\n".join(lines)[:count].split("\n") if unit == "bytes" else lines[:count]


def _count(lines: list[str], _: str) -> list[str]:
    return [str(len(lines) if lines != [""] else 0)]


def _wc(lines: list[str], argument: str) -> list[str]:
    text = "\n".join(lines) + "\n" if lines != [""] else ""
    figures = {"lines": text.count("\n"), "words": len(text.split()), "bytes": len(text.encode())}
    word = argument.lstrip("-")
    unit = next(
        (u for u in figures if word and u.startswith(word)),
        {"l": "lines", "w": "words", "c": "bytes"}.get(word),
    )
    return [str(figures[unit])] if unit else ["".join(f"{figure:>8}" for figure in figures.values())]


def _uniq(lines: list[str], argument: str) -> list[str]:
    runs: list[tuple[str, int]] = []
    for line in lines:
        if runs and runs[-1][0] == line:
            runs[-1] = (line, runs[-1][1] + 1)
        else:
            runs.append((line, 1))
    counted = argument.lstrip("-") in {"c", "count"}
    return [f"{times:>7} {line}" if counted else line for line, times in runs]


def _sort(lines: list[str], argument: str) -> list[str]:
    words = {word.lstrip("-") for word in argument.split()}
    ordered = sorted(set(lines)) if words & {"u", "unique"} else sorted(lines)
    if words & {"n", "numeric-sort"}:
        ordered.sort(key=lambda line: float(m[0]) if (m := re.match(r"\s*-?\d+(\.\d+)?", line)) else 0.0)
    return ordered[::-1] if words & {"r", "reverse"} else ordered


def _cut(lines: list[str], argument: str) -> list[str]:
    """``cut -d " " -f 1,3-4``. Raises IncompleteError."""
    found = re.search(r"-?\bf(?:ields?)?\s*([\d,-]+)", argument)
    if not found:
        raise IncompleteError
    mark = re.search(r"""-?\bd(?:elimiter)?\s*("[^"]+"|'[^']+'|\S)""", argument)
    between = unquote(mark[1]) if mark else "\t"
    wanted: list[int] = []
    for part in found[1].split(","):
        low, _, high = part.partition("-")
        wanted += range(int(low or 1), int(high or low or 99) + 1)
    kept = []
    for line in lines:
        fields = line.split(between)
        kept.append(
            line if len(fields) == 1 else between.join(fields[n - 1] for n in wanted if n <= len(fields))
        )
    return kept


def _tr(lines: list[str], argument: str) -> list[str]:
    """``tr a b`` and ``tr -d a``, character by character. Raises IncompleteError."""
    words = shlex.split(argument)
    if len(words) != 2:
        raise IncompleteError
    table = dict.fromkeys(map(ord, words[1])) if words[0] == "-d" else _translation(words[0], words[1])
    return [line.translate(table) for line in lines]


def _translation(old: str, new: str) -> dict[int, str | None]:
    return {ord(char): new[min(n, len(new) - 1)] for n, char in enumerate(old)}


def _nz(lines: list[str], _: str) -> list[str]:
    return [line for line in lines if not re.search(r"\s0$", line)]


WORK: dict[str, Callable[[list[str], str], list[str]]] = {
    "include": _grep,
    "grep": _grep,
    "egrep": _grep,
    "exclude": _exclude,
    "section": _section,
    "begin": _begin,
    "start": _begin,
    "last": _last,
    "head": _head,
    "count": _count,
    "wc": _wc,
    "sort": _sort,
    "uniq": _uniq,
    "cut": _cut,
    "tr": _tr,
    "nz": _nz,
    "human": lambda lines, _: lines,
}
