"""What may follow: the words that ``?`` lists and Tab completes, read off the compiled tables.

The one-line texts stand in ``help.txt`` beside this file: a path of keywords, two blanks, the text. The
longest path that ends with the keyword's own path wins: ``vlan`` means one thing, ``show vlan`` another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from vnexus.grammar.match import Refusal
from vnexus.grammar.syntax import Rule, State
from vnexus.grammar.words import KIND_OF, Line, Take

Allowed = Callable[[Rule], bool]
Place = tuple[State, tuple[str, ...]]
"""A state, and the keywords that led to it."""


@dataclass(frozen=True, slots=True, order=True)
class Choice:
    """One line of the help: ``token`` is a keyword, or a placeholder such as ``A.B.C.D``."""

    token: str
    text: str = ""
    keyword: bool = True


END = Choice("<CR>", keyword=False)
"""The line may end here."""
_PLACEHOLDERS = {
    "word": ("WORD", "Name (Max Size 63)"),
    "vrf-name": ("WORD", "VRF name (Max Size 32)"),
    "plain": ("WORD", "Name (Max Size 80)"),
    "quoted": ("WORD", "Word, or text in quotes"),
    "line": ("LINE", "Text to the end of the line"),
    "ip": ("A.B.C.D", "IP address in format i.i.i.i"),
    "ip6": ("A:B::C:D", "IPv6 address"),
    "host": ("A.B.C.D|WORD", "IP address or host name"),
    "prefix": ("A.B.C.D/LEN", "IP prefix and mask length"),
    "net": ("A.B.C.D/LEN", "IP prefix and mask length"),
    "prefix6": ("A:B::C:D/LEN", "IPv6 prefix and length"),
    "mac": ("E.E.E", "MAC address (E.E.E)"),
    "vlans": ("<1-3967,4048-4093>", "VLAN ID or range"),
    "vlan-list": ("<1-4094>", "VLAN ID or range"),
    "bgp-peer": ("A.B.C.D", "IP address or prefix of the neighbor"),
    "area": ("A.B.C.D", "OSPF area ID"),
    "asn": ("<1-4294967295>", "Autonomous system number"),
    "port": ("<0-65535>", "Port number"),
    "number": ("<0-4294967295>", "Number"),
    "decimal": ("<0.00-100.00>", "Number with decimals"),
    "signed": ("<-2147483648-2147483647>", "Number"),
    "hex": ("WORD", "Hexadecimal number"),
    "rd": ("ASN2:NN|WORD", "Route distinguisher"),
    "next-hop": ("A.B.C.D", "Next hop"),
}
_INTERFACES = {
    "ethernet": ("Ethernet", "Ethernet IEEE 802.3z", "<1-253>/<1-128>", "Slot/port number"),
    "port-channel": ("port-channel", "Port Channel interface", "<1-4096>", "Port Channel number"),
    "vlan-interface": ("Vlan", "Vlan interface", "<1-4094>", "VLAN interface number"),
    "loopback": ("loopback", "Loopback interface", "<0-1023>", "Virtual interface number"),
    "nve": ("nve", "NVE interface", "<1-1>", "NVE interface number"),
    "mgmt": ("mgmt", "Management interface", "<0-0>", "Management interface number"),
}
_FILES = {"bootflash:": "Local flash file system", "volatile:": "Volatile file system"}


@cache
def texts() -> dict[str, str]:
    """Path of keywords to its one line."""
    table: dict[str, str] = {}
    for line in (resources.files("vnexus.grammar") / "help.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            path, _, text = line.partition("  ")
            table[path.strip()] = text.strip()
    return table


def text_of(path: tuple[str, ...]) -> str:
    """The line of the longest known end of the path; empty when there is none.

    >>> text_of(("show",)), text_of(("terminal", "length"))
    ('Show running system information', 'Set number of lines on a screen')
    """
    table = texts()
    ends = (" ".join(path[start:]) for start in range(len(path)))
    return next((table[end] for end in ends if end in table), "")


def choices(root: State, typed: str, allowed: Allowed) -> list[Choice] | Refusal:
    """What may stand where ``typed`` ends: the next word after a blank, else the ends of the last word.

    A ``<CR>`` is among them when the line could end here. The refusal points at the first word that fits
    nothing.
    """
    line = Line.of(typed)
    partial = line.words[-1].lower() if line.words and not typed[-1].isspace() else ""
    count = len(line.words) - bool(partial)
    places, failed, unfinished = _walk(root, line, count, allowed)
    if unfinished and not partial:
        return sorted({Choice(*found, keyword=False) for found in unfinished})
    if not places:
        return failed
    found = set(_offers(places, line, count, partial, allowed))
    if not partial and any(state.final for state, _ in places):
        found.add(END)
    return sorted(found) if found else Refusal("Invalid command", line.column(count))


def _walk(
    root: State, line: Line, count: int, allowed: Allowed
) -> tuple[list[Place], Refusal, list[tuple[str, str]]]:
    """Places after ``count`` words, where it went wrong, and numbers that an interface's kind waits for."""
    at: dict[int, list[Place]] = {0: [(root, ())]}
    unfinished: list[tuple[str, str]] = []
    furthest, problem = 0, "Invalid command"
    cut = Line(line.raw[: line.starts[count]] if count < len(line.words) else line.raw,
               line.words[:count], line.starts[:count])  # fmt: skip
    for index in range(count):
        words = _named(at.get(index, []), cut.words[index].lower(), allowed)
        for place in at.get(index, []):
            for used, following in _step(place, words, cut, index, allowed):
                at.setdefault(index + used, []).append(following)
        if len(words) > 1 and index + 1 not in at:
            furthest, problem = index, "Ambiguous command"
        elif index in at and index + 1 not in at:
            furthest, problem = index, "Invalid command"
        if index == count - 1:
            unfinished = list(_numbers(at.get(index, []), cut.words[index], allowed))
    return at.get(count, []), Refusal(problem, line.column(furthest)), unfinished  # type: ignore[arg-type]


