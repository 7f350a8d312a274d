"""Leaves of OpenConfig models to slots: by path, or out of JSON subtrees with the keys of lists inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent.collect.streaming.form import IGNORED, Row, Slot, fill_slot, join_slots, open_slot
from agent.collect.streaming.held import Held
from agent.collect.streaming.rules import LeafRule, RowRule, Rules

Element = tuple[str, tuple[tuple[str, str], ...]]
"""Name, and (key, value) pairs of a list entry, sorted; module names are gone."""
Elements = tuple[Element, ...]
Seconds = Callable[[tuple[str, ...]], float | None]
"""How often the leaf of these names is sampled; None when it is said on change."""

LONGEST_PATH = 32
LONGEST_KEY = 256
_LONGEST_LIST = 100_000


@dataclass(slots=True)
class Branch:
    """A place in the models that rules know."""

    below: dict[str, Branch] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    leaves: list[LeafRule] = field(default_factory=list)
    rows: list[tuple[str, RowRule]] = field(default_factory=list)
    """(leaf, rule) of the rows that this leaf is part of."""


def grow_tree(rules: Rules) -> Branch:
    """All paths of the rules as one tree."""
    root = Branch()
    for leaf in rules.leaves:
        _reach(root, leaf.path).leaves.append(leaf)
    for row in rules.rows:
        container = _reach(root, row.path)
        for name in dict.fromkeys((*row.row.needs, *row.row.wants)):
            place = container
            for part in name.split("/"):
                place = place.below.setdefault(part, Branch())
            place.rows.append((name, row))
    return root


def _reach(root: Branch, path: tuple[Any, ...]) -> Branch:
    here = root
    for step in path:
        here = here.below.setdefault(step.name, Branch())
        here.keys = here.keys or step.keys
    return here


def plain_name(text: str) -> str:
    """A name without its module.

    >>> plain_name("openconfig-interfaces:interfaces")
    'interfaces'
    """
    return text.rpartition(":")[2]


class ModelReader:
    """Feeds the values of one device from leaves and subtrees of models."""

    def __init__(self, tree: Branch, held: Held, seconds: Seconds) -> None:
        self._tree, self._held, self._seconds = tree, held, seconds
        self._slots: dict[Elements, Slot] = {}
        self._series: dict[Elements, list[str]] = {}
        self._rows: dict[tuple[int, Elements], Row] = {}
        self.forgotten = 0
        """Times that everything was forgotten: slots that were handed out before are void."""

    def forget(self) -> None:
        """Begin with no paths known; what they said goes with them, for nobody could take it back."""
        self.forgotten += 1
        for series in self._series.values():
            for one in series:
                self._held.drop(one)
        for row in self._rows.values():
            row.drop()
        self._slots.clear()
        self._series.clear()
        self._rows.clear()

    def find(self, elements: Elements) -> Slot | None:
        """Where the leaf goes: IGNORED when it feeds nothing, None when the path is no leaf of the rules."""
        slot = self._slots.get(elements)
        if slot is not None:
            return slot
        place = self._place(elements)
        if place is None or not (place.leaves or place.rows):
            return None
        if len(self._slots) >= self._held.path_limit:
            self._held.problems["forgotten-paths"] += 1
            self.forget()
        slot = self._slots[elements] = self._open(place, elements)
        return slot

    def _place(self, elements: Elements) -> Branch | None:
        here: Branch | None = self._tree
        for name, _ in elements:
            here = here.below.get(name) if here is not None else None
        return here

    def _open(self, place: Branch, elements: Elements) -> Slot:
        names = tuple(name for name, _ in elements)
        seconds = self._seconds(names)
        keys = {f"{name}.{key}": value for name, pairs in elements for key, value in pairs}
        slots = []
        for rule in place.leaves:
            values = _matched(rule.where, keys)
            series = rule.form.series(self._held.device, values) if values is not None else None
            slot = open_slot(self._held, rule.form, series, seconds) if series else None
            slots += [slot] if slot else []
        for leaf, row in place.rows:
            values = _matched(row.where, keys)
            if values is not None:
                container = elements[: len(row.path)]
                known = self._rows.setdefault((id(row), container), Row(row.row, self._held, values, seconds))
                slots.append(known.slot(leaf))
        self._series[elements] = [slot.series for slot in slots if slot.series]
        return join_slots(self._held, slots) if slots else IGNORED

    def put(self, elements: Elements, value: object) -> None:
        """A value at a path: a leaf's, or a whole subtree of decoded JSON."""
        if isinstance(value, (dict, list)):
            place = self._place(elements)
            if place is None or len(elements) > LONGEST_PATH:
                self._held.problems["unknown-leaf"] += 1
            elif isinstance(value, list) and not place.keys:
                self._put_leaf(elements, value)
            else:
                self._descend(place, elements, value)
            return
        self._put_leaf(elements, value)

    def _put_leaf(self, elements: Elements, value: object) -> None:
        slot = self.find(elements)
        if slot is None or slot is IGNORED:
            self._held.problems["unknown-leaf"] += 1
        else:
            fill_slot(self._held, slot, value)

    def _descend(self, place: Branch, elements: Elements, value: object) -> None:
        if place.keys and not _is_keyed(elements[-1]):
            for entry in _entries(value):
                keyed = _keyed(elements[-1], place.keys, entry)
                if keyed is None:
                    self._held.problems["no-key"] += 1
                else:
                    self._descend(place, (*elements[:-1], keyed), entry)
            return
        if not isinstance(value, Mapping):
            self._held.problems["wrong-value"] += 1
            return
        for name, child in value.items():
            plain = plain_name(str(name))
            below = place.below.get(plain)
            path = (*elements, (plain, ()))
            if below is None:
                self._held.problems["unknown-leaf"] += plain not in place.keys
            elif below.below or below.keys:
                self._descend(below, path, child)
            else:
                self._put_leaf(path, child)

    def delete(self, elements: Elements) -> None:
        """Take back everything at a path and below; an element without keys is every entry of its list."""
        size = len(elements)
        for path in [path for path in self._slots if _is_within(path[:size], elements)]:
            del self._slots[path]
            for series in self._series.pop(path, ()):
                self._held.drop(series)
        for key in list(self._rows):
            container = key[1]
            if _is_within(container[:size], elements):
                self._rows.pop(key).drop()
            elif _is_within(container, elements[: len(container)]):
                self._rows[key].forget("/".join(name for name, _ in elements[len(container) :]))


