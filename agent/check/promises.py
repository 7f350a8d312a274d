"""Promises of the intent against the state that a switch reports: ports up, neighbours there. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from napalm.base.helpers import canonical_interface_name

from agent.device.state import DeviceState
from agent.intent.expectation import Expectations, ExpectedNeighbor, ExpectedPort


@dataclass(frozen=True, slots=True)
class Kept:
    """What a switch says of itself, and which promises it does not keep."""

    state: DeviceState
    ports: int
    """Ports that the intent wants up."""
    neighbors: int
    """Neighbours that the intent wants there."""
    ports_down: tuple[ExpectedPort, ...]
    neighbors_missing: tuple[ExpectedNeighbor, ...]

    @property
    def all(self) -> bool:
        return not self.ports_down and not self.neighbors_missing


def compare_state(device: str, state: DeviceState, expected: Expectations) -> Kept:
    """The promises of one switch, compared with its state; interface names may be abbreviated in it."""
    ports = [port for port in expected.ports if port.device == device]
    neighbors = [neighbor for neighbor in expected.neighbors if neighbor.device == device]
    up = {full_name(interface.name) for interface in state.interfaces if interface.up}
    seen = {
        (full_name(row.interface), row.neighbor.partition(".")[0], full_name(row.neighbor_interface))
        for row in state.neighbors
    }
    return Kept(
        state=state,
        ports=len(ports),
        neighbors=len(neighbors),
        ports_down=tuple(port for port in ports if port.interface not in up),
        neighbors_missing=tuple(_missing(neighbors, seen)),
    )


def full_name(interface: str) -> str:
    """The full NX-OS name.

    >>> full_name("Eth1/7"), full_name("mgmt0")
    ('Ethernet1/7', 'mgmt0')
    """
    return str(canonical_interface_name(interface)) if interface.startswith("Eth") else interface


def _missing(
    wanted: Iterable[ExpectedNeighbor], seen: set[tuple[str, str, str]]
) -> Iterable[ExpectedNeighbor]:
    for neighbor in wanted:
        if (neighbor.interface, neighbor.neighbor, neighbor.neighbor_interface) not in seen:
            yield neighbor
