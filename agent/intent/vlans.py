"""Which networks a switch carries."""

from __future__ import annotations

from agent.intent.catalog import segments
from agent.intent.city import City
from agent.intent.host import Host
from agent.intent.switch import Vlan

PARKING = "parking"


def networks_on(city: City, host: Host) -> tuple[str, ...]:
    """Names of the networks that the switch carries, in VLAN order; cores carry all."""
    if host.name not in city.carried:
        city.carried[host.name] = _carried(city, host)
    return city.carried[host.name]


def _carried(city: City, host: Host) -> tuple[str, ...]:
    if host.role == "core":
        names = set(city.plan.networks)
    else:
        names = _served(city, host)
        pair = city.pair_of.get(host.name)
        if pair is not None:  # both members of a vPC pair must know the same VLANs
            names |= _served(city, city.hosts[pair.other(host.name)])
    return tuple(sorted(names, key=lambda name: city.plan.networks[name].vlan))


def _served(city: City, host: Host) -> set[str]:
    names = {name for server in city.servers_on.get(host.name, ()) for name in server.networks}
    placed = city.placed_on.get(host.name, ())
    names |= {item.endpoint.network for item in placed if item.endpoint.network}
    if host.role == "building":
        names |= {name for name, network in city.plan.networks.items() if host.site in network.sites}
        kinds = set(city.kinds)
    else:
        kinds = {item.kind for item in placed}
    asked = {segment for kind in kinds for segment in segments(city.kinds[kind].port)}
    found = {city.network_of(segment, host.site) for segment in asked}
    return names | {name for name in found if name is not None}


def vlans_on(city: City, host: Host) -> tuple[Vlan, ...]:
    """VLANs of the switch with their names; the parking VLAN is always among them."""
    found = [Vlan(city.plan.networks[name].vlan, name) for name in networks_on(city, host)]
    return tuple(sorted([*found, Vlan(city.plan.parking_vlan, PARKING)], key=lambda vlan: vlan.number))


def trunk_vlans(city: City, host: Host) -> tuple[int, ...]:
    """VLANs that a trunk of the switch carries: all but parking."""
    return tuple(city.plan.networks[name].vlan for name in networks_on(city, host))
