"""Managed objects: a class, a relative name, attributes that are all strings, children."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Managed:
    """Attributes and children are made when somebody looks."""

    kind: str
    rn: str
    attributes: Callable[[], Attributes]
    children: Callable[[], list[Managed]] = field(default=list)


Found = tuple[str, Managed]
"""Distinguished name and object."""


def fixed(kind: str, rn: str, children: Callable[[], list[Managed]], **attributes: str) -> Managed:
    """An object whose attributes never change."""
    return Managed(kind, rn, lambda: dict(attributes), children)


def locate(root: Managed, dn: str) -> Managed | None:
    """The object of a distinguished name; None when there is none.

    >>> port = Managed("l1PhysIf", "phys-[eth1/1]", dict)
    >>> locate(fixed("top", "sys", lambda: [port]), "sys/phys-[eth1/1]").kind
    'l1PhysIf'
    """
    here: Managed | None = root
    names = split(dn)
    if not names or names[0] != root.rn:
        return None
    for name in names[1:]:
        here = next((child for child in here.children() if child.rn == name), None) if here else None
    return here


def split(dn: str) -> list[str]:
    """Relative names; a slash in brackets belongs to one.

    >>> split("sys/intf/phys-[eth1/1]/phys")
    ['sys', 'intf', 'phys-[eth1/1]', 'phys']
    """
    names, depth = [""], 0
    for letter in dn.strip("/"):
        depth += (letter == "[") - (letter == "]")
        if letter == "/" and not depth:
            names.append("")
        else:
            names[-1] += letter
    return names


def walk(dn: str, start: Managed, depth: int) -> Iterator[Found]:
    """The object and what is below it, that many levels deep."""
    yield dn, start
    if depth > 0:
        for child in start.children():
            yield from walk(f"{dn}/{child.rn}", child, depth - 1)


def nest(dn: str, start: Managed, depth: int) -> Mapping[str, object]:
    """``{class: {attributes: …, children: […]}}``; the top carries its ``dn``, the others their ``rn``."""
    return {start.kind: _body(start, {"dn": dn}, depth)}


def _body(one: Managed, name: Attributes, depth: int) -> Mapping[str, object]:
    body: dict[str, object] = {"attributes": name | one.attributes()}
    if depth > 0:
        below = [{child.kind: _body(child, {"rn": child.rn}, depth - 1)} for child in one.children()]
        if below:
            body["children"] = below
    return body
