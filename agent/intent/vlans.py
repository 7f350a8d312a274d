"""Which networks a switch carries."""

from __future__ import annotations

from agent.intent.catalog import segments
from agent.intent.city import City
from agent.intent.host import Host
from agent.intent.switch import Vlan

PARKING = "parking"


def networks_on(city: City, host: Host) -> tuple[str, ...]:
    """Names of the networks that the switch carries, in VLAN order; cores carry all, edges none."""
    if host.role == "core":
        names = set(city.plan.networks)
    elif host.role == "carrier-edge":
        names = set()
    else:
        names = _served(city, host)
        pair = city.pair_of.get(host.name)
        if pair is not None:  # both members of a vPC pair must know the same VLANs
            names |= _served(city, city.hosts[pair.other(host.name)])
    return tuple(sorted(names, key=lambda name: city.plan.networks[name].vlan))


def _served(city: City, host: Host) -> set[str]:
    names = {
        name
        for server in city.servers.values()
        if any(end.switch == host.name for end in server.ports)
        for name in server.networks
    }
    names |= {p.endpoint.network for p in city.placed if p.switch == host.name and p.endpoint.network}
    if host.role == "building":
        names |= {name for name, network in city.plan.networks.items() if host.site in network.sites}
        asked = {segment for kind in city.kinds.values() for segment in segments(kind.port)}
    else:
        here = {p.kind for p in city.placed if p.switch == host.name}
        asked = {segment for kind in here for segment in segments(city.kinds[kind].port)}
    found = {city.network_of(segment, host.site) for segment in asked}
    return names | {name for name in found if name is not None}


def vlans_on(city: City, host: Host) -> tuple[Vlan, ...]:
    """VLANs of the switch with their names; the parking VLAN is always among them."""
    found = [Vlan(city.plan.networks[name].vlan, name) for name in networks_on(city, host)]
    return tuple(sorted([*found, Vlan(city.plan.parking_vlan, PARKING)], key=lambda vlan: vlan.number))


def trunk_vlans(city: City, host: Host) -> tuple[int, ...]:
    """VLANs that a trunk of the switch carries: all but parking."""
    return tuple(city.plan.networks[name].vlan for name in networks_on(city, host))
