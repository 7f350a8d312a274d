"""YAML with a memory of its lines, and errors that name them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from vnexus.clab import schema

Place = tuple[str | int, ...]
"""Keys and numbers from the top: ``("topology", "links", 0)``."""
_VARIABLE = re.compile(r"\$\{(\w+)(?::[=-]([^}]*))?\}")
_WORDS = {
    str: "a text",
    dict: "a mapping",
    list: "a list",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


class ClabError(Exception):
    """The lab cannot be deployed; one line says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Document:
    file: Path
    data: dict[str, Any]
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """Where it stands, or what it would stand in."""
        while place not in self.lines:
            place = place[:-1]
        return self.lines[place]

    def error(self, place: Place, problem: str, hint: str) -> ClabError:
        return ClabError(f"{self.file}:{self.line(place)}: {problem}. {hint}")

    def check(self, place: Place, data: object, known: Mapping[str, type]) -> None:
        """A mapping of known keys with values of their types. Raises ClabError."""
        if not isinstance(data, dict):
            raise self.error(place, "not a mapping", f"Write the keys {', '.join(known)}")
        for key, value in data.items():
            here = (*place, key)
            if key not in known:
                what = f"{'.'.join(map(str, place))}: " if place else ""
                problem = f"{what}the key {key!r} is not known here"
                raise self.error(
                    here, problem, f"Known are {', '.join(known)}; containerlab itself knows more"
                )
            wanted = known[key]
            fits = isinstance(value, wanted) or (wanted is float and isinstance(value, int))
            if isinstance(value, bool) and wanted is not bool:
                fits = False
            if value is not None and not fits:
                raise self.error(here, f"{key}: {value!r} is not {_WORDS[wanted]}", "Correct or quote it")
            if key == "healthcheck" and value is not None:
                self.check(here, value, schema.HEALTHCHECK)

    def need(self, place: Place, key: str) -> Any:
        """The value of a key that must be there. Raises ClabError."""
        data: Any = self.data
        for step in place:
            data = data[step]
        if data.get(key) is None:
            raise self.error(place, f"no {key!r}", "Add it")
        return data[key]


def load_document(file: Path, environ: Mapping[str, str]) -> Document:
    """Read a file, variables filled in. Raises ClabError."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise ClabError(f"{file}: cannot be read: {exc}. Check path and permissions") from exc
    filled = "\n".join(
        _fill(file, number, line, environ) for number, line in enumerate(text.split("\n"), start=1)
    )
    lines: dict[Place, int] = {(): 1}
    try:
        root = yaml.compose(filled, Loader=yaml.SafeLoader)
        if root is not None:
            _note(root, (), lines)
        data = yaml.safe_load(filled)
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        at = f":{mark.line + 1}" if mark else ""
        what = getattr(exc, "problem", None) or "not YAML"
        raise ClabError(f"{file}{at}: not valid YAML: {what}. Correct this line") from exc
    document = Document(file, data if isinstance(data, dict) else {}, lines)
    if not isinstance(data, dict):
        raise document.error((), "not a mapping", f"Write the keys {', '.join(schema.TOP)}")
    return document


def _fill(file: Path, number: int, line: str, environ: Mapping[str, str]) -> str:
    if line.lstrip().startswith("#"):
        return line

    def value(match: re.Match[str]) -> str:
        found = environ.get(match[1]) or match[2]
        if found is None:
            raise ClabError(
                f"{file}:{number}: the environment has no {match[1]}. Set it: export {match[1]}=…"
            )
        return found

    return _VARIABLE.sub(value, line)


def _note(node: yaml.Node, place: Place, lines: dict[Place, int]) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key that is not a word", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value!r} stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
            lines[(*place, key.value)] = key.start_mark.line + 1
            _note(value, (*place, key.value), lines)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _note(value, (*place, number), lines)
