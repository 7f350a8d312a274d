"""Meaning of a configuration: items that can be compared, whatever way the lines were written."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal

from agent.nxos.ranges import ALL_VLANS, apply_allowed, format_vlans, parse_vlans
from agent.nxos.rules import PLAIN, SEQUENCES, Kind, Rule, find_rule
from agent.nxos.spelling import spell
from agent.nxos.tree import Line, Tree

Platform = Literal["n7k", "n9k"]
Key = tuple[str, ...]
ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is configured. Items with the same key are the same thing, perhaps with other values."""

    key: Key
    rule: Rule
    line: str
    """How it is sent, without indent."""
    value: Hashable
    body: Mapping[Key, Item] | None = None
    implied: bool = False
    """Equals the default of the platform, which the switch does not write."""
    written: bool = True
    """False when no line says so and the default was filled in."""

    @property
    def negated(self) -> bool:
        return self.value is False


Section = Mapping[Key, Item]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a port is when no line says so."""

    switchport: bool
    shutdown: bool


def defaults_of(lines: Iterable[str], platform: Platform) -> Defaults:
    """Defaults of the platform, as ``system default …`` among the top-level lines changes them."""
    tops = {line for line in lines if "system default switchport" in line}
    l2 = platform == "n9k"
    if "system default switchport" in tops:
        l2 = True
    elif "no system default switchport" in tops:
        l2 = False
    down = platform == "n7k"
    if "system default switchport shutdown" in tops:
        down = True
    elif "no system default switchport shutdown" in tops:
        down = False
    return Defaults(l2, down)


def read_config(tree: Tree, platform: Platform = "n9k", defaults: Defaults | None = None) -> dict[Key, Item]:
    """Items of a configuration, defaults of the platform filled in, lines that the switch adds left out.

    ``defaults`` are given for a part of a configuration, which does not hold them itself.
    """
    tops = (line.text for line in tree.statements())
    return _read(tree.lines, "", defaults or defaults_of(tops, platform))


def _read(lines: tuple[Line, ...], where: str, reader: Defaults) -> dict[Key, Item]:
    items: dict[Key, Item] = {}
    numbered = any(fnmatchcase(where, pattern) for pattern in SEQUENCES)
    table = _ANY_INTERFACE.sub("interface x", where)
    sequence = 0
    for line in lines:
        if not line.text:
            continue
        text = spell(squeeze(line.text))
        if numbered:
            text, sequence = _number(text, sequence)
            items[("entry", str(sequence)) if text[0].isdigit() else (text,)] = _entry(text, sequence)
        elif where and not line.children and (leaf := _leaf(table, text)) is not _NO_LEAF:
            if leaf is not None:
                items[leaf.key] = leaf
        else:
            _add(items, line, text, where, reader)
    if where.startswith("interface ") and "|" not in where:
        _fill_interface(items, where, reader)
    return items


@lru_cache(maxsize=65_536)
def _leaf(table: str, text: str) -> Item | None:
    """The item of a line below a section, with nothing below it; the same for the same line of every port.

    None for a line that means nothing, ``_NO_LEAF`` for one that depends on the lines beside it.
    """
    negated = text.startswith("no ")
    bare = text[3:] if negated else text
    rule = find_rule(table, bare)
    if rule.kind in _DEPENDENT:
        return _NO_LEAF
    if rule.kind is Kind.IGNORE:
        return None
    key, value = _identify(rule, bare)
    if rule.default is not None and value == rule.default:
        return None
    return Item(key, rule, text, False if negated else value)


_ANY_INTERFACE = re.compile(r"^interface [^|]+")
_DEPENDENT = frozenset({Kind.VLANS, Kind.TRUNK, Kind.BLOCK, Kind.SINGLETON})
_NO_LEAF = Item((), PLAIN, "", None)


def squeeze(text: str) -> str:
    """The line with single blanks; free text and banners stay as they are.

    >>> squeeze("username ana password 5 x  role network-admin")
    'username ana password 5 x role network-admin'
    """
    if "  " not in text or text.startswith(("description ", "banner ")):
        return text
    return " ".join(text.split())


def _number(text: str, last: int) -> tuple[str, int]:
    """ACL entry with its number: the one it has, or ten more than the last (NX-OS numbers so)."""
    word, _, _ = text.partition(" ")
    if word.isdigit():
        return text, int(word)
    if word in {"permit", "deny", "remark"}:
        return f"{last + 10} {text}", last + 10
    return text, last


def _entry(text: str, sequence: int) -> Item:
    if text[0].isdigit():
        return Item(("entry", str(sequence)), _ENTRY, text, text.partition(" ")[2].lower())
    return Item((text,), PLAIN, text, True)


_ENTRY = Rule("", whole=True)


def _add(items: dict[Key, Item], line: Line, text: str, where: str, reader: Defaults) -> None:
    negated = text.startswith("no ")
    bare = text[3:] if negated else text
    rule = find_rule(where, bare)
    if rule.kind is Kind.IGNORE:
        return
    if rule.kind is Kind.VLANS:
        if negated or not bare[5:6].isdigit():
            rule = PLAIN
        else:
            _add_vlans(items, line, bare, rule, reader)
            return
    if rule.kind is Kind.TRUNK and not negated:
        _add_trunk(items, bare, rule)
        return
    key, value = _identify(rule, bare)
    if rule.default is not None and value == rule.default:
        return
    body = None
    if not negated and (
        rule.kind in {Kind.BLOCK, Kind.SINGLETON} or any(child.text for child in line.children)
    ):
        body = _read(line.children, f"{where}|{bare}" if where else bare, reader)
        if (before := items.get(key)) is not None and before.body:
            body = {**before.body, **body}
    items[key] = Item(key, rule, text, False if negated else value, body)


def _identify(rule: Rule, text: str) -> tuple[Key, Hashable]:
    """(key, value) of a line without ``no``."""
    if rule.kind is Kind.LINE:
        return (text,), True
    words = text.split()
    if rule.slots:
        return (rule.prefix, *(words[slot] for slot in rule.slots if slot < len(words))), text
    if rule.kind is Kind.BLOCK and not rule.keys:
        return (text,), True
    start = len(rule.prefix.split())
    key: Key = (rule.prefix, *words[start : start + rule.keys])
    rest = words[start + rule.keys :]
    if rule.last and rest:
        key, rest = (*key, rest[-1]), rest[:-1]
    if rule.secret is not None:
        return key, rule.secret.sub("*", " ".join(words[start:]))
    if rule.keys == 0 and not rule.last:
        return key, text[len(rule.prefix) :].strip()
    return key, " ".join(rest)


def _add_vlans(items: dict[Key, Item], line: Line, text: str, rule: Rule, reader: Defaults) -> None:
    body = _read(line.children, "vlan 1", reader)
    for number in sorted(parse_vlans(text[5:])):
        key = ("vlan", str(number))
        if number == 1 and not body:
            continue
        before = items.get(key)
        merged = {**(before.body or {}), **body} if before else body
        items[key] = Item(key, rule, f"vlan {number}", True, merged)


def _add_trunk(items: dict[Key, Item], text: str, rule: Rule) -> None:
    key: Key = (rule.prefix,)
    before = items.get(key)
    current = before.value if before and isinstance(before.value, frozenset) else None
    allowed = apply_allowed(current, text[len(rule.prefix) :].strip())
    if allowed == ALL_VLANS:
        items.pop(key, None)
        return
    items[key] = Item(key, rule, f"{rule.prefix} {format_vlans(allowed) or 'none'}", allowed)


def _fill_interface(items: dict[Key, Item], where: str, reader: Defaults) -> None:
    """Add what the switch does not write: ``switchport`` and ``shutdown`` as the platform has them."""
    name = where.partition(" ")[2]
    layer2 = False
    if name.startswith(("Ethernet", "port-channel")) and "." not in name:
        layer2 = _fill_toggle(items, "switchport", reader.switchport)
    down = name.startswith(("Vlan", "nve"))
    if name.startswith("Ethernet"):
        down = reader.shutdown or not layer2
    _fill_toggle(items, "shutdown", down)


def _fill_toggle(items: dict[Key, Item], word: str, default: bool) -> bool:
    """Value of the toggle after the default is filled in."""
    key = (word,)
    found = items.get(key)
    if found is None:
        items[key] = Item(key, PLAIN, word if default else f"no {word}", default, implied=True, written=False)
        return default
    if found.value == default:
        items[key] = replace(found, implied=True)
    return found.value is True


def is_default(item: Item) -> bool:
    """True when the item says nothing that the switch would not do by itself."""
    if item.implied:
        return True
    return item.rule.fixed and all(is_default(child) for child in (item.body or {}).values())


def canonical(section: Section, path: str = "") -> Iterator[str]:
    """Lines of a text that is equal for configurations that mean the same, in whatever order and spelling."""
    for key in sorted(section):
        item = section[key]
        fixed = item.rule.fixed
        if fixed and is_default(item):
            continue
        here = f"{path} / {' '.join(key)}" if path else " ".join(key)
        value = "" if fixed else format_vlans(item.value) if isinstance(item.value, frozenset) else item.value
        yield f"{here} = {value}"
        if item.body:
            yield from canonical(item.body, here)
