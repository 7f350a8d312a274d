"""Whole configurations: which edits lead from one to the other, in an order that a switch accepts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from agent.nxos.diff import EMPTY, Diff, Edit, Phase, edit_item, mark_section, negate
from agent.nxos.interface import channel_of, edit_interface, freed_addresses, strip_inherited
from agent.nxos.parse import parse_config
from agent.nxos.ranges import format_vlans
from agent.nxos.rules import Kind
from agent.nxos.section import Item, Key, Platform, Section, canonical, read_config
from agent.nxos.tree import Tree

_FEATURES = ("feature ", "nv overlay evpn", "install feature-set", "feature-set ")
_USES = ("router ", "line ", "system qos", "telemetry", "vlan configuration", "ip pim", "spanning-tree vlan")
_INTERFACE_ORDER = ("loopback", "port-channel", "Ethernet", "Vlan", "nve", "mgmt")


def read_meaning(tree: Tree, platform: Platform = "n9k") -> dict[Key, Item]:
    """Items of a configuration as they are compared: members' inherited lines left to their channel."""
    return strip_inherited(read_config(tree, platform))


def canonical_text(section: Section) -> str:
    """Equal for two configurations exactly when they mean the same."""
    return "\n".join(canonical(section))


def diff_config(running: Section, target: Section, platform: Platform = "n9k") -> Diff:
    """Edits in sending order and marks in reading order; both empty when there is nothing to do."""
    running = _with_fixed(running, target, platform)
    target = _with_fixed(target, running, platform)
    edits = [*_edit_all(running, target)]
    edits.sort(key=lambda edit: edit.phase)
    return Diff(edits, list(mark_section(running, target)))


def _with_fixed(section: Section, other: Section, platform: Platform) -> dict[Key, Item]:
    """The section, and with their defaults those sections of the other that can neither come nor go."""
    missing = [item.line for key, item in other.items() if key not in section and item.rule.fixed]
    if not missing:
        return dict(section)
    system = [item.line for item in section.values() if "system default switchport" in item.line]
    bare = read_config(parse_config("\n".join([*system, *missing])), platform)
    return {**bare, **section}


def _edit_all(running: Section, target: Section) -> Iterator[Edit]:
    freed = freed_addresses(running, target)
    yield from freed.values()
    for key in reversed(list(running)):
        item = running[key]
        if key not in target and not item.implied and item.rule.kind is not Kind.VLANS:
            yield Edit(_removal_phase(item), (), negate(item), item.line)
    yield from _edit_vlans(running, target)
    others = [item for item in target.values() if not item.line.startswith("interface ")]
    for item in others:
        if item.rule.kind is not Kind.VLANS:
            yield from edit_item(running.get(item.key), item, (), _arrival_phase(item))
    for item in _interfaces(target.values()):
        old = running.get(item.key)
        if old is not None and old.body is not None and item.key in freed:
            old = replace(old, body={key: child for key, child in old.body.items() if key != ("ip address",)})
        yield from edit_interface(old, item, _channels(old, item, running, target))


def _removal_phase(item: Item) -> Phase:
    if item.line.startswith(_FEATURES):
        return Phase.UNFEATURE
    if item.line.startswith("hostname "):
        return Phase.NAME
    if item.line.startswith(("interface ", "router ")):
        return Phase.UNUSE
    return Phase.UNDEFINE if item.rule.late else Phase.REPLACE


def _arrival_phase(item: Item) -> Phase:
    if item.line.startswith(_FEATURES):
        return Phase.FEATURE
    if item.line.startswith("hostname "):
        return Phase.NAME
    return Phase.USE if item.line.startswith(_USES) else Phase.DEFINE


def _edit_vlans(running: Section, target: Section) -> Iterator[Edit]:
    """VLANs that come, many on one line where they need no more than to exist; then VLANs that go."""
    before = {key for key, item in running.items() if item.rule.kind is Kind.VLANS}
    after = {key: item for key, item in target.items() if item.rule.kind is Kind.VLANS}
    plain = [int(key[1]) for key, item in after.items() if key not in before and not item.body]
    if plain:
        yield Edit(Phase.DEFINE, (), f"vlan {format_vlans(plain)}")
    for key, item in after.items():
        if key in before or item.body:
            yield from edit_item(running.get(key), item, (), Phase.DEFINE)
    gone = [int(key[1]) for key in before if key not in after and key[1] != "1"]
    if gone:
        yield Edit(Phase.UNDEFINE, (), f"no vlan {format_vlans(gone)}", f"vlan {format_vlans(gone)}")


def _interfaces(items: Iterable[Item]) -> list[Item]:
    """Interfaces in the order in which they are edited: a port-channel before its members, mgmt0 last."""

    def rank(item: Item) -> int:
        name = item.line.removeprefix("interface ")
        found = (place for place, word in enumerate(_INTERFACE_ORDER) if name.startswith(word))
        return next(found, len(_INTERFACE_ORDER) - 1)

    return sorted((item for item in items if item.line.startswith("interface ")), key=rank)


def _channels(
    old: Item | None, new: Item, running: Section, target: Section
) -> tuple[Section, Section] | None:
    """Sections of the port's channel before and after; None for a port that never was a member."""
    before = channel_of(old.body or EMPTY) if old else None
    after = channel_of(new.body or EMPTY)
    if before is None and after is None:
        return None

    def body(section: Section, channel: str | None) -> Section:
        item = section.get(("interface", channel)) if channel else None
        return (item.body or EMPTY) if item else EMPTY

    return body(running, before), body(target, after)
