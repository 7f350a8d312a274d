"""Values that cross between the halves of the switch.

``config`` (what was typed) answers with InterfaceConfig; ``world`` (wiring, endpoints, faults, time) answers
with the rest. Show commands and the SNMP agent read both and hold no state of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Mode = Literal["access", "trunk", "routed"]


@dataclass(frozen=True, slots=True)
class InterfaceConfig:
    """Effective configuration of one interface, defaults of the platform filled in."""

    name: str
    """Full name: ``Ethernet1/1``, ``port-channel10``, ``Vlan120``, ``mgmt0``, ``loopback0``."""
    admin_up: bool
    description: str = ""
    mode: Mode = "access"
    access_vlan: int = 1
    native_vlan: int = 1
    allowed_vlans: frozenset[int] = frozenset(range(1, 4095))
    mtu: int = 1500
    speed_mbps: int | None = None
    addresses: tuple[str, ...] = ()
    """``10.0.0.1/24``, primary first."""
    vrf: str = "default"
    channel_group: int | None = None
    channel_mode: Literal["on", "active", "passive"] = "on"
    poe_enabled: bool = True
    poe_priority: Literal["critical", "high", "low"] = "low"
    poe_max_milliwatts: int | None = None
    lldp_transmit: bool = True
    lldp_receive: bool = True


class ConfigFacts(Protocol):
    """Read side of a node's running configuration."""

    @property
    def version(self) -> int:
        """Grows with every accepted change; use it as a cache key."""

    @property
    def changed_at(self) -> float:
        """World time of the last change of running-config; 0 when never changed."""

    @property
    def saved_at(self) -> float:
        """World time of the last copy to startup-config; 0 when never saved."""

    @property
    def hostname(self) -> str: ...

    def interfaces(self) -> tuple[str, ...]:
        """Names of all interfaces that exist, physical and logical, in NX-OS order."""

    def interface(self, name: str) -> InterfaceConfig:
        """Raises KeyError for an interface that does not exist."""

    def vlans(self) -> dict[int, str]:
        """VLAN id to name; 1 is always there (``default``); unnamed ones are ``VLAN0120``."""

    def feature(self, name: str) -> bool: ...

    def snmp_communities(self) -> dict[str, str]:
        """Community to group (``network-operator`` reads)."""

    def value(self, prefix: str, *path: str) -> str | None:
        """Rest of the first line that begins with ``prefix`` below the lines ``path``; None when absent.

        ``value("snmp-server location ")`` or ``value("ip address ", "interface mgmt0")``.
        """

    def lines(self, *path: str) -> tuple[str, ...]:
        """Direct child lines below ``path``; top-level lines without one."""


@dataclass(frozen=True, slots=True)
class Oper:
    """Operational state of an interface."""

    up: bool
    reason: str
    """NX-OS word: ``connected``, ``notconnect``, ``disabled``, ``suspnd``, ``sfpAbsent``, …"""
    speed_mbps: int
    changed_at: float
    """World time of the last change."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Interface counters since start; grow with world time and traffic."""

    rx_bytes: int = 0
    tx_bytes: int = 0
    rx_unicast: int = 0
    rx_multicast: int = 0
    rx_broadcast: int = 0
    tx_unicast: int = 0
    tx_multicast: int = 0
    tx_broadcast: int = 0
    rx_errors: int = 0
    tx_errors: int = 0
    rx_discards: int = 0
    tx_discards: int = 0


@dataclass(frozen=True, slots=True)
class Neighbor:
    """An LLDP neighbour as seen on a port."""

    local_port: str
    node: str
    """System name: the remote hostname, or the endpoint's name."""
    port: str
    description: str
    capabilities: str
    """LLDP letters: ``BR`` switch, ``T`` phone, ``W`` access point, ``S`` station."""
    address: str | None
    chassis: str
    """MAC, ``00aa.bbcc.ddee``."""


@dataclass(frozen=True, slots=True)
class Poe:
    """Power on a PoE port."""

    status: Literal["disabled", "searching", "delivering", "fault"]
    milliwatts: int
    device_class: int


@dataclass(frozen=True, slots=True)
class Mac:
    """A learned address."""

    vlan: int
    address: str
    """``00aa.bbcc.ddee``"""
    port: str


BgpState = Literal["idle", "active", "established"]


@dataclass(frozen=True, slots=True)
class BgpPeer:
    """A BGP session."""

    address: str
    local_as: str
    remote_as: str
    description: str
    state: BgpState
    shut: bool
    changed_at: float
    """World time of the last change of state."""
    transitions: int
    """How often it has become established."""
    vrf: str = "default"


@dataclass(frozen=True, slots=True)
class Sensor:
    """A temperature or optics sensor; value and thresholds in the unit."""

    name: str
    unit: Literal["celsius", "volts", "amperes", "dbm"]
    value: float
    port: str | None = None
    minor: float | None = None
    major: float | None = None
    low_warning: float | None = None
    low_alarm: float | None = None


@dataclass(frozen=True, slots=True)
class PowerSupply:
    slot: int
    model: str
    up: bool
    drawn_watts: float
    capacity_watts: float


@dataclass(frozen=True, slots=True)
class Fan:
    name: str
    up: bool
    rpm: int


class WorldFacts(Protocol):
    """State that follows from configuration, wiring, endpoints, faults and time; asked per node by name."""

    def now(self) -> float:
        """World time, Unix seconds; can run ahead of the wall clock."""

    def powered(self, node: str) -> bool:
        """Whether the node runs at all; cheap, for every line that a session reads asks it."""

    def booted_at(self, node: str) -> float: ...
    def oper(self, node: str, interface: str) -> Oper: ...
    def counters(self, node: str, interface: str) -> Counters: ...
    def neighbors(self, node: str) -> tuple[Neighbor, ...]: ...
    def poe(self, node: str, interface: str) -> Poe | None: ...
    def bgp_peers(self, node: str) -> tuple[BgpPeer, ...]: ...
    def macs(self, node: str) -> tuple[Mac, ...]: ...
    def sensors(self, node: str) -> tuple[Sensor, ...]: ...
    def power_supplies(self, node: str) -> tuple[PowerSupply, ...]: ...
    def fans(self, node: str) -> tuple[Fan, ...]: ...
    def cpu_percent(self, node: str) -> int: ...
    def memory_kilobytes(self, node: str) -> tuple[int, int]:
        """(used, free)."""
