"""The watch: polls every switch of the intent on its own schedule and keeps what it last said.

One asyncio loop, one set of sockets. A device never waits for another: each has its own task, a poll has a
deadline, and polls of the same device coalesce, whoever asks.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from agent.collect.poll import Clocks, Poll, Poller
from agent.collect.snmp.backend import Backend, User, read_credentials
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.snmp.pysnmp_backend import PysnmpBackend, PysnmpEngine
from agent.collect.tables.load import standard_tables
from agent.collect.tables.table import Tables
from agent.errors import UsageError
from agent.export.health import Health
from agent.intent.expectation import Expectations, Target
from agent.metrics import POLL_SECONDS, POLL_SUCCESS, POLL_TIMESTAMP, Page, Sample

STALE_INTERVALS = 2.5
"""A device's series are dropped when its last good poll is older than so many intervals."""

SYSTEM_CLOCKS = Clocks(time.monotonic, time.time)


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """How the watch polls."""

    interval_seconds: float = 30.0
    deadline_seconds: float = 20.0
    backend: Literal["own", "pysnmp"] = "own"
    polls_at_once: int = 64
    cache_seconds: float = 1.0
    """Without a schedule, a poll younger than this answers a scrape."""
    tables: Tables = field(default_factory=standard_tables)


class Watch:
    """State and schedule of the watch. All methods belong to the loop in which ``open`` was called."""

    def __init__(
        self,
        expectations: Expectations,
        secrets: Mapping[str, str],
        options: WatchOptions | None = None,
        *,
        clocks: Clocks = SYSTEM_CLOCKS,
        chance: random.Random | None = None,
    ) -> None:
        self.expectations = expectations
        self.options = options or WatchOptions()
        self.clocks = clocks
        self.health = Health()
        self.targets: dict[str, Target] = {target.device: target for target in expectations.targets}
        self._secrets = secrets
        self._chance = chance or random.SystemRandom()
        self._engine: Engine | None = None
        self._pysnmp: PysnmpEngine | None = None
        self._pollers: dict[str, Poller] = {}
        self._last: dict[str, Poll] = {}
        self._last_good: dict[str, Poll] = {}
        self._running: dict[str, asyncio.Task[Poll]] = {}
        self._scheduled = False
        self._gate = asyncio.Semaphore(self.options.polls_at_once)

    async def open(self) -> None:
        """Make the engines; raises UsageError when a community's secret is missing."""
        self._engine = Engine(random.Random(self._chance.getrandbits(64)))  # noqa: S311  # request-ids, not keys
        self._pysnmp = PysnmpEngine()
        engine = self._engine
        self.health.packets = lambda: asdict(engine.counts)
        self.health.waiting = lambda: engine.waiting
        for target in self.targets.values():
            self._pollers[target.device] = Poller(
                target.device,
                self._backend(target),
                self.options.tables,
                self.clocks,
                # a community would have to be mapped to each context, one by one
                contexts=isinstance(read_credentials(self._secrets[target.community]), User),
            )

    def _backend(self, target: Target) -> Backend:
        if self._engine is None or self._pysnmp is None:
            raise UsageError("the watch is not open. call open() first")
        credentials = read_credentials(self._secrets[target.community])
        address = (target.address, target.snmp_port)
        if self.options.backend == "pysnmp":
            return PysnmpBackend(self._pysnmp, target.device, address, credentials)
        return OwnBackend(self._engine, target.device, address, credentials)

    async def close(self) -> None:
        """End what runs and close the sockets."""
        for task in tuple(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        if self._engine is not None:
            self._engine.close()
        if self._pysnmp is not None:
            self._pysnmp.close()

    async def poll(self, device: str) -> Poll:
        """Poll a device now, or join the poll that is under way. Raises KeyError for an unknown device."""
        task = self._running.get(device)
        if task is None:
            poller = self._pollers[device]
            task = asyncio.create_task(self._poll(device, poller))
            self._running[device] = task
            task.add_done_callback(lambda _: self._running.pop(device, None))
        return await asyncio.shield(task)

    async def _poll(self, device: str, poller: Poller) -> Poll:
        async with self._gate:
            started, begun = self.clocks.unix(), self.clocks.monotonic()
            try:
                poll = await poller.poll(min(self.options.deadline_seconds, self.options.interval_seconds))
            except Exception as exc:  # noqa: BLE001  # the per-device worker: one device must not end the others
                seconds = self.clocks.monotonic() - begun
                poll = _crashed(
                    device, started, seconds, f"{device}: {type(exc).__name__}: {exc}. report this"
                )
        self._last[device] = poll
        if poll.success:
            self._last_good[device] = poll
        outcome = "failed" if not poll.success else "partial" if poll.partial else "complete"
        self.health.note_poll(device, outcome, poll.seconds)
        return poll

    async def poll_all(self) -> dict[str, Poll]:
        """Poll every device once; the outcome by device, in the order of the intent."""
        polls = await asyncio.gather(*(self.poll(device) for device in self.targets))
        return {poll.device: poll for poll in polls}

    async def fresh(self, device: str) -> Poll:
        """The last scheduled poll when it is young enough, else a new one. Raises KeyError."""
        last = self._last.get(device)
        limit = 1.5 * self.options.interval_seconds if self._scheduled else self.options.cache_seconds
        if last is not None and self.clocks.unix() - last.at - last.seconds < limit:
            return last
        return await self.poll(device)

    def last(self, device: str) -> Poll | None:
        """Outcome of the last poll, good or bad."""
        return self._last.get(device)

    def known(self, device: str) -> Page:
        """What the device last said, unless that is too old to be shown; empty then."""
        good = self._last_good.get(device)
        limit = STALE_INTERVALS * self.options.interval_seconds
        return good.page if good is not None and self.clocks.unix() - good.at <= limit else Page()

    def page(self, device: str) -> Page:
        """All series of a device: what it last said, and how its last poll went."""
        last, good = self._last.get(device), self._last_good.get(device)
        page = Page()
        if last is not None:
            page.merge({name: family for name, family in last.page.families.items() if _is_own(name)})
        known = self.known(device).families
        page.merge({name: family for name, family in known.items() if not _is_own(name)})
        if good is not None:
            page.add(Sample(POLL_TIMESTAMP, (device,), round(good.at, 3)))
        return page

    async def run(self, stop: asyncio.Event) -> None:
        """Poll every device at the interval, jittered, until told to stop."""
        self._scheduled = True
        try:
            async with asyncio.TaskGroup() as group:
                for device in self.targets:
                    group.create_task(self._follow(device, stop))
        finally:
            self._scheduled = False

    async def _follow(self, device: str, stop: asyncio.Event) -> None:
        interval = self.options.interval_seconds
        # the first round is spread over a tenth of the interval, later ones drift apart by the jitter
        await _pause(stop, self._chance.uniform(0, min(interval, 30.0) / 10))
        while not stop.is_set():
            begun = self.clocks.monotonic()
            await self.poll(device)
            spent = self.clocks.monotonic() - begun
            await _pause(stop, max(0.0, interval * self._chance.uniform(0.97, 1.03) - spent))


def _is_own(family: str) -> bool:
    """Whether a family is about the poll, not about the device."""
    return family.startswith("moulin_")


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


def _crashed(device: str, at: float, seconds: float, problem: str) -> Poll:
    page = Page()
    page.add(Sample(POLL_SUCCESS, (device,), 0))
    page.add(Sample(POLL_SECONDS, (device,), round(seconds, 6)))
    return Poll(device, at, seconds, success=False, problem=problem, page=page)
