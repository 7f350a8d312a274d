"""Multicast in the lab: the group of each camera, and which recorder listens to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from agent.intent.addressing import Network
from agent.intent.city import City
from agent.intent.endpoint import Placed
from agent.intent.server import Server

SOURCE = "camera"


@dataclass(frozen=True, slots=True)
class Streams:
    """``sends`` by the tag of a camera, ``joins`` by the tag of a recorder."""

    sends: Mapping[str, str] = field(default_factory=dict)
    joins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def streams_of(city: City) -> Streams:
    """Cameras share out the range of their VRF in order; a service's servers share out its cameras.

    Nothing for cameras on a network without multicast, or of a VRF without a range of groups.
    """
    ranges = {group.vrf: iter(group.range.hosts()) for group in city.plan.multicast.values()}
    sends: dict[str, str] = {}
    joins: dict[str, list[str]] = {}
    for vrf, placed in _cameras(city):
        address: IPv4Address | None = next(ranges.get(vrf, iter(())), None)
        if address is None:
            continue
        group = sends[placed.endpoint.tag] = str(address)
        recorders = _recorders(city, placed.service, vrf)
        if recorders:
            joins.setdefault(recorders[len(sends) % len(recorders)].tag, []).append(group)
    return Streams(sends, {tag: tuple(groups) for tag, groups in joins.items()})


def _cameras(city: City) -> Iterator[tuple[str, Placed]]:
    """Cameras that may send to a group, with the VRF that they are in."""
    for placed in city.placed:
        kind = city.kinds[placed.kind]
        if kind.endpoint == SOURCE:
            network = _network(city, placed, kind.port.segment)
            if network.multicast:
                yield network.vrf, placed


def _network(city: City, placed: Placed, segment: str) -> Network:
    own = placed.endpoint.network
    return city.plan.networks[own] if own else city.network(segment, city.hosts[placed.switch].site)


def _recorders(city: City, service: str, vrf: str) -> list[Server]:
    """Servers of a service that stand, untagged, on a network of the VRF with multicast."""
    plan = city.plan.networks
    return [
        server
        for server in city.servers.values()
        if server.service == service
        and len(server.networks) == 1
        and plan[server.networks[0]].multicast
        and plan[server.networks[0]].vrf == vrf
    ]