def _step(
    place: Place, words: set[str], line: Line, index: int, allowed: Allowed
) -> Iterator[tuple[int, Place]]:
    state, path = place
    if len(words) == 1:
        for word in words & state.words.keys():
            for target in _open(state.words[word], allowed):
                yield 1, (target, (*path, word))
    for _, take, target in state.arguments:
        if _open([target], allowed):
            taken = take(line, index)
            if taken:
                yield taken[1], (target, path)


def _open(states: list[State], allowed: Allowed) -> list[State]:
    return [state for state in states if state.rule is None or allowed(state.rule)]


def _begun(places: list[Place], word: str, allowed: Allowed) -> Iterator[tuple[str, tuple[str, ...], State]]:
    """Keywords that begin with the word: the keyword, its path, where it leads."""
    for state, path in places:
        for keyword, targets in state.words.items():
            if keyword.startswith(word):
                for target in _open(targets, allowed):
                    yield keyword, (*path, keyword), target


def _named(places: list[Place], word: str, allowed: Allowed) -> set[str]:
    """The keyword that the word is, else those that it begins."""
    found = {keyword for keyword, _, _ in _begun(places, word, allowed)}
    return {word} if word in found else found


def _offers(places: list[Place], line: Line, index: int, partial: str, allowed: Allowed) -> Iterator[Choice]:
    for keyword, path, target in _begun(places, partial, allowed):
        yield Choice(target.spelling or keyword, text_of(path))
    for state, _ in places:
        for name, take, target in state.arguments:
            if _open([target], allowed):
                yield from _argument(name, take, line, index, partial)


def _argument(name: str, take: Take, line: Line, index: int, partial: str) -> Iterator[Choice]:
    kind = KIND_OF.get(take, "word")
    if kind in {"interface", "interfaces"}:
        for token, text, *_ in _INTERFACES.values():
            if token.lower().startswith(partial):
                yield Choice(token.lower(), text)
        return
    if kind in _INTERFACES:
        token, text, *_ = _INTERFACES[kind]
        if token.lower().startswith(partial):
            yield Choice(token.lower(), text)
        return
    if kind == "file":
        yield from (Choice(token, text) for token, text in _FILES.items() if token.startswith(partial))
        return
    if partial and not take(line, index):
        return
    if re.fullmatch(r"\d+-\d+", kind):
        what = name.replace("-", " ") if name != kind else ""
        yield Choice(f"<{kind}>", what.capitalize(), keyword=False)
        return
    token, text = _PLACEHOLDERS.get(kind, ("WORD", "Word"))
    yield Choice(token, text, keyword=False)


def _numbers(places: list[Place], word: str, allowed: Allowed) -> Iterator[tuple[str, str]]:
    """``interface ethernet ?``: the number that is to follow the kind."""
    for state, _ in places:
        for _, take, target in state.arguments:
            kind = KIND_OF.get(take, "")
            if not _open([target], allowed):
                continue
            kinds = _INTERFACES if kind in {"interface", "interfaces"} else {kind: _INTERFACES.get(kind)}
            for row in kinds.values():
                if row and row[0].lower().startswith(word.lower()):
                    yield row[2], row[3]
