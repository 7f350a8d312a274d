"""VLANs, spanning tree, vPC."""

from __future__ import annotations

from vnexus.config.change import Change, RefusedError, inherit
from vnexus.config.effects.registry import effect
from vnexus.config.tree import Entry, Section
from vnexus.grammar.match import Match
from vnexus.grammar.names import vlan_set
from vnexus.grammar.table import modes

RESERVED = range(3968, 4095)


@effect("vlan")
def vlan(change: Change) -> str | None:
    """``vlan 1,10,20-30`` makes or removes the whole list and enters it."""
    numbers = sorted(vlan_set(change.match.pieces[1].text) or ())
    if not change.negated and any(n in RESERVED for n in numbers):
        raise RefusedError("ERROR: VLAN range is reserved for internal use")
    if change.negated and 1 in numbers:
        raise RefusedError("ERROR: Deletion of VLAN 1 is not allowed")
    entries = change.section.entries
    for number in numbers:
        identity = ("vlan", str(number))
        if change.negated:
            change.remove(identity)
            continue
        entry = entries.get(identity)
        if entry is None:
            text = f"vlan {number}"
            entry = entries[identity] = Entry(change.match.rule, identity, text, Section("vlan", text))
            change.config.touch()
        if entry.section is not None:
            change.entered.append(entry.section)
    return None


@effect("stp-priority")
def stp_priority(change: Change) -> str | None:
    value = change.match.value.removeprefix("priority").strip()
    if not change.negated and int(value) % 4096:
        raise RefusedError("ERROR: Bridge Priority must be in increments of 4096.\n"
                           "Allowed values are:\n"
                           "0     4096  8192  12288 16384 20480 24576 28672\n"
                           "32768 36864 40960 45056 49152 53248 57344 61440")  # fmt: skip
    identity = (*change.match.identity[:3], "priority")
    if change.negated or value == "32768":
        change.remove(identity)
    else:
        change.keep(identity, f"{' '.join(identity[:3])} priority {value}")
    return None


@effect("stp-root")
def stp_root(change: Change) -> str | None:
    """``root primary`` is a macro for a priority."""
    identity = (*change.match.identity[:3], "priority")
    if change.negated:
        change.remove(identity)
        return None
    priority = "24576" if change.match.said("primary") else "28672"
    found = modes()["config"].match(f"{' '.join(identity)} {priority}")
    assert isinstance(found, Match)  # noqa: S101 - the table has the line
    Change(change.config, change.section, found).keep(identity, f"{' '.join(identity)} {priority}")
    return None


@effect("vpc-domain")
def vpc_domain(change: Change) -> str | None:
    if change.negated:
        change.remove()
        return None
    for entry in list(change.section.under("vpc", "domain")):
        if entry.identity[2] != change.match.identity[2]:
            change.remove(entry.identity)
    change.keep()
    return None


@effect("keepalive")
def keepalive(change: Change) -> str | None:
    """The management VRF is the default and is written out on no release; others are."""
    change.apply()
    return None


@effect("peer-link")
def peer_link(change: Change) -> str | None:
    """The peer-link becomes a spanning-tree network port."""
    section = change.section
    change.apply()
    if change.negated or not change.config.is_switchport(section):
        return None
    if section.value("spanning-tree", "port", "type") == "network":
        return None
    identity = ("spanning-tree", "port", "type")
    found = modes()[section.mode].match("spanning-tree port type network")
    assert isinstance(found, Match)  # noqa: S101 - the table has the line
    entry = section.entries[identity] = Entry(found.rule, identity, "spanning-tree port type network")
    for member in change.config.members(section.label):
        inherit(member, identity, entry)
    return PEER_LINK_NOTE


PEER_LINK_NOTE = """\
Please note that spanning tree port type is changed to "network" port type on vPC peer-link.
This will enable spanning tree Bridge Assurance on vPC peer-link provided the STP Bridge Assurance
(which is enabled by default) is not disabled."""


@effect("vpc")
def vpc(change: Change) -> str | None:
    """One vPC number per port-channel, one port-channel per number."""
    section, number = change.section, change.match.identity[1]
    if change.negated:
        change.remove()
        return None
    for entry in change.config.root.under("interface"):
        other = entry.section
        if other and other is not section and ("vpc", number) in other.entries:
            raise RefusedError(f"ERROR: Operation failed: [vPC already in use]: {number} on {other.label}")
    for entry in [e for e in section.under("vpc") if e.identity[1].isdigit() and e.identity[1] != number]:
        change.remove(entry.identity)
    change.keep()
    return None
