"""The address plan: ``addresses.yaml``."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Annotated

from pydantic import Field

from agent.intent.record import Name, Record, VlanNumber, Words
from agent.intent.site import Site

VrfName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]{0,31}$|^default$")]


class VrfPlan(Record):
    """A routing table of its own; ``gateway`` is the firewall in it, absent when there is no way out."""

    description: Words
    gateway: IPv4Address | None = None


class Network(Record):
    """One VLAN and its prefix. Without ``sites`` and ``districts`` it covers the whole city.

    ``segment`` is the word by which the catalogue finds it: the port profile of a camera asks for segment
    ``cctv``, and the network of that segment that covers the camera's site is taken.
    """

    segment: Name
    vlan: VlanNumber
    vrf: VrfName = "default"
    prefix: IPv4Network
    description: Words
    districts: tuple[Name, ...] = ()
    sites: tuple[Name, ...] = ()
    reach: tuple[Name, ...] | None = None
    """Networks that it may talk to, or ``internet``; the rest is denied. Absent means no ACL."""
    multicast: bool = False
    dhcp: bool = False
    """Hosts get their addresses from the city's DHCP servers."""

    def covers(self, name: str, site: Site) -> bool:
        """Whether the site is in its area."""
        if not self.sites and not self.districts:
            return True
        return name in self.sites or site.district in self.districts

    def host(self, number: int) -> str:
        """Address number ``number`` with prefix length: 1 is the gateway, 2 and 3 the routers.

        >>> Network(segment="x", vlan=5, prefix="10.0.5.0/24", description="x").host(1)
        '10.0.5.1/24'
        """
        return f"{self.prefix.network_address + number}/{self.prefix.prefixlen}"


class Management(Record):
    prefix: IPv4Network
    gateway: IPv4Address


class Group(Record):
    """A range of multicast groups and the switch that is its rendezvous point."""

    range: IPv4Network
    vrf: VrfName = "default"
    rendezvous_point: IPv4Address
    switch: Name


class AddressesFile(Record):
    """``addresses.yaml``: management, public prefixes, VRFs, networks, multicast groups."""

    management: Management
    loopbacks: IPv4Network
    transit: IPv4Network
    parking_vlan: VlanNumber
    """Where unused ports and untagged frames of trunks end."""
    dhcp_servers: tuple[IPv4Address, ...] = ()
    public: tuple[IPv4Network, ...] = ()
    """Prefixes announced to the carriers."""
    vrfs: dict[VrfName, VrfPlan] = Field(default_factory=dict)
    networks: dict[Name, Network]
    multicast: dict[Name, Group] = Field(default_factory=dict)
