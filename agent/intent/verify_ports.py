"""Ports: do they exist, are they used once, is there power for what hangs on them?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from agent.intent.city import City
from agent.intent.endpoint import Placed
from agent.intent.hardware import MODELS, Model, poe_budget_watts
from agent.intent.places import Places
from agent.records import Finding, Place


@dataclass(frozen=True, slots=True)
class PortUse:
    """Somebody's claim on a port."""

    place: Place
    switch: str
    port: str
    what: str


def verify_ports(city: City, places: Places) -> list[Finding]:
    """Unknown ports, ports used twice, power where there is none or not enough."""
    return [*_claims(city, places), *_power(city, places), *_makes(city, places)]


def port_uses(city: City, places: Places) -> Iterator[PortUse]:
    """Every claim on a port in the city: links first, then what hangs on them."""
    for name, pair in city.links.pairs.items():
        for index, port in enumerate(pair.peer_ports):
            place = places("links.yaml", "pairs", name, "peer_ports", index)
            for switch in pair.switches:
                yield PortUse(place, switch, port, f"peer link of {name}")
    for name, trunk in city.links.trunks.items():
        for index, link in enumerate(trunk.links):
            for side, end in enumerate(link):
                place = places("links.yaml", "trunks", name, "links", index, side)
                yield PortUse(place, end.switch, end.port, f"trunk {name}")
    for index, routed in enumerate(city.links.routed):
        for side, end in enumerate(routed.ends):
            place = places("links.yaml", "routed", index, "ends", side)
            yield PortUse(place, end.switch, end.port, f"routed link to {routed.ends[1 - side].switch}")
    if city.carriers is not None:
        for name, carrier in city.carriers.carriers.items():
            place = places("services/carriers.yaml", "carriers", name, "port")
            yield PortUse(place, carrier.port.switch, carrier.port.port, f"carrier {name}")
    for name, server in city.servers.items():
        for index, end in enumerate(server.ports):
            place = places("services/datacentre.yaml", "servers", name, "ports", index)
            yield PortUse(place, end.switch, end.port, f"server {name}")
    for placed in city.placed:
        place = _place_of(places, placed)
        yield PortUse(place, placed.switch, placed.port, f"{placed.service} {placed.endpoint.tag}")


def _place_of(places: Places, placed: Placed) -> Place:
    return places(f"services/{placed.service}.yaml", "endpoints", placed.switch, placed.port)


def _model_of(city: City, switch: str) -> Model | None:
    host = city.hosts.get(switch)
    return MODELS.get(host.model) if host else None


def _claims(city: City, places: Places) -> Iterator[Finding]:
    taken: dict[tuple[str, str], PortUse] = {}
    for use in port_uses(city, places):
        model = _model_of(city, use.switch)
        if model is not None and model.find(use.port) is None:
            problem = f"{use.switch} has no port {use.port} for {use.what}"
            yield Finding(use.place, problem, f"{model.name} has {model.written()}")
        first = taken.setdefault((use.switch, use.port), use)
        if first is not use:
            claims = f"{use.what} and {first.what} ({first.place})"
            problem = f"port {use.port} of {use.switch} is used twice: by {claims}"
            yield Finding(use.place, problem, "give one of the two another port")


def _power(city: City, places: Places) -> Iterator[Finding]:
    asked: dict[str, float] = defaultdict(float)
    for placed in city.placed:
        kind, model = city.kinds.get(placed.kind), _model_of(city, placed.switch)
        if kind is None or model is None or kind.power is None:
            continue
        group = model.find(placed.port)
        make = kind.models.get(placed.endpoint.model)
        asked[placed.switch] += (make.maximum_watts if make else None) or kind.power.maximum_watts
        if group is not None and not group.poe:
            problem = f"port {placed.port} of {placed.switch} gives no power to {placed.endpoint.tag}"
            powered = ", ".join(f"Ethernet{g.slot}/{g.first}-{g.last}" for g in model.groups if g.poe)
            hint = f"ports with power: {powered}" if powered else f"{model.name} has no ports with power"
            yield Finding(_place_of(places, placed), problem, hint)
    for switch, watts in asked.items():
        host = city.hosts[switch]
        budget = poe_budget_watts(MODELS[host.model], host.power_supplies)
        if watts > budget and any(group.poe for group in MODELS[host.model].groups):
            problem = (
                f"PoE budget of {switch} exceeded: its endpoints may draw {watts:g} W, "
                f"{budget} W are there when one supply fails"
            )
            yield Finding(places("hosts.yaml", switch), problem, "fit larger supplies or move endpoints")


def _makes(city: City, places: Places) -> Iterator[Finding]:
    for name, kind in city.kinds.items():
        for make, device in kind.models.items():
            allowed = device.maximum_watts or (kind.power.maximum_watts if kind.power else None)
            if allowed is not None and device.watts > allowed:
                place = places(f"catalog/{name}.yaml", "models", make)
                problem = f"{make} draws {device.watts:g} W but its port may give {allowed:g} W"
                yield Finding(place, problem, "raise maximum_watts")
