"""The watch over HTTP: ``/metrics``, ``/probe``, ``/sd``, ``/healthz`` and the status page. Read-only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from agent.export.discovery import discover_targets
from agent.export.expected import expected_page
from agent.export.exposition import END, OPENMETRICS, choose_format, write_page
from agent.export.health import health_registry, write_health
from agent.flows.watch import Watch
from agent.web.overview import describe_city

Handler = Callable[[Request], Awaitable[Response]]


def create_app(watch: Watch) -> Starlette:
    """The application; it lives in the loop of the watch."""
    pages = _Pages(watch)
    routes = {
        "/": pages.status,
        "/metrics": pages.metrics,
        "/probe": pages.probe,
        "/sd": pages.discovery,
        "/healthz": pages.healthz,
    }
    return Starlette(
        routes=[Route(path, _counted(watch, path, handler)) for path, handler in routes.items()],
        middleware=[Middleware(GZipMiddleware, minimum_size=1000, compresslevel=1)],
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
        environment = Environment(
            loader=PackageLoader("agent.web", "pages"), autoescape=True, undefined=StrictUndefined
        )
        self._status = environment.get_template("status.html")

    async def metrics(self, request: Request) -> Response:
        """Own health, and the intent."""
        kind = choose_format(request.headers.get("accept", ""))
        page = expected_page(self._watch.expectations, self._now())
        for own in self._watch.own_pages:
            page.merge(own().families)
        return _exposed(write_health(self._registry, kind) + write_page(page, kind), kind)

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

    async def status(self, _: Request) -> Response:
        """The page for people."""
        watch = self._watch
        city = describe_city(watch.expectations, watch.last, watch.known, watch.clocks.unix())
        text = self._status.render(
            sites=city.sites,
            totals=city.totals,
            troubles=city.troubles,
            time=self._now().strftime("%Y-%m-%d %H:%M:%S"),
            refresh_seconds=max(5, int(watch.options.interval_seconds)),
        )
        return HTMLResponse(text)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._watch.clocks.unix(), UTC)


def _exposed(text: str, kind: str) -> Response:
    return Response(text + END if kind == OPENMETRICS else text, headers={"Content-Type": kind})
