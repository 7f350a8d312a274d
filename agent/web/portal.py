"""Pages for people: the city, its map, a switch, where an endpoint is, what was changed, and what works."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from agent.errors import StoreError
from agent.flows.watch import Watch
from agent.metrics import (
    CPU_RATIO,
    DEVICE_INFO,
    INTERFACE_INFO,
    MEMORY_RATIO,
    NEIGHBOR_INFO,
    POE_USED,
    PSU_WATTS,
    UPTIME,
    Page,
    name_series,
    read_labels,
)
from agent.web.faceplate import draw_faceplate
from agent.web.freshness import judge_freshness
from agent.web.guard import is_engineer, is_known
from agent.web.happenings import EVENTS_READ, LEVELS, Filter, gather
from agent.web.hardware import group_optics, read_clock, read_parts, read_sensors, troubles_of
from agent.web.language import LANGUAGES, choose_language, tell_age, words_of
from agent.web.overview import CAMERA, describe_city
from agent.web.services import Incident, find_endpoints, weigh_services
from agent.web.ticketed import match_tickets
from agent.web.tiles import lay_tiles, tell_percent
from agent.web.topology import NODE, draw_topology
from agent.web.vitals import Loads, Vitals, by_label

if TYPE_CHECKING:  # it opens a database, which a watch without a journal needs not load
    from agent.flows.chronicle import Chronicle
    from agent.flows.tickets import Desk
    from agent.store.tickets import Ticket

LANGUAGE_COOKIE = "moulin_language"
HIDDEN_SERVICES = frozenset({"transport"})
"""Services that residents do not know by name."""
EVENTS_OF_SWITCH = 8
TICKETS_READ = 500
INCIDENTS = 24
"""So many are listed on the city's page; the others are counted."""
GLYPHS = {
    "well": "✓", "partly": "◐", "degraded": "▲", "out": "✕", "unknown": "?", "none": "·",
    "up": "●", "partial": "◐", "down": "✕", "waiting": "…",
    "fresh": "●", "stale": "▲", "critical": "✕", "warning": "▲", "notice": "●", "info": "·",
}  # fmt: skip
"""A shape beside every colour: nobody has to tell red from green."""


