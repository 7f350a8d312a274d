"""Edits of inventory YAML as text: one entry comes or goes, every other byte and comment stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from agent.errors import UsageError


@dataclass(frozen=True, slots=True)
class _Child:
    """An entry of a block mapping: its lines, 0-based, ``end`` exclusive."""

    key: str
    start: int
    end: int
    column: int


def insert_entry(text: str, path: Sequence[str], lines: Sequence[str]) -> str:
    r"""The text with an entry added at the end of the mapping at ``path``; ``lines`` begin at column 0.

    Raises UsageError when there is no such mapping, or the key is taken.

    >>> print(insert_entry("a:\n  x: 1  # one\n\nb: 2\n", ["a"], ["y:", "  z: 3"]))
    a:
      x: 1  # one
      y:
        z: 3
    <BLANKLINE>
    b: 2
    <BLANKLINE>
    """
    children = _children(text, path)
    key = lines[0].partition(":")[0].strip()
    if any(child.key == key for child in children):
        raise UsageError(f"{'.'.join([*path, key])}: is there already. choose another name or place")
    last = children[-1]
    rows = text.splitlines(keepends=True)
    if not rows[last.end - 1].endswith("\n"):
        rows[last.end - 1] += "\n"
    fresh = [f"{' ' * last.column}{line}\n" for line in lines]
    return "".join([*rows[: last.end], *fresh, *rows[last.end :]])


def take_entry(text: str, path: Sequence[str], key: str) -> tuple[str, tuple[str, ...]]:
    r"""The text without the entry, and the entry's lines moved to column 0; raises UsageError without it.

    >>> take_entry("a:\n  x: 1\n  y: {z: 2}  # two\n", ["a"], "y")
    ('a:\n  x: 1\n', ('y: {z: 2}  # two',))
    """
    for child in _children(text, path):
        if child.key == key:
            rows = text.splitlines(keepends=True)
            taken = tuple(row[child.column :].rstrip("\n") for row in rows[child.start : child.end])
            return "".join([*rows[: child.start], *rows[child.end :]]), taken
    raise UsageError(f"{'.'.join([*path, key])}: is not there. see the file")


def set_value(text: str, path: Sequence[str], key: str, value: str) -> str:
    r"""The text with one plain value of the mapping at ``path`` set, wherever it stands; raises UsageError.

    >>> set_value("sw:\n  data: {site: a, model: x}  # one\n", ["sw", "data"], "model", "y")
    'sw:\n  data: {site: a, model: y}  # one\n'
    >>> set_value("sw:\n  data: {site: a}\n", ["sw", "data"], "model", "y")
    'sw:\n  data: {site: a, model: y}\n'
    >>> set_value("a:\n  x: 1\nb: 2\n", ["a"], "y", "3")
    'a:\n  x: 1\n  y: 3\nb: 2\n'
    """
    node = _node(text, path)
    if not isinstance(node, yaml.MappingNode) or not node.value:
        raise UsageError(f"{'.'.join(path)}: has no entries. write the first")
    for name, old in node.value:
        if name.value == key:
            if not isinstance(old, yaml.ScalarNode):
                raise UsageError(f"{'.'.join([*path, key])}: is no plain value. edit the file by hand")
            return text[: old.start_mark.index] + value + text[old.end_mark.index :]
    if not node.flow_style:
        return insert_entry(text, path, [f"{key}: {value}"])
    end = node.value[-1][1].end_mark.index
    return f"{text[:end]}, {key}: {value}{text[end:]}"


def append_item(text: str, path: Sequence[str], item: str) -> str:
    r"""The text with an item at the end of the list at ``path``, in the list's own style; raises UsageError.

    >>> append_item("a:\n  networks: [x, y]\n", ["a", "networks"], "z")
    'a:\n  networks: [x, y, z]\n'
    >>> append_item("rows:\n  - {a: 1}\n# end\n", ["rows"], "{a: 2}")
    'rows:\n  - {a: 1}\n  - {a: 2}\n# end\n'
    """
    node = _node(text, path)
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise UsageError(f"{'.'.join(path)}: is no list with items. write the first")
    if node.flow_style:
        end = node.value[-1].end_mark.index
        return f"{text[:end]}, {item}{text[end:]}"
    rows = text.splitlines(keepends=True)
    last = _last_line(node.value[-1])
    if not rows[last].endswith("\n"):
        rows[last] += "\n"
    return "".join([*rows[: last + 1], f"{' ' * node.start_mark.column}- {item}\n", *rows[last + 1 :]])


def take_item(text: str, path: Sequence[str], key: str, value: str) -> str:
    r"""The text without the items of the block list at ``path`` whose ``key`` is ``value``.

    Raises UsageError when no item is so.

    >>> take_item("rows:\n  - {a: 1}\n  - {a: 2}\nb: 3\n", ["rows"], "a", "1")
    'rows:\n  - {a: 2}\nb: 3\n'
    """
    node = _node(text, path)
    items = node.value if isinstance(node, yaml.SequenceNode) and not node.flow_style else ()
    found = [
        item
        for item in items
        if isinstance(leaf := _value(item, key), yaml.ScalarNode) and leaf.value == value
    ]
    if not found:
        raise UsageError(f"{'.'.join(path)}: no item has {key} {value!r}. see the file")
    gone = {row for item in found for row in range(item.start_mark.line, _last_line(item) + 1)}
    rows = text.splitlines(keepends=True)
    return "".join(row for number, row in enumerate(rows) if number not in gone)


def _node(text: str, path: Sequence[str]) -> yaml.Node | None:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as exc:
        raise UsageError("the file is not YAML. see where: moulin check") from exc
    for step in path:
        node = _value(node, step)
    return node


def _children(text: str, path: Sequence[str]) -> tuple[_Child, ...]:
    node = _node(text, path)
    if not isinstance(node, yaml.MappingNode) or node.flow_style or not node.value:
        where = ".".join(path) or "the file"
        raise UsageError(f"{where}: has no entries on lines of their own. write the first")
    return tuple(
        _Child(str(key.value), key.start_mark.line, _last_line(value) + 1, key.start_mark.column)
        for key, value in node.value
    )


def _value(node: yaml.Node | None, step: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value  # type: ignore[no-any-return]
    return None


def _last_line(node: yaml.Node) -> int:
    """Line of the last character that belongs to the node, comments and blanks after it left out."""
    ends = [(leaf.start_mark.line, leaf.end_mark) for leaf in _leaves(node)]
    return max(end.line - (end.column == 0 and end.line > start) for start, end in ends)


def _leaves(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        for key, value in node.value:
            yield key
            yield from _leaves(value)
    elif isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        for value in node.value:
            yield from _leaves(value)
    else:
        yield node
