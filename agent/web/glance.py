"""What a terminal or a script asks the watch: is the city well, and what does one switch say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from agent.flows.accounts import Standing
from agent.flows.watch import Watch
from agent.intent.expectation import Expectations
from agent.metrics import INTERFACE_RX_ERRORS, INTERFACE_TX_ERRORS, Page
from agent.web.api import Answer
from agent.web.faceplate import draw_faceplate
from agent.web.overview import SiteLine, SwitchLine, describe_city
from agent.web.portal import Portal, tell_facts
from agent.web.services import Wellbeing, weigh_services
from agent.web.tiles import lay_tiles
from agent.web.told import (
    FactTold,
    IncidentTold,
    PortTold,
    ServiceTold,
    SiteTold,
    StatusTold,
    SwitchInFullTold,
    SwitchTold,
)
from agent.web.vitals import Vitals

_DARK = {"partly", "degraded", "out", "unknown"}


@dataclass(frozen=True, slots=True)
class Glance:
    """The handlers; they live in the loop of the watch and only read."""

    watch: Watch
    portal: Portal

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Paths of the API, with their shapes."""
        return (
            Answer("/api/status", "Is the city well: services, sites, switches", StatusTold, self.status),
            Answer("/api/switch/{device}", "One switch and its ports", SwitchInFullTold, self.switch),
        )

    async def status(self, _: Request) -> Response:
        """``StatusTold``."""
        watch, vitals = self.watch, self.portal.vitals()
        standings = watch.accounts.standings(watch.expectations.services, vitals.now)
        told = tell_status(watch.expectations, vitals, watch.options.interval_seconds, standings)
        return Response(told.model_dump_json(), media_type="application/json")

    async def switch(self, request: Request) -> Response:
        """``SwitchInFullTold``; 404 for a switch that is not in the intent."""
        told = tell_switch(
            self.watch.expectations,
            self.portal.vitals(),
            request.path_params["device"],
            self.watch.options.interval_seconds,
        )
        if told is None:
            return PlainTextResponse("no such switch in the intent\n", status_code=404)
        return Response(told.model_dump_json(), media_type="application/json")


def tell_status(
    expectations: Expectations,
    vitals: Vitals,
    interval_seconds: float,
    standings: Iterable[Standing] = (),
) -> StatusTold:
    """The city as it is now, from the last polls."""
    city = describe_city(expectations, vitals.last, vitals.known, vitals.now)
    being = weigh_services(expectations, vitals)
    switches = [_switch(site.site, line) for site in city.sites for line in site.switches]
    ages = [one.age_seconds for one in switches if one.age_seconds is not None]
    titles = {place.site: place.title for place in expectations.places}
    return StatusTold(
        at=vitals.now,
        town=expectations.town,
        interval_seconds=interval_seconds,
        age_seconds=max(ages, default=None),
        services=list(_services(expectations, being, standings)),
        sites=[_site(site, titles.get(site.site, site.site)) for site in city.sites],
        switches=switches,
        incidents=[IncidentTold.model_validate(one, from_attributes=True) for one in being.incidents],
    )


def _services(
    expectations: Expectations, being: Wellbeing, standings: Iterable[Standing]
) -> Iterator[ServiceTold]:
    titles = {name: title for name, language, title in expectations.titles if language in {"", "en"}}
    promised = {one.service: one for one in expectations.services}
    for tile in lay_tiles(being, standings):
        name, cell, promise = tile.service, tile.cell, promised.get(tile.service)
        yield ServiceTold(
            service=name,
            title=titles.get(name, name),
            state=cell.state,
            meant=cell.meant,
            working=cell.working,
            unknown=cell.unknown,
            sites=[site for site in being.sites if being.at(name, site).state in _DARK],
            owner=promise.owner if promise else "",
            objective_ratio=promise.objective_ratio if promise else None,
            left_ratio=tile.standing.left_ratio if tile.standing else None,
        )


def _switch(site: str, line: SwitchLine) -> SwitchTold:
    return SwitchTold(
        device=line.device,
        site=site,
        role=line.role,
        state=line.state,
        age_seconds=line.age_seconds,
        ports_meant=line.ports_expected,
        ports_up=line.ports_up,
        problem=line.problem,
    )


def _site(site: SiteLine, title: str) -> SiteTold:
    states = {switch.state for switch in site.switches}
    if "waiting" in states:
        state = "unknown"
    elif site.switches_up == 0:
        state = "down"
    else:
        state = "degraded" if site.troubled else "well"
    return SiteTold(
        site=site.site,
        title=title,
        state=state,
        switches=len(site.switches),
        switches_up=site.switches_up,
        ports_meant=site.ports_expected,
        ports_up=site.ports_up,
    )


def tell_switch(
    expectations: Expectations, vitals: Vitals, device: str, interval_seconds: float
) -> SwitchInFullTold | None:
    """One switch with every port that it says it has or ought to have; None for a stranger."""
    city = describe_city(_alone(expectations, device), vitals.last, vitals.known, vitals.now)
    if not city.sites:
        return None
    page = vitals.known(device)
    return SwitchInFullTold(
        at=vitals.now,
        interval_seconds=interval_seconds,
        switch=_switch(city.sites[0].site, city.sites[0].switches[0]),
        facts=[FactTold(key=key, value=value) for key, value in tell_facts(device, page)],
        ports=list(_ports(expectations, device, page, vitals.load(device))),
    )


def _alone(expectations: Expectations, device: str) -> Expectations:
    return Expectations(
        tuple(target for target in expectations.targets if target.device == device),
        tuple(port for port in expectations.ports if port.device == device),
        (),
        (),
    )


def _ports(
    expectations: Expectations, device: str, page: Page, load: Mapping[str, float]
) -> Iterator[PortTold]:
    seen = set()
    for slot in draw_faceplate(device, expectations, page, load):
        for port in slot.ports:
            seen.add(port.interface)
            errors = (
                page.value(metric, device, port.interface)
                for metric in (INTERFACE_RX_ERRORS, INTERFACE_TX_ERRORS)
            )
            yield PortTold(
                interface=port.interface,
                state=port.state,
                meant=port.meant.words if port.meant else "",
                service=port.meant.service if port.meant else "",
                load=port.load,
                watts=port.watts,
                errors=_sum(errors),
            )
    for wanted in expectations.ports:
        if wanted.device == device and wanted.interface not in seen:
            yield PortTold(
                interface=wanted.interface,
                state="unknown",
                meant=wanted.words,
                service=wanted.service,
                load=None,
                watts=None,
                errors=None,
            )


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
