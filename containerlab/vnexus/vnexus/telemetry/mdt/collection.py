"""What a sensor path means on a switch at this moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from vnexus.node import Node
from vnexus.telemetry.dme.objects import locate, nest, walk
from vnexus.telemetry.dme.system import system
from vnexus.telemetry.mdt.rows import Collection, Value
from vnexus.telemetry.mdt.settings import SensorPath
from vnexus.telemetry.openconfig.catalogue import known
from vnexus.telemetry.openconfig.models import openconfig
from vnexus.telemetry.tree import Element, Listing, find, open_node, plain

_STATISTICS = "rmon"
"""Counters are no events."""
Objects = dict[str, tuple[str, dict[str, str]]]
"""Distinguished name to class and attributes."""


class CollectionError(Exception):
    """The path leads nowhere, or its source is not there."""


def collect(node: Node, sensor: SensorPath) -> Collection:
    """Raises CollectionError."""
    with node.world.moment():
        match sensor.source:
            case "DME":
                return _dme(node, sensor)
            case "NX-API":
                return _nxapi(node, sensor)
            case "YANG":
                return _yang(node, sensor)
    raise CollectionError(f"{sensor.path}: no data source {sensor.source}")


def _row(path: str, content: Value) -> tuple[Mapping[str, Value], Value]:
    return {path: path}, content


def _dme(node: Node, sensor: SensorPath) -> Collection:
    """The object with what is below it, or a flat list of the objects of the classes asked for."""
    start = locate(system(node), sensor.path)
    if start is None:
        raise CollectionError(f"{sensor.path}: no such object")
    if sensor.classes:
        found = walk(sensor.path, start, sensor.depth)
        content: Value = [
            {one.kind: {"attributes": {"dn": dn, **one.attributes()}}}
            for dn, one in found
            if one.kind in sensor.classes
        ]
    else:
        content = cast("Value", nest(sensor.path, start, sensor.depth))
    return Collection(sensor.path, (_row(sensor.path, content),))


def _nxapi(node: Node, sensor: SensorPath) -> Collection:
    """The structured form of a show command."""
    if not sensor.path.startswith("show "):
        raise CollectionError(f"{sensor.path}: not a show command")
    shell = node.shell(node.username)
    shell.ask = shell.interactive = False
    output = shell.run(sensor.path)
    if output.error or output.body is None:
        raise CollectionError(f"{sensor.path}: no structured output")
    return Collection(sensor.path, (_row(sensor.path, output.body),))


def _yang(node: Node, sensor: SensorPath) -> Collection:
    """One row per entry of the lists on the way, its keys beside it."""
    path = read_yang(sensor.path)
    if not known(path):
        raise CollectionError(f"{sensor.path}: no such path")
    rows = [
        (dict[str, Value](pair for element in exact for pair in element.keys), cast("Value", body))
        for exact, body in _instances(openconfig(node), path)
    ]
    return Collection(sensor.path, tuple(rows), nested=True)


def _instances(tree: Any, path: tuple[Element, ...]) -> Iterator[tuple[tuple[Element, ...], object]]:
    for exact, found in find(tree, path):
        below = open_node(found)
        lists = {n: open_node(one) for n, one in below.items()} if isinstance(below, Mapping) else {}
        if lists and all(isinstance(one, Listing) for one in lists.values()):
            for name in lists:
                yield from _instances(found, (Element(name),))
        else:
            content = plain(below)
            yield exact, content if isinstance(content, Mapping) else {exact[-1].name: content}


def read_yang(text: str) -> tuple[Element, ...]:
    """``openconfig-interfaces:interfaces/interface/state``; keys in brackets are understood.

    >>> read_yang("openconfig-system:system/cpus")
    (Element(name='system', keys=()), Element(name='cpus', keys=()))
    """
    elements = []
    depth, step = 0, ""
    for letter in text.strip("/") + "/":
        depth += (letter == "[") - (letter == "]")
        if letter != "/" or depth:
            step += letter
            continue
        if not step:
            continue
        name, *keys = step.replace("]", "").split("[")
        pairs = tuple((key, value) for key, _, value in (one.partition("=") for one in keys))
        elements.append(Element(name.rpartition(":")[2], pairs))
        step = ""
    return tuple(elements)


def objects(node: Node, sensor: SensorPath) -> Objects:
    """The objects whose changes an event subscription tells. Raises CollectionError."""
    with node.world.moment():
        start = locate(system(node), sensor.path) if sensor.source == "DME" else None
        if start is None:
            raise CollectionError(f"{sensor.path}: no events")
        return {
            dn: (one.kind, one.attributes())
            for dn, one in walk(sensor.path, start, sensor.depth)
            if not one.kind.startswith(_STATISTICS) and (not sensor.classes or one.kind in sensor.classes)
        }


def changes(sensor: SensorPath, before: Objects, after: Objects) -> Collection | None:
    """What became different, as a flat list; deleted objects say so. None when nothing did."""
    content: list[Value] = []
    for dn, (kind, attributes) in after.items():
        old = before.get(dn)
        if old is None:
            content.append({kind: {"attributes": {"dn": dn, "status": "created", **attributes}}})
        elif old[1] != attributes:
            new = {key: value for key, value in attributes.items() if old[1].get(key) != value}
            content.append({kind: {"attributes": {"dn": dn, "status": "modified", **new}}})
    for dn, (kind, _) in before.items():
        if dn not in after:
            content.append({kind: {"attributes": {"dn": dn, "status": "deleted"}}})
    return Collection(sensor.path, (_row(sensor.path, content),)) if content else None