def _is_within(path: Elements, deleted: Elements) -> bool:
    return len(path) == len(deleted) and all(
        name == gone and (not any(value != "*" for _, value in pairs) or pairs == keys)
        for (name, keys), (gone, pairs) in zip(path, deleted, strict=True)
    )


def _matched(where: tuple[tuple[str, Any], ...], keys: Mapping[str, str]) -> dict[str, str] | None:
    values = dict(keys)
    for name, pattern in where:
        found = pattern.fullmatch(keys.get(name, ""))
        if found is None:
            return None
        values |= {group: text or "" for group, text in found.groupdict().items()}
    return values


def _is_keyed(element: Element) -> bool:
    return bool(element[1]) and all(value != "*" for _, value in element[1])


def _entries(value: object) -> Iterator[object]:
    """A list of one entry may come without its list."""
    if isinstance(value, list):
        yield from value[:_LONGEST_LIST]
    else:
        yield value


def _keyed(element: Element, keys: tuple[str, ...], entry: object) -> Element | None:
    if not isinstance(entry, Mapping):
        return None
    plain = {plain_name(str(name)): value for name, value in entry.items()}
    state = plain.get("state")
    inner = state if isinstance(state, Mapping) else {}
    known = dict(element[1])
    found = []
    for key in keys:
        value = plain.get(key, inner.get(key, known.get(key)))
        if not isinstance(value, (str, int)) or value == "*" or len(str(value)) > LONGEST_KEY:
            return None
        found.append((key, str(value)))
    return element[0], tuple(sorted(found))
