"""Polls spread over processes: devices hashed, one process a core, supervised; one page, in this process.

Each worker is a ``Polling`` in a process of its own (``worker.py``), at the end of a socket pair. It is told
its targets and polls them on schedule; every poll comes back. A worker that dies is started again, and
what its devices last said stays on the page meanwhile, as long as it is fresh enough.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import pickle
import random
import socket
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent.collect.poll import Clocks, Poll
from agent.collect.snmp.backend import Backend
from agent.collect.tables.table import Tables
from agent.export.discovery import find_shard
from agent.export.health import Health
from agent.flows.polling import Polling
from agent.flows.polls import Polls, WatchOptions, failed_poll
from agent.intent.expectation import Target
from agent.metrics import Page
from agent.metrics.roll import thaw

MOST_BYTES = 256 << 20
"""A longer message from a worker is not believed."""

RESTART_PAUSES = (0.2, 30.0)
"""Seconds before a worker that died is started again: first, most."""

PATIENCE_SECONDS = 3.0
"""A worker whose line is closed is killed when it has not ended after so long."""

CALM_SECONDS = 60.0
"""A worker that lived so long is started again at once when it dies."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Worker:
    """One process, whichever it is at the moment."""

    number: int
    process: asyncio.subprocess.Process | None = None
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    counts: Mapping[str, Any] = field(default_factory=dict)

    def tell(self, *message: object) -> None:
        """Send a message; a worker that is down is told everything when it comes back."""
        if self.writer is not None and not self.writer.is_closing():
            body = pickle.dumps(message)
            self.writer.write(len(body).to_bytes(4, "big") + body)

    async def end(self) -> None:
        """Close the line, which ends the process, and wait until it has."""
        if self.writer is not None:
            self.writer.close()
            with contextlib.suppress(OSError):
                await self.writer.wait_closed()
        if self.process is not None:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
                await self.process.wait()