class Portal:
    """The handlers; they live in the loop of the watch and only read."""

    def __init__(self, watch: Watch, chronicle: Chronicle | None, desk: Desk | None = None) -> None:
        self._watch, self._chronicle, self._desk = watch, chronicle, desk
        self._loads = Loads()
        environment = Environment(
            loader=PackageLoader("agent.web", "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["tell"] = lambda text, **values: text.format(**values)
        environment.filters["age"] = tell_age
        environment.filters["percent"] = tell_percent
        self._templates = {name: environment.get_template(name) for name in environment.list_templates()}

    async def city(self, request: Request) -> Response:
        """The city at a glance."""
        watch, vitals = self._watch, self.vitals()
        city = describe_city(watch.expectations, vitals.last, vitals.known, vitals.now)
        being = weigh_services(watch.expectations, vitals)
        standings = watch.accounts.standings(watch.expectations.services, vitals.now)
        return self._show(
            request,
            "status.html",
            sites=city.sites,
            totals=city.totals,
            being=being,
            tiles=lay_tiles(being, standings),
            incidents=being.incidents,
            shown=INCIDENTS,
            dark=sum(one.kind == CAMERA for one in being.incidents),
            blind=not any(site.switches_up for site in city.sites),
            tickets=await self._tickets(being.incidents),
            drifted=sorted(device for device, one in watch.drifted.items() if one.diff),
        )

    async def _tickets(self, incidents: Iterable[Incident]) -> dict[Incident, Ticket]:
        """The open ticket of every incident that has one; none while the journal does not answer."""
        if self._desk is None:
            return {}
        try:
            tickets = await self._desk.recent(TICKETS_READ, "open")
        except StoreError:
            return {}
        return match_tickets(incidents, tickets)

    async def map(self, request: Request) -> Response:
        """The switches and what joins them."""
        drawn = draw_topology(self._watch.expectations, self.vitals())
        return self._show(request, "map.html", map=drawn, width=NODE[0], height=NODE[1])

    async def switch(self, request: Request) -> Response:
        """One switch: its front, its body, its neighbours, what happened and was changed."""
        device = request.path_params["device"]
        if device not in self._watch.targets:
            return self._missing(request)
        vitals = self.vitals()
        page, poll, heard = vitals.known(device), vitals.last(device), vitals.heard(device)
        readings, parts = read_sensors(page), tuple(read_parts(page))
        drift = self._watch.drifted.get(device)
        return self._show(
            request,
            "switch.html",
            device=device,
            site=self._watch.targets[device].site,
            state=vitals.state(device),
            problem=poll.problem if poll else "",
            heard=None if heard is None else max(0.0, vitals.now - heard),
            told=bool(page.families),
            facts=tell_facts(device, page),
            clock=read_clock(page, device),
            slots=draw_faceplate(device, self._watch.expectations, page, vitals.load(device)),
            aliases=_aliases(page),
            parts=parts,
            sensors=[one for one in readings if not one.interface],
            optics=group_optics(page, readings),
            bad=troubles_of(parts, readings),
            neighbours=self._neighbours(device, page),
            events=gather(self._watch.timeline.recent(100, device), Filter(), EVENTS_OF_SWITCH),
            changes=self._chronicle.of_switch(device) if self._chronicle else [],
            engineer=is_engineer(request),
            drift=drift,
            drift_age=max(0.0, vitals.now - drift.at) if drift else 0.0,
        )

    def _neighbours(self, device: str, page: Page) -> list[dict[str, Any]]:
        seen = page.families.get(NEIGHBOR_INFO.name, {})
        return [
            {
                "interface": one.interface,
                "neighbor": one.neighbor,
                "neighbor_interface": one.neighbor_interface,
                "known": one.neighbor in self._watch.targets,
                "seen": name_series(
                    NEIGHBOR_INFO, (device, one.interface, one.neighbor, one.neighbor_interface)
                )
                in seen,
            }
            for one in self._watch.expectations.neighbors
            if one.device == device
        ]

    async def find(self, request: Request) -> Response:
        """Where a camera, a telephone or an access point is, and how it is."""
        kinds = sorted({port.kind for port in self._watch.expectations.ports})
        kind = request.query_params.get("kind", "camera")
        wanted = request.query_params.get("q", "")[:80]
        lines = tuple(find_endpoints(self._watch.expectations, self.vitals(), kind, wanted))
        return self._show(
            request, "find.html", kinds=kinds, kind=kind, wanted=wanted, lines=lines, renews=False
        )

    async def events(self, request: Request) -> Response:
        """What happened, newest first, by switch, kind and severity."""
        wanted = Filter.read(request.query_params)
        heard = self._watch.timeline.recent(EVENTS_READ)
        lines = gather(heard, wanted)
        return self._show(
            request,
            "events.html",
            lines=lines,
            wanted=wanted,
            devices=sorted(self._watch.targets),
            kinds=sorted({event.kind for event in heard}),
            levels=LEVELS,
            latest=self._watch.clocks.unix() - heard[0].at if heard else None,
        )

    async def changes(self, request: Request) -> Response:
        """What was changed, newest first."""
        return self._show(
            request,
            "changes.html",
            changes=self._chronicle.changes() if self._chronicle else [],
            renews=False,
        )

    async def change(self, request: Request) -> Response:
        """One change, step by step; its diff for engineers only."""
        told = self._chronicle.change(request.path_params["number"]) if self._chronicle else None
        if told is None:
            return self._missing(request)
        return self._show(request, "change.html", change=told, engineer=is_engineer(request), renews=False)

    async def residents(self, request: Request) -> Response:
        """What works, by service; neither places nor equipment."""
        being = weigh_services(self._watch.expectations, self.vitals())
        states = [(name, being.over(name).state) for name in being.services if name not in HIDDEN_SERVICES]
        return self._show(request, "public.html", states=states, public=True)

    async def static(self, request: Request) -> Response:
        """Style and icon; nothing is fetched from elsewhere."""
        kinds = {"moulin.css": "text/css; charset=utf-8", "moulin.svg": "image/svg+xml"}
        name = request.path_params["name"]
        if name not in kinds:
            return self._missing(request)
        data = (resources.files("agent.web") / "static" / name).read_bytes()
        return Response(data, media_type=kinds[name], headers={"Cache-Control": "max-age=3600"})

    def vitals(self) -> Vitals:
        """The switches as they are now; what each says is put together once for whoever asks for this."""
        watch = self._watch
        return Vitals(watch.last, cache(watch.known), self._loads, watch.clocks.unix(), self._heard)

    def _heard(self, device: str) -> float | None:
        good = self._watch.polling.last_good(device)
        return None if good is None else good.at + good.seconds

    def _titles(self, language: str, words: Mapping[str, str]) -> dict[str, str]:
        """Title of every service, in the language where the catalogue has it."""
        own = {
            key.removeprefix("service_"): word for key, word in words.items() if key.startswith("service_")
        }
        said = self._watch.expectations.titles
        own |= {name: title for name, spoken, title in said if not spoken}
        return own | {name: title for name, spoken, title in said if spoken == language}

    def _missing(self, request: Request) -> Response:
        words = words_of(self._language(request))
        return HTMLResponse(f"<!doctype html><title>404</title><p>{words['not_found']}</p>", status_code=404)

    def _language(self, request: Request) -> str:
        return choose_language(
            request.query_params.get("lang"),
            request.cookies.get(LANGUAGE_COOKIE),
            request.headers.get("accept-language", ""),
        )

    def _show(self, request: Request, template: str, **values: Any) -> Response:
        language = self._language(request)
        words = words_of(language)
        watch, city = self._watch, self._watch.expectations
        now, interval = watch.clocks.unix(), watch.options.interval_seconds
        text = self._templates[template].render(
            {
                "t": words,
                "town": city.town or words["the_city"],
                "network": words["network_of"].format(town=city.town or words["the_city"]),
                "titles": {place.site: place.title for place in city.places},
                "services": self._titles(language, words),
                "other_language": "?" + str(request.url.include_query_params(lang=words["other_code"]).query),
                "here": request.url.path,
                "guest": not is_known(request),
                "freshness": judge_freshness(
                    (target.device for target in city.targets), watch.last, now, interval
                ),
                "teams": {team.team: team.title for team in city.teams},
                "glyph": GLYPHS,
                "renews": request.query_params.get("hold") != "1",
                "public": False,
                "held": request.query_params.get("hold") == "1",
                "hold_link": "?" + _turned(request, "hold").query,
                "time": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%S"),
                "refresh_seconds": max(5, int(interval)),
            }
            | values
        )
        response = HTMLResponse(text)
        if request.query_params.get("lang") in LANGUAGES:
            response.set_cookie(LANGUAGE_COOKIE, language, max_age=31_536_000, samesite="lax")
        return response


def _turned(request: Request, name: str) -> URL:
    """The page with ``name=1``, or without it where it was there."""
    if request.query_params.get(name) == "1":
        return request.url.remove_query_params(name)
    return request.url.include_query_params(**{name: "1"})


def tell_facts(device: str, page: Page) -> list[tuple[str, str]]:
    """(key of the word, value) of what a glance at the switch should tell."""
    facts = []
    info: Mapping[str, str] = next(
        (read_labels(series) for series in page.families.get(DEVICE_INFO.name, {})), {}
    )
    facts += [(key, info[key]) for key in ("model", "release") if info.get(key)]
    uptime = page.value(UPTIME, device)
    if uptime is not None:
        facts.append(("uptime", tell_age(uptime)))
    for key, metric in (("cpu", CPU_RATIO), ("memory", MEMORY_RATIO)):
        ratio = page.value(metric, device)
        if ratio is not None:
            facts.append((key, f"{ratio * 100:.0f} %"))
    for key, metric, label in (("power", PSU_WATTS, "supply"), ("poe", POE_USED, "group")):
        values = by_label(page, metric, label)
        if values:
            facts.append((key, f"{sum(values.values()):.0f} W"))
    return facts


def _aliases(page: Page) -> dict[str, str]:
    """Description of every port that has one, as somebody has written it on the switch."""
    found = map(read_labels, page.families.get(INTERFACE_INFO.name, {}))
    return {labels["interface"]: labels.get("alias", "") for labels in found}
