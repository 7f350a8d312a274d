"""The schedule: every probe at its own pace, spread evenly, with bounded tasks; the last outcome of each."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import os
import random
import ssl
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from agent.collect.poll import Clocks
from agent.collect.probes.exchange import ask_echo, ask_rtsp, ask_sip, connect_tcp
from agent.collect.probes.names import ask_dns
from agent.collect.probes.outcome import Outcome, ProbeError
from agent.collect.probes.ping import Pinger
from agent.collect.probes.web import ask_web
from agent.intent.expectation import ExpectedProbe

WORKERS = 256
"""Probes with a connection of their own at the same time."""
STALE_INTERVALS = 2.5
SPREAD_SECONDS = 10.0
LATE_SECONDS = 0.3
"""A timeout that comes later than this after its time says more of this process than of the endpoint."""
LOOK_SECONDS = 1.0
"""After so long at most, new probes are seen."""


@dataclass(slots=True)
class State:
    """What is known of one probe."""

    probe: ExpectedProbe
    last: Outcome | None = None
    at: float = 0.0
    """Unix time of the last outcome."""
    failures: int = 0
    """In a row."""
    expiry: float | None = None
    """Of the last certificate that was shown."""

    def fresh(self, now: float) -> Outcome | None:
        """The last outcome, unless it is too old to be shown."""
        limit = STALE_INTERVALS * self.probe.every_seconds + self.probe.timeout_seconds
        return self.last if self.last is not None and now - self.at <= limit else None


@dataclass(slots=True)
class Prober:
    """Asks everybody again and again. ``noted`` is called after each outcome, in the loop."""

    clocks: Clocks
    chance: random.Random
    noted: Callable[[State, Outcome], None] = lambda *_: None
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Probes by service, site and outcome."""
    lag_seconds: float = 0.0
    _states: dict[ExpectedProbe, State] = field(default_factory=dict)
    _due: list[tuple[float, int, State]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _pinger: Pinger | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def states(self) -> Collection[State]:
        """What is known of every probe."""
        return self._states.values()

    def renew(self, probes: Sequence[ExpectedProbe]) -> None:
        """Ask these from now on; what was asked before goes on at its pace.

        First questions are spread over each probe's interval, at most over ten seconds.
        """
        known, now = self._states, self.clocks.monotonic()
        self._states = {probe: known.get(probe) or State(probe) for probe in probes}
        for probe in self._states.keys() - known.keys():
            due = now + self.chance.uniform(0, min(SPREAD_SECONDS, probe.every_seconds))
            heapq.heappush(self._due, (due, next(self._numbers), self._states[probe]))

    @property
    def running(self) -> int:
        """Probes that wait for an answer."""
        return len(self._tasks) + (self._pinger.waiting if self._pinger is not None else 0)

    async def run(self, stop: asyncio.Event) -> None:
        """Ask until told to stop; raises UsageError when there are pings to send and no way to."""
        self._pinger = Pinger(self.chance.randbytes(8))
        try:
            await self._follow(stop)
        finally:
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._pinger.close()
            self._pinger = None

    async def _follow(self, stop: asyncio.Event) -> None:
        monotonic, due = self.clocks.monotonic, self._due
        gate = asyncio.Semaphore(WORKERS)
        while not stop.is_set():
            wait = min(due[0][0] - monotonic(), LOOK_SECONDS) if due else LOOK_SECONDS
            if wait > 0:
                await _pause(stop, wait)
                continue
            at, number, state = heapq.heappop(due)
            if self._states.get(state.probe) is not state:
                continue  # it left the inventory
            every = state.probe.every_seconds * self.chance.uniform(0.97, 1.03)
            heapq.heappush(
                due, (max(at + every, monotonic()), number, state)
            )  # what was missed is not caught up
            await self._begin(state, gate)
            self.lag_seconds = max(0.0, monotonic() - at)

    async def _begin(self, state: State, gate: asyncio.Semaphore) -> None:
        probe = state.probe
        if probe.method == "icmp" and self._pinger is not None:
            self._pinger.ping(
                probe.address,
                probe.timeout_seconds,
                lambda seconds, problem: self._note(
                    state,
                    Outcome(
                        seconds is not None, probe.timeout_seconds if seconds is None else seconds, problem
                    ),
                ),
            )
            return
        await gate.acquire()
        task = asyncio.create_task(self._work(state))
        self._tasks.add(task)

        def end(done: asyncio.Task[None]) -> None:
            self._tasks.discard(done)
            gate.release()

        task.add_done_callback(end)

    async def _work(self, state: State) -> None:
        outcome = await self.ask(state.probe)
        if not outcome.success and outcome.seconds > state.probe.timeout_seconds + LATE_SECONDS:
            outcome = await self.ask(state.probe)  # we slept ourselves, and the answer may have lain there
        self._note(state, outcome)

    async def ask(self, probe: ExpectedProbe) -> Outcome:
        """One probe with a connection of its own; never raises for what the far end does."""
        begun, expiry = self.clocks.monotonic(), None
        try:
            async with asyncio.timeout(probe.timeout_seconds):
                expiry = await self._question(probe)
            problem = ""
        except TimeoutError:
            problem = f"no answer in {probe.timeout_seconds:g} s"
        except ProbeError as exc:
            problem, expiry = str(exc), exc.expiry
        except ssl.SSLCertVerificationError as exc:
            problem = f"certificate not trusted: {exc.verify_message}"
        except ssl.SSLError as exc:
            problem = f"no TLS: {exc.reason or 'hung up'}".lower()
        except OSError as exc:
            problem = (os.strerror(exc.errno) if exc.errno else type(exc).__name__).lower()
        return Outcome(not problem, self.clocks.monotonic() - begun, problem, expiry)

    async def _question(self, probe: ExpectedProbe) -> float | None:
        match probe.method:
            case "tcp":
                await connect_tcp(probe)
            case "rtsp":
                await ask_rtsp(probe)
            case "http" | "https":
                return await ask_web(probe)
            case "dns":
                await ask_dns(probe, self.chance.randrange(65_536))
            case "sip":
                await ask_sip(probe, self.chance.randbytes(8).hex())
            case _:
                await ask_echo(probe, self.chance.randbytes(8).hex())
        return None

    def _note(self, state: State, outcome: Outcome) -> None:
        state.last, state.at = outcome, self.clocks.unix()
        state.failures = 0 if outcome.success else state.failures + 1
        state.expiry = outcome.expiry if outcome.expiry is not None else state.expiry
        port = state.probe.port
        self.counts[port.service, port.site, "answered" if outcome.success else "failed"] += 1
        self.noted(state, outcome)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
