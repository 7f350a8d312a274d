"""gNMI paths to elements of the tree, and back."""

from __future__ import annotations

import re

from grpclib.const import Status
from grpclib.exceptions import GRPCError

from vnexus.telemetry.gnmi.messages import GNMI
from vnexus.telemetry.schema import Message
from vnexus.telemetry.tree import Element, Path

_OLD_ELEMENT = re.compile(r"([^\[\]]+)((?:\[[^=\]]+=[^\]]*\])*)")
_KEY = re.compile(r"\[([^=\]]+)=([^\]]*)\]")


def read_path(prefix: Message, path: Message) -> tuple[str, Path]:
    """Origin and elements of prefix and path together; module names before elements are dropped.

    Raises GRPCError (INVALID_ARGUMENT) for elements that are not.
    """
    origin = path.origin or prefix.origin
    elements = (*_elements(prefix), *_elements(path))
    if not origin and elements and ":" in elements[0].name:
        origin = elements[0].name.partition(":")[0]
    return origin, tuple(Element(one.name.rpartition(":")[2], one.keys) for one in elements)


def _elements(path: Message) -> list[Element]:
    """From ``elem``, or from the texts of ``element`` that old clients still send."""
    if not path.elem:
        return [_old(text) for text in path.element]
    found = []
    for step in path.elem:
        if not step.name.rpartition(":")[2] or "/" in step.name or "[" in step.name:
            raise GRPCError(Status.INVALID_ARGUMENT, f"Invalid path element '{step.name}'")
        found.append(Element(step.name, tuple(sorted(step.key.items()))))
    return found


def _old(text: str) -> Element:
    match = _OLD_ELEMENT.fullmatch(text)
    if match is None:
        raise GRPCError(Status.INVALID_ARGUMENT, f"Invalid path element '{text}'")
    return Element(match[1], tuple(_KEY.findall(match[2])))


def write_path(path: Path, origin: str = "") -> Message:
    made = GNMI["Path"](origin=origin)
    for element in path:
        made.elem.add(name=element.name, key=dict(element.keys))
    return made
