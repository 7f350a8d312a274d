"""What people sign for: asset tags, tenants' isolation, freezes."""

from __future__ import annotations

from collections.abc import Iterator

from agent.intent.city import City
from agent.intent.damage import Damage
from agent.intent.places import Places
from agent.records import Finding, Place


def verify_people(city: City, places: Places, damage: Damage) -> list[Finding]:
    """Tags used twice, tenants that share a VRF or a network, freezes that end before they start.

    Nobody is called a stranger as long as a tenant is damaged.
    """
    found = [
        *_tags(city, places),
        *_tenants(city, places),
        *_freezes(city, places),
        *_works(city, places),
    ]
    return found if damage.touched("services/tenants.yaml") else [*found, *_strangers(city, places)]


def _tags(city: City, places: Places) -> Iterator[Finding]:
    taken: dict[str, Place] = {}
    tagged = [
        (server.tag, places("services/datacentre.yaml", "servers", name, "tag"))
        for name, server in city.servers.items()
    ]
    for placed in city.placed:
        file = f"services/{placed.service}.yaml"
        tagged.append((placed.endpoint.tag, places(file, "endpoints", placed.switch, placed.port, "tag")))
    for tag, place in tagged:
        if tag in city.hosts:
            yield Finding(place, f"asset tag {tag} is the name of a switch", "names on pages are used once")
        first = taken.setdefault(tag, place)
        if first is not place:
            yield Finding(
                place, f"asset tag {tag} is used twice (first: {first})", "an asset hangs on one port"
            )


def _tenants(city: City, places: Places) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for name, tenant in city.tenants.items():
        here = ("services/tenants.yaml", "tenants", name)
        if owner.setdefault(tenant.vrf, name) != name:
            problem = f"tenants {owner[tenant.vrf]} and {name} share VRF {tenant.vrf}"
            yield Finding(places(*here, "vrf"), problem, "every tenant has a VRF of its own")
        for index, network in enumerate(tenant.networks):
            known = city.plan.networks.get(network)
            if known is not None and known.vrf != tenant.vrf:
                problem = f"network {network} of tenant {name} is in VRF {known.vrf}, not {tenant.vrf}"
                yield Finding(
                    places(*here, "networks", index), problem, "move the network into the tenant's VRF"
                )


def _strangers(city: City, places: Places) -> Iterator[Finding]:
    """Servers of a tenant in networks that are not the tenant's."""
    owner = {network: name for name, tenant in city.tenants.items() for network in tenant.networks}
    for name, server in city.servers.items():
        if server.tenant not in city.tenants:
            continue
        for index, network in enumerate(server.networks):
            if owner.get(network) != server.tenant and network in city.plan.networks:
                place = places("services/datacentre.yaml", "servers", name, "networks", index)
                problem = (
                    f"server {name} of tenant {server.tenant} would be in network {network}, not its own"
                )
                yield Finding(place, problem, "name a network of the tenant")


def _freezes(city: City, places: Places) -> Iterator[Finding]:
    for index, freeze in enumerate(city.freezes):
        if freeze.ends <= freeze.starts:
            place = places("freezes.yaml", "freezes", index, "ends")
            yield Finding(place, f"freeze {freeze.reason!r} ends before it starts", "swap starts and ends")


def _works(city: City, places: Places) -> Iterator[Finding]:
    for index, works in enumerate(city.works):
        if works.ends <= works.starts:
            place = places("windows.yaml", "works", index, "ends")
            yield Finding(place, f"works {works.reason!r} end before they start", "swap starts and ends")
    for index, window in enumerate(city.windows):
        if window.quiet and not window.sites:
            place = places("windows.yaml", "windows", index, "quiet")
            yield Finding(
                place, f"window {window.title!r} would silence the whole city", "name its sites, or not quiet"
            )
