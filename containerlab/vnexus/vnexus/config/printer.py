"""``show running-config``: order, indent, blank lines, hidden defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnexus.config.tree import Entry, Section
from vnexus.grammar.match import Match
from vnexus.grammar.names import vlan_text
from vnexus.grammar.table import modes

if TYPE_CHECKING:
    from vnexus.config.configuration import Configuration


def print_tree(config: Configuration, *, full: bool) -> list[str]:
    """The whole configuration, groups and stanzas parted by blank lines."""
    lines: list[str] = []
    blank, more, group, vlans_done = False, False, None, False
    for entry in _visible(config, config.root, full=full):
        if entry.rule.effect == "vlan":
            body = [] if vlans_done else _vlans(config, full=full)
            vlans_done = True
            if not body:
                continue
        else:
            body = _entry(config, entry, 0, full=full)
        if lines and (blank or entry.rule.has("stanza") or entry.rule.group != group):
            lines += ["", ""] if more else [""]
            more = False
        lines += body
        group, blank = entry.rule.group, entry.rule.has("blank-after")
        more = more or entry.rule.has("blank-more")
    return lines


def print_section(config: Configuration, section: Section, depth: int, *, full: bool = False) -> list[str]:
    """The lines of a section, without its header."""
    lines: list[str] = []
    for entry in _readable(_visible(config, section, full=full)):
        lines += _entry(config, entry, depth, full=full)
    return [*lines, *footer(section)]


def _readable(entries: list[Entry]) -> list[Entry]:
    """Lines that a section before them would take for its own go before it, else it reads otherwise."""
    ordered: list[Entry] = []
    open_ = 0
    for entry in entries:
        place = len(ordered)
        if open_:
            text = entry.text.removeprefix("no ") if entry.negative else entry.text
            takes = [n for n, one in enumerate(ordered) if one.section and _takes(one.section, text)]
            place = takes[0] if takes else place
        ordered.insert(place, entry)
        open_ += entry.section is not None
    return ordered


def _takes(section: Section, text: str) -> bool:
    """Would the line be one of the section, or of one inside it?"""
    found = modes()[section.mode].match(text, partial=True)
    return (isinstance(found, Match) and found.spelt(text)) or any(
        entry.section is not None and _takes(entry.section, text) for entry in section.entries.values()
    )


def footer(section: Section) -> list[str]:
    """What closes a section whose lines could be anything."""
    return ["end-job"] if section.mode == "scheduler-job" else []


def _entry(config: Configuration, entry: Entry, depth: int, *, full: bool) -> list[str]:
    text = "  " * depth + entry.text + (" " if entry.rule.has("trailing-blank") else "")
    if entry.section is None:
        return text.split("\n")
    return [text, *print_section(config, entry.section, depth + 1, full=full)]


def _visible(config: Configuration, section: Section, *, full: bool) -> list[Entry]:
    if full:
        return sorted([*section.entries.values(), *_defaults(config, section)], key=Entry.key)
    return [e for e in section.ordered() if not config.is_default(e, section)]


def _defaults(config: Configuration, section: Section) -> list[Entry]:
    """Entries that nobody typed, for ``all``."""
    missing: list[Entry] = []
    for rule in modes()[section.mode].rules:
        if not (rule.default or rule.has("toggle")) or "<" in rule.notation.partition(":")[0]:
            continue
        identity = tuple(rule.notation.partition(" : ")[0].split())
        if identity in section.entries or not config.holds(rule, section):
            continue
        off = config.toggle(rule, section) is False
        text = " ".join((*identity, rule.default)).strip()
        missing.append(Entry(rule, identity, f"no {text}" if off else text, negative=off))
    return missing


def _vlans(config: Configuration, *, full: bool) -> list[str]:
    entries = sorted(
        (e for e in config.root.entries.values() if e.rule.effect == "vlan"), key=lambda e: int(e.identity[1])
    )
    lines = [f"vlan {vlan_text(int(e.identity[1]) for e in entries)}"]
    for entry in entries:
        body = print_section(config, entry.section, 1, full=full) if entry.section else []
        if body and not (full and entry.identity[1] == "1"):
            lines += [entry.text, *body]
    return lines
