"""The SNMP half of the watch: every switch on its own schedule, as one source among others.

One asyncio loop, one set of sockets. A device never waits for another: each has its own task, a poll has a
deadline, and polls of the same device coalesce, whoever asks.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from agent.collect.poll import Clocks, Poll, Poller
from agent.collect.snmp.backend import Backend, User, read_credentials
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.snmp.pysnmp_backend import PysnmpBackend, PysnmpEngine
from agent.collect.source import Holding
from agent.collect.tables.load import standard_tables
from agent.collect.tables.table import Tables
from agent.errors import UsageError
from agent.export.health import Health
from agent.intent.expectation import Target
from agent.metrics import POLL_SECONDS, POLL_SUCCESS, Page, Sample

OWN = "moulin_"
"""Families with this prefix are about the poll, not about the device."""


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """How the watch polls."""

    interval_seconds: float = 30.0
    deadline_seconds: float = 20.0
    backend: Literal["own", "pysnmp"] = "own"
    polls_at_once: int = 64
    cache_seconds: float = 1.0
    """Without a schedule, a poll younger than this answers a scrape."""
    soon_seconds: float = 1.0
    """Polls asked for by ``poll_soon`` wait so long for more reasons, and are at least so far apart."""
    series_limit: int = 50_000
    """Most series of one device; 0 is no limit."""
    page_limit: int = 0
    """Most series of one page of many devices; 0 is no limit."""
    tables: Tables = field(default_factory=standard_tables)
    spread_seconds: float = 60.0
    """The schedule's first reading of optics waits up to so long, by device."""


