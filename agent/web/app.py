"""The watch over HTTP: ``/metrics``, ``/probe``, ``/sd``, ``/healthz``, pages for people, JSON. Read-only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from agent.export.discovery import discover_targets
from agent.export.expected import expected_page
from agent.export.exposition import END, OPENMETRICS, choose_format, write_page
from agent.export.health import health_registry, write_health
from agent.flows.chronicle import Chronicle
from agent.flows.watch import Watch
from agent.web.api import Api
from agent.web.guard import Access, Guard
from agent.web.portal import Portal

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Front:
    """What the pages need beside the watch."""

    chronicle: Chronicle | None = None
    """The journal; without it no change is shown."""
    access: Access = field(default_factory=Access)


def create_app(watch: Watch, front: Front | None = None) -> Starlette:
    """The application; it lives in the loop of the watch."""
    front = front or Front()
    pages, portal = _Pages(watch), Portal(watch, front.chronicle)
    api = Api(watch, portal, front.chronicle)
    routes = {
        "/": portal.city,
        "/map": portal.map,
        "/switch/{device}": portal.switch,
        "/find": portal.find,
        "/changes": portal.changes,
        "/changes/{number:int}": portal.change,
        "/public": portal.residents,
        "/static/{name}": portal.static,
        "/metrics": pages.metrics,
        "/probe": pages.probe,
        "/sd": pages.discovery,
        "/healthz": pages.healthz,
        "/api/openapi.json": api.description,
        **{answer.path: answer.handler for answer in api.answers},
    }
    return Starlette(
        routes=[Route(path, _counted(watch, path, handler)) for path, handler in routes.items()],
        middleware=[
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=1),
            Middleware(Guard, access=front.access),
        ],
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
        self._registry = health_registry(watch.health)

    async def metrics(self, request: Request) -> Response:
        """Own health, and the intent."""
        kind = choose_format(request.headers.get("accept", ""))
        city = expected_page(self._watch.expectations, self._now())
        return _exposed(write_health(self._registry, kind) + write_page(city, kind), kind)

    async def probe(self, request: Request) -> Response:
        """One switch: what it says, and how the poll went, also when that was badly."""
        device = request.query_params.get("target", "")
        if device not in self._watch.targets:
            return PlainTextResponse(
                f"no target {device!r} in the intent. see /sd for those there are\n", status_code=404
            )
        await self._watch.fresh(device)
        kind = choose_format(request.headers.get("accept", ""))
        return _exposed(write_page(self._watch.page(device), kind), kind)

    async def discovery(self, _: Request) -> Response:
        """Service discovery: the whole list each time."""
        return JSONResponse(discover_targets(self._watch.expectations.targets))

    async def healthz(self, _: Request) -> Response:
        """200 while the loop turns."""
        return PlainTextResponse("ok\n")

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._watch.clocks.unix(), UTC)


def _exposed(text: str, kind: str) -> Response:
    return Response(text + END if kind == OPENMETRICS else text, headers={"Content-Type": kind})
