"""Does every name lead somewhere? Sites, switches, models, kinds, tenants, networks, VRFs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from agent.intent.catalog import segments
from agent.intent.city import City
from agent.intent.damage import Damage
from agent.intent.hardware import MODELS, SUPPLIES
from agent.intent.isolation import INTERNET
from agent.intent.places import Places
from agent.intent.promise import FALLBACK_OWNER
from agent.records import Finding, Place

CARRIERS = "carriers"
"""The service of the uplinks to the world."""
CITY = "city"
"""The tenant that the city is to itself."""


@dataclass(frozen=True, slots=True)
class Use:
    """A name where it is used, and among which it must be."""

    place: Place
    what: str
    name: str
    known: Collection[str]
    where: str
    """File that would declare it."""


def verify_names(city: City, places: Places, damage: Damage) -> list[Finding]:
    """A finding for every name that is not declared, with the nearest one that is."""
    uses: list[Iterable[Use]] = [
        _of_sites(city, places),
        _of_hosts(city, places),
        _of_links(city, places),
        _of_plan(city, places),
        _of_catalog(city, places),
        _of_services(city, places),
        _of_datacentre(city, places),
        _of_freezes(city, places),
        _of_windows(city, places),
        _of_works(city, places),
        _of_owners(city, places),
    ]
    return [
        unknown(use)
        for group in uses
        for use in group
        if use.name not in use.known and use.name not in damage.lost and use.where not in damage.muddled
    ]


def unknown(use: Use) -> Finding:
    """The finding for a name that leads nowhere."""
    near = get_close_matches(use.name, list(use.known), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"declare it in {use.where}"
    return Finding(use.place, f"unknown {use.what} {use.name!r}", hint)


def _of_sites(city: City, places: Places) -> Iterator[Use]:
    for name, site in city.sites.items():
        place = places("sites.yaml", "sites", name, "district")
        yield Use(place, "district", site.district, city.places.districts, "sites.yaml")


def _of_hosts(city: City, places: Places) -> Iterator[Use]:
    for name, host in city.hosts.items():
        place = places("hosts.yaml", name, "data", "site")
        yield Use(place, "site", host.site, city.sites, "sites.yaml")
        yield Use(places("hosts.yaml", name), "model", host.model, MODELS, "agent/intent/hardware.py")
        for supply in host.power_supplies:
            yield Use(
                places("hosts.yaml", name), "power supply", supply, SUPPLIES, "agent/intent/hardware.py"
            )


def _of_links(city: City, places: Places) -> Iterator[Use]:
    for name, pair in city.links.pairs.items():
        for index, switch in enumerate(pair.switches):
            place = places("links.yaml", "pairs", name, "switches", index)
            yield Use(place, "switch", switch, city.hosts, "hosts.yaml")
    for name, trunk in city.links.trunks.items():
        for index, link in enumerate(trunk.links):
            for side, end in enumerate(link):
                place = places("links.yaml", "trunks", name, "links", index, side)
                yield Use(place, "switch", end.switch, city.hosts, "hosts.yaml")
    for index, routed in enumerate(city.links.routed):
        for side, end in enumerate(routed.ends):
            place = places("links.yaml", "routed", index, "ends", side)
            yield Use(place, "switch", end.switch, city.hosts, "hosts.yaml")


def _of_plan(city: City, places: Places) -> Iterator[Use]:
    vrfs = {*city.plan.vrfs, "default"}
    for name, network in city.plan.networks.items():
        here = ("networks", name)
        yield Use(places("addresses.yaml", *here, "vrf"), "VRF", network.vrf, vrfs, "addresses.yaml")
        for index, district in enumerate(network.districts):
            place = places("addresses.yaml", *here, "districts", index)
            yield Use(place, "district", district, city.places.districts, "sites.yaml")
        for index, site in enumerate(network.sites):
            yield Use(places("addresses.yaml", *here, "sites", index), "site", site, city.sites, "sites.yaml")
        for index, target in enumerate(network.reach or ()):
            place = places("addresses.yaml", *here, "reach", index)
            yield Use(place, "network", target, {*city.plan.networks, INTERNET}, "addresses.yaml")
    for name, group in city.plan.multicast.items():
        place = places("addresses.yaml", "multicast", name, "switch")
        yield Use(place, "switch", group.switch, city.hosts, "hosts.yaml")
        place = places("addresses.yaml", "multicast", name, "vrf")
        yield Use(place, "VRF", group.vrf, vrfs, "addresses.yaml")


def _of_catalog(city: City, places: Places) -> Iterator[Use]:
    known = {network.segment for network in city.plan.networks.values()}
    for name, kind in city.kinds.items():
        for segment in segments(kind.port):
            place = places(f"catalog/{name}.yaml", "port")
            yield Use(place, "segment", segment, known, "addresses.yaml")


def _of_services(city: City, places: Places) -> Iterator[Use]:
    tenants = {*city.tenants, CITY}
    for name, service in city.services.items():
        file = f"services/{name}.yaml"
        yield Use(
            places(file, "kind"), "service kind", service.kind, city.kinds, f"catalog/{service.kind}.yaml"
        )
        yield Use(places(file, "tenant"), "tenant", service.tenant, tenants, "services/tenants.yaml")
        for switch, ports in service.endpoints.items():
            yield Use(places(file, "endpoints", switch), "switch", switch, city.hosts, "hosts.yaml")
            for port, endpoint in ports.items():
                here = ("endpoints", switch, port)
                kind = city.kinds.get(service.kind)
                if kind is not None:
                    place = places(file, *here, "model")
                    yield Use(place, "model", endpoint.model, kind.models, f"catalog/{service.kind}.yaml")
                if endpoint.network is not None:
                    place = places(file, *here, "network")
                    yield Use(place, "network", endpoint.network, city.plan.networks, "addresses.yaml")


def _of_datacentre(city: City, places: Places) -> Iterator[Use]:
    file = "services/datacentre.yaml"
    tenants = {*city.tenants, CITY}
    for name, server in city.servers.items():
        yield Use(
            places(file, "servers", name, "tenant"), "tenant", server.tenant, tenants, "services/tenants.yaml"
        )
        services = {*city.services, "datacentre"}
        yield Use(places(file, "servers", name, "service"), "service", server.service, services, "services/")
        for index, end in enumerate(server.ports):
            place = places(file, "servers", name, "ports", index)
            yield Use(place, "switch", end.switch, city.hosts, "hosts.yaml")
        for index, network in enumerate(server.networks):
            place = places(file, "servers", name, "networks", index)
            yield Use(place, "network", network, city.plan.networks, "addresses.yaml")
    for name, tenant in city.tenants.items():
        here = ("services/tenants.yaml", "tenants", name)
        yield Use(places(*here, "vrf"), "VRF", tenant.vrf, city.plan.vrfs, "addresses.yaml")
        for index, network in enumerate(tenant.networks):
            yield Use(
                places(*here, "networks", index), "network", network, city.plan.networks, "addresses.yaml"
            )
    if city.carriers is not None:
        for name, carrier in city.carriers.carriers.items():
            place = places("services/carriers.yaml", "carriers", name, "port")
            yield Use(place, "switch", carrier.port.switch, city.hosts, "hosts.yaml")


def _of_freezes(city: City, places: Places) -> Iterator[Use]:
    for index, freeze in enumerate(city.freezes):
        for position, site in enumerate(freeze.sites):
            place = places("freezes.yaml", "freezes", index, "sites", position)
            yield Use(place, "site", site, city.sites, "sites.yaml")


def _of_windows(city: City, places: Places) -> Iterator[Use]:
    services = {*city.services, CARRIERS, "datacentre", "transport"}
    for index, window in enumerate(city.windows):
        for position, site in enumerate(window.sites):
            place = places("windows.yaml", "windows", index, "sites", position)
            yield Use(place, "site", site, city.sites, "sites.yaml")
        for position, service in enumerate(window.services):
            place = places("windows.yaml", "windows", index, "services", position)
            yield Use(place, "service", service, services, "services/")


def _of_works(city: City, places: Places) -> Iterator[Use]:
    for index, works in enumerate(city.works):
        for position, site in enumerate(works.sites):
            place = places("windows.yaml", "works", index, "sites", position)
            yield Use(place, "site", site, city.sites, "sites.yaml")


def _of_owners(city: City, places: Places) -> Iterator[Use]:
    named = [(places("city.yaml", "owner"), city.about.owner)]
    for name, promise in city.about.services.items():
        named.append((places("city.yaml", "services", name, "owner"), promise.owner))
    for name, kind in city.kinds.items():
        if kind.owner is not None:
            named.append((places(f"catalog/{name}.yaml", "owner"), kind.owner))
    for place, owner in named:
        yield Use(place, "team", owner, {*city.about.teams, FALLBACK_OWNER}, "city.yaml")
