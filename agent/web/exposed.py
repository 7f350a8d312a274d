"""Answers for Prometheus: the format and the encoding it asked for, made once for all who ask at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from agent.collect.if_mib import METRICS, SCRAPE_SECONDS, read_if_mib
from agent.errors import AgentError
from agent.export.blocks import Block, count_dropped, join_blocks, squeeze_blocks
from agent.export.discovery import read_shard
from agent.export.exposition import END, OPENMETRICS, write_page
from agent.export.negotiate import accepts_gzip, choose_format
from agent.export.squeeze import squeeze
from agent.flows.watch import Watch
from agent.metrics import Page, Sample

FLEET_PAGES = 8
"""So many different fleet pages (by format, encoding, shard) are remembered."""

FLEET_INTERVALS = 3.0
"""A fleet page that was not asked for in so many intervals is forgotten."""

SMALL = 512
"""Bodies below this many bytes are sent as they are."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request accepts."""

    content_type: str
    gzip: bool

    @classmethod
    def of(cls, request: Request) -> Wanted:
        """By its headers."""
        headers = request.headers
        return cls(choose_format(headers.get("accept", "")), accepts_gzip(headers.get("accept-encoding", "")))

    def answer(self, body: bytes, *, squeezed: bool) -> Response:
        """A response; the body ends as its format wants."""
        headers = {"Content-Type": self.content_type, "Vary": "Accept, Accept-Encoding"}
        if squeezed:
            headers["Content-Encoding"] = "gzip"
        return Response(body, headers=headers)


def answer_text(request: Request, text: str) -> Response:
    """A page that is written anew each time; ``text`` is without the end of OpenMetrics."""
    wanted = Wanted.of(request)
    body = (text + END if wanted.content_type == OPENMETRICS else text).encode()
    squeezed = wanted.gzip and len(body) > SMALL
    return wanted.answer(squeeze(body) if squeezed else body, squeezed=squeezed)


@dataclass(slots=True)
class _Fleet:
    """A fleet page, the numbers of the blocks that it was made of, and when it was last asked for."""

    serials: tuple[int, ...]
    making: asyncio.Task[bytes]
    at: float


@dataclass(slots=True)
class DevicePages:
    """Pages of one device and of all."""

    watch: Watch
    fleets: dict[tuple[Wanted, str], _Fleet] = field(default_factory=dict)
    if_mibs: dict[str, asyncio.Task[Page]] = field(default_factory=dict)
    if_mib_pages: dict[str, tuple[float, Page]] = field(default_factory=dict)

    def device(self, request: Request, device: str) -> Response:
        """One device, from its block."""
        wanted = Wanted.of(request)
        body = self.watch.block(device).page(wanted.content_type, gzip=wanted.gzip)
        return wanted.answer(body, squeezed=wanted.gzip)

    async def fleet(self, request: Request) -> Response:
        """Every device, or those of a shard: families in one piece. Raises UsageError for a wrong shard."""
        wanted = Wanted.of(request)
        body = await self.make_fleet(wanted, request.query_params.get("shard", ""))
        return wanted.answer(body, squeezed=wanted.gzip)

    async def make_fleet(self, wanted: Wanted, part: str) -> bytes:
        """The page of ``fleet``, made once for all who want the same at a time. Raises UsageError."""
        shard, watch = read_shard(part), self.watch
        blocks = [watch.block(name) for name in watch.devices() if shard is None or shard.holds(name)]
        serials, now = tuple(block.serial for block in blocks), watch.clocks.monotonic()
        known = self.fleets.pop((wanted, part), None)
        if known is None or known.serials != serials:
            limit = watch.options.page_limit
            watch.health.dropped["page"] += count_dropped(blocks, limit) if limit else 0
            making = asyncio.create_task(asyncio.to_thread(_make_fleet, blocks, wanted, limit))
            known = _Fleet(serials, making, now)
        known.at = now
        self._forget_fleets(now)
        self.fleets[wanted, part] = known
        return await asyncio.shield(known.making)

    def _forget_fleets(self, now: float) -> None:
        """Keep what was asked for lately, the last asked for last."""
        oldest = now - FLEET_INTERVALS * self.watch.options.interval_seconds
        for key in [key for key, fleet in self.fleets.items() if fleet.at < oldest]:
            del self.fleets[key]
        while len(self.fleets) >= FLEET_PAGES:
            del self.fleets[next(iter(self.fleets))]

    async def if_mib(self, device: str) -> str:
        """IF-MIB of a device in the words of snmp_exporter. Raises DeviceError.

        Who asks while it is read gets the same reading, and so does who asks within half an interval.
        """
        clock, options = self.watch.clocks.monotonic, self.watch.options
        known = self.if_mib_pages.get(device)
        if known is None or clock() - known[0] > options.interval_seconds / 2:
            task = self.if_mibs.get(device)
            if task is None:
                task = asyncio.create_task(self._read_if_mib(device))
                self.if_mibs[device] = task
                task.add_done_callback(lambda _: self.if_mibs.pop(device, None))
            known = (clock(), await asyncio.shield(task))
        return write_page(known[1], metrics=METRICS)

    async def _read_if_mib(self, device: str) -> Page:
        clock = self.watch.clocks.monotonic
        started = clock()
        page = await read_if_mib(self.watch.polling.backend(device), self.watch.options.deadline_seconds)
        page.add(Sample(SCRAPE_SECONDS, (), round(clock() - started, 6)))
        self.if_mib_pages[device] = (clock(), page)
        return page


def _make_fleet(blocks: list[Block], wanted: Wanted, limit: int) -> bytes:
    make = squeeze_blocks if wanted.gzip else join_blocks
    return make(blocks, wanted.content_type, limit)


def find_target(watch: Watch, word: str) -> str | None:
    """Name of the device that a ``target=`` means: a name, or an address of the intent."""
    if word in watch.targets or word in watch.devices():
        return word
    targets = watch.targets.items()
    host, _, port = word.rpartition(":")
    exact = (name for name, target in targets if (host, port) == (target.address, str(target.snmp_port)))
    return next(exact, None) or next((name for name, target in targets if word == target.address), None)


def explain(exc: AgentError, status: int) -> Response:
    """One line for people."""
    return Response(f"{exc}\n", status_code=status, media_type="text/plain")
