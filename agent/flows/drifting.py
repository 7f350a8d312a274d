"""Who changed what: a switch that was configured is compared with the intent at once."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import ParamSpec, TypeVar

from agent import metrics
from agent.check.drift import Drift
from agent.errors import AgentError
from agent.flows.comparing import Comparing, Ours
from agent.flows.drifted import Drifted
from agent.flows.watch import Watch
from agent.metrics import Page, Sample
from agent.records import Event, EventLevel
from agent.store.timeline import Turn

CONFIGURED = "config-changed"
DRIFT, IN_LINE = "config-drift", "config-in-line"
SETTLE_SECONDS = 1.0
"""People type more than one line: a switch is read when nothing was heard of it for so long…"""
PATIENCE_SECONDS = 3.0
"""…or something for so long."""
REST_SECONDS = (5.0, 60.0)
"""Between two readings of one switch: at least, and at most when readings show nothing new."""
AT_ONCE = 4
"""Switches that are read at once."""
OURS_LASTS_SECONDS = 1800.0
"""How long a change of ours is waited for."""
IDLE_SECONDS = 900.0
"""After so long without a change the intent is not kept in memory."""

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Asked:
    """A switch that was configured, and what is known of it."""

    heard_at: float
    first_at: float
    last_at: float
    """By the monotonic clock, when something was heard of it first and last."""
    source: str
    user: str = ""
    address: str = ""
    places: list[int] = field(default_factory=list)
    """Where its events stand in the timeline."""
    since: float = math.inf
    """Unix time after which it must have happened, where that is long before it was heard of."""
    again: bool = False
    """Nobody has configured it: we or the intent began anew."""


@dataclass(slots=True)
class Drifting:
    """A feed. It hears of changes by the timeline and by polls, and keeps ``watch.drifted``."""

    watch: Watch
    comparing: Comparing
    name: str = "drift"
    outcomes: Counter[str] = field(default_factory=Counter)
    _asked: dict[str, _Asked] = field(default_factory=dict)
    _polled: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    _heard_at: dict[str, float] = field(default_factory=dict)
    _polled_at: dict[str, tuple[float, float]] = field(default_factory=dict)
    """By device, when it was polled the last but one time, and the last."""
    _rests: dict[str, tuple[float, float]] = field(default_factory=dict)
    """By device (until when it is left alone, for how long)."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _threads: ThreadPoolExecutor | None = None
    """Our own: switches that do not answer must not hold up the database."""

    def join(self) -> None:
        """Take part in the watch, which is not yet running."""
        self.watch.timeline.follow(self._hear)
        self.watch.on_poll.append(self._look)
        self.watch.on_reload.append(self._renew)
        self.watch.own_pages.append(self.page)
        self.watch.add_feed(self)

    # -- hearing, in the loop ------------------------------------------------------------------------

    def _hear(self, turn: Turn) -> None:
        event = turn.after
        if event is None or event.kind != CONFIGURED or event.device not in self.watch.targets:
            return
        if turn.news is not None:
            self._heard_at[event.device] = event.at
            self._ask(event, turn.place)
        elif event.device in self._asked:  # syslog has told who it was, of whom a trap had told that it was
            asked = self._asked[event.device]
            asked.source, asked.user = event.source, event.fields.get("user", asked.user)
            asked.address = event.fields.get("address", asked.address)

    def _ask(self, event: Event, place: int) -> None:
        now = self.watch.clocks.monotonic()
        asked = self._asked.setdefault(event.device, _Asked(event.at, now, now, event.source))
        asked.last_at, asked.source, asked.again = now, event.source, False
        asked.user = event.fields.get("user", asked.user)
        asked.address = event.fields.get("address", asked.address)
        asked.places = [*asked.places[-7:], place]
        self._news.set()

    def _look(self, device: str) -> None:
        """A poll shows a change that nobody has told."""
        known = self.watch.known(device)
        now = known.value(metrics.CONFIG_CHANGED, device), known.value(metrics.CONFIG_TIMESTAMP, device)
        before, self._polled[device] = self._polled.get(device), now
        earlier, last = self._polled_at.get(device, (0.0, 0.0))
        # of what was heard since the poll before the last: the last may have read just before the change
        told = self._heard_at.get(device, -1.0) >= earlier
        self._polled_at[device] = last, self.watch.clocks.unix()
        if told or before in (None, now, (None, None)) or now == (None, None):
            return
        text = "configured: a poll shows it, nobody has told"
        at = self.watch.clocks.unix()
        self.watch.timeline.add(Event(at, device, CONFIGURED, "", text, EventLevel.NOTICE, {}, "poll"))
        if device in self._asked:
            self._asked[device].since = min(earlier or last, self._asked[device].since)

    def _begin_anew(self) -> None:
        """What differed when an earlier process ended is read again."""
        told: dict[str, Event] = {}
        for event in self.watch.timeline.recent(self.watch.timeline.capacity):
            if event.kind in {DRIFT, IN_LINE}:
                told.setdefault(event.device, event)
        for device, event in told.items():
            if event.kind == DRIFT and device in self.watch.targets:
                source = event.fields.get("heard", "")
                user, address = (event.fields.get(name, "") for name in ("user", "address"))
                one = Drifted(device, event.at, user, source, address=address, heard_at=event.at)
                self._ask_again(one)

    def _ask_again(self, one: Drifted) -> None:
        now = self.watch.clocks.monotonic()
        asked = _Asked(one.heard_at, now, now, one.source, one.user, one.address, again=True)
        self._asked.setdefault(one.device, asked)
        self._news.set()

    def _renew(self) -> None:
        self.comparing.forget()
        for kept in (self.watch.drifted, self._polled, self._heard_at, self._polled_at, self._rests):
            for device in kept.keys() - self.watch.targets.keys():
                del kept[device]
        for one in tell_drifted(self.watch.drifted):  # what is meant may be what is there now
            self._ask_again(one)

    # -- comparing -----------------------------------------------------------------------------------

    async def run(self, stop: asyncio.Event) -> None:
        """Compare what was configured until told to stop. What nobody expected ends it, to begin anew."""
        loop, gate, clock = (
            asyncio.get_running_loop(),
            asyncio.Semaphore(AT_ONCE),
            self.watch.clocks.monotonic,
        )
        begun: dict[str, asyncio.Task[None]] = {}
        used = clock()
        self._threads = ThreadPoolExecutor(AT_ONCE + 2, thread_name_prefix="drift")
        self._begin_anew()
        try:
            while not stop.is_set():
                for device in [device for device, task in begun.items() if task.done()]:
                    begun.pop(device).result()
                due = [device for device in self._asked if device not in begun]
                for device in due:
                    if self._wait(device, clock()) <= 0:
                        asked = self._asked.pop(device)
                        begun[device] = loop.create_task(self._follow(device, asked, gate))
                        used = clock()
                if not begun and not self._asked and clock() - used > IDLE_SECONDS:
                    self.comparing.forget()
                    used = clock()
                await self._sleep(stop, 0.25 if due or begun else 30.0)
        finally:
            for task in begun.values():
                task.cancel()
            await asyncio.gather(*begun.values(), return_exceptions=True)
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _wait(self, device: str, now: float) -> float:
        asked = self._asked[device]
        settled = min(asked.last_at + SETTLE_SECONDS, asked.first_at + PATIENCE_SECONDS) - now
        return max(settled, self._rests.get(device, (0.0, 0.0))[0] - now)

    def _rest(self, device: str, before: Drifted | None) -> None:
        """Leave it alone for a while; longer each time that nothing was new."""
        least, most = REST_SECONDS
        now, after = self.watch.clocks.monotonic(), self.watch.drifted.get(device)
        same = before is not None and after is not None and before.diff == after.diff
        until, length = self._rests.get(device, (0.0, 0.0))
        length = min(max(2 * length, least), most) if same and now - until < 10 * most else least
        self._rests[device] = now + length, length

    async def _sleep(self, stop: asyncio.Event, seconds: float) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (stop, self._news)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._news.clear()
        if self._asked:  # what was heard just now must settle: no busy loop
            with suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await stop.wait()

    async def _thread(self, deed: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        call = partial(deed, *arguments, **named)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def _follow(self, device: str, asked: _Asked, gate: asyncio.Semaphore) -> None:
        before = self.watch.drifted.get(device)
        try:
            if not await self._thread(self.comparing.knows, device):
                return
            ours = await self._ours(device, asked)
            async with gate:
                drift = await self._thread(self.comparing.compare, device)
            name = await self._thread(self.comparing.user, device)
        except AgentError as error:
            self._fail(device, asked, str(error))
        else:
            self._tell(asked, drift, ours, name)
        finally:
            self._rest(device, before)

    async def _ours(self, device: str, asked: _Asked) -> Ours | None:
        """Our own change of the switch, once it is over; its events are labelled with its number."""
        if asked.again:
            return None
        clock = self.watch.clocks.monotonic
        until = clock() + OURS_LASTS_SECONDS
        since = min(asked.heard_at, asked.since)
        ours = await self._thread(self.comparing.ours, device, since)
        if ours is not None:
            self._label(asked, ours.number)
        while ours is not None and ours.running and clock() < until:
            await asyncio.sleep(1.0)
            ours = await self._thread(self.comparing.ours, device, since) or ours
        return ours

    def _label(self, asked: _Asked, number: int) -> None:
        for place in asked.places:
            event = self.watch.timeline.at(place)
            if event is not None and "change" not in event.fields:
                text = f"{event.text} (our change {number})"[:200]
                fields = {**event.fields, "change": str(number)}
                after = replace(event, text=text, fields=fields, severity=EventLevel.INFO)
                self.watch.timeline.amend(place, event, after)

    # -- telling -------------------------------------------------------------------------------------

    def _fail(self, device: str, asked: _Asked, problem: str) -> None:
        self.outcomes["failed"] += 1
        log.warning("drift: %s", problem)
        before = self.watch.drifted.get(device)
        self.watch.drifted[device] = Drifted(
            device,
            self.watch.clocks.unix(),
            asked.user,
            asked.source,
            before.diff if before else (),
            problem,
            asked.address,
            heard_at=asked.heard_at,
        )

    def _tell(self, asked: _Asked, drift: Drift, ours: Ours | None, name: str) -> None:
        before = self.watch.drifted.get(drift.device)
        foreign = [author for author in drift.authors if ours is None or author.user != name]
        user, address = asked.user, asked.address
        if foreign:
            user, address = foreign[-1].user, foreign[-1].place
        now = Drifted(
            drift.device,
            self.watch.clocks.unix(),
            user,
            asked.source,
            drift.unplanned,
            "",
            address,
            ours.number if ours is not None and not foreign else None,
            asked.heard_at,
            tuple(str(author) for author in drift.authors),
        )
        self.watch.drifted[drift.device] = now
        if now.lines and now.change is None:
            self.outcomes["drifted"] += 1
            if not asked.again and (before is None or before.diff != now.diff):
                self._event(DRIFT, now, f"{now.who} made {now.lines} lines differ from the intent")
        else:
            self.outcomes["own" if now.change is not None else "in_line"] += 1
            if not now.lines and (asked.again or (before is not None and before.lines)):
                self._event(IN_LINE, now, "configured as meant again")

    def _event(self, kind: str, now: Drifted, text: str) -> None:
        fields = {"user": now.user, "address": now.address, "lines": str(now.lines)}
        fields |= {"heard": now.source} | ({"change": str(now.change)} if now.change is not None else {})
        kept = {name: value for name, value in fields.items() if value}
        level = EventLevel.WARNING if kind == DRIFT else EventLevel.INFO
        self.watch.timeline.add(Event(now.at, now.device, kind, "", text[:200], level, kept, "drift"))

    def page(self) -> Page:
        """Lines of drift by switch, and how comparing went, for ``/metrics``."""
        page = Page()
        for device, drifted in self.watch.drifted.items():
            page.add(Sample(metrics.CONFIG_DRIFT_LINES, (device,), drifted.lines))
        for outcome in ("drifted", "failed", "in_line", "own"):
            page.add(Sample(metrics.DRIFT_CHECKS, (outcome,), self.outcomes[outcome]))
        return page


def tell_drifted(drifted: Mapping[str, Drifted]) -> tuple[Drifted, ...]:
    """Those that differ from the intent or could not be compared, the latest first."""
    found = (one for one in drifted.values() if one.lines or one.problem)
    return tuple(sorted(found, key=lambda one: -one.at))
