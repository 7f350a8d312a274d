"""The watch over HTTP: metrics of the agent, of a device, of all; discovery; pages and JSON; tickets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from agent.errors import DeviceError, UsageError
from agent.export.discovery import discover_targets, read_shard
from agent.export.expected import expected_page
from agent.export.exposition import choose_format, write_page
from agent.export.health import health_registry, write_health
from agent.flows.watch import Watch
from agent.web.annotations import Annotations
from agent.web.api import Answer, Api
from agent.web.exposed import DevicePages, answer_text, explain, find_target
from agent.web.glance import Glance
from agent.web.guard import HOOK_PATH, Access, Guard
from agent.web.hook import Hook
from agent.web.portal import Portal
from agent.web.standings import Standings

if TYPE_CHECKING:  # it opens a database, which a watch without a journal needs not load
    from agent.flows.chronicle import Chronicle
    from agent.flows.tickets import Desk

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Front:
    """What the pages need beside the watch."""

    chronicle: Chronicle | None = None
    """The journal; without it no change is shown."""
    access: Access = field(default_factory=Access)
    desk: Desk | None = None
    """Takes Alertmanager's notices; without it there are no tickets."""


def create_app(watch: Watch, front: Front | None = None) -> Starlette:
    """The application; it lives in the loop of the watch."""
    front = front or Front()
    pages, portal = _Pages(watch), Portal(watch, front.chronicle, front.desk)
    hook = Hook(front.desk)
    api = Api(watch, portal, front.chronicle, (hook.answer, *answers_beside(watch, portal, front)))
    routes = {
        "/": portal.city,
        "/map": portal.map,
        "/switch/{device:path}": portal.switch,
        "/find": portal.find,
        "/events": portal.events,
        "/changes": portal.changes,
        "/changes/{number:int}": portal.change,
        "/public": portal.residents,
        "/static/{name}": portal.static,
        "/metrics": pages.metrics,
        "/metrics/fleet": pages.fleet,
        "/probe": pages.probe,
        "/snmp": pages.snmp,
        "/sd": pages.discovery,
        "/healthz": pages.healthz,
        "/api/openapi.json": api.description,
        **{answer.path: answer.handler for answer in api.answers},
    }
    return Starlette(
        routes=[
            *(Route(path, _counted(watch, path, handler)) for path, handler in routes.items()),
            Route(HOOK_PATH, _counted(watch, HOOK_PATH, hook.take), methods=["POST"]),
        ],
        middleware=[
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=1),
            Middleware(Guard, access=front.access),
        ],
    )


def answers_beside(watch: Watch, portal: Portal, front: Front) -> tuple[Answer, ...]:
    """What other rooms of the house add to the API."""
    return (
        *Annotations(watch, front.chronicle).answers,
        *Glance(watch, portal).answers,
        *Standings(watch, portal).answers,
    )


def _counted(watch: Watch, path: str, handler: Handler) -> Handler:
    async def handle(request: Request) -> Response:
        response = await handler(request)
        watch.health.scrapes[path, str(response.status_code)] += 1
        return response

    return handle


class _Pages:
    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._devices = DevicePages(watch)
        self._registry = health_registry(watch.health)

    async def metrics(self, request: Request) -> Response:
        """Own health, and the intent."""
        kind = choose_format(request.headers.get("accept", ""))
        page = expected_page(self._watch.expectations, self._now())
        for own in self._watch.own_pages:
            page.merge(own().families)
        return answer_text(request, write_health(self._registry, kind) + write_page(page, kind))

    async def probe(self, request: Request) -> Response:
        """One device: what it says, and how the poll went, also when that was badly."""
        device = request.query_params.get("target", "")
        if device in self._watch.targets:
            await self._watch.fresh(device)
        elif device not in self._watch.devices():
            return _no_target(device)
        return self._devices.device(request, device)

    async def fleet(self, request: Request) -> Response:
        """All devices, as they were last polled."""
        try:
            return await self._devices.fleet(request)
        except UsageError as exc:
            return explain(exc, 400)

    async def snmp(self, request: Request) -> Response:
        """What snmp_exporter would say: ``/snmp?target=NAME-OR-ADDRESS&module=if_mib``."""
        word, module = (request.query_params.get(name, "") for name in ("target", "module"))
        if module not in {"", "if_mib"}:
            return PlainTextResponse(f"no module {module!r}. the one there is: if_mib\n", status_code=400)
        device = find_target(self._watch, word)
        if device not in self._watch.targets:
            return _no_target(word)
        try:
            return answer_text(request, await self._devices.if_mib(device))
        except DeviceError as exc:
            return explain(exc, 500)

    async def discovery(self, request: Request) -> Response:
        """Service discovery: the whole list each time, or that of one shard."""
        try:
            shard = read_shard(request.query_params.get("shard", ""))
        except UsageError as exc:
            return explain(exc, 400)
        return JSONResponse(discover_targets(self._watch.expectations.polled, shard))

    async def healthz(self, _: Request) -> Response:
        """200 while the loop turns."""
        return PlainTextResponse("ok\n")

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._watch.clocks.unix(), UTC)


def _no_target(word: str) -> Response:
    return PlainTextResponse(
        f"no target {word!r} in the intent. see /sd for those there are\n", status_code=404
    )
