"""What a model tree is made from: one node at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from vnexus.node import Node
from vnexus.world import World
from vnexus.world.state import Snapshot

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class View:
    """Ask it inside ``world.moment()``, so that all answers belong together."""

    node: Node

    @property
    def name(self) -> str:
        return self.node.spec.name

    @property
    def world(self) -> World:
        return self.node.world

    @property
    def snapshot(self) -> Snapshot:
        return self.world.snapshot(self.name)


def nanoseconds(moment: float) -> int:
    return int(moment * 1_000_000) * 1000


_SHORT = (("Ethernet", "eth"), ("port-channel", "po"), ("Vlan", "vlan"), ("loopback", "lo"), ("nve", "nve"))


def short_name(interface: str) -> str:
    """The name in the models of a Nexus.

    >>> [short_name(name) for name in ("Ethernet1/7", "port-channel10", "Vlan120", "mgmt0")]
    ['eth1/7', 'po10', 'vlan120', 'mgmt0']
    """
    for long, short in _SHORT:
        if interface.startswith(long):
            return short + interface[len(long) :]
    return interface
