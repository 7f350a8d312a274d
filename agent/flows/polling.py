"""The SNMP half of the watch: every switch on its own schedule, as one source among others.

One asyncio loop, one set of sockets. A device never waits for another: each has its own task, a poll has a
deadline, and polls of the same device coalesce, whoever asks.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from agent.collect.poll import Clocks, Poll, Poller
from agent.collect.snmp.backend import Backend, Community, User, read_credentials
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.tables.table import Tables
from agent.errors import UsageError
from agent.export.health import Health
from agent.flows.polls import Polls, WatchOptions, failed_poll
from agent.intent.expectation import Target

if TYPE_CHECKING:
    from agent.collect.snmp.pysnmp_backend import PysnmpEngine


class Polling(Polls):
    """Pollers of all targets, and what they found. All methods belong to the loop of ``open``."""

    def __init__(
        self,
        secrets: Mapping[str, str],
        options: WatchOptions,
        health: Health,
        *,
        clocks: Clocks,
        chance: random.Random,
    ) -> None:
        super().__init__(options, health)
        self._secrets, self._clocks, self._chance = secrets, clocks, chance
        self._engine: Engine | None = None
        self._pysnmp: PysnmpEngine | None = None
        self._targets: dict[str, Target] = {}
        self._pollers: dict[str, Poller] = {}
        self._routes: dict[str, tuple[object, ...]] = {}
        self._running: dict[str, asyncio.Task[Poll]] = {}
        self._soon: dict[str, set[str] | None] = {}
        self._soon_tasks: dict[str, asyncio.Task[None]] = {}
        self._follow: Callable[[str], object] | None = None
        self._gate = asyncio.Semaphore(options.polls_at_once)

    async def open(self) -> None:
        """Make the engines."""
        self._engine = Engine(random.Random(self._chance.getrandbits(64)))  # noqa: S311  # request-ids, not keys
        engine = self._engine
        self.health.packets = lambda: asdict(engine.counts)
        self.health.waiting = lambda: engine.waiting

    def set_targets(
        self,
        targets: Iterable[Target],
        secrets: Mapping[str, str] | None = None,
        tables: Tables | None = None,
    ) -> None:
        """Poll these from now on. Who was polled before, at the same address by the same secret, goes on.

        Other tables are read by all from their next poll on. Raises UsageError when a secret is missing or
        malformed; nothing has changed then.
        """
        wanted = {target.device: target for target in targets}
        using = self._secrets if secrets is None else secrets
        if tables is None or tables == self.options.tables:
            tables = self.options.tables  # the same object is compared faster than its equal
        routes = {device: (*_route(target, using), tables) for device, target in wanted.items()}
        changed = {
            device: Poller(
                device,
                self._backend(target, using),
                tables,
                self._clocks,
                # a community would have to be mapped to each context, one by one
                contexts=isinstance(read_credentials(using[target.community]), User),
            )
            for device, target in wanted.items()
            if self._routes.get(device) != routes[device]
        }
        for device in self._pollers.keys() - wanted.keys():
            del self._pollers[device]
            self.forget(device)
        self._targets, self._routes, self._secrets = wanted, routes, using
        self.options = replace(self.options, tables=tables)
        self._pollers.update(changed)
        if self._follow is not None:
            for device in changed:
                self._follow(device)

    def backend(self, device: str) -> Backend:
        """Another way to ask a device, beside its poller. Raises KeyError."""
        return self._backend(self._targets[device], self._secrets)

    def _backend(self, target: Target, secrets: Mapping[str, str]) -> Backend:
        if self._engine is None:
            raise UsageError("the watch is not open. call open() first")
        credentials = read_credentials(secrets[target.community])
        address = (target.address, target.snmp_port)
        if self.options.backend == "pysnmp":
            return self._other_backend(target.device, address, credentials)
        return OwnBackend(self._engine, target.device, address, credentials)

    def _other_backend(self, device: str, address: tuple[str, int], credentials: Community | User) -> Backend:
        # 13 MiB that only who asks for it shall carry
        from agent.collect.snmp.pysnmp_backend import PysnmpBackend, PysnmpEngine  # noqa: PLC0415

        self._pysnmp = self._pysnmp or PysnmpEngine()
        return PysnmpBackend(self._pysnmp, device, address, credentials)

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
                poll = failed_poll(
                    device, started, seconds, f"{device}: {type(exc).__name__}: {exc}. report this"
                )
        if self._pollers.get(device) is poller:  # else the device left the inventory meanwhile
            self.note(poll)
        return poll

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

    def knows(self, device: str) -> bool:
        """Whether it is polled."""
        return device in self._pollers

    def port_names(self, device: str) -> dict[int, str]:
        """Names of all ports by ifIndex, as last read."""
        poller = self._pollers.get(device)
        return poller.port_names() if poller is not None else {}

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
        if before := self._running.get(device):  # by the poller that it had before
            await asyncio.wait((before,))
        while not stop.is_set() and self._pollers.get(device) is poller:
            begun = self._clocks.monotonic()
            await self.poll(device)
            spent = self._clocks.monotonic() - begun
            await _pause(stop, max(0.0, interval * self._chance.uniform(0.97, 1.03) - spent))


def _route(target: Target, secrets: Mapping[str, str]) -> tuple[object, ...]:
    """What of a target makes a new poller when it changes. Raises UsageError for a missing secret."""
    return target.address, target.snmp_port, secrets[target.community]


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
