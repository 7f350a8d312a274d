"""What surrounds an edit: the switch that runs now, and what people call the things on it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv4Interface

from agent.nxos.diff import EMPTY
from agent.nxos.ranges import parse_vlans
from agent.nxos.section import Item, Key, Section

_FED = ("camera ", "access-point ", "phone ", "display ", "door ")
_TAG = re.compile(r"^(\S+) [A-Z][A-Z0-9-]*\d ")
"""An asset tag after the kind of endpoint, as the templates label a port."""
_MANAGEMENT = ("interface mgmt0", "vrf context management", "line vty")
_LISTS = ("ip access-list ", "ipv6 access-list ")
_SPEAKS = ("ip router", "ip ospf", "ip eigrp")
_BOUND = (
    "snmp-server community",
    "interface mgmt0",
    "line ",
    "ntp access-group",
    "class-map type control-plane",
)
"""Lines that put an access list before the control plane."""


@dataclass(frozen=True)
class Around:
    """Facts that risk marks and explanations ask for; each is worked out once for a plan."""

    running: Section
    names: Mapping[str, str] = field(default_factory=dict)
    """Interface, gateway or neighbour to its words."""
    powered: frozenset[str] = frozenset()
    """Interfaces that feed what hangs on them."""
    reached_at: str = ""
    """Address at which we reach the switch."""

    @cached_property
    def tops(self) -> Mapping[str, Item]:
        """Top-level items by their line."""
        return {item.line: item for item in self.running.values()}

    def body(self, header: str) -> Section:
        """What stands below a top-level line now; empty when it is not there."""
        item = self.tops.get(header)
        return (item.body or EMPTY) if item else EMPTY

    def name_of(self, thing: str) -> str:
        """Words for a port, gateway or neighbour; empty when nobody has a name for it.

        What the intent no longer knows is called by the label that it still has on the switch.
        """
        if thing in self.names:
            return self.names[thing]
        label = self.body(f"interface {thing}").get(("description",))
        return _TAG.sub(r"\1 ", str(label.value)) if label else ""

    def feeds(self, port: str) -> bool:
        """Whether something that hangs on the port lives from its power."""
        if port in self.powered or self.name_of(port).startswith(_FED):
            return True
        body = self.body(f"interface {port}")
        return any(key[0].startswith("power inline") for key in body) and not _is_never(body)

    def has(self, path: tuple[str, ...]) -> bool:
        """Whether the switch has this section now."""
        section: Section = self.running
        for depth, header in enumerate(path):
            items = self.tops if depth == 0 else {item.line: item for item in section.values()}
            item = items.get(header)
            if item is None:
                return False
            section = item.body or EMPTY
        return True

    def is_down(self, header: str) -> bool:
        item = self.body(header).get(("shutdown",))
        return item is not None and item.value is True

    @cached_property
    def peer_links(self) -> frozenset[str]:
        """Headers of the vPC peer-link and its members."""
        channels = {line for line, item in self._interfaces() if _value(item, ("vpc",)) == "peer-link"}
        numbers = {line.removeprefix("interface port-channel") for line in channels}
        members = {
            line
            for line, item in self._interfaces()
            if (group := _value(item, ("channel-group",))) and group.split()[0] in numbers
        }
        return frozenset(channels | members)

    @cached_property
    def management(self) -> frozenset[str]:
        """Headers of what the operators' way to the switch runs through."""
        found = set(_MANAGEMENT)
        for line, item in self._interfaces():
            address = _value(item, ("ip address",))
            if self.reached_at and address and address.split("/")[0] == self.reached_at:
                found.add(line)
        return frozenset(found)

    @cached_property
    def routed(self) -> frozenset[str]:
        """Headers of the interfaces on which a routing neighbour is, or may be."""
        peers = tuple(self._bgp_peers())
        found = set()
        for line, item in self._interfaces():
            speaks = any(key[0].startswith(_SPEAKS) for key in item.body or EMPTY)
            if speaks or _faces(_value(item, ("ip address",)), peers):
                found.add(line)
        return frozenset(found)

    @cached_property
    def gateways(self) -> frozenset[str]:
        """Headers of the SVIs that have an address."""
        return frozenset(
            line
            for line, item in self._interfaces()
            if line.startswith("interface Vlan") and _value(item, ("ip address",))
        )

    @cached_property
    def guards(self) -> frozenset[str]:
        """Names of access lists that stand before sessions, SNMP, mgmt0 or the control plane."""
        known = {line.split()[-1] for line in self.tops if line.startswith(_LISTS)}
        words: set[str] = set()
        for line, item in self.tops.items():
            if line.startswith(_BOUND):
                words.update(line.split())
                for child in (item.body or EMPTY).values():
                    words.update(child.line.split())
        return frozenset(known & words)

    def ports_in(self, vlans: Iterable[int]) -> tuple[str, ...]:
        """Interfaces whose access, voice or native VLAN is one of these."""
        return tuple(dict.fromkeys(port for vlan in vlans for port in self._ports_by_vlan.get(vlan, ())))

    @cached_property
    def _ports_by_vlan(self) -> Mapping[int, tuple[str, ...]]:
        found: dict[int, list[str]] = defaultdict(list)
        for line, item in self._interfaces():
            for word in ("switchport access vlan", "switchport voice vlan", "switchport trunk native vlan"):
                value = _value(item, (word,))
                if value and value.isdigit():
                    found[int(value)].append(line.removeprefix("interface "))
        return {vlan: tuple(ports) for vlan, ports in found.items()}

    def trunk_vlans(self, header: str) -> frozenset[int] | None:
        """VLANs that a trunk lets through now; None when the port is no trunk or lets all through."""
        allowed = self.body(header).get(("switchport trunk allowed vlan",))
        return allowed.value if allowed and isinstance(allowed.value, frozenset) else None

    def is_trunk(self, header: str) -> bool:
        item = self.tops.get(header)
        return item is not None and _value(item, ("switchport mode",)) == "trunk"

    def _interfaces(self) -> Iterator[tuple[str, Item]]:
        return ((line, item) for line, item in self.tops.items() if line.startswith("interface "))

    def _bgp_peers(self) -> Iterator[IPv4Address]:
        for line, item in self.tops.items():
            if line.startswith("router bgp "):
                yield from _neighbors(item.body or EMPTY)


