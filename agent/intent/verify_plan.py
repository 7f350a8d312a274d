"""The address plan: VLANs once, prefixes apart, addresses once and where they belong."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from agent.intent.addressing import Network
from agent.intent.catalog import segments
from agent.intent.city import City
from agent.intent.damage import Damage
from agent.intent.places import Places
from agent.records import Finding, Place

FILE = "addresses.yaml"
ROUTERS = 3
"""The first three host addresses of a network: the gateway and the two cores."""
MULTICAST = IPv4Network("224.0.0.0/4")


def verify_plan(city: City, places: Places, damage: Damage) -> list[Finding]:
    """Findings about VLANs, prefixes and addresses.

    What ``damage`` explains is not said to be missing.
    """
    found = [*_vlans(city, places), *_overlaps(city, places), *_sizes(city, places)]
    found += [*_switch_addresses(city, places), *_endpoint_addresses(city, places), *_groups(city, places)]
    if damage.touched(FILE):
        return found
    found += _ways_out(city, places)
    return found if damage.touched("sites.yaml") else [*found, *_coverage(city, places, damage)]


def _vlans(city: City, places: Places) -> Iterator[Finding]:
    taken = {city.plan.parking_vlan: "the parking VLAN"}
    for name, network in city.plan.networks.items():
        first = taken.setdefault(network.vlan, name)
        if first != name:
            place = places(FILE, "networks", name, "vlan")
            yield Finding(
                place, f"VLAN clash: {network.vlan} is {first} and {name}", "give one of them another VLAN"
            )


def _prefixes(city: City, places: Places) -> Iterator[tuple[IPv4Network, str, Place]]:
    """Every prefix that must be apart from the others; links inside ``transit`` come later."""
    plan = city.plan
    yield plan.management.prefix, "management", places(FILE, "management")
    yield plan.loopbacks, "loopbacks", places(FILE, "loopbacks")
    yield plan.transit, "transit", places(FILE, "transit")
    for name, network in plan.networks.items():
        yield network.prefix, name, places(FILE, "networks", name, "prefix")
    for name, carrier in city.carriers.carriers.items() if city.carriers else ():
        place = places("services/carriers.yaml", "carriers", name, "prefix")
        yield carrier.prefix, f"carrier {name}", place


def _overlaps(city: City, places: Places) -> Iterator[Finding]:
    yield from _clashes(list(_prefixes(city, places)))
    links: list[tuple[IPv4Network, str, Place]] = []
    for index, link in enumerate(city.links.routed):
        place = places("links.yaml", "routed", index, "prefix")
        links.append((link.prefix, f"{link.ends[0].switch} to {link.ends[1].switch}", place))
        if not link.prefix.subnet_of(city.plan.transit):
            problem = f"{link.prefix} is outside of transit {city.plan.transit}"
            yield Finding(place, problem, "take it from transit in addresses.yaml")
    yield from _clashes(links)


def _clashes(prefixes: list[tuple[IPv4Network, str, Place]]) -> Iterator[Finding]:
    for position, (prefix, name, place) in enumerate(prefixes):
        for other, first, _ in prefixes[:position]:
            if prefix.overlaps(other):
                problem = f"overlapping prefix: {prefix} of {name} and {other} of {first}"
                yield Finding(place, problem, "give one of them another prefix")


def _sizes(city: City, places: Places) -> Iterator[Finding]:
    for name, network in city.plan.networks.items():
        if network.prefix.prefixlen > 29:
            place = places(FILE, "networks", name, "prefix")
            yield Finding(place, f"{network.prefix} is too small for {name}", "use a /29 or larger")


def _groups(city: City, places: Places) -> Iterator[Finding]:
    for name, group in city.plan.multicast.items():
        if not group.range.subnet_of(MULTICAST):
            place = places(FILE, "multicast", name, "range")
            yield Finding(place, f"{group.range} holds no multicast groups", "take it from 239.0.0.0/8")
        host = city.hosts.get(group.switch)
        if host is not None and host.role != "core":
            place = places(FILE, "multicast", name, "switch")
            problem = f"{group.switch} cannot be the rendezvous point of {name}: it is a {host.role} switch"
            yield Finding(place, problem, "name a core")


def _switch_addresses(city: City, places: Places) -> Iterator[Finding]:
    taken: dict[str, str] = {}
    for name, host in city.hosts.items():
        place = places("hosts.yaml", name, "data", "management")
        yield from _inside(host.management, city.plan.management.prefix, f"management of {name}", place)
        if host.loopback is not None:
            place = places("hosts.yaml", name, "data", "loopback")
            yield from _inside(host.loopback, city.plan.loopbacks, f"loopback of {name}", place)
        for address, key in ((host.hostname, "hostname"), (host.management, "data"), (host.loopback, "data")):
            if address is None:
                continue
            first = taken.setdefault(str(address), name)
            if first != name:
                problem = f"duplicate address: {address} is {first} and {name}"
                yield Finding(places("hosts.yaml", name, key), problem, "give one of them another")


def _inside(address: IPv4Address, prefix: IPv4Network, what: str, place: Place) -> Iterator[Finding]:
    if address not in prefix:
        yield Finding(
            place, f"{what} {address} is outside of {prefix}", "correct it here or in addresses.yaml"
        )


def _fixed(city: City, places: Places) -> Iterator[tuple[IPv4Address, Network | None, str, Place]]:
    """(address, its network if known, whose, place) of every fixed address of an endpoint or server."""
    plan = city.plan.networks
    for name, server in city.servers.items():
        if server.address is not None:
            place = places("services/datacentre.yaml", "servers", name, "address")
            yield server.address, plan.get(server.networks[0]), server.tag, place
    for placed in city.placed:
        endpoint = placed.endpoint
        if endpoint.address is None:
            continue
        file = f"services/{placed.service}.yaml"
        place = places(file, "endpoints", placed.switch, placed.port, "address")
        kind, host = city.kinds.get(placed.kind), city.hosts.get(placed.switch)
        name_of = endpoint.network
        if name_of is None and kind is not None and host is not None and host.site in city.sites:
            name_of = city.network_of(kind.port.segment, host.site)
        yield endpoint.address, plan.get(name_of or ""), endpoint.tag, place


def _endpoint_addresses(city: City, places: Places) -> Iterator[Finding]:
    gateways = {vrf.gateway: name for name, vrf in city.plan.vrfs.items() if vrf.gateway is not None}
    taken: dict[IPv4Address, str] = {gateway: f"the gateway of {name}" for gateway, name in gateways.items()}
    for address, network, tag, place in _fixed(city, places):
        first = taken.setdefault(address, tag)
        if first != tag:
            yield Finding(
                place, f"duplicate address: {address} is {first} and {tag}", "give one of them another"
            )
        if network is None:
            continue
        if address not in network.prefix:
            problem = f"address {address} of {tag} is outside of its network {network.prefix}"
            yield Finding(place, problem, f"{network.description} is VLAN {network.vlan}")
        elif int(address) - int(network.prefix.network_address) <= ROUTERS:
            problem = f"address {address} of {tag} is kept for the routers of {network.prefix}"
            yield Finding(place, problem, "the first three hosts are the gateway and the cores")


def _coverage(city: City, places: Places, damage: Damage) -> Iterator[Finding]:
    """A port needs a VLAN that is in the plan at its site."""
    told: set[tuple[str, str]] = set()
    for placed in city.placed:
        kind, host = city.kinds.get(placed.kind), city.hosts.get(placed.switch)
        if kind is None or host is None or host.site not in city.sites:
            continue
        if damage.touched(f"catalog/{placed.kind}.yaml"):
            continue
        for segment in segments(kind.port):
            if placed.endpoint.network and segment == kind.port.segment:
                continue
            if city.network_of(segment, host.site) is None and (segment, host.site) not in told:
                told.add((segment, host.site))
                place = places(f"services/{placed.service}.yaml", "endpoints", placed.switch, placed.port)
                problem = f"{placed.endpoint.tag} needs a VLAN {segment!r} at {host.site}, the plan has none"
                yield Finding(
                    place, problem, "add a network of that segment that covers the site to addresses.yaml"
                )


def _ways_out(city: City, places: Places) -> Iterator[Finding]:
    plan = city.plan
    for name, vrf in plan.vrfs.items():
        own = [network.prefix for network in plan.networks.values() if network.vrf == name]
        if vrf.gateway is None:
            continue
        home = next((prefix for prefix in own if vrf.gateway in prefix), None)
        if home is not None and int(vrf.gateway) - int(home.network_address) <= ROUTERS:
            place = places(FILE, "vrfs", name, "gateway")
            problem = f"gateway {vrf.gateway} of VRF {name} is kept for the routers of {home}"
            yield Finding(place, problem, "the first three hosts are ours: give the firewall another")
        if home is None:
            place = places(FILE, "vrfs", name, "gateway")
            yield Finding(
                place, f"gateway {vrf.gateway} is in no network of VRF {name}", "add the firewall's network"
            )
    routed = {network.prefix for network in plan.networks.values() if network.vrf == "default"}
    for index, prefix in enumerate(plan.public):
        if city.carriers is not None and prefix not in routed:
            place = places(FILE, "public", index)
            problem = f"{prefix} is announced to carriers but is no network of the default VRF"
            yield Finding(place, problem, "add the network, or stop announcing it")
