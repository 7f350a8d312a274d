"""The intent as metrics: what the city expects, to be compared with what devices say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from agent import metrics
from agent.intent.expectation import Expectations, ExpectedProtocols, Place
from agent.metrics import Page, Sample


def expected_page(expectations: Expectations, now: datetime) -> Page:
    """City families of these expectations at an instant (UTC, aware)."""
    page = Page()
    for target in expectations.targets:
        labels = (target.device, target.site, target.role, target.platform)
        page.add(Sample(metrics.CITY_DEVICE_INFO, labels, 1))
    for port in expectations.ports:
        place = (port.device, port.interface)
        words = (port.kind, port.service, port.site, port.tenant, port.endpoint, port.place)
        page.add(Sample(metrics.CITY_INTERFACE_INFO, (*place, *words), 1))
        page.add(Sample(metrics.EXPECTED_INTERFACE_UP, place, 1))
        if port.min_watts is not None:
            page.add(Sample(metrics.EXPECTED_POE_WATTS, place, port.min_watts))
    for link in expectations.neighbors:
        ends = (link.device, link.interface, link.neighbor, link.neighbor_interface)
        page.add(Sample(metrics.EXPECTED_NEIGHBOR, ends, 1))
    for session in expectations.sessions:
        page.add(
            Sample(metrics.EXPECTED_BGP, (session.device, session.vrf, session.peer, session.carrier), 1)
        )
        if session.min_prefixes is not None:
            labels = (session.device, session.vrf, session.peer, session.carrier)
            page.add(Sample(metrics.EXPECTED_PREFIXES, labels, session.min_prefixes))
    for sample in (*_protocols(expectations.protocols), *_sites(expectations.places)):
        page.add(sample)
    for (service, site), count in Counter((port.service, port.site) for port in expectations.ports).items():
        page.add(Sample(metrics.CITY_ENDPOINTS, (service, site), count))
    for promise in expectations.services:
        page.add(Sample(metrics.CITY_SERVICE_INFO, (promise.service, promise.owner), 1))
        if promise.objective_ratio is not None:
            page.add(Sample(metrics.SERVICE_OBJECTIVE, (promise.service,), promise.objective_ratio))
    for family in expectations.parents:
        page.add(Sample(metrics.CITY_PARENT, (family.device, family.parent), 1))
    for sample in _maintenance(expectations, now):
        page.add(sample)
    for reason, first, last, sites in expectations.freezes:
        frozen = int(_instant(first) <= now <= _instant(last))
        for site in sites:
            page.add(Sample(metrics.CITY_FREEZE, (reason, site), frozen))
    return page


def _protocols(expected: ExpectedProtocols) -> Iterator[Sample]:
    for group in expected.groups:
        words = (group.device, group.interface, group.group, group.address)
        yield Sample(metrics.EXPECTED_HSRP, words, 1)
    for pair in expected.adjacencies:
        ends = (pair.device, pair.vrf, pair.neighbor, pair.neighbor_device)
        yield Sample(metrics.EXPECTED_OSPF, ends, 1)
    for vpc in expected.vpcs:
        yield Sample(metrics.EXPECTED_VPC, (vpc.device, vpc.domain, vpc.vpc, vpc.interface), 1)
    for channel in expected.channels:
        yield Sample(metrics.EXPECTED_WIDTH, (channel.device, channel.interface), channel.members)


def _maintenance(expectations: Expectations, now: datetime) -> Iterator[Sample]:
    for works in expectations.works:
        going_on = int(_instant(works.first) <= now <= _instant(works.last))
        for site in works.sites:
            yield Sample(metrics.CITY_MAINTENANCE, (site, works.reason), going_on)
    for window in expectations.quiet:
        opens, _ = next(window.openings(now), (None, None))
        for site in window.sites:
            yield Sample(metrics.CITY_MAINTENANCE, (site, window.title), int(bool(opens and opens <= now)))


def _sites(places: tuple[Place, ...]) -> Iterator[Sample]:
    for place in places:
        yield Sample(metrics.CITY_SITE_INFO, (place.site, place.title, place.street, place.district), 1)
        if place.latitude is not None and place.longitude is not None:
            yield Sample(metrics.CITY_SITE_LATITUDE, (place.site,), place.latitude)
            yield Sample(metrics.CITY_SITE_LONGITUDE, (place.site,), place.longitude)


def _instant(text: str) -> datetime:
    """ISO 8601; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
