"""Interfaces: making them, switching and routing roles, port-channels, VRFs."""

from __future__ import annotations

from vnexus.config.change import Change, NoSuchWordError, RefusedError, inherit
from vnexus.config.configuration import Configuration, interface_rule
from vnexus.config.effects.registry import effect
from vnexus.config.tree import Entry, Section
from vnexus.grammar.names import ALL_VLANS, allowed_vlans, vlan_set, vlan_text
from vnexus.grammar.table import modes


@effect("interface")
def interface(change: Change) -> str | None:
    """Enter one interface; logical ones are made and removed, physical ones only reset."""
    return _interface(change, change.match.pieces[1].text)


@effect("feature-svi")
def feature_svi(change: Change) -> str | None:
    """VLAN 1 gets its interface with the feature."""
    change.apply()
    if not change.negated:
        change.config.add_interface("Vlan1")
    return None


@effect("interface-range")
def interface_range(change: Change) -> str | None:
    for name in change.match.pieces[1].text.split(","):
        try:
            rule = interface_rule(name)
        except KeyError:
            raise NoSuchWordError(1) from None
        if rule.feature and not change.config.feature(rule.feature):
            raise NoSuchWordError(1)
        _interface(change, name)
    return None


def _interface(change: Change, name: str) -> str | None:
    config = change.config
    physical = name in config.platform.ports or name == "mgmt0"
    if change.negated == "default":
        _default(config, name)
    elif change.negated:
        if physical:
            raise NoSuchWordError(1)
        if name == "Vlan1":  # it comes with the feature and goes with it
            raise RefusedError("ERROR: Vlan1 cannot be deleted")
        _remove(config, name)
    else:
        if not physical and name.startswith(("Ethernet", "mgmt")) and not _subinterface(config, name):
            raise NoSuchWordError(1, "Invalid range at '^' marker.")
        if not physical and ("interface", name) not in config.root.entries:
            config.touch()
        change.entered.append(config.add_interface(name))
    return None


def _subinterface(config: Configuration, name: str) -> bool:
    parent, dot, _ = name.partition(".")
    return bool(dot) and parent in config.platform.ports


def _default(config: Configuration, name: str) -> None:
    section = config.section(name)
    if section is None:
        raise NoSuchWordError(1)
    if section.entries:
        section.entries.clear()
        config.touch()


def _remove(config: Configuration, name: str) -> None:
    if config.root.entries.pop(("interface", name), None) is None:
        return
    if name.startswith("port-channel"):
        number = name.removeprefix("port-channel")
        for port in config.platform.ports:
            member = config.section(port)
            if member and (member.value("channel-group") or "").split(" ")[0] == number:
                del member.entries["channel-group",]
    config.touch()


@effect("switchport")
def switchport(change: Change) -> str | None:
    """Changing the role takes the other role's lines away, and the administrative state back to default."""
    config, section = change.config, change.section
    before = config.is_switchport(section)
    change.apply()
    if config.is_switchport(section) != before:
        lost = "l2" if before else "l3"
        for identity, entry in list(section.entries.items()):
            if entry.rule.condition == lost or identity == ("shutdown",):
                del section.entries[identity]
        if section.mode == "if-channel":
            for member in config.members(section.label):
                for identity in [i for i, e in member.entries.items() if e.rule.condition == lost]:
                    del member.entries[identity]
                inherit(member, ("switchport",), section.get("switchport"))
    return None


@effect("trunk-allowed")
def trunk_allowed(change: Change) -> str | None:
    """The allowed list is a set: add, remove, except, all and none change it."""
    identity = change.match.identity
    if change.negated:
        change.remove(identity)
        return None
    words = [p.text for p in change.match.pieces if p.value]
    current = change.section.value(*identity)
    have = ALL_VLANS if current is None else allowed_vlans(current)
    match words:
        case ["all"]:
            wanted = ALL_VLANS
        case ["none"]:
            wanted = frozenset()
        case ["add", numbers]:
            wanted = have | (vlan_set(numbers) or frozenset())
        case ["remove", numbers]:
            wanted = have - (vlan_set(numbers) or frozenset())
        case ["except", numbers]:
            wanted = ALL_VLANS - (vlan_set(numbers) or frozenset())
        case _:
            wanted = vlan_set(words[0]) or frozenset()
    change.keep(identity, f"{' '.join(identity)} {vlan_text(wanted) or 'none'}")
    return None


@effect("vrf-member")
def vrf_member(change: Change) -> str | None:
    """Moving an interface to another VRF removes its layer-3 lines."""
    section = change.section
    before = section.value("vrf", "member")
    if change.negated:
        change.remove()
    else:
        change.keep()
    if section.value("vrf", "member") == before:
        return None
    lost = [i for i, e in section.entries.items() if e.rule.has("l3") or i[:2] == ("ip", "access-group")]
    for identity in lost:
        del section.entries[identity]
    return f"Warning: Deleted all L3 config on interface {section.label}" if lost else None


@effect("ip-address")
def ip_address(change: Change) -> str | None:
    """The primary address; taking it away takes the secondary ones along."""
    if change.negated:
        wanted = change.match.value
        have = change.section.value("ip", "address")
        if wanted and have and wanted.split()[0] != have.split()[0]:
            raise RefusedError("ERROR: Cannot delete primary address: it is not configured")
        for entry in [e for e in change.section.under("ip", "address") if len(e.identity) > 2]:
            change.remove(entry.identity)
        change.remove()
        return None
    address = change.match.value.split()[0]
    clash = _overlap(change.config, change.section, address)
    if clash:
        raise RefusedError(f"ERROR: {address} overlaps with address configured on {clash}")
    change.keep()
    return None


