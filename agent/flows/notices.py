"""What switches tell of their own accord: heard, understood once, kept, and checked by a poll at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agent import metrics
from agent.collect.poll import Clocks
from agent.collect.snmp.backend import Community, User
from agent.collect.traps.gate import Gate, Limits
from agent.collect.traps.known import Dictionary, standard_dictionary
from agent.collect.traps.meaning import PortName, understand
from agent.collect.traps.notification import Notification
from agent.collect.traps.receiver import Receiver, open_socket
from agent.errors import StoreError
from agent.flows.newsdesk import Newsdesk
from agent.metrics import Page, Sample
from agent.store.events import Amendment, EventStore
from agent.store.timeline import Timeline, Turn

SAVE_SECONDS = 1.0
PRUNE_SECONDS = 3600.0
UNSAVED = 10_000
"""Events that may wait for the database; more are shown but not kept."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Keeper:
    """A feed that writes what the timeline hears to the store, a batch a second, never in the loop."""

    timeline: Timeline
    store: EventStore
    unix: Callable[[], float]
    name: str = "events"
    lost: int = 0
    _waiting: OrderedDict[int, Amendment] = field(default_factory=OrderedDict)

    def start(self) -> None:
        """Begin with what an earlier process has kept. Raises StoreError."""
        self.timeline.fill(reversed(self.store.recent(min(1000, self.timeline.capacity))))
        self.timeline.follow(self._keep)

    def _keep(self, turn: Turn) -> None:
        waiting = self._waiting.get(turn.place)
        if waiting is None and len(self._waiting) >= UNSAVED:
            self.lost += 1
        else:
            stored = waiting[0] if waiting is not None else turn.before
            self._waiting[turn.place] = stored, turn.after

    async def run(self, stop: asyncio.Event) -> None:
        """Write until told to stop, and then what is left."""
        pruned = float("-inf")
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SAVE_SECONDS):
                    await stop.wait()
            await self._save()
            if loop.time() - pruned > PRUNE_SECONDS:
                pruned = loop.time()
                await self._try(lambda: self.store.prune(self.unix()))

    async def _save(self) -> None:
        batch, self._waiting = tuple(self._waiting.values()), OrderedDict()
        if batch and not await self._try(lambda: self.store.amend(batch)):
            self.lost += len(batch)

    async def _try(self, deed: Callable[[], object]) -> bool:
        try:
            await asyncio.to_thread(deed)
        except StoreError as exc:
            log.warning("%s", exc)
            return False
        return True


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the notices need of the rest: who may speak, and with which keys."""

    senders: Mapping[str, str]
    """Address to inventory name."""
    credentials: Sequence[Community | User]
    port_name: PortName
    clocks: Clocks


class Notices:
    """A feed: listens for traps and informs, adds events to the timeline, asks for polls."""

    name = "traps"

    def __init__(
        self,
        listen: tuple[str, int],
        surroundings: Surroundings,
        desk: Newsdesk,
        *,
        dictionary: Dictionary | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._listen, self._around, self.desk = listen, surroundings, desk
        self._dictionary = dictionary or standard_dictionary()
        self.gate = Gate(surroundings.senders, surroundings.clocks.monotonic, limits or Limits())
        self.receiver = Receiver(self.gate, self._hear, surroundings.clocks.unix)
        self.repeated = 0
        self._socket: socket.socket | None = None

    def bind(self) -> tuple[str, int]:
        """Take the port now, so that a port that is taken is told before anything starts; where it is.

        Raises UsageError.
        """
        host, port = self._listen
        self._socket = open_socket(host, port)
        self._listen = self._socket.getsockname()[:2]
        return self._listen

    def renew(self, senders: Mapping[str, str]) -> None:
        """Hear these from now on, and nobody else."""
        self.gate.senders = dict(senders)

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until told to stop."""
        if self._socket is None:
            self.bind()
        listener, self._socket = self._socket, None
        if listener is None:
            return
        await self.receiver.open(listener, self._around.credentials)
        try:
            await stop.wait()
        finally:
            self.receiver.close()

    def _hear(self, notification: Notification) -> None:
        meaning = understand(notification, self._dictionary, self._around.port_name)
        self.repeated += not self.desk.take(meaning)

    def page(self) -> Page:
        """Counts of datagrams, for ``/metrics``."""
        page = Page()
        counts = self.gate.counts + self.receiver.counts
        told = counts["understood"]
        outcomes = {name: counts[name] for name in ("stranger", "limited", "malformed", "refused")}
        outcomes |= {"understood": told - self.repeated, "duplicate": self.repeated}
        for outcome, count in sorted(outcomes.items()):
            page.add(Sample(metrics.NOTIFICATIONS, (outcome,), count))
        for device, count in self.gate.limited.items():
            page.add(Sample(metrics.NOTIFICATIONS_LIMITED, (device,), count))
        return page


@dataclass(slots=True)
class EventCounts:
    """Events by device, kind and severity since the start; kinds are few, devices are the inventory's."""

    keeper: Keeper | None = None
    _counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def note(self, turn: Turn) -> None:
        """Count what was heard, folded into another event or not."""
        if turn.news is not None:
            self._counts[turn.news.device, turn.news.kind, turn.news.severity.value] += 1

    def page(self) -> Page:
        """``moulin_events_total`` and what the database did not take."""
        page = Page()
        for labels, count in self._counts.items():
            page.add(Sample(metrics.EVENTS, labels, count))
        if self.keeper is not None:
            page.add(Sample(metrics.EVENTS_UNSAVED, (), self.keeper.lost))
        return page