def _is_never(body: Section) -> bool:
    item = body.get(("power inline",))
    return item is not None and item.value == "never"


def _neighbors(section: Section) -> Iterator[IPv4Address]:
    for key, item in section.items():
        if key[0] == "vrf":
            yield from _neighbors(item.body or EMPTY)
        elif key[0] == "neighbor" and len(key) > 1:
            try:
                yield IPv4Address(key[1])
            except ValueError:
                continue


def _faces(address: str | None, peers: tuple[IPv4Address, ...]) -> bool:
    if not address or not peers:
        return False
    try:
        network = IPv4Interface(address.split()[0]).network
    except ValueError:
        return False
    return any(peer in network for peer in peers)


def _value(item: Item, key: Key) -> str | None:
    found = (item.body or EMPTY).get(key)
    return found.value if found and isinstance(found.value, str) else None


def kind_of(path: tuple[str, ...]) -> str:
    """Headers joined by ``|``, all interfaces alike, so that what holds for one is known for all.

    >>> kind_of(("interface Vlan120", "hsrp 1"))
    'interface x|hsrp 1'
    """
    if path and path[0].startswith("interface "):
        path = ("interface x", *path[1:])
    return "|".join(path)


def vlans_of(text: str) -> frozenset[int]:
    """Numbers of ``no vlan 10,20-22``; empty for lines that are not about VLANs by number.

    >>> sorted(vlans_of("no vlan 10,20-21"))
    [10, 20, 21]
    """
    words = text.removeprefix("no ").split()
    if len(words) != 2 or words[0] != "vlan" or not words[1][0].isdigit():
        return frozenset()
    return parse_vlans(words[1])