class Polling:
    """Pollers of all targets, and what they found. All methods belong to the loop of ``open``."""

    name = "snmp"

    def __init__(
        self,
        secrets: Mapping[str, str],
        options: WatchOptions,
        health: Health,
        *,
        clocks: Clocks,
        chance: random.Random,
    ) -> None:
        self.options = options
        self.noted: Callable[[Poll], object] = lambda _: None
        """Called after each poll."""
        self._secrets, self._health, self._clocks, self._chance = secrets, health, clocks, chance
        self._engine: Engine | None = None
        self._pysnmp: PysnmpEngine | None = None
        self._targets: dict[str, Target] = {}
        self._pollers: dict[str, Poller] = {}
        self._last: dict[str, Poll] = {}
        self._last_good: dict[str, Poll] = {}
        self._holdings: dict[str, Holding] = {}
        self._running: dict[str, asyncio.Task[Poll]] = {}
        self._soon: dict[str, set[str] | None] = {}
        self._soon_tasks: dict[str, asyncio.Task[None]] = {}
        self._follow: Callable[[str], object] | None = None
        self._gate = asyncio.Semaphore(options.polls_at_once)

    def open(self) -> None:
        """Make the engines."""
        self._engine = Engine(random.Random(self._chance.getrandbits(64)))  # noqa: S311  # request-ids, not keys
        self._pysnmp = PysnmpEngine()
        engine = self._engine
        self._health.packets = lambda: asdict(engine.counts)
        self._health.waiting = lambda: engine.waiting

    def set_targets(self, targets: Iterable[Target]) -> None:
        """Poll these from now on. Who was polled before, at the same address by the same secret, goes on.

        Raises UsageError when a secret is missing or malformed; nothing has changed then.
        """
        wanted = {target.device: target for target in targets}
        changed = {
            device: Poller(
                device,
                self._backend(target),
                self.options.tables,
                self._clocks,
                # a community would have to be mapped to each context, one by one
                contexts=isinstance(read_credentials(self._secrets[target.community]), User),
            )
            for device, target in wanted.items()
            if device not in self._pollers or _route(self._targets[device]) != _route(target)
        }
        for device in self._pollers.keys() - wanted.keys():
            del self._pollers[device]
            self._last.pop(device, None)
            self._last_good.pop(device, None)
            self._holdings.pop(device, None)
            self._health.outcomes.pop(device, None)
        self._targets = wanted
        self._pollers.update(changed)
        if self._follow is not None:
            for device in changed:
                self._follow(device)

    def backend(self, device: str) -> Backend:
        """Another way to ask a device, beside its poller. Raises KeyError."""
        return self._backend(self._targets[device])

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
        tasks = (*self._soon_tasks.values(), *self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._engine is not None:
            self._engine.close()
        if self._pysnmp is not None:
            self._pysnmp.close()

    async def poll(self, device: str, only: frozenset[str] = frozenset()) -> Poll:
        """Poll a device now, or join the poll that is under way. Raises KeyError for an unknown device.

        With ``only``, just these groups are asked for, whether they are due or not.
        """
        task = self._running.get(device)
        if task is None:
            task = asyncio.create_task(self._poll(device, self._pollers[device], only))
            self._running[device] = task
            task.add_done_callback(lambda _: self._running.pop(device, None))
        return await asyncio.shield(task)

    async def _poll(self, device: str, poller: Poller, only: frozenset[str]) -> Poll:
        async with self._gate:
            started, begun = self._clocks.unix(), self._clocks.monotonic()
            try:
                deadline = min(self.options.deadline_seconds, self.options.interval_seconds)
                poll = await poller.poll(deadline, only)
            except Exception as exc:  # noqa: BLE001  # the per-device worker: one device must not end the others
                seconds = self._clocks.monotonic() - begun
                poll = _crashed(
                    device, started, seconds, f"{device}: {type(exc).__name__}: {exc}. report this"
                )
        if self._pollers.get(device) is poller:  # else the device left the inventory meanwhile
            self._note(poll)
        return poll

    def _note(self, poll: Poll) -> None:
        self._last[poll.device] = poll
        if poll.success:
            self._last_good[poll.device] = poll
            self._holdings[poll.device] = Holding(
                {name: family for name, family in poll.page.families.items() if not name.startswith(OWN)},
                poll.at + poll.seconds,
                self.options.interval_seconds,
            )
        outcome = "failed" if not poll.success else "partial" if poll.partial else "complete"
        self._health.note_poll(poll.device, outcome, poll.seconds)
        self.noted(poll)

    def poll_soon(self, device: str, groups: frozenset[str] = frozenset()) -> None:
        """Poll a device shortly, for a reason such as a trap; reasons that come together make one poll.

        ``groups`` are the tables to read; none means all that are due. Raises KeyError for an unknown device.
        """
        if device not in self._pollers:
            raise KeyError(device)
        waiting = self._soon.get(device, set())
        self._soon[device] = None if waiting is None or not groups else waiting | groups
        if device not in self._soon_tasks:
            task = asyncio.create_task(self._poll_soon(device))
            self._soon_tasks[device] = task
            task.add_done_callback(lambda _: self._soon_tasks.pop(device, None))

    async def _poll_soon(self, device: str) -> None:
        while device in self._soon:
            await asyncio.sleep(self.options.soon_seconds)
            running = self._running.get(device)
            if running is not None:  # it may have passed the tables in question before they changed
                await asyncio.wait((running,))
            groups = self._soon.pop(device)
            if device in self._pollers:
                await self.poll(device, frozenset(groups or ()))

    def port_name(self, device: str, index: int) -> str:
        """Name of a port by its ifIndex; empty when the device or the port is not known."""
        poller = self._pollers.get(device)
        return poller.port_name(index) if poller is not None else ""

    async def fresh(self, device: str) -> Poll:
        """The last scheduled poll when it is young enough, else a new one. Raises KeyError."""
        last = self._last.get(device)
        scheduled = self._follow is not None
        limit = 1.5 * self.options.interval_seconds if scheduled else self.options.cache_seconds
        if last is not None and self._clocks.unix() - last.at - last.seconds < limit:
            return last
        return await self.poll(device)

    def last(self, device: str) -> Poll | None:
        """Outcome of the last poll, good or bad."""
        return self._last.get(device)

    def last_good(self, device: str) -> Poll | None:
        """The last poll that was answered."""
        return self._last_good.get(device)

    def devices(self) -> Collection[str]:
        """Who has answered."""
        return self._holdings.keys()

    def holding(self, device: str) -> Holding | None:
        """What the device said at its last good poll; how the poll went is not part of it."""
        return self._holdings.get(device)

    async def run(self, stop: asyncio.Event) -> None:
        """Poll every device at the interval, jittered, until told to stop."""
        try:
            async with asyncio.TaskGroup() as group:
                self._follow = lambda device: group.create_task(
                    self._follow_device(device, self._pollers[device], stop)
                )
                for device, poller in self._pollers.items():
                    if device not in self._last:
                        poller.spread(min(self.options.spread_seconds, 2 * self.options.interval_seconds))
                    self._follow(device)
                await stop.wait()
        finally:
            self._follow = None

    async def _follow_device(self, device: str, poller: Poller, stop: asyncio.Event) -> None:
        interval = self.options.interval_seconds
        # the first round is spread over a tenth of the interval, later ones drift apart by the jitter
        await _pause(stop, self._chance.uniform(0, min(interval, 30.0) / 10))
        while not stop.is_set() and self._pollers.get(device) is poller:
            begun = self._clocks.monotonic()
            await self.poll(device)
            spent = self._clocks.monotonic() - begun
            await _pause(stop, max(0.0, interval * self._chance.uniform(0.97, 1.03) - spent))


def _route(target: Target) -> tuple[object, ...]:
    """What of a target makes a new poller when it changes."""
    return target.address, target.snmp_port, target.community


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
