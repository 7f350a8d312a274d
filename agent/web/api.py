"""The pages as JSON, for programs: ``/api/…``, described by ``/api/openapi.json``."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from agent.flows.watch import Watch
from agent.web.guard import is_engineer
from agent.web.happenings import EVENTS_READ, Filter
from agent.web.portal import Portal
from agent.web.services import find_endpoints, weigh_services
from agent.web.topology import draw_topology

if TYPE_CHECKING:  # it opens a database, which a watch without a journal needs not load
    from agent.flows.chronicle import Chronicle

Handler = Callable[[Request], Awaitable[Response]]


class ServiceAt(BaseModel):
    """A service at a site."""

    service: str
    site: str
    state: str
    meant: int
    working: int
    unknown: int


class Trouble(BaseModel):
    """Something that is not as meant."""

    device: str
    interface: str
    service: str
    site: str
    kind: str
    place: str
    seconds: float | None
    owner: str = ""
    """Team that answers for the service."""


class CityNow(BaseModel):
    """The city at a glance."""

    at: float
    services: list[ServiceAt]
    incidents: list[Trouble]


class LinkNow(BaseModel):
    """All links between two switches."""

    one: str
    other: str
    links: int
    up: int
    state: str
    load: float | None


class SwitchNow(BaseModel):
    """One switch on the map."""

    device: str
    site: str
    state: str


class MapNow(BaseModel):
    """The map."""

    switches: list[SwitchNow]
    links: list[LinkNow]


class EndpointNow(BaseModel):
    """One camera, telephone, access point."""

    kind: str
    tag: str
    place: str
    site: str
    device: str
    interface: str
    state: str
    watts: float | None


class EventHeard(BaseModel):
    """Something that happened: a trap, an inform, a probe that changed its mind."""

    at: float
    device: str
    kind: str
    interface: str
    text: str
    severity: str
    source: str
    fields: dict[str, str]


class RunDone(BaseModel):
    """One switch of a change."""

    device: str
    state: str
    outcome: str
    diff: list[str] = []


class ChangeDone(BaseModel):
    """One change of the journal."""

    change: int
    verb: str
    who: str
    reason: str
    ticket: str
    state: str
    started_at: str
    switches: list[RunDone]


@dataclass(frozen=True, slots=True)
class Answer:
    """One path of the API, as its description needs it."""

    path: str
    about: str
    model: Any
    handler: Handler
    many: bool = False


class Api:
    """The handlers, over the same values as the pages."""

    def __init__(
        self, watch: Watch, portal: Portal, chronicle: Chronicle | None, more: tuple[Answer, ...] = ()
    ) -> None:
        self._watch, self._portal, self._chronicle = watch, portal, chronicle
        self.answers = (
            Answer("/api/city", "Services by site, and what is not as meant", CityNow, self.city),
            Answer("/api/map", "Switches and links with their states", MapNow, self.map),
            Answer("/api/endpoints", "Endpoints by ?kind= and ?q=", EndpointNow, self.endpoints, many=True),
            Answer("/api/changes", "The latest changes", ChangeDone, self.changes, many=True),
            Answer(
                "/api/events",
                "What happened, by ?device=, ?kind=, ?severity= and ?limit=",
                EventHeard,
                self.events,
                many=True,
            ),
            *more,
        )

    async def city(self, _: Request) -> Response:
        """``CityNow``."""
        vitals = self._portal.vitals()
        being = weigh_services(self._watch.expectations, vitals)
        return _json(
            CityNow(
                at=vitals.now,
                services=[
                    ServiceAt(
                        service=service,
                        site=site,
                        state=cell.state,
                        meant=cell.meant,
                        working=cell.working,
                        unknown=cell.unknown,
                    )
                    for (service, site), cell in sorted(being.cells.items())
                ],
                incidents=[Trouble.model_validate(one, from_attributes=True) for one in being.incidents],
            )
        )

    async def map(self, _: Request) -> Response:
        """``MapNow``."""
        drawn = draw_topology(self._watch.expectations, self._portal.vitals())
        return _json(
            MapNow(
                switches=[SwitchNow.model_validate(node, from_attributes=True) for node in drawn.nodes],
                links=[LinkNow.model_validate(line, from_attributes=True) for line in drawn.lines],
            )
        )

    async def endpoints(self, request: Request) -> Response:
        """A list of ``EndpointNow``."""
        kind, wanted = request.query_params.get("kind", "camera"), request.query_params.get("q", "")[:80]
        found = find_endpoints(self._watch.expectations, self._portal.vitals(), kind, wanted)
        return _json(
            [
                EndpointNow(
                    kind=line.port.kind,
                    tag=line.port.endpoint,
                    place=line.port.place,
                    site=line.port.site,
                    device=line.port.device,
                    interface=line.port.interface,
                    state=line.state,
                    watts=line.watts,
                )
                for line in found
            ]
        )

    async def events(self, request: Request) -> Response:
        """A list of ``EventHeard``, newest first; at most 1,000; ``severity`` is this much and worse."""
        asked = request.query_params.get("limit", "100")
        limit = min(int(asked), 1000) if asked.isdecimal() else 100
        wanted = Filter.read(request.query_params)
        heard = self._watch.timeline.recent(EVENTS_READ, wanted.device or None)
        found = islice((event for event in heard if wanted.takes(event)), limit)
        return _json([EventHeard.model_validate(one, from_attributes=True) for one in found])

    async def changes(self, request: Request) -> Response:
        """A list of ``ChangeDone``; diffs for engineers, with ``?diff=1``."""
        told = self._chronicle.changes() if self._chronicle else []
        if self._chronicle and request.query_params.get("diff") and is_engineer(request):
            told = [self._chronicle.change(one["change"]) or one for one in told[:20]]
        for one in told:
            one["started_at"] = one["started_at"].isoformat()
        return _json(TypeAdapter(list[ChangeDone]).validate_python(told))

    async def description(self, _: Request) -> Response:
        """The OpenAPI 3.1 description of all of these."""
        return JSONResponse(describe_api(self.answers))


def describe_api(answers: tuple[Answer, ...]) -> dict[str, Any]:
    """OpenAPI 3.1 of the answers, made from their models."""
    models = [(answer.model, "serialization") for answer in answers]
    _, schema = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    paths: dict[str, dict[str, Any]] = {}
    for answer in answers:
        body: dict[str, Any] = {"$ref": f"#/components/schemas/{answer.model.__name__}"}
        if answer.many:
            body = {"type": "array", "items": body}
        said = {"description": answer.about, "content": {"application/json": {"schema": body}}}
        paths[answer.path] = {"get": {"summary": answer.about, "responses": {"200": said}}}
        named = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", answer.path)
        ]
        if named:
            paths[answer.path]["get"]["parameters"] = named
    return {
        "openapi": "3.1.0",
        "info": {"title": "Moulin", "version": "1"},
        "paths": paths,
        "components": {"schemas": schema.get("$defs", {})},
    }


def _json(value: BaseModel | list[Any]) -> Response:
    data = TypeAdapter(type(value) if isinstance(value, BaseModel) else list[Any]).dump_json(value)
    return Response(data, media_type="application/json")
