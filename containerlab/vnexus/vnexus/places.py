"""Where in a YAML file something stands: for messages that name the line."""

from __future__ import annotations

import re
from typing import Any

import yaml

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STEP = re.compile(r"\[(\d+)\]|[:.]?\s*([\w-]+)")
_REMARK = re.compile(r"\s*\([^)]*\)")


def line_of(text: str, place: str) -> int | None:
    r"""Line of ``nodes[1] (core-1): address`` or ``topology.nodes.core-1: kind``; as near as the file has it.

    >>> line_of("name: x\nnodes:\n  - name: a\n    model: b\n", "nodes[0] (a): model")
    4
    >>> line_of("name: x\n", "links[0]") is None
    True
    """
    try:
        here = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError):
        return None
    line = None
    for number, name in _STEP.findall(_REMARK.sub("", place)):
        found = _item(here, int(number)) if number else _value(here, name)
        if found is None:
            break
        here, line = found
    return line


def _item(node: yaml.Node | None, number: int) -> tuple[yaml.Node, int] | None:
    if not isinstance(node, yaml.SequenceNode) or number >= len(node.value):
        return None
    item = node.value[number]
    return item, item.start_mark.line + 1


def _value(node: yaml.Node | None, name: str) -> tuple[yaml.Node, int] | None:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.value == name:
            return value, key.start_mark.line + 1
    return None
