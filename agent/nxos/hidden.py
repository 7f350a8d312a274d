"""Masked configurations made whole again: each hidden line takes the place's line of a text that has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.nxos.mask import HIDDEN, mask_line
from agent.nxos.parse import parse_config
from agent.nxos.rules import Kind, find_rule
from agent.nxos.section import squeeze
from agent.nxos.tree import Line

_Place = tuple[str, ...]
"""Headers above a line and the line, masked."""


@dataclass(frozen=True, slots=True)
class Filled:
    """``text`` has the secrets that were found."""

    text: str
    taken: Mapping[str, int]
    """Number of lines by source."""
    missing: tuple[str, ...]
    """Lines that are still hidden and that a switch would be sent, with their headers."""


def fill_hidden(text: str, sources: Sequence[tuple[str, str]], named: Mapping[str, str]) -> Filled:
    r"""Fill from the first source, (name, text), that has a line of the same place and the same form.

    ``named`` gives values by the beginning of a hidden line, for what no source has.

    >>> done = fill_hidden("tacacs-server key <hidden>\n", [("switch", "tacacs-server key 7 xyz\n")], {})
    >>> done.text, dict(done.taken)
    ('tacacs-server key 7 xyz\n', {'switch': 1})
    """
    stocks = [(name, _stock(source)) for name, source in sources]
    rows = text.split("\n")
    taken: dict[str, int] = {}
    missing: list[str] = []
    for place, line in _places(text):
        if HIDDEN not in line.text:
            continue
        name, found = _find(place, line, stocks, named)
        if found:
            start = line.number - 1
            rows[start : start + line.raw.count("\n") + 1] = line.raw.replace(line.text, found).split("\n")
            taken[name] = taken.get(name, 0) + 1
        elif not _is_ignored(place[0]):
            missing.append(" / ".join(place))
    return Filled("\n".join(rows), taken, tuple(missing))


def _find(
    place: _Place, line: Line, stocks: list[tuple[str, dict[_Place, list[str]]]], named: Mapping[str, str]
) -> tuple[str, str]:
    for name, stock in stocks:
        if lines := stock.get(place):
            return name, lines.pop(0)
    if line.text.count(HIDDEN) == 1:
        for begin, value in named.items():
            if line.text.startswith(begin):
                return "secret store", line.text.replace(HIDDEN, value)
    return "", ""


def _stock(text: str) -> dict[_Place, list[str]]:
    stock: dict[_Place, list[str]] = {}
    for place, line in _places(text):
        if HIDDEN in place[-1] and HIDDEN not in line.text:
            stock.setdefault(place, []).append(line.text)
    return stock


def _places(text: str) -> Iterator[tuple[_Place, Line]]:
    yield from _below(parse_config(text).lines, ())


def _below(lines: Sequence[Line], path: _Place) -> Iterator[tuple[_Place, Line]]:
    for line in lines:
        if line.text:
            place = (*path, mask_line(squeeze(line.text)))
            yield place, line
            yield from _below(line.children, place)


def _is_ignored(top: str) -> bool:
    """Whether plans never send the line."""
    return find_rule("", top.removeprefix("no ")).kind is Kind.IGNORE
