"""What people call the things on a switch: ``camera rue Haute 12`` on a port, a carrier behind an address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from agent.intent.city import City
from agent.intent.expectation import Expectations
from agent.intent.peering import bgp_of
from agent.intent.routing import svis_of


def names_of(city: City, expected: Expectations) -> Mapping[str, Mapping[str, str]]:
    """Switch to the words for ports (``Ethernet1/7``), gateways (``Vlan121``), neighbours and their maps."""
    names: dict[str, dict[str, str]] = defaultdict(dict)
    words: dict[str, str] = {}
    for port in expected.ports:
        names[port.device][port.interface] = port.words
        if port.kind == "carrier":
            words[port.endpoint] = port.words
    for host in city.hosts.values():
        for svi in svis_of(city, host):
            names[host.name][f"Vlan{svi.vlan}"] = f"gateway {svi.description}"
        bgp = bgp_of(city, host)
        for neighbor in bgp.neighbors if bgp else ():
            who = words.get(neighbor.carrier, f"session {neighbor.description}")
            names[host.name][neighbor.address] = who
            if neighbor.carrier:
                for policy in (neighbor.route_map_in, neighbor.route_map_out):
                    names[host.name][f"route-map {policy}"] = who
    return {device: dict(found) for device, found in names.items()}


def powered_ports(expected: Expectations) -> Mapping[str, frozenset[str]]:
    """Switch to the ports that feed what hangs on them."""
    found: dict[str, set[str]] = defaultdict(set)
    for port in expected.ports:
        if port.min_watts is not None:
            found[port.device].add(port.interface)
    return {device: frozenset(ports) for device, ports in found.items()}
