"""All that show commands want to know about one interface, gathered once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vnexus import hardware
from vnexus.config.tree import Section
from vnexus.exec.show.names import short_name
from vnexus.facts import Counters, InterfaceConfig, Oper
from vnexus.world.traffic import WIDTH

if TYPE_CHECKING:
    from vnexus.node import Node

Rates = tuple[int, ...]
"""Thousandths per second, in the order of the fields of Counters."""


@dataclass(frozen=True, slots=True)
class PortView:
    """``members`` are the ports of a port-channel."""

    node: Node
    config: InterfaceConfig
    section: Section
    oper: Oper
    members: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def short(self) -> str:
        return short_name(self.config.name)

    @property
    def mac(self) -> str:
        spec = self.node.spec
        return hardware.mac_text(hardware.port_mac(spec.address, spec.model, self.name))

    @property
    def counters(self) -> Counters:
        return self.node.world.counters(self.node.spec.name, self.name)

    @property
    def rates(self) -> Rates:
        """Thousandths per second, at this hour."""
        world = self.node.world
        meter, now_us = world.meter(self.node.spec.name, self.name), int(world.refresh() * 1_000_000)
        return tuple(round(meter.rate(column, now_us) * 1000) for column in range(WIDTH))

    @property
    def kilobits(self) -> int:
        """Bandwidth for ``BW … Kbit``."""
        if self.oper.speed_mbps:
            return self.oper.speed_mbps * 1000
        port = hardware.port(self.node.spec.model, self.name)
        return port.speed_mbps * 1000 if port else 1_000_000

    @property
    def media(self) -> str:
        """Type column of ``show interface status``."""
        if self.name.startswith("Ethernet"):
            port = hardware.port(self.node.spec.model, self.name)
            if port and port.cage is None:
                return "1000base-T" if port.speed_mbps == 1000 else "--"
            optic = self.node.world.optic(self.node.spec.name, self.name)
            return optic.kind if optic else "--"
        return "--"

    @property
    def address(self) -> str | None:
        return self.config.addresses[0] if self.config.addresses else None


def view(node: Node, name: str) -> PortView:
    """Raises KeyError for an interface that does not exist."""
    config = node.config.interface(name)
    section = node.config.section(name)
    assert section is not None  # noqa: S101 - the interface exists
    members = tuple(s.label for s in node.config.members(name)) if name.startswith("port-channel") else ()
    return PortView(node, config, section, node.world.oper(node.spec.name, name), members)


_ORDER = (re.compile(r"mgmt"), re.compile(r"Ethernet"), re.compile(r"port-channel"), re.compile(r"loopback"),
          re.compile(r"Vlan"), re.compile(r"nve"))  # fmt: skip


def views(node: Node, names: str | None = None) -> Iterator[PortView]:
    """The interfaces asked for, or all in the order of show commands. Raises KeyError."""
    if names:
        yield from (view(node, name) for name in names.split(","))
        return
    every = node.config.interfaces()
    for kind in _ORDER:
        yield from (view(node, name) for name in every if kind.match(name))
