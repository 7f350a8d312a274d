"""Objects of NX-OS (DME) to slots: the part that runs for every attribute.

An object is ``class`` → ``attributes`` → leaves, its children below ``children``, with nameless fields as
brackets. The top tells its ``dn``, children their ``rn``; a flat list of objects tells a ``dn`` each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
        self._wanted: dict[str, set[str]] = {}
        """Attributes that rules name, by class."""
        for rule in rules.classes:
            self._classes.setdefault(rule.name, []).append(rule)
            names = self._wanted.setdefault(rule.name, set())
            names.update(name for name, _ in rule.leaves)
            names.update(name for row in rule.rows for name in (*row.needs, *row.wants))
        self._slots: dict[str, dict[str, Slot]] = {}
        """Slots of an object's attributes by its distinguished name."""
        self._series: dict[str, set[str]] = {}
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
        children = None
        for bracket in fields:
            for part in (bracket,) if bracket.name else bracket.fields:
                name = part.name
                if name == "attributes":
                    for inner in part.fields:
                        leaves = inner.fields
                        if leaves:
                            dn = self._attributes(kind, leaves, parent)
                        else:  # leaves without a bracket around them
                            dn = self._attributes(kind, part.fields, parent)
                            break
                elif name == "children":
                    children = [*children, part.fields] if children else [part.fields]
        for below in children or ():
            self._objects(below, dn, depth + 1)

    def _attributes(self, kind: str, leaves: Sequence[Message], parent: str) -> str:
        """Store the attributes of one object; its distinguished name."""
        first = leaves[0]
        name = first.name
        dn = first.string_value if name == "dn" else _name(leaves, parent)
        slots = self._slots.get(dn)
        if slots is None or kind not in slots:
            slots = self._learn(kind, dn, leaves)
        unknown = 0
        for leaf in leaves:
            name = leaf.name
            slot = slots.get(name)
            if slot is None and name in self._wanted.get(kind, ()):
                slots = self._learn(kind, dn, leaves)  # an event that tells more than the one before
                slot = slots.get(name)
            if slot is None:
                unknown += 1
                if name == "status" and self._is_gone(dn, leaf.string_value):
                    return dn
                continue
            text = leaf.string_value
            # a plain counter in digits needs no more than this
            if slot[2] is None and text.isdecimal() and len(text) < 20:
                slot[0][slot[1]] = int(text)
            else:
                fill_slot(self._held, slot, text or read_leaf(leaf))
        self._held.updates += len(leaves)
        if unknown:
            self._held.problems["unknown-leaf"] += unknown
        return dn

    def _is_gone(self, dn: str, status: str) -> bool:
        """Take note of an event; True when the object was deleted."""
        if status in _EVENTS:
            self._events = True
        if status != "deleted":
            return False
        self.delete(dn)
        return True

    def _learn(self, kind: str, dn: str, leaves: Iterable[Message]) -> dict[str, Slot]:
        """Slots of an object that was not seen before, under its class and the names of its attributes."""
        if len(dn) > _LONGEST_DN:
            self._held.problems["too-long"] += 1
            return _NO_SLOTS
        if kind not in self._classes:
            return _NO_SLOTS
        if len(self._slots) >= self._held.path_limit:
            self._held.problems["forgotten-paths"] += 1
            self.forget()
        slots = self._slots.setdefault(dn, {})
        slots.setdefault(kind, IGNORED)
        for rule in self._classes[kind]:
            found = rule.dn.search(dn)
            if found is not None:
                values = {name: text or "" for name, text in found.groupdict().items()}
                self._open(rule, dn, values, leaves, slots)
        for name in self._wanted[kind].intersection(leaf.name for leaf in leaves):
            slots.setdefault(name, IGNORED)  # nothing to learn a second time
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
            if name in slots or f".{name}" not in values:
                continue
            series = form.series(self._held.device, values)
            slot = open_slot(self._held, form, series, self._seconds) if series else None
            if slot is not None:
                opened.setdefault(name, []).append(slot)
        for wanted in rule.rows if dn not in self._rows else ():
            row = Row(wanted, self._held, dict(keys), self._seconds)
            self._rows.setdefault(dn, []).append(row)
            for name in dict.fromkeys((*wanted.needs, *wanted.wants)):
                opened.setdefault(name, []).append(row.slot(name))
        for name, found in opened.items():
            self._series.setdefault(dn, set()).update(slot.series for slot in found if slot.series)
            slots[name] = join_slots(self._held, found)

    def delete(self, dn: str) -> None:
        """Take back an object and what is below it."""
        below = f"{dn}/"
        for name in [name for name in self._slots if name == dn or name.startswith(below)]:
            del self._slots[name]
            for series in self._series.pop(name, ()):
                self._held.drop(series)
            for row in self._rows.pop(name, ()):
                row.drop()

    def forget(self) -> None:
        """Begin with no objects known; what they said goes with them, for nobody could take it back."""
        for known in self._series.values():
            for series in known:
                self._held.drop(series)
        for rows in self._rows.values():
            for row in rows:
                row.drop()
        self._slots.clear()
        self._series.clear()
        self._rows.clear()


_NO_SLOTS: dict[str, Slot] = {}


def _name(leaves: Iterable[Message], parent: str) -> str:
    """The distinguished name that an object's attributes tell."""
    for leaf in leaves:
        name = leaf.name
        if name == "rn":
            return f"{parent}/{leaf.string_value}"
        if name == "dn":
            return str(leaf.string_value)
    return parent


_EVENTS = frozenset(("created", "modified", "deleted"))
