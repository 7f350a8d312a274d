"""Facts of one switch, expanded from the intent: all that the templates need, and nothing they must look up.

Pure values. Interface names are full NX-OS names (``Ethernet1/7``, ``port-channel10``). Secrets are named
(``secret: str``), never held: the renderer is handed the secrets apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["core", "carrier-edge", "leaf", "building"]
Platform = Literal["n7k", "n9k"]


@dataclass(frozen=True, slots=True)
class Vlan:
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Vrf:
    name: str
    description: str = ""
    rd: str | None = None
    static_routes: tuple[tuple[str, str], ...] = ()
    """(prefix, next hop)."""


@dataclass(frozen=True, slots=True)
class Hsrp:
    group: int
    address: str
    priority: int
    preempt: bool = True


@dataclass(frozen=True, slots=True)
class Layer3:
    """Routed side of an SVI, a routed port or a loopback."""

    address: str | None = None
    """``10.66.0.1/24``; host bits kept."""
    vrf: str | None = None
    ospf: tuple[str, str] | None = None
    """(process, area): ``("CITY", "0.0.0.0")``."""
    ospf_cost: int | None = None
    ospf_point_to_point: bool = False
    ospf_passive: bool = False
    pim: bool = False
    hsrp: Hsrp | None = None
    acl_in: str | None = None
    acl_out: str | None = None
    dhcp_relays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Svi:
    vlan: int
    description: str
    layer3: Layer3
    mtu: int | None = None


@dataclass(frozen=True, slots=True)
class Port:
    """A physical port or a port-channel. ``profile`` is the catalogue's word (``camera``, ``uplink``)."""

    name: str
    profile: str
    description: str = ""
    mode: Literal["access", "trunk", "routed", "unused"] = "unused"
    shutdown: bool = False
    access_vlan: int | None = None
    voice_vlan: int | None = None
    native_vlan: int | None = None
    trunk_vlans: tuple[int, ...] = ()
    mtu: int | None = None
    layer3: Layer3 | None = None
    channel: int | None = None
    """Number of the port-channel that the port is a member of (LACP active)."""
    vpc: int | None = None
    """vPC number; on port-channels only."""
    peer_link: bool = False
    edge: bool = False
    """Spanning-tree edge port with BPDU guard."""
    root_guard: bool = False
    poe: bool = False
    poe_priority: Literal["critical", "high", "low"] | None = None
    poe_max_watts: float | None = None
    qos_class: str | None = None
    """Class that untrusted traffic of the port is marked into (``CCTV``, ``REALTIME``…)."""
    trust: bool = False
    storm_control_percent: float | None = None
    max_macs: int | None = None
    """Port security limit; None means no port security."""


@dataclass(frozen=True, slots=True)
class Loopback:
    number: int
    description: str
    layer3: Layer3


@dataclass(frozen=True, slots=True)
class VpcDomain:
    number: int
    role_priority: int
    keepalive_destination: str
    keepalive_source: str
    keepalive_vrf: str = "management"


@dataclass(frozen=True, slots=True)
class Ospf:
    process: str
    router_id: str
    vrf: str | None = None
    """None is the default VRF; several VRFs may share a process name."""
    passive_default: bool = True
    default_originate: bool = False
    redistribute: tuple[tuple[str, str], ...] = ()
    """(source, route-map): ``("direct", "CONNECTED")``."""


@dataclass(frozen=True, slots=True)
class BgpNeighbor:
    address: str
    remote_as: int
    description: str
    carrier: str
    vrf: str | None = None
    secret: str | None = None
    """Name of the secret with the MD5 key."""
    max_prefixes: int | None = None
    route_map_in: str | None = None
    route_map_out: str | None = None
    update_source: str | None = None
    next_hop_self: bool = False


@dataclass(frozen=True, slots=True)
class Bgp:
    asn: int
    router_id: str
    networks: tuple[str, ...] = ()
    neighbors: tuple[BgpNeighbor, ...] = ()


@dataclass(frozen=True, slots=True)
class AclEntry:
    sequence: int
    text: str
    """``permit udp 10.66.20.0/24 any eq ntp`` or ``remark …``."""


@dataclass(frozen=True, slots=True)
class Acl:
    name: str
    entries: tuple[AclEntry, ...]


@dataclass(frozen=True, slots=True)
class PrefixList:
    name: str
    entries: tuple[AclEntry, ...]


@dataclass(frozen=True, slots=True)
class RouteMapClause:
    sequence: int
    action: Literal["permit", "deny"]
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteMap:
    name: str
    clauses: tuple[RouteMapClause, ...]


@dataclass(frozen=True, slots=True)
class Multicast:
    """PIM sparse mode: (rendezvous point, group range) pairs; snooping querier addresses by VLAN."""

    rendezvous_points: tuple[tuple[str, str], ...] = ()
    """In the default VRF."""
    queriers: tuple[tuple[int, str], ...] = ()
    vrf_rendezvous_points: tuple[tuple[str, str, str], ...] = ()
    """(VRF, rendezvous point, group range) in the other VRFs."""


@dataclass(frozen=True, slots=True)
class Base:
    """What every switch of the city has in common."""

    domain: str
    banner: str
    timezone: tuple[str, int, int]
    """(name, hours, minutes)."""
    name_servers: tuple[str, ...]
    ntp_servers: tuple[str, ...]
    syslog_servers: tuple[str, ...]
    tacacs_servers: tuple[str, ...]
    tacacs_secret: str
    snmp_community: str
    """Name of the secret."""
    snmp_acl: str
    snmp_contact: str
    snmp_location: str
    trap_receivers: tuple[str, ...]
    admins: tuple[tuple[str, str, str], ...]
    """(user, name of the secret with the password, role)."""
    telemetry_receivers: tuple[tuple[str, int], ...] = ()
    vty_acl: str = ""
    """Access list before sessions; empty where none is meant."""


@dataclass(frozen=True, slots=True)
class Switch:
    name: str
    role: Role
    platform: Platform
    model: str
    release: str
    """Release train: ``7.3``, ``9.3``, ``10.3``…"""
    site: str
    management_address: str
    """``10.66.0.11/24`` on mgmt0."""
    management_gateway: str
    base: Base
    vlans: tuple[Vlan, ...] = ()
    vrfs: tuple[Vrf, ...] = ()
    svis: tuple[Svi, ...] = ()
    ports: tuple[Port, ...] = ()
    """Every physical port of the switch, in natural order, used or not."""
    channels: tuple[Port, ...] = ()
    loopbacks: tuple[Loopback, ...] = ()
    vpc: VpcDomain | None = None
    stp_priority: int | None = None
    ospf: tuple[Ospf, ...] = ()
    bgp: Bgp | None = None
    acls: tuple[Acl, ...] = ()
    prefix_lists: tuple[PrefixList, ...] = ()
    route_maps: tuple[RouteMap, ...] = ()
    multicast: Multicast | None = None
    qos: bool = True
    """Apply the city's classes (real-time, CCTV, interactive, bulk)."""
