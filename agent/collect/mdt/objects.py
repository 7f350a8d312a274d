"""Objects of NX-OS (DME) to slots: the part that runs for every attribute.

An object is ``class`` → ``attributes`` → leaves, its children below ``children``, with nameless fields as
brackets. The top tells its ``dn``, children their ``rn``; a flat list of objects tells a ``dn`` each.
"""

from __future__ import annotations

from collections.abc import Iterable

from agent.collect.mdt.plain import read_leaf
from agent.collect.streaming.form import IGNORED, Row, Slot, fill_slot, join_slots, open_slot
from agent.collect.streaming.held import Held
from agent.collect.streaming.rules import ClassRule, Rules
from agent.collect.streaming.wire import Message

_DEEPEST = 40
_LONGEST_DN = 1024


class ObjectReader:
    """Feeds the values of one device from its objects."""

    def __init__(self, rules: Rules, held: Held) -> None:
        self._held = held
        self._classes: dict[str, list[ClassRule]] = {}
        for rule in rules.classes:
            self._classes.setdefault(rule.name, []).append(rule)
        self._slots: dict[str, dict[str, Slot]] = {}
        """Slots of an object's attributes by its distinguished name."""
        self._rows: dict[str, list[Row]] = {}
        self._events = False
        self._seconds: float | None = None

    def read(self, content: Iterable[Message], path: str, seconds: float | None) -> bool:
        """Store all objects below; True when they are events: created, modified, deleted."""
        self._events = False
        self._seconds = seconds
        self._objects(content, path, 0)
        return self._events

    def _objects(self, fields: Iterable[Message], parent: str, depth: int) -> None:
        if depth > _DEEPEST:
            self._held.problems["too-deep"] += 1
            return
        for field in fields:
            below = field.fields
            if not field.name:
                self._objects(below, parent, depth + 1)
            elif below:
                self._object(field.name, below, parent, depth)
            else:
                self._held.updates += 1
                self._held.problems["unknown-leaf"] += 1

    def _object(self, kind: str, fields: Iterable[Message], parent: str, depth: int) -> None:
        dn = parent
        children = []
        for part in _unwrap(fields):
            if part.name == "attributes":
                for bracket in part.fields:
                    leaves = bracket.fields
                    dn = self._attributes(kind, leaves or part.fields, parent)
                    if not leaves:
                        break
            elif part.name == "children":
                children.append(part.fields)
        for below in children:
            self._objects(below, dn, depth + 1)

    def _attributes(self, kind: str, leaves: Iterable[Message], parent: str) -> str:
        """Store the attributes of one object; its distinguished name."""
        dn, status = _name(leaves, parent)
        held = self._held
        if status:
            self._events = True
            if status == "deleted":
                self.delete(dn)
                return dn
        slots = self._slots.get(dn)
        if slots is None or kind not in slots:
            slots = self._learn(kind, dn, leaves)
        count = unknown = 0
        for leaf in leaves:
            count += 1
            slot = slots.get(leaf.name)
            if slot is None:
                unknown += 1
                continue
            text = leaf.string_value
            # a plain counter in digits needs no more than this
            if slot[2] is None and text.isdecimal() and len(text) < 20:
                slot[0][slot[1]] = int(text)
            else:
                fill_slot(held, slot, text or read_leaf(leaf))
        held.updates += count
        if unknown:
            held.problems["unknown-leaf"] += unknown
        return dn

    def _learn(self, kind: str, dn: str, leaves: Iterable[Message]) -> dict[str, Slot]:
        """Slots of an object that was not seen before, under its class and the names of its attributes."""
        if len(dn) > _LONGEST_DN:
            self._held.problems["too-long"] += 1
            return _NO_SLOTS
        if kind not in self._classes:
            return _NO_SLOTS
        if len(self._slots) >= self._held.series_limit:
            self._held.problems["forgotten-paths"] += 1
            self.forget()
        slots = self._slots[dn] = {kind: IGNORED}
        for rule in self._classes[kind]:
            found = rule.dn.search(dn)
            if found is not None:
                values = {name: text or "" for name, text in found.groupdict().items()}
                self._open(rule, dn, values, leaves, slots)
        return slots

    def _open(
        self,
        rule: ClassRule,
        dn: str,
        keys: dict[str, str],
        leaves: Iterable[Message],
        slots: dict[str, Slot],
    ) -> None:
        values = keys | {f".{leaf.name}": str(read_leaf(leaf) or "") for leaf in leaves}
        opened: dict[str, list[Slot]] = {}
        for name, form in rule.leaves:
            series = form.series(self._held.device, values)
            slot = open_slot(self._held, form, series, self._seconds) if series else None
            if slot is not None:
                opened.setdefault(name, []).append(slot)
        for wanted in rule.rows:
            row = Row(wanted, self._held, dict(keys), self._seconds)
            self._rows.setdefault(dn, []).append(row)
            for name in dict.fromkeys((*wanted.needs, *wanted.wants)):
                opened.setdefault(name, []).append(row.slot(name))
        for name, found in opened.items():
            slots[name] = join_slots(self._held, found)

    def delete(self, dn: str) -> None:
        """Take back an object and what is below it."""
        below = f"{dn}/"
        for name in [name for name in self._slots if name == dn or name.startswith(below)]:
            for slot in self._slots.pop(name).values():
                if slot.series:
                    self._held.drop(slot.series)
            for row in self._rows.pop(name, ()):
                row.drop()

    def forget(self) -> None:
        """Begin with no objects known."""
        self._slots.clear()
        self._rows.clear()


_NO_SLOTS: dict[str, Slot] = {}


def _unwrap(fields: Iterable[Message]) -> Iterable[Message]:
    for field in fields:
        if field.name:
            yield field
        else:
            yield from field.fields


def _name(leaves: Iterable[Message], parent: str) -> tuple[str, str]:
    """(distinguished name, ``status`` when it tells an event)."""
    dn, status = parent, ""
    for leaf in leaves:
        name = leaf.name
        if name == "dn":
            dn = leaf.string_value
        elif name == "rn":
            dn = f"{parent}/{leaf.string_value}"
        elif name == "status":
            status = leaf.string_value
        else:
            continue
        if status:
            break
    return dn, status if status in _EVENTS else ""


_EVENTS = frozenset(("created", "modified", "deleted"))