class Workers(Polls):
    """Polls by several processes; same methods as ``Polling``."""

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
        self._near = Polling(secrets, options, Health(), clocks=clocks, chance=chance)
        self._secrets, self._clocks = secrets, clocks
        self._workers = [_Worker(number) for number in range(options.workers)]
        self._targets: dict[str, Target] = {}
        self._ports: dict[str, dict[int, str]] = {}
        self._asked: dict[int, asyncio.Future[Poll]] = {}
        self._asked_of: dict[int, str] = {}
        self._numbers = itertools.count(1)
        self._keepers: list[asyncio.Task[None]] = []
        self._scheduled = False

    async def open(self) -> None:
        """Start the processes."""
        await self._near.open()
        self.health.packets = self._sum_packets
        self.health.waiting = lambda: sum(worker.counts.get("waiting", 0) for worker in self._workers)
        await asyncio.gather(*(self._start(worker) for worker in self._workers))
        self._keepers = [asyncio.create_task(self._keep(worker)) for worker in self._workers]

    def pids(self) -> list[int]:
        """Process ids, by number of the worker; 0 for one that is down."""
        return [worker.process.pid if worker.process is not None else 0 for worker in self._workers]

    def _sum_packets(self) -> Mapping[str, int]:
        total: Counter[str] = Counter()
        for worker in self._workers:
            total.update(worker.counts.get("packets", {}))
        return total

    async def _start(self, worker: _Worker) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            worker.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "agent.flows.worker", str(theirs.fileno()), pass_fds=(theirs.fileno(),)
            )
        worker.reader, worker.writer = await asyncio.open_connection(sock=ours)
        worker.tell("options", self.options)
        self._tell_targets(worker)
        if self._scheduled:
            worker.tell("run")

    async def _keep(self, worker: _Worker) -> None:
        pause, most = RESTART_PAUSES
        while True:
            started = self._clocks.monotonic()
            with contextlib.suppress(asyncio.IncompleteReadError, OSError, ValueError):
                await self._listen(worker)
            await worker.end()
            self._give_up(worker)
            self.health.worker_restarts[worker.number] += 1
            if self._clocks.monotonic() - started > CALM_SECONDS:
                pause = RESTART_PAUSES[0]
            log.warning("worker %d ended; again in %.1f s", worker.number, pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, most)
            await self._start(worker)

    async def _listen(self, worker: _Worker) -> None:
        """Take in what a worker says until it ends. Raises ValueError for what is not a message."""
        if worker.reader is None:
            return
        while True:
            size = int.from_bytes(await worker.reader.readexactly(4), "big")
            if size > MOST_BYTES:
                raise ValueError(f"a message of {size} bytes")
            message = json.loads(await worker.reader.readexactly(size))
            if "counts" in message:
                worker.counts = message["counts"]
            else:
                self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        poll = read_poll(message)
        self._share(poll)
        if "ports" in message:
            self._ports[poll.device] = {int(index): name for index, name in message["ports"].items()}
        asked = self._asked.pop(message.get("number", 0), None)
        if asked is not None and not asked.done():
            asked.set_result(poll)
        if poll.device in self._targets:
            self.note(poll)

    def _share(self, poll: Poll) -> None:
        """A family that did not change is the same object as before: it is neither kept nor written twice."""
        before, families = self.last_good(poll.device), poll.page.families
        for name, family in before.page.families.items() if before is not None else ():
            if families.get(name) == family:
                families[name] = family

    def _give_up(self, worker: _Worker) -> None:
        """Who waits for a poll of a worker that died gets a failed one."""
        now = self._clocks.unix()
        for number, (device, asked) in list(self._waiting_for(worker)):
            del self._asked[number]
            asked.set_result(
                failed_poll(device, now, 0.0, f"{device}: its worker ended. it is started again")
            )

    def _waiting_for(self, worker: _Worker) -> Iterable[tuple[int, tuple[str, asyncio.Future[Poll]]]]:
        for number, asked in self._asked.items():
            device = self._asked_of.get(number, "")
            if not asked.done() and self._worker(device) is worker:
                yield number, (device, asked)

    def _worker(self, device: str) -> _Worker:
        return self._workers[find_shard(device, len(self._workers))]

    def _tell_targets(self, worker: _Worker, tables: Tables | None = None) -> None:
        mine = [target for target in self._targets.values() if self._worker(target.device) is worker]
        secrets = {target.community: self._secrets[target.community] for target in mine}
        worker.tell("targets", mine, secrets, tables)

    def set_targets(
        self,
        targets: Iterable[Target],
        secrets: Mapping[str, str] | None = None,
        tables: Tables | None = None,
    ) -> None:
        """Poll these from now on; see ``Polling.set_targets``. Raises UsageError."""
        wanted = {target.device: target for target in targets}
        self._near.set_targets(wanted.values(), secrets, tables)
        self.options = self._near.options
        for device in self._targets.keys() - wanted.keys():
            self.forget(device)
            self._ports.pop(device, None)
        self._targets = wanted
        self._secrets = self._secrets if secrets is None else secrets
        for worker in self._workers:
            self._tell_targets(worker, tables)

    def backend(self, device: str) -> Backend:
        """Another way to ask a device, from this process. Raises KeyError."""
        return self._near.backend(device)

    def port_name(self, device: str, index: int) -> str:
        """Name of a port by its ifIndex; empty when the device or the port is not known."""
        return self._ports.get(device, {}).get(index, "")

    async def poll(self, device: str, only: frozenset[str] = frozenset()) -> Poll:
        """Poll a device now, or join the poll that is under way. Raises KeyError for an unknown device."""
        if device not in self._targets:
            raise KeyError(device)
        number = next(self._numbers)
        asked: asyncio.Future[Poll] = asyncio.get_running_loop().create_future()
        self._asked[number], self._asked_of[number] = asked, device
        try:
            self._worker(device).tell("poll", device, only, number)
            async with asyncio.timeout(2 * self.options.deadline_seconds):
                return await asked
        except TimeoutError:
            seconds, now = 2 * self.options.deadline_seconds, self._clocks.unix()
            return failed_poll(device, now - seconds, seconds, f"{device}: its worker does not answer")
        finally:
            self._asked.pop(number, None)
            self._asked_of.pop(number, None)

    def poll_soon(self, device: str, groups: frozenset[str] = frozenset()) -> None:
        """Poll a device shortly; see ``Polling.poll_soon``. Raises KeyError for an unknown device."""
        if device not in self._targets:
            raise KeyError(device)
        self._worker(device).tell("soon", device, groups)

    async def fresh(self, device: str) -> Poll:
        """The last scheduled poll when it is young enough, else a new one. Raises KeyError."""
        last = self.last(device)
        limit = 1.5 * self.options.interval_seconds if self._scheduled else self.options.cache_seconds
        if last is not None and self._clocks.unix() - last.at - last.seconds < limit:
            return last
        return await self.poll(device)

    async def run(self, stop: asyncio.Event) -> None:
        """Let all workers poll at the interval until told to stop."""
        self._scheduled = True
        for worker in self._workers:
            worker.tell("run")
        await stop.wait()
        self._scheduled = False

    async def close(self) -> None:
        """End the processes."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await asyncio.gather(*(worker.end() for worker in self._workers))
        await self._near.close()


def write_poll(poll: Poll) -> dict[str, Any]:
    """A poll as JSON data."""
    return {
        "device": poll.device,
        "at": poll.at,
        "seconds": poll.seconds,
        "success": poll.success,
        "problem": poll.problem,
        "platform": poll.platform,
        "partial": poll.partial,
        "restarted": poll.restarted,
        "families": {name: thaw(family) for name, family in poll.page.families.items()},
    }


def read_poll(message: Mapping[str, Any]) -> Poll:
    """The poll of ``write_poll``. Raises ValueError for anything else."""
    try:
        return Poll(
            device=message["device"],
            at=message["at"],
            seconds=message["seconds"],
            success=message["success"],
            problem=message["problem"],
            platform=message["platform"],
            partial=tuple(message["partial"]),
            restarted=message["restarted"],
            page=Page(message["families"]),
        )
    except KeyError as exc:
        raise ValueError(f"not a poll: {exc} is missing") from exc
