"""Read the tables: ``*.txt`` beside this file. Their form is described in the README of the package."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources

from vnexus.grammar.match import Match, Refusal, match
from vnexus.grammar.syntax import NotationError, Rule, State, compile_rule
from vnexus.grammar.words import Line

CACHED_LINES = 32_768
CACHED_CHARACTERS = 512
"""Longer lines are not kept: whoever types garbage does not fill the memory."""
_ATTRIBUTE = re.compile(r"\s+@([a-z][a-z0-9-]*)(?:\(([^)]*)\))?")
TABLES = (
    "top.txt",
    "interface.txt",
    "switching.txt",
    "routing.txt",
    "policy.txt",
    "management.txt",
    "exec.txt",
)


@dataclass(eq=False, slots=True)
class Mode:
    """A mode of the command line: its lines and its prompt."""

    name: str
    prompt: str
    root: State = field(default_factory=State)
    rules: list[Rule] = field(default_factory=list)

    def match(self, raw: str, *, partial: bool = False) -> Match | Refusal:
        """Cached match, blind to features and port roles."""
        if len(raw) > CACHED_CHARACTERS:
            return match(self.root, Line.of(raw), partial=partial)
        return _match(self, raw, partial)


@lru_cache(maxsize=CACHED_LINES)
def _match(mode: Mode, raw: str, partial: bool) -> Match | Refusal:
    return match(mode.root, Line.of(raw), partial=partial)


@cache
def modes() -> dict[str, Mode]:
    """All modes of all tables, compiled once. Raises NotationError for a mistake in a table."""
    bodies: dict[str, tuple[str, list[str]]] = {}
    macros: dict[str, str] = {}
    folder = resources.files("vnexus.grammar")
    for table in TABLES:
        _split((folder / table).read_text("utf-8"), bodies, macros)
    return {
        name: _compile(name, prompt, _included(body, bodies), macros)
        for name, (prompt, body) in bodies.items()
        if not name.startswith("~")
    }


def _split(text: str, bodies: dict[str, tuple[str, list[str]]], macros: dict[str, str]) -> None:
    current: list[str] = []
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        header = re.fullmatch(r"\[([\w~-]+)\](?:\s+(\S+))?", line)
        if header:
            current = bodies.setdefault(header[1], (header[2] or "", []))[1]
        elif line.startswith("define "):
            name, _, meaning = line.removeprefix("define ").partition("=")
            macros[name.strip()] = meaning.strip()
        else:
            current.append(line)


def _included(body: list[str], bodies: dict[str, tuple[str, list[str]]]) -> list[str]:
    lines: list[str] = []
    for line in body:
        lines += _included(bodies["~" + line[1:]][1], bodies) if line.startswith("+") else [line]
    return lines


def _compile(name: str, prompt: str, body: list[str], macros: dict[str, str]) -> Mode:
    mode = Mode(name, prompt)
    group = 0
    for order, line in enumerate(body):
        if line == "---":
            group += 1
            continue
        attributes = dict(_ATTRIBUTE.findall(line))
        notation = _ATTRIBUTE.sub("", line).strip()
        while name_of_macro := re.search(r"\$([\w-]+)", notation):
            notation = notation.replace(name_of_macro[0], _macro(name_of_macro[1], macros, line))
        rule = Rule(
            name, order, notation, attributes, group,
            feature=attributes.get("feature", ""), opens=attributes.get("mode", ""),
            effect=attributes.get("effect", ""), run=attributes.get("run", ""),
            default=attributes.get("default", ""), condition=attributes.get("only", ""),
        )  # fmt: skip
        mode.rules.append(rule)
        compile_rule(rule, mode.root)
    return mode


def _macro(name: str, macros: dict[str, str], line: str) -> str:
    try:
        return macros[name]
    except KeyError:
        raise NotationError(f"{line}: ${name} is not defined") from None
