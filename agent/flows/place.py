"""Where something new can go: a free port, a free address, a free VLAN."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from agent.errors import UsageError
from agent.intent.city import City
from agent.intent.expand import expand_switches
from agent.intent.hardware import MODELS

FIRST_HOST = 10
"""Addresses below are for gateways, routers and what comes between."""


def free_port(city: City, switch: str, *, powered: bool) -> str:
    """The first port of the switch that nobody means, with power if need be; raises UsageError."""
    if switch not in city.hosts:
        raise UsageError(f"{switch}: no such switch. see hosts.yaml")
    model = MODELS[city.hosts[switch].model]
    for port in expand_switches(city)[switch].ports:
        group = model.find(port.name)
        if port.mode == "unused" and group is not None and (group.poe or not powered):
            return port.name
    raise UsageError(f"{switch}: no free port{' with power' if powered else ''}. choose another switch")


def free_address(city: City, service: str, switch: str) -> IPv4Address:
    """The address after the highest that the service's network has; raises UsageError."""
    kind = city.kinds[city.services[service].kind]
    name = city.network_of(kind.port.segment, city.hosts[switch].site)
    if name is None:
        raise UsageError(f"{kind.port.segment}: no network of this segment at {switch}. see addresses.yaml")
    prefix = city.plan.networks[name].prefix
    used = {item.endpoint.address for item in city.placed}
    used |= {server.address for server in city.servers.values()}
    for address in list(prefix.hosts())[FIRST_HOST - 1 :]:
        if address not in used:
            return address
    raise UsageError(f"{name}: {prefix} has no free address. give one: --address")


def free_vlan(city: City, after: int) -> int:
    """The first VLAN from ``after`` on that no network has; raises UsageError."""
    used = {network.vlan for network in city.plan.networks.values()} | {city.plan.parking_vlan}
    for vlan in range(after, 3968):
        if vlan not in used:
            return vlan
    raise UsageError("no VLAN is free. see addresses.yaml")


def gateway_of(prefix: IPv4Network) -> IPv4Address:
    """The firewall's address in a tenant's network: the last.

    >>> gateway_of(IPv4Network("10.85.0.0/24"))
    IPv4Address('10.85.0.254')
    """
    return prefix.broadcast_address - 1
