"""``| include``, ``| section`` and the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from vnexus.exec.expressions import compile_typed
from vnexus.exec.output import Output

NAMES = (
    "include", "exclude", "section", "begin", "grep", "egrep", "count", "last", "head", "json", "json-pretty",
    "no-more", "nz", "sort", "uniq", "xml", "wc", "start",
)  # fmt: skip
MAX_DIGITS, MAX_CONTEXT, MAX_FILTERS = 9, 1000, 32
STRUCTURED_ERROR = "% Structured output unsupported"


def split_pipes(line: str) -> list[str]:
    """The command and its filters; a bar inside quotes or an expression of a filter stays.

    >>> split_pipes("show vlan | json")
    ['show vlan', 'json']
    >>> split_pipes("show run | include 'a|b' | count")
    ['show run', "include 'a|b'", 'count']
    """
    parts = _parts(line)
    found = [parts[0]]
    for part in parts[1:]:
        word = part.split(" ", 1)[0]
        if word and any(name.startswith(word) for name in NAMES):
            found.append(part)
        elif len(found) > 1:
            found[-1] += "|" + part
        else:
            found.append(part)
    return found


def _parts(line: str) -> list[str]:
    """Pieces between bars; a bar with an odd number of quotes behind it stands inside quotes."""
    parts, start = [], 0
    behind = line.count('"') + line.count("'")
    for index, char in enumerate(line):
        if char in "\"'":
            behind -= 1
        elif char == "|" and behind % 2 == 0:
            parts.append(line[start:index])
            start = index + 1
    parts.append(line[start:])
    return [
        part.strip() if 0 < number < len(parts) - 1 else part.rstrip() if number < len(parts) - 1 else part
        for number, part in enumerate(parts[:1] + [part.lstrip() for part in parts[1:]])
    ]


def apply_pipes(output: Output, pipes: list[str]) -> Output:
    """Run the text (or the body, for json) through the filters."""
    for pipe in pipes[:MAX_FILTERS]:
        if output.error:
            return output
        word, _, argument = pipe.strip().partition(" ")
        name = next((n for n in NAMES if n == word), None) or next(
            (n for n in NAMES if n.startswith(word)), None
        )
        if name is None or not word:
            return Output(f"{' ' * 4}^\n% Invalid command at '^' marker.", error=True)
        output = _filter(output, name, argument.strip())
    return output


def _filter(output: Output, name: str, argument: str) -> Output:
    if name in {"json", "json-pretty"}:
        if output.body is None:
            return Output(STRUCTURED_ERROR, error=True)
        return Output(json.dumps(output.body, indent=4 if name == "json-pretty" else None))
    if name == "no-more":
        return output
    lines = output.text.split("\n")
    try:
        kept = _FILTERS[name](lines, argument) if name in _FILTERS else lines
    except re.error:
        return Output("% Invalid regular expression", error=True)
    return Output("\n".join(kept))


def _expression(argument: str) -> tuple[re.Pattern[str], dict[str, int], bool]:
    """Pattern, the options next/prev/context, and whether the sense is turned."""
    words = argument.split()
    options: dict[str, int] = {}
    flags, invert = 0, False
    while words and words[0] in {"next", "prev", "ignore-case", "invert-match", "line-exp", "-i", "-v"}:
        word = words.pop(0)
        if word in {"next", "prev"} and words and words[0].isdecimal():
            options[word] = min(int(words.pop(0)[:MAX_DIGITS]), MAX_CONTEXT)
        flags |= re.IGNORECASE if word in {"ignore-case", "-i"} else 0
        invert = invert or word in {"invert-match", "-v"}
    text = argument if not options and not flags and not invert else " ".join(words)
    return compile_typed(text.strip("\"'"), flags), options, invert


def _include(lines: list[str], argument: str) -> list[str]:
    pattern, options, invert = _expression(argument)
    wanted: set[int] = set()
    for number, line in enumerate(lines):
        if bool(pattern.search(line)) is not invert:
            wanted.update(range(number - options.get("prev", 0), number + options.get("next", 0) + 1))
    return [line for number, line in enumerate(lines) if number in wanted]


def _exclude(lines: list[str], argument: str) -> list[str]:
    pattern, _, invert = _expression(argument)
    return [line for line in lines if bool(pattern.search(line)) is invert]


def _section(lines: list[str], argument: str) -> list[str]:
    """Lines that match and everything indented below them; a match below a header shows the stanza part."""
    pattern, _, _ = _expression(argument)
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
    pattern, _, _ = _expression(argument)
    first = next((n for n, line in enumerate(lines) if pattern.search(line)), len(lines))
    return lines[first:]


def _last(lines: list[str], argument: str) -> list[str]:
    return lines[-(_number(argument)) :]


def _number(argument: str) -> int:
    return int(argument[:MAX_DIGITS]) if argument.isdecimal() else 10


def _head(lines: list[str], argument: str) -> list[str]:
    return lines[: _number(argument)]


def _count(lines: list[str], _: str) -> list[str]:
    return [str(len(lines) if lines != [""] else 0)]


def _uniq(lines: list[str], _: str) -> list[str]:
    return [line for n, line in enumerate(lines) if n == 0 or line != lines[n - 1]]


_FILTERS: dict[str, Callable[[list[str], str], list[str]]] = {
    "include": _include, "grep": _include, "egrep": _include, "exclude": _exclude, "section": _section,
    "begin": _begin, "start": _begin, "last": _last, "head": _head, "count": _count, "wc": _count,
    "sort": lambda lines, _: sorted(lines), "uniq": _uniq,
    "nz": lambda lines, _: [line for line in lines if not re.search(r"\s0$", line)],
}  # fmt: skip
