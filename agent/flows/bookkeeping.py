"""The feed that keeps the accounts of the objectives: counts at every round, writes to the ledger."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from functools import cache

from agent import metrics
from agent.errors import StoreError
from agent.flows.accounts import DAY_SECONDS, HOUR_SECONDS, KEEP_DAYS, count_endpoints
from agent.flows.watch import Watch
from agent.metrics import Page, Sample
from agent.store.ledger import Ledger

STALE_INTERVALS = 2.5
"""Data older than so many intervals is no sight of anything."""
SAVE_SECONDS = 30.0

log = logging.getLogger(__name__)


class Bookkeeper:
    """Reads the watch, keeps ``watch.accounts``. A feed."""

    name = "objectives"

    def __init__(self, watch: Watch, ledger: Ledger) -> None:
        self._watch, self._ledger = watch, ledger

    def start(self) -> None:
        """Go on from what an earlier process has written. Raises StoreError."""
        now = self._watch.clocks.unix()
        first = int((now - KEEP_DAYS * DAY_SECONDS) // HOUR_SECONDS) * HOUR_SECONDS
        self._watch.accounts.start(self._ledger.since(first), self._ledger.until())

    async def run(self, stop: asyncio.Event) -> None:
        """Count at every interval until told to stop; write every half minute, and at the end."""
        interval = self._watch.options.interval_seconds
        saved = float("-inf")
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(interval):
                    await stop.wait()
            self.count()
            if stop.is_set() or loop.time() - saved >= SAVE_SECONDS:
                saved = loop.time()
                await self.save()

    def count(self) -> None:
        """Book the time since the last round."""
        watch = self._watch
        counts = count_endpoints(watch.expectations, self._state, cache(watch.known))
        watch.accounts.book(counts, watch.clocks.unix(), STALE_INTERVALS * watch.options.interval_seconds)

    def _state(self, device: str) -> str:
        poll = self._watch.last(device)
        if poll is None:
            return "waiting"
        age = self._watch.clocks.unix() - poll.at - poll.seconds
        stale = age > STALE_INTERVALS * self._watch.options.interval_seconds
        return "down" if stale or not poll.success else "partial" if poll.partial else "up"

    async def save(self) -> None:
        """Write what was booked; what the disk refuses is kept for the next time."""
        hours, until = self._watch.accounts.take()
        before = self._watch.clocks.unix() - KEEP_DAYS * DAY_SECONDS
        self._watch.accounts.prune(before)
        if not await self._try(lambda: self._ledger.add(hours, until)):
            self._watch.accounts.give_back(hours)
        await self._try(lambda: self._ledger.prune(before))

    async def _try(self, deed: Callable[[], object]) -> bool:
        try:
            await asyncio.to_thread(deed)
        except StoreError as exc:
            log.warning("%s", exc)
            return False
        return True

    def page(self) -> Page:
        """What is left of every objective, for ``/metrics``."""
        page = Page()
        watch = self._watch
        for one in watch.accounts.standings(watch.expectations.services, watch.clocks.unix()):
            labels = (one.service, one.window)
            if one.left_ratio is not None:
                page.add(Sample(metrics.BUDGET_LEFT, labels, one.left_ratio))
            if one.tally.observed_ratio is not None:
                page.add(Sample(metrics.OBSERVED, labels, round(one.tally.observed_ratio, 6)))
        return page
