"""``facts.ConfigFacts`` read from the tree: defaults filled in, ranges expanded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vnexus.config.tree import Section
from vnexus.facts import InterfaceConfig, Mode
from vnexus.grammar.names import ALL_VLANS, allowed_vlans

if TYPE_CHECKING:
    from vnexus.config.configuration import Configuration


def interface_config(config: Configuration, name: str) -> InterfaceConfig:
    """Effective configuration of one interface. Raises KeyError."""
    section = config.root.entries["interface", name].section
    assert section is not None  # noqa: S101 - interface lines always open a section
    switching = config.is_switchport(section)
    mode: Mode = "routed"
    if switching:
        mode = "trunk" if section.value("switchport", "mode") == "trunk" else "access"
    group, channel_mode = _channel(section)
    inline = (section.value("power", "inline") or "auto").split()
    transmit, receive = section.get("lldp", "transmit"), section.get("lldp", "receive")
    speed = section.value("speed")
    return InterfaceConfig(
        name=name,
        admin_up=not config.shut(section),
        description=section.value("description") or "",
        mode=mode,
        access_vlan=int(section.value("switchport", "access", "vlan") or 1),
        native_vlan=int(section.value("switchport", "trunk", "native", "vlan") or 1),
        allowed_vlans=_allowed(section),
        mtu=int(section.value("mtu") or 1500),
        speed_mbps=int(speed) if speed and speed.isdigit() else None,
        addresses=addresses(section),
        vrf=section.value("vrf", "member") or "default",
        channel_group=group,
        channel_mode=channel_mode,
        poe_enabled=inline[0] != "never",
        poe_priority=_priority(section),
        poe_max_milliwatts=int(inline[-1]) if inline[-1].isdigit() else None,
        lldp_transmit=transmit is None,
        lldp_receive=receive is None,
    )


def addresses(section: Section) -> tuple[str, ...]:
    """IPv4 addresses with their lengths, the primary one first."""
    primary = section.value("ip", "address")
    found = [primary.split()[0]] if primary and "/" in primary else []
    found += [
        e.identity[2]
        for e in section.ordered()
        if e.identity[:2] == ("ip", "address") and len(e.identity) > 3
    ]
    return tuple(found)


def _allowed(section: Section) -> frozenset[int]:
    value = section.value("switchport", "trunk", "allowed", "vlan")
    return ALL_VLANS if value is None else allowed_vlans(value)


def _channel(section: Section) -> tuple[int | None, Literal["on", "active", "passive"]]:
    words = (section.value("channel-group") or "").split()
    if not words:
        return None, "on"
    mode: Literal["on", "active", "passive"] = "on"
    if words[-1] == "active":
        mode = "active"
    elif words[-1] == "passive":
        mode = "passive"
    return int(words[0]), mode


def _priority(section: Section) -> Literal["critical", "high", "low"]:
    match section.value("power", "inline", "priority"):
        case "critical":
            return "critical"
        case "high":
            return "high"
        case _:
            return "low"


def vlan_names(config: Configuration) -> dict[int, str]:
    """VLAN number to name, in order."""
    found: dict[int, str] = {}
    for entry in config.root.entries.values():
        if entry.rule.effect == "vlan" and entry.section is not None:
            number = int(entry.identity[1])
            default = "default" if number == 1 else f"VLAN{number:04d}"
            found[number] = entry.section.value("name") or default
    return dict(sorted(found.items()))


def communities(config: Configuration) -> dict[str, str]:
    found = {}
    for entry in config.root.under("snmp-server", "community"):
        if len(entry.identity) == 3:
            found[entry.identity[2]] = entry.value.removeprefix("group ")
    return found


def index_lines(lines: list[str]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Printed lines by the path of headers above them."""
    index: dict[tuple[str, ...], list[str]] = {(): []}
    path: list[str] = []
    for line in lines:
        text = line.strip()
        if not text:
            continue
        depth = (len(line) - len(line.lstrip())) // 2
        del path[depth:]
        index.setdefault(tuple(path), []).append(text)
        path.append(text)
    return {key: tuple(value) for key, value in index.items()}
