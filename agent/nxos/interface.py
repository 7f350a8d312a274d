"""Interfaces, where lines have side effects: what a mode or VRF change wipes, what members inherit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Interface, IPv4Network

from agent.nxos.diff import EMPTY, Edit, Phase, edit_item, negate
from agent.nxos.section import Item, Key, Section, is_default

LAYER3 = ("ip ", "ipv6 ", "hsrp", "vrf member", "bfd ", "no ip ", "no ipv6 ")
LAYER2 = ("switchport ",)
INHERITED = ("switchport", "mtu", "spanning-tree ")
"""What a member takes over from its port-channel; releases differ in what they write on both."""
_SWITCHPORT: Key = ("switchport",)
_VRF: Key = ("vrf member",)
_CHANNEL: Key = ("channel-group",)
_SHUTDOWN: Key = ("shutdown",)
_ADDRESS: Key = ("ip address",)


def channel_of(body: Section) -> str | None:
    """``port-channel10`` for a member, else None."""
    item = body.get(_CHANNEL)
    return f"port-channel{str(item.value).split()[0]}" if item else None


def strip_inherited(config: Mapping[Key, Item]) -> dict[Key, Item]:
    """The configuration with each member's inherited lines left to its port-channel, written or not."""
    channels = {
        item.line.removeprefix("interface "): item.body or EMPTY
        for item in config.values()
        if item.line.startswith("interface port-channel")
    }
    result = dict(config)
    for key, item in config.items():
        if not item.line.startswith("interface Ethernet") or not item.body:
            continue
        channel = channels.get(channel_of(item.body) or "")
        if channel is None:
            continue
        body = {name: child for name, child in item.body.items() if not _inherits(name, child, channel)}
        result[key] = replace(item, body=body)
    return result


def _inherits(name: Key, child: Item, channel: Section) -> bool:
    if not name[0].startswith(INHERITED):
        return False
    model = channel.get(name)
    return not child.written or (model is not None and model.value == child.value)


def edit_interface(
    old: Item | None, new: Item, channels: tuple[Section, Section] | None = None
) -> Iterator[Edit]:
    """Edits of one interface, in an order that survives what the switch wipes on the way.

    ``channels`` holds the sections of its port-channel before and after, for a port that leaves or joins one.
    """
    if old is new:
        return
    before, after = dict(old.body or EMPTY) if old else {}, dict(new.body or EMPTY)
    if old is None:
        before = {key: item for key, item in after.items() if item.implied}
        yield Edit(Phase.INTERFACE, (), new.line, opens=True)
    elif _is_reset(old, new):
        yield Edit(Phase.INTERFACE, (), f"default {new.line}", old.line)
        return
    path = (new.line,)
    leaves = _CHANNEL in before and _value(before, _CHANNEL) != _value(after, _CHANNEL)
    joins = _CHANNEL in after and (leaves or _CHANNEL not in before)
    if leaves:
        yield Edit(Phase.INTERFACE, path, negate(before.pop(_CHANNEL)), old.line if old else "")
        before |= _inherited(channels[0] if channels else EMPTY)
    if joins:
        after = {**_inherited(channels[1] if channels else EMPTY), **after}
    flips = _SWITCHPORT in after and _value(before, _SWITCHPORT) != _value(after, _SWITCHPORT)
    moves = not flips and _value(before, _VRF) != _value(after, _VRF)
    wiped = _wiped(after, flips=flips, moves=moves)
    if _value(after, _SHUTDOWN) is True and _value(before, _SHUTDOWN) is False:
        yield Edit(Phase.INTERFACE, path, "shutdown", "no shutdown")
        before[_SHUTDOWN] = after[_SHUTDOWN]
    for key in reversed(list(before)):
        if key in after or before[key].implied or key == _VRF or before[key].line.startswith(wiped):
            continue
        yield Edit(Phase.INTERFACE, path, negate(before[key]), before[key].line)
    if flips:
        yield Edit(Phase.INTERFACE, path, after[_SWITCHPORT].line)
    if moves and _VRF not in after:
        yield Edit(Phase.INTERFACE, path, negate(before[_VRF]), before[_VRF].line)
    elif (moves or flips) and _VRF in after:
        yield Edit(Phase.INTERFACE, path, after[_VRF].line)
    left = {key: item for key, item in before.items() if not item.line.startswith(wiped)}
    for key, item in after.items():
        if key not in {_SWITCHPORT, _VRF, _SHUTDOWN, _CHANNEL}:
            yield from edit_item(left.get(key), item, path, Phase.INTERFACE)
    if _CHANNEL in after:
        yield from edit_item(None if joins else before.get(_CHANNEL), after[_CHANNEL], path, Phase.INTERFACE)
    yield from _edit_shutdown(before, after, path, forced=flips)


def _is_reset(old: Item, new: Item) -> bool:
    """True when a physical port loses all that it has: one ``default interface`` says so."""
    return new.line.startswith("interface Ethernet") and is_default(new) and not is_default(old)


def _inherited(channel: Section) -> dict[Key, Item]:
    return {key: item for key, item in channel.items() if key[0].startswith(INHERITED)}


def _edit_shutdown(before: Section, after: Section, path: tuple[str, ...], *, forced: bool) -> Iterator[Edit]:
    """Last of all, and always after a mode change: the state that it leaves is not to be guessed."""
    item = after.get(_SHUTDOWN)
    if item is None:
        return
    had = before.get(_SHUTDOWN)
    if forced or (item.value != had.value if had else not item.implied):
        yield Edit(Phase.INTERFACE, path, item.line)


def _value(section: Section, key: Key) -> object:
    item = section.get(key)
    return item.value if item else None


def _wiped(after: Section, *, flips: bool, moves: bool) -> tuple[str, ...]:
    """Prefixes of the lines that the switch deletes by itself."""
    if moves:
        return LAYER3
    if flips:
        return LAYER3 if _value(after, _SWITCHPORT) is True else LAYER2
    return ()


def freed_addresses(running: Section, target: Section) -> dict[Key, Edit]:
    """Early removals, by interface key: addresses whose network another interface takes over."""
    wanted = {key: _network(item) for key, item in target.items() if item.line.startswith("interface ")}
    freed: dict[Key, Edit] = {}
    for key, item in running.items():
        if not item.line.startswith("interface ") or not item.body:
            continue
        mine = _network(item)
        if mine is None or wanted.get(key) == mine:
            continue
        takers = (net for other, net in wanted.items() if other != key and net is not None)
        if any(net.overlaps(mine) for net in takers):
            freed[key] = Edit(Phase.FREE, (item.line,), negate(item.body[_ADDRESS]), item.body[_ADDRESS].line)
    return freed


def _network(item: Item) -> IPv4Network | None:
    address = (item.body or EMPTY).get(_ADDRESS)
    if address is None or not isinstance(address.value, str):
        return None
    try:
        return IPv4Interface(address.value.split()[0]).network
    except (ValueError, IndexError):
        return None
