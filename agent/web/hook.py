"""Where Alertmanager knocks: ``POST /api/alerts``; and the tickets that came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from agent.errors import StoreError, UsageError
from agent.web.api import Answer
from agent.web.guard import may_post

if TYPE_CHECKING:  # it opens a database, which a watch without tickets needs not load
    from agent.flows.tickets import Desk

BODY_BYTES = 1_048_576


class TicketLine(BaseModel):
    """One alert of a ticket."""

    summary: str
    action: str
    runbook: str
    since: str


class TicketNow(BaseModel):
    """A ticket."""

    number: int
    state: str
    severity: str
    title: str
    alert: str
    owner: str
    service: str
    site: str
    opened_at: float
    changed_at: float
    heard_at: float
    times: int
    remote: str
    lines: list[TicketLine]


class Hook:
    """The handlers, over a desk."""

    def __init__(self, desk: Desk | None) -> None:
        self._desk = desk
        self.answer = Answer(
            "/api/tickets", "Tickets from alerts, by ?state= and ?limit=", TicketNow, self.tickets, many=True
        )

    async def take(self, request: Request) -> Response:
        """Take a notice: 200 when it is kept, 400 when it is none, 413 too long, 503 try again later."""
        if self._desk is None:
            return PlainTextResponse("no tickets are kept here\n", status_code=404)
        if not may_post(request):
            return PlainTextResponse("only Alertmanager's token may post here\n", status_code=403)
        # a page in a browser cannot send this type to a stranger without being asked first
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return PlainTextResponse("send application/json\n", status_code=415)
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > BODY_BYTES:
                return PlainTextResponse(
                    f"more than {BODY_BYTES} bytes. set max_alerts of the webhook\n",
                    status_code=413,
                    headers={"Connection": "close"},
                )
        try:
            ticket = await self._desk.take(bytes(body))
        except UsageError as exc:
            return PlainTextResponse(f"{exc}\n", status_code=400)
        except StoreError as exc:
            return PlainTextResponse(f"{exc}\n", status_code=503)
        return JSONResponse({"ticket": ticket.number if ticket else None})

    async def tickets(self, request: Request) -> Response:
        """A list of ``TicketNow``, the latest change first; ``?state=open|closed``, ``?limit=`` to 1,000."""
        asked, state = request.query_params.get("limit", "100"), request.query_params.get("state")
        limit = min(int(asked), 1000) if asked.isdecimal() else 100
        if self._desk is None:
            return JSONResponse([])
        if state not in {None, "open", "closed"}:
            return PlainTextResponse(f"no state {state!r}. there are open and closed\n", status_code=400)
        try:
            found = await self._desk.recent(limit, "open" if state == "open" else "closed" if state else None)
        except StoreError as exc:
            return PlainTextResponse(f"{exc}\n", status_code=503)
        tickets = [TicketNow.model_validate(one, from_attributes=True) for one in found]
        return Response(TypeAdapter(list[TicketNow]).dump_json(tickets), media_type="application/json")
