"""A YAML file as plain data that remembers on which line every key and item stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from agent.records import Finding, Place

try:  # the C loader is ten times faster; wheels have it, some source builds do not
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Path_ = tuple[str | int, ...]
DEEPEST = 50
"""Levels of nesting that a file may have; ours have eight."""


@dataclass(slots=True)
class Document:
    """Data of a file; mapping keys are text as written, ``lines`` holds the 1-based line of every path."""

    file: str
    data: Any
    lines: dict[Path_, int] = field(default_factory=dict)

    def place(self, *path: str | int) -> Place:
        """Where the path stands; the nearest enclosing key when it does not exist."""
        keys: Path_ = path
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return Place(self.file, self.lines.get(keys, 1))

    def drop(self, path: Path_) -> None:
        """Leave out the value at the path; items behind it in a list move up, and so do their lines."""
        parent, last = self.data, path[-1]
        for part in path[:-1]:
            try:
                parent = parent[part]
            except (KeyError, IndexError, TypeError):
                return
        if isinstance(parent, dict):
            parent.pop(last, None)
        elif isinstance(parent, list) and isinstance(last, int) and last < len(parent):
            del parent[last]
            depth = len(path) - 1
            moved: dict[Path_, int] = {}
            for key, line in self.lines.items():
                if key[:depth] != path[:-1] or len(key) <= depth or not isinstance(key[depth], int):
                    moved[key] = line
                elif (index := int(key[depth])) != last:
                    moved[(*key[:depth], index - (index > last), *key[depth + 1 :])] = line
            self.lines = moved


class _Reader:
    """Turns YAML nodes into data, noting lines and repeated keys."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []
        self._scalars = SafeConstructor()
        self._open: set[int] = set()

    def read(self, node: yaml.Node, path: Path_) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self._open:
            self._complain(node, "an anchor that contains itself", "write the value out")
            return None
        self._open.add(id(node))
        value: Any
        if isinstance(node, yaml.SequenceNode):
            value = []
            for index, item in enumerate(node.value):
                self.document.lines[(*path, index)] = item.start_mark.line + 1
                value.append(self.read(item, (*path, index)))
        else:
            value = dict(self._pairs(node, path))
        self._open.discard(id(node))
        return value

    def _pairs(self, node: yaml.Node, path: Path_) -> Iterator[tuple[str, Any]]:
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._complain(key_node, "a key that is not text", "write 'name: value'")
                continue
            here = (*path, str(key_node.value))
            if here in self.document.lines:
                first = self.document.lines[here]
                self._complain(
                    key_node,
                    f"key {key_node.value!r} is written twice (first on line {first})",
                    "keep one of the two" if "/" not in key_node.value else "a port can be used once",
                )
                continue
            self.document.lines[here] = key_node.start_mark.line + 1
            yield str(key_node.value), self.read(value_node, here)

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError) as exc:
            problem = exc.problem if isinstance(exc, yaml.MarkedYAMLError) else str(exc)
            self._complain(
                node, f"{node.value!r} cannot be read: {problem}", "put it in quotes if it is text"
            )
            return None

    def _complain(self, node: yaml.Node, problem: str, hint: str) -> None:
        self.findings.append(Finding(Place(self.document.file, node.start_mark.line + 1), problem, hint))


def read_document(root: Path, file: str) -> tuple[Document | None, list[Finding]]:
    """The file below ``root`` as a Document, None when it cannot be read; findings name ``file``."""
    place = Place(file)
    try:
        text = (root / file).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None, [Finding(place, "file is missing", "'moulin init DIR' writes a small example")]
    except OSError as exc:
        return None, [Finding(place, f"file cannot be read ({exc.strerror})", "check its permissions")]
    except UnicodeDecodeError as exc:
        line = exc.object[: exc.start].count(b"\n") + 1
        return None, [Finding(Place(file, line), "not UTF-8 text", "save the file as UTF-8")]
    return parse_document(text, file)


def _too_deep(text: str) -> int | None:
    """First line that nests deeper than DEEPEST: composing recurses in C and would take the process down."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                return event.start_mark.line + 1 if event.start_mark else 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def parse_document(text: str, file: str) -> tuple[Document | None, list[Finding]]:
    r"""Like read_document, from text.

    >>> document, _ = parse_document("sites:\n  hall: {title: Town hall}\n", "sites.yaml")
    >>> document.data, str(document.place("sites", "hall", "title"))
    ({'sites': {'hall': {'title': 'Town hall'}}}, 'sites.yaml:2')
    """
    try:
        if (deep := _too_deep(text)) is not None:
            return None, [
                Finding(Place(file, deep), "too deeply nested", "close the brackets before this line")
            ]
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line = mark.line + 1 if mark else 1
        said = " ".join(part for part in (exc.context, exc.problem) if part)
        return None, [
            Finding(Place(file, line), f"broken YAML: {said}", "check indent, quotes and brackets here")
        ]
    except yaml.YAMLError as exc:
        return None, [
            Finding(Place(file, 1), f"broken YAML: {' '.join(str(exc).split())}", "save it as plain text")
        ]
    document = Document(file, {})
    if node is None:
        return document, []
    reader = _Reader(document)
    document.data = reader.read(node, ())
    return document, reader.findings
