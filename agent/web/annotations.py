"""``/api/annotations``: what graphs should show beside their lines, as Grafana's JSON sources take it."""

from __future__ import annotations

import asyncio
import math
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from agent.errors import StoreError
from agent.flows.landmarks import KINDS, Landmark, marks_of_calendar, marks_of_changes, marks_of_events
from agent.records import Event
from agent.web.api import Answer

if TYPE_CHECKING:
    from agent.flows.chronicle import Chronicle
    from agent.flows.watch import Watch

DAY_SECONDS = 86_400.0
LONGEST_SECONDS = 400 * DAY_SECONDS
MOST = 1_000
_LATEST_CHANGES = 500


class Annotation(BaseModel):
    """Milliseconds since 1970, as Grafana counts."""

    time: int
    timeEnd: int  # noqa: N815  # Grafana's name
    title: str
    text: str
    tags: list[str]


class Annotations:
    """The handler, over the timeline, the journal and the calendar."""

    def __init__(self, watch: Watch, chronicle: Chronicle | None) -> None:
        self._watch, self._chronicle = watch, chronicle

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Paths of the API, with their shapes."""
        told = "Changes, drift, restarts, freezes and windows for graphs, by ?from=, ?to= and ?kind="
        return (Answer("/api/annotations", told, Annotation, self.annotations, many=True),)

    async def annotations(self, request: Request) -> Response:
        """A list of ``Annotation``, newest first, by ?from= and ?to= (milliseconds or ISO 8601) and ?kind=.

        Without them the last day. 400 for a time that is none.
        """
        now = self._watch.clocks.unix()
        try:
            until = read_instant(request.query_params.get("to", ""), now)
            since = read_instant(request.query_params.get("from", ""), until - DAY_SECONDS)
        except ValueError:
            problem = "from and to are milliseconds since 1970, or like 2026-11-22T23:01:02Z"
            return JSONResponse({"error": problem}, status_code=400)
        since = max(since, until - LONGEST_SECONDS)
        wanted = frozenset(filter(None, request.query_params.get("kind", "").split(",")))
        heard = self._watch.timeline.recent(self._watch.timeline.capacity)
        marks = await asyncio.to_thread(self._collect, since, until, heard)
        kept = [mark for mark in marks if not wanted or mark.kind in wanted]
        kept.sort(key=lambda mark: -mark.at)
        return JSONResponse([_annotation(mark).model_dump() for mark in kept[:MOST]])

    def _collect(self, since: float, until: float, heard: tuple[Event, ...]) -> list[Landmark]:
        events = list(heard)
        found = list(marks_of_calendar(self._watch.expectations, since, until))
        if self._chronicle is not None:
            try:
                events += self._chronicle.happened(since, until, tuple(KINDS))
                found += marks_of_changes(self._chronicle.changes(_LATEST_CHANGES))
            except StoreError:
                pass  # what is in memory is shown all the same; the changes page tells the trouble
        told = {(event.at, event.device, event.kind): event for event in events}
        found += marks_of_events(told.values())
        return [mark for mark in found if mark.at <= until and mark.until >= since]


def _annotation(mark: Landmark) -> Annotation:
    tags = [mark.kind, *mark.devices, *mark.sites]
    begin, end = (int(1000 * at) for at in (mark.at, mark.until))
    return Annotation(time=begin, timeEnd=end, title=mark.title, text=mark.text, tags=tags[:50])


def read_instant(text: str, default: float) -> float:
    """Unix time of milliseconds or of ISO 8601; raises ValueError.

    >>> read_instant("1795384862500", 0), read_instant("2026-11-22T22:01:02Z", 0), read_instant("", 7.0)
    (1795384862.5, 1795384862.0, 7.0)
    """
    if not text:
        return default
    if text[:40].lstrip("-").replace(".", "", 1).isdecimal() and len(text) <= 40:
        seconds = float(text) / 1000
    else:
        seconds = datetime.fromisoformat(text[:40]).timestamp()
    if not math.isfinite(seconds) or abs(seconds) > 1e11:
        raise ValueError(text[:40])
    return seconds
