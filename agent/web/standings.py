"""``/api/services``: what was promised and what is left of it; ``/api/switch/…/drift``: what differs."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, TypeAdapter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from agent.flows.accounts import Standing
from agent.flows.watch import Watch
from agent.web.api import Answer
from agent.web.guard import is_engineer
from agent.web.portal import Portal
from agent.web.services import weigh_services


class BudgetNow(BaseModel):
    """A service against its objective in one window."""

    window: str
    """``month`` (UTC), or the days of the promise, such as ``30d``."""
    left_ratio: float | None
    """Share of the error budget that is left, below 0 when overspent; None without an objective."""
    up_seconds: float
    """Endpoint-seconds, like the others."""
    down_seconds: float
    unobserved_seconds: float
    """Nobody saw; counted neither as up nor as down."""


class ServiceNow(BaseModel):
    """A service in the whole city."""

    service: str
    owner: str
    state: str
    meant: int
    working: int
    unknown: int
    objective_ratio: float | None
    budgets: list[BudgetNow]
    """Empty while nobody counts."""


class DriftNow(BaseModel):
    """How a switch's configuration stood against the intent when it was last compared."""

    device: str
    compared_at: float | None
    """Unix time; None when it was not compared yet."""
    differs: bool | None
    lines: int
    user: str
    address: str
    source: str
    change: int | None
    problem: str
    diff: list[str] | None
    """Masked; None for who is no engineer."""


@dataclass(frozen=True, slots=True)
class Standings:
    """The handlers; they live in the loop of the watch and only read."""

    watch: Watch
    portal: Portal

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Paths of the API, with their shapes."""
        return (
            Answer(
                "/api/services",
                "Services, owners, what is left of objectives",
                ServiceNow,
                self.services,
                True,
            ),
            Answer("/api/switch/{device}/drift", "What differs from the intent", DriftNow, self.drift),
        )

    async def services(self, _: Request) -> Response:
        """A list of ``ServiceNow``."""
        city, vitals = self.watch.expectations, self.portal.vitals()
        being = weigh_services(city, vitals)
        stands: dict[str, list[Standing]] = {}
        for one in self.watch.accounts.standings(city.services, vitals.now):
            stands.setdefault(one.service, []).append(one)
        promised = {one.service: one for one in city.services}
        told = []
        for name in being.services:
            cell, promise = being.over(name), promised.get(name)
            told.append(
                ServiceNow(
                    service=name,
                    owner=promise.owner if promise else "",
                    state=cell.state,
                    meant=cell.meant,
                    working=cell.working,
                    unknown=cell.unknown,
                    objective_ratio=promise.objective_ratio if promise else None,
                    budgets=[_budget(one) for one in stands.get(name, ())],
                )
            )
        return Response(TypeAdapter(list[ServiceNow]).dump_json(told), media_type="application/json")

    async def drift(self, request: Request) -> Response:
        """``DriftNow``; 404 for a switch that is not in the intent."""
        device = request.path_params["device"]
        if device not in self.watch.targets:
            return PlainTextResponse("no such switch in the intent\n", status_code=404)
        found = self.watch.drifted.get(device)
        told = DriftNow(
            device=device,
            compared_at=found.at if found else None,
            differs=bool(found.diff) if found else None,
            lines=found.lines if found else 0,
            user=found.user if found else "",
            address=found.address if found else "",
            source=found.source if found else "",
            change=found.change if found else None,
            problem=found.problem if found else "",
            diff=list(found.diff if found else ()) if is_engineer(request) else None,
        )
        return Response(told.model_dump_json(), media_type="application/json")


def _budget(one: Standing) -> BudgetNow:
    return BudgetNow(
        window=one.window,
        left_ratio=one.left_ratio,
        up_seconds=round(one.tally.up, 3),
        down_seconds=round(one.tally.down, 3),
        unobserved_seconds=round(one.tally.unobserved, 3),
    )