def _overlap(config: Configuration, section: Section, address: str) -> str | None:
    """Another interface of the same VRF that has the very address."""
    if "/" not in address:
        return None
    vrf = section.value("vrf", "member")
    for entry in config.root.under("interface"):
        other = entry.section
        if other is None or other is section or other.value("vrf", "member") != vrf:
            continue
        theirs = other.value("ip", "address")
        if theirs and theirs.partition("/")[0] == address.partition("/")[0]:
            return other.label
    return None


@effect("mtu")
def mtu(change: Change) -> str | None:
    """Fabric ports in switching mode know two sizes: 1500 and the system's jumbo size."""
    config = change.config
    value = change.match.value
    if not change.negated and value and config.is_switchport(change.section):
        jumbo = config.root.value("system", "jumbomtu") or "9216"
        if value not in {"1500", jumbo}:
            raise RefusedError(
                f"ERROR: {change.section.label}: MTU on L2 interfaces can only be set to default or "
                f"system-jumboMTU ({jumbo})"
            )
    change.apply()
    return None


@effect("access-group")
def access_group(change: Change) -> str | None:
    change.apply()
    return None


@effect("power-inline")
def power_inline(change: Change) -> str | None:
    """``max N`` alone means ``auto max N``."""
    if change.negated:
        change.remove()
        return None
    value = change.match.value
    text = f"power inline auto {value}" if value.startswith("max") else change.match.text
    change.keep(text=text)
    return None


@effect("port-type")
def port_type(change: Change) -> str | None:
    before = change.section.value("spanning-tree", "port", "type")
    change.apply()
    value = change.section.value("spanning-tree", "port", "type")
    return EDGE_WARNING if value != before and value and value.startswith("edge") else None


EDGE_WARNING = """Warning: Edge port type (portfast) should only be enabled on ports connected to a single
 host. Connecting hubs, concentrators, switches, bridges, etc...  to this
 interface  when edge port type (portfast) is enabled, can cause temporary bridging loops.
 Use with CAUTION
"""


@effect("channel-group")
def channel_group(change: Change) -> str | None:
    """A port joins a port-channel: it must agree with it, unless forced; then it follows it."""
    config, section = change.config, change.section
    if change.negated:
        change.remove()
        return None
    number = change.match.pieces[1].text
    mode = next((p.text for p in change.match.pieces if p.text in {"active", "passive"}), "")
    if mode and not config.feature("lacp"):
        raise RefusedError("ERROR: LACP is not enabled: 'feature lacp' is missing")
    channel = config.section(f"port-channel{number}")
    text = f"channel-group {number}" + (f" mode {mode}" if mode else "")
    if channel is None:
        channel = config.add_interface(f"port-channel{number}")
        for entry in [
            e for e in section.entries.values() if e.rule.has("inherit") or e.identity == ("switchport",)
        ]:
            _copy_to_channel(channel, entry)
    elif not change.match.said("force"):
        _check_compatible(config, section, channel)
    change.keep(("channel-group",), text)
    _follow(section, channel)
    return None


def _inherited(section: Section) -> dict[tuple[str, ...], Entry]:
    return {i: e for i, e in section.entries.items() if e.rule.has("inherit") or i == ("switchport",)}


_CONFLICTS = {
    ("switchport",): "Ethernet Layer",
    ("mtu",): "MTU",
    ("switchport", "mode"): "port mode",
    ("switchport", "trunk", "allowed", "vlan"): "port allowed VLAN list",
    ("switchport", "trunk", "native", "vlan"): "port native VLAN",
    ("switchport", "access", "vlan"): "port access VLAN",
}


def _check_compatible(config: Configuration, section: Section, channel: Section) -> None:
    """A port that says nothing takes everything over; one that says something else is refused."""
    theirs = _inherited(channel)
    for identity, entry in _inherited(section).items():
        other = theirs.get(identity)
        if other is None or other.text != entry.text:
            if config.is_default(entry, section) and other is None:
                continue
            reason = _CONFLICTS.get(identity, identity[0])
            raise RefusedError(f"command failed: port not compatible [{reason}]")


def _copy_to_channel(channel: Section, entry: Entry) -> None:
    found = modes()["if-channel"].match(entry.text.removeprefix("no "), partial=True)
    rule = getattr(found, "rule", None)
    if rule is not None and rule.notation.split(" : ")[0].split() == list(entry.identity):
        channel.entries[entry.identity] = Entry(rule, entry.identity, entry.text, negative=entry.negative)


def _follow(member: Section, channel: Section) -> None:
    for identity in list(_inherited(member)):
        del member.entries[identity]
    for identity, entry in _inherited(channel).items():
        inherit(member, identity, entry)


@effect("service-policy")
def service_policy(change: Change) -> str | None:
    """The policy must exist when it is bound."""
    name = change.match.value
    if not change.negated and name:
        identity = change.match.identity
        kind = identity[2]
        known = ("policy-map", "type", kind, name) in change.config.root.entries
        if not known and not name.startswith(("default-", "copp-")):
            raise RefusedError(f"ERROR: policy-map {name} of type {kind} does not exist")
    change.apply()
    return None
