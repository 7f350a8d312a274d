"""BGP of the carrier edges: sessions, what is announced, what is believed."""

from __future__ import annotations

from ipaddress import IPv4Network

from agent.intent.carrier import Carrier
from agent.intent.city import City
from agent.intent.host import Host
from agent.intent.isolation import NOT_FROM_OUTSIDE, numbered
from agent.intent.switch import Bgp, BgpNeighbor, PrefixList, RouteMap, RouteMapClause
from agent.intent.words import list_name, plain

ANNOUNCED = "CITY-PREFIXES"
REFUSED = "NEVER-FROM-OUTSIDE"
LONGEST = 24
"""Longest prefix that is believed from a carrier."""


def carriers_on(city: City, host: Host) -> dict[str, Carrier]:
    """Carriers that end on the switch, by name."""
    if city.carriers is None:
        return {}
    return {name: c for name, c in city.carriers.carriers.items() if c.port.switch == host.name}


def bgp_of(city: City, host: Host) -> Bgp | None:
    """Sessions to the carriers on the switch and to the other edges; None where no carrier ends."""
    here = carriers_on(city, host)
    if not here or city.carriers is None or host.loopback is None:
        return None
    neighbors = [_carrier_session(name, carrier) for name, carrier in here.items()]
    neighbors += [
        _inner_session(city.carriers.asn, other.name, str(other.loopback))
        for other in city.switches("carrier-edge")
        if other.name != host.name and other.loopback is not None
    ]
    networks = tuple(str(prefix) for prefix in city.plan.public)
    return Bgp(city.carriers.asn, str(host.loopback), networks, tuple(neighbors))


def _carrier_session(name: str, carrier: Carrier) -> BgpNeighbor:
    return BgpNeighbor(
        address=str(carrier.addresses()[1]),
        remote_as=carrier.asn,
        description=plain(f"{carrier.title} {carrier.circuit}"),
        carrier=name,
        secret=carrier.secret,
        max_prefixes=carrier.max_prefixes,
        route_map_in=list_name("from", name),
        route_map_out=list_name("to", name),
    )


def _inner_session(asn: int, name: str, address: str) -> BgpNeighbor:
    return BgpNeighbor(
        address=address,
        remote_as=asn,
        description=name,
        carrier="",
        update_source="loopback0",
        next_hop_self=True,
    )


def prefix_lists_of(city: City, host: Host) -> tuple[PrefixList, ...]:
    """Our prefixes exactly, and everything that nobody outside may announce to us."""
    if not carriers_on(city, host):
        return ()
    refused: list[IPv4Network | str] = [*NOT_FROM_OUTSIDE, "224.0.0.0/4", *city.plan.public]
    return (
        PrefixList(ANNOUNCED, numbered(f"permit {prefix}" for prefix in city.plan.public)),
        PrefixList(
            REFUSED, numbered([*(f"permit {p} le 32" for p in refused), f"permit 0.0.0.0/0 ge {LONGEST + 1}"])
        ),
    )


def route_maps_of(city: City, host: Host) -> tuple[RouteMap, ...]:
    """``FROM-<CARRIER>`` refuses nonsense, sets the preference, ``TO-<CARRIER>`` announces our own only."""
    if city.carriers is None:
        return ()
    found = []
    for name, carrier in carriers_on(city, host).items():
        refuse = RouteMapClause(10, "deny", (f"match ip address prefix-list {REFUSED}",))
        prefer = RouteMapClause(20, "permit", (f"set local-preference {carrier.preference}",))
        found.append(RouteMap(list_name("from", name), (refuse, prefer)))
        announce = [f"match ip address prefix-list {ANNOUNCED}"]
        if carrier.prepend:
            announce.append("set as-path prepend " + " ".join([str(city.carriers.asn)] * carrier.prepend))
        found.append(RouteMap(list_name("to", name), (RouteMapClause(10, "permit", tuple(announce)),)))
    return tuple(found)
