"""Semantic diff of sections: the lines that lead from one to the other, and the lines that people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from agent.nxos.ranges import ALL_VLANS, format_vlans
from agent.nxos.rules import Kind
from agent.nxos.section import Item, Key, Section, is_default

EMPTY: Mapping[Key, Item] = {}


class Phase(IntEnum):
    """When an edit is sent: things exist before they are used, and are unused before they go."""

    FEATURE = 10
    REPLACE = 15
    """Removal of plain lines, before lines that may take their place."""
    DEFINE = 20
    FREE = 30
    """Addresses that move to another interface leave the old one."""
    INTERFACE = 40
    USE = 50
    """Routing, lines, and whatever stands after the interfaces."""
    UNUSE = 60
    """Logical interfaces and routing processes go."""
    UNDEFINE = 70
    UNFEATURE = 80
    NAME = 90
    """The hostname changes the prompt, so it comes last."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One line to send inside the sections ``path``, and where it stands in the order."""

    phase: Phase
    path: tuple[str, ...]
    line: str
    old: str = ""
    """Line that this edit ends, for risk marks."""
    opens: bool = False
    """The line is the header of a section: after it the switch is in that section's mode."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of the readable diff: ``sign`` is ``+``, ``-`` or a blank for context."""

    sign: str
    depth: int
    text: str

    def __str__(self) -> str:
        rows = self.text.split("\n")  # a banner has several
        return "\n".join(f"{self.sign} {'  ' * self.depth}{row}".rstrip() for row in rows)


@dataclass(slots=True)
class Diff:
    """``edits`` in sending order, ``marks`` in reading order; both empty when the sections mean the same."""

    edits: list[Edit] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


def negate(item: Item) -> str:
    r"""The line that ends an item.

    >>> from agent.nxos.parse import parse_config
    >>> from agent.nxos.section import read_config
    >>> (port,) = read_config(parse_config("interface Vlan10\n  mtu 9216\n")).values()
    >>> negate(port), negate(port.body[("mtu",)])
    ('no interface Vlan10', 'no mtu')
    """
    if item.negated:
        return item.line[3:]
    if item.key[0] == "entry":
        return f"no {item.key[1]}"
    rule = item.rule
    if (
        rule.whole
        or rule.last
        or rule.slots
        or not rule.prefix
        or rule.kind in {Kind.LINE, Kind.BLOCK, Kind.SINGLETON}
    ):
        return f"no {item.line}"
    return f"no {' '.join(item.key)}"


def same(old: Item, new: Item) -> bool:
    """True when two items with the same key mean the same, sections included."""
    if old is new:
        return True
    if old.value != new.value:
        return False
    before, after = old.body or EMPTY, new.body or EMPTY
    return before.keys() == after.keys() and all(same(before[key], after[key]) for key in before)


def edit_body(old: Section, new: Section, path: tuple[str, ...], phase: Phase) -> Iterator[Edit]:
    """Edits inside one section: what goes, last first; then what comes or changes, in new order."""
    for key in reversed(list(old)):
        if key not in new and not old[key].implied:
            yield Edit(phase, path, negate(old[key]), old[key].line)
    for key, item in new.items():
        yield from edit_item(old.get(key), item, path, phase)


def edit_item(old: Item | None, new: Item, path: tuple[str, ...], phase: Phase) -> Iterator[Edit]:
    """Edits that bring one item about; none when it is there already."""
    if old is new:
        return
    if old is None:
        if not is_default(new):
            yield from _build(new, path, phase)
        return
    if new.rule.kind is Kind.TRUNK and isinstance(old.value, frozenset) and isinstance(new.value, frozenset):
        yield from _edit_trunk(old.value, new, path, phase)
        return
    if old.value != new.value and (new.rule.kind is Kind.SINGLETON or new.rule.whole) and not old.negated:
        yield Edit(phase, path, negate(old), old.line)
        yield from _build(new, path, phase)
        return
    if old.value != new.value:
        yield Edit(phase, path, new.line, old.line, opens=new.body is not None)
    if new.body is not None and not new.negated:
        yield from edit_body(old.body or EMPTY, new.body, (*path, new.line), phase)


def _build(item: Item, path: tuple[str, ...], phase: Phase) -> Iterator[Edit]:
    yield Edit(phase, path, item.line, opens=item.body is not None)
    if item.body:
        yield from edit_body(EMPTY, item.body, (*path, item.line), phase)


def _edit_trunk(before: frozenset[int], new: Item, path: tuple[str, ...], phase: Phase) -> Iterator[Edit]:
    """Deltas, so that VLANs that stay are never touched."""
    prefix = new.rule.prefix
    wanted = new.value if isinstance(new.value, frozenset) else ALL_VLANS
    if not wanted:
        yield Edit(phase, path, f"{prefix} none", f"{prefix} {format_vlans(before)}")
        return
    if added := wanted - before:
        verb = "add " if before else ""
        yield Edit(phase, path, f"{prefix} {verb}{format_vlans(added)}")
    if removed := before - wanted:
        yield Edit(
            phase, path, f"{prefix} remove {format_vlans(removed)}", f"{prefix} {format_vlans(before)}"
        )


def mark_section(old: Section, new: Section, depth: int = 0) -> Iterator[Mark]:
    """The readable diff, in the order of ``new``, what goes in front of what comes."""
    for key, item in old.items():
        if key not in new and not item.implied:
            yield from _mark_all("-", item, depth)
    for key, item in new.items():
        before = old.get(key)
        if before is None:
            if not is_default(item):
                yield from _mark_all("+", item, depth)
        elif not same(before, item):
            yield from _mark_change(before, item, depth)


def _mark_change(old: Item, new: Item, depth: int) -> Iterator[Mark]:
    if old.value != new.value:
        yield Mark("-", depth, old.line)
        yield Mark("+", depth, new.line)
    else:
        yield Mark(" ", depth, new.line)
    yield from mark_section(old.body or EMPTY, new.body or EMPTY, depth + 1)


def _mark_all(sign: str, item: Item, depth: int) -> Iterator[Mark]:
    yield Mark(sign, depth, item.line)
    for child in (item.body or EMPTY).values():
        if not child.implied:
            yield from _mark_all(sign, child, depth + 1)
