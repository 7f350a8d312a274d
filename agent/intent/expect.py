"""What the city promises, from the same intent that configures it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from agent.intent.city import City
from agent.intent.expand import expand_switches
from agent.intent.expect_protocols import expect_protocols
from agent.intent.expect_services import expect_services, expect_teams
from agent.intent.expectation import (
    Expectations,
    ExpectedNeighbor,
    ExpectedPort,
    ExpectedSession,
    ExpectedWorks,
    Place,
    Target,
)
from agent.intent.hardware import MODELS
from agent.intent.link import cables
from agent.intent.parents import expect_parents
from agent.intent.peering import bgp_of
from agent.intent.probing import expect_probes

CITY_TENANT = "city"
TRANSPORT = "transport"
"""Service of the cables between switches."""
CARRIERS = "carriers"
"""Service of the uplinks to the world."""


def expect(city: City) -> Expectations:
    """Targets to poll, ports that must be up, neighbours to be seen, sessions that must stand, freezes."""
    targets, appliances = tuple(_targets(city)), tuple(_appliances(city))
    neighbors = tuple(_neighbors(city))
    ports = (*_endpoints(city), *_servers(city), *_carriers(city), *_cables(city))
    return Expectations(
        targets=targets,
        appliances=appliances,
        ports=ports,
        probes=expect_probes(city, ports),
        neighbors=neighbors,
        sessions=tuple(_sessions(city)),
        protocols=expect_protocols(expand_switches(city)),
        freezes=tuple(
            (item.reason, instant(item.starts), instant(item.ends), item.sites or tuple(city.sites))
            for item in city.freezes
        ),
        windows=city.windows,
        places=tuple(
            Place(
                name,
                site.title,
                site.street,
                city.places.districts.get(site.district, site.district),
                site.latitude,
                site.longitude,
            )
            for name, site in city.sites.items()
        ),
        titles=tuple(_titles(city)),
        town=city.about.name,
        services=expect_services(city, (port.service for port in ports)),
        teams=expect_teams(city),
        mail=city.about.alerting.mail,
        parents=tuple(expect_parents(targets, neighbors, appliances, ports)),
        works=tuple(
            ExpectedWorks(works.reason, instant(works.starts), instant(works.ends), works.sites)
            for works in city.works
        ),
        quiet=tuple(window for window in city.windows if window.quiet),
    )


def _titles(city: City) -> Iterator[tuple[str, str, str]]:
    for name, service in city.services.items():
        kind = city.kinds[service.kind]
        yield name, "", kind.title
        yield from ((name, language, title) for language, title in kind.titles.items())


def instant(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second.

    >>> instant(datetime.fromisoformat("2027-03-14T06:00:00+01:00"))
    '2027-03-14T05:00:00Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _targets(city: City) -> Iterator[Target]:
    for host in city.hosts.values():
        yield Target(
            device=host.name,
            address=host.hostname,
            snmp_port=host.snmp_port,
            community=host.snmp_community,
            site=host.site,
            role=host.role,
            platform=MODELS[host.model].platform,
            gnmi_port=host.gnmi_port,
            management=str(host.management),
            aliases=(str(host.loopback),) if host.loopback is not None else (),
        )


def _appliances(city: City) -> Iterator[Target]:
    """Endpoints that are polled themselves: those with a fixed address, of kinds that say how."""
    for placed in city.placed:
        kind, endpoint = city.kinds[placed.kind], placed.endpoint
        if kind.snmp is not None and endpoint.address is not None:
            yield Target(
                device=endpoint.tag,
                address=str(endpoint.address),
                snmp_port=kind.snmp.port,
                community=kind.snmp.community,
                site=city.hosts[placed.switch].site,
                role=kind.endpoint,
                platform=endpoint.model,
            )


def _endpoints(city: City) -> Iterator[ExpectedPort]:
    for placed in city.placed:
        kind, endpoint = city.kinds[placed.kind], placed.endpoint
        yield ExpectedPort(
            device=placed.switch,
            interface=placed.port,
            kind=kind.endpoint,
            service=placed.service,
            site=city.hosts[placed.switch].site,
            tenant=placed.tenant,
            endpoint=endpoint.tag,
            place=endpoint.place,
            min_watts=kind.power.minimum_watts if kind.power else None,
            address=str(endpoint.address) if endpoint.address else None,
        )


def _servers(city: City) -> Iterator[ExpectedPort]:
    for server in city.servers.values():
        for end in server.ports:
            yield ExpectedPort(
                device=end.switch,
                interface=end.port,
                kind="server",
                service=server.service,
                site=city.hosts[end.switch].site,
                tenant=server.tenant,
                endpoint=server.tag,
                place=server.place,
                address=str(server.address) if server.address else None,
            )


def _carriers(city: City) -> Iterator[ExpectedPort]:
    for name, carrier in city.carriers.carriers.items() if city.carriers else ():
        yield ExpectedPort(
            device=carrier.port.switch,
            interface=carrier.port.port,
            kind="carrier",
            service=CARRIERS,
            site=city.hosts[carrier.port.switch].site,
            tenant=CITY_TENANT,
            endpoint=name,
            place=f"{carrier.title} {carrier.circuit}",
            address=str(carrier.addresses()[1]),
        )


def _neighbors(city: City) -> Iterator[ExpectedNeighbor]:
    for first, second in cables(city.links):
        yield ExpectedNeighbor(first.switch, first.port, second.switch, second.port)
        yield ExpectedNeighbor(second.switch, second.port, first.switch, first.port)


def _cables(city: City) -> Iterator[ExpectedPort]:
    for cable in _neighbors(city):
        far = city.sites[city.hosts[cable.neighbor].site]
        yield ExpectedPort(
            device=cable.device,
            interface=cable.interface,
            kind="uplink",
            service=TRANSPORT,
            site=city.hosts[cable.device].site,
            tenant=CITY_TENANT,
            endpoint=cable.neighbor,
            place=f"{far.title}, {far.street}",
        )


def _sessions(city: City) -> Iterator[ExpectedSession]:
    least = {name: c.min_prefixes for name, c in city.carriers.carriers.items()} if city.carriers else {}
    for host in city.switches("carrier-edge"):
        bgp = bgp_of(city, host)
        for neighbor in bgp.neighbors if bgp else ():
            yield ExpectedSession(
                device=host.name,
                peer=neighbor.address,
                carrier=neighbor.carrier,
                vrf=neighbor.vrf or "default",
                min_prefixes=least.get(neighbor.carrier),
            )
