"""Tickets from alerts: the notices of Alertmanager in, a helpdesk out, the journal's database between.

What was taken in is kept before Alertmanager is told so; what the helpdesk has not taken waits in the
database, the last state of each ticket only, and is told again after a pause that grows.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from agent.errors import AgentError, StoreError
from agent.flows.helpdesk import Helpdesk, open_helpdesk
from agent.flows.notice import SEVERITIES, read_notice, turn_ticket
from agent.flows.watch import Watch
from agent.metrics import TICKET_FAILURES, TICKETS_OPEN, TICKETS_WAITING, Page, Sample
from agent.settings import Settings
from agent.store.tickets import State, Tally, Ticket, TicketStore

PAUSE_SECONDS = (1.0, 300.0)
"""After a helpdesk that did not take a ticket: at least, at most."""
PRUNE_SECONDS = 3600.0
FAILURES_AT_ONCE = 3
"""After so many in one round the helpdesk is left alone for a while."""
OPEN_LIMIT = 10_000
"""Most open tickets; more groups of alerts than this is a mistake somewhere."""
REASONS = ("malformed", "store", "helpdesk")

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Desk:
    """Takes notices in, and is the feed that tells the helpdesk. All methods belong to the loop."""

    store: TicketStore
    helpdesk: Helpdesk | None
    unix: Callable[[], float]
    name: str = "tickets"
    failures: Counter[str] = field(default_factory=Counter)
    tally: Tally = field(default_factory=lambda: Tally({}, 0))
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _refused: set[int] = field(default_factory=set)

    async def take(self, body: bytes) -> Ticket | None:
        """Open, change or close the ticket of a notice; the ticket, None when there is none.

        Raises UsageError when the body is no notice, StoreError when it could not be kept.
        """
        try:
            notice = read_notice(body)
        except AgentError:
            self.failures["malformed"] += 1
            raise
        try:
            ticket = await asyncio.to_thread(
                self.store.change,
                notice.fingerprint,
                lambda before: turn_ticket(self._room(before), notice, self.unix()),
            )
            self.tally = await asyncio.to_thread(self.store.tally)
        except StoreError:
            self.failures["store"] += 1
            raise
        self._news.set()
        return ticket

    def _room(self, before: Ticket | None) -> Ticket | None:
        if before is None and sum(self.tally.open.values()) >= OPEN_LIMIT:
            raise StoreError(f"{OPEN_LIMIT} tickets are open; no room for more. look at the alerts")
        return before

    async def recent(self, limit: int, state: State | None = None) -> tuple[Ticket, ...]:
        """The tickets that changed last, newest first. Raises StoreError."""
        return await asyncio.to_thread(self.store.recent, limit, state)

    def page(self) -> Page:
        """How many are open, wait, and failed, for ``/metrics``."""
        page = Page()
        for severity in SEVERITIES:
            page.add(Sample(TICKETS_OPEN, (severity,), self.tally.open.get(severity, 0)))
        page.add(Sample(TICKETS_WAITING, (), self.tally.waiting if self.helpdesk else 0))
        for reason in REASONS:
            page.add(Sample(TICKET_FAILURES, (reason,), self.failures[reason]))
        return page

    async def run(self, stop: asyncio.Event) -> None:
        """Tell the helpdesk whatever it does not know, until told to stop."""
        least, most = PAUSE_SECONDS
        pause, pruned = least, float("-inf")
        ending = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._news.clear()
                well = await self._tell_all()
                now = asyncio.get_running_loop().time()
                if now - pruned > PRUNE_SECONDS:
                    pruned = now
                    with contextlib.suppress(StoreError):
                        await asyncio.to_thread(self.store.prune, self.unix())
                pause = least if well else min(2 * pause, most)
                await self._rest(ending, None if well else pause)
        finally:
            ending.cancel()

    async def _rest(self, ending: asyncio.Task[bool], pause: float | None) -> None:
        """Until there is news or the end; after a failure only until the pause is over, whatever the news."""
        if pause is not None:
            await asyncio.wait({ending}, timeout=pause)
            return
        news = asyncio.create_task(self._news.wait())
        await asyncio.wait({ending, news}, return_when=asyncio.FIRST_COMPLETED)
        news.cancel()

    async def _tell_all(self) -> bool:
        """Whether the helpdesk now knows everything."""
        if self.helpdesk is None:
            return True
        failed = 0
        try:
            while not failed and (waiting := await asyncio.to_thread(self.store.untold)):
                # what was refused before comes last, so that it does not hold the others up
                for ticket in sorted(waiting, key=lambda ticket: ticket.number in self._refused):
                    failed += not await self._tell(self.helpdesk, ticket)
                    if failed >= FAILURES_AT_ONCE:
                        break
            self.tally = await asyncio.to_thread(self.store.tally)
        except StoreError as exc:
            self.failures["store"] += 1
            log.warning("%s", exc)
            return False
        return not failed

    async def _tell(self, helpdesk: Helpdesk, ticket: Ticket) -> bool:
        try:
            remote = await asyncio.to_thread(helpdesk.tell, ticket)
        except StoreError as exc:
            self.failures["helpdesk"] += 1
            self._refused.add(ticket.number)
            log.warning("%s", exc)
            return False
        self._refused.discard(ticket.number)
        await asyncio.to_thread(self.store.tell, ticket.number, ticket.revision, remote)
        return True


def open_desk(watch: Watch, settings: Settings, secrets: Mapping[str, str]) -> Desk:
    """Give a watch that is not yet open its desk. Raises UsageError, StoreError."""
    helpdesk = open_helpdesk(settings.tickets, secrets) if settings.tickets else None
    store = TicketStore(settings.state, settings.journal)
    desk = Desk(store, helpdesk, watch.clocks.unix, tally=store.tally())
    watch.add_feed(desk)
    watch.own_pages.append(desk.page)
    return desk
