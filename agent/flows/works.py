"""Changes in progress as maintenance: while Moulin works on a switch, the alerts of its site stay quiet."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from agent.errors import StoreError
from agent.flows.history import has_journal, open_journal
from agent.flows.watch import Watch
from agent.metrics import CITY_MAINTENANCE, Page, Sample
from agent.settings import Settings
from agent.store.journal import Journal

LOOK_SECONDS = 5.0
LINGER_SECONDS = 120.0
"""So long after the end of a change: until polls and routing have settled."""

log = logging.getLogger(__name__)

Held = Callable[[], tuple[tuple[str, int], ...]]


@dataclass(slots=True)
class Works:
    """A feed: looks into the journal for switches that a change holds. For the loop of the watch."""

    held: Held
    """(device, number of the change) of every lock; raises StoreError."""
    site_of: Callable[[str], str]
    """Site of a device; empty for one that is not known."""
    unix: Callable[[], float]
    name: str = "works"
    _until: dict[tuple[str, str], float] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Look every few seconds, until told to stop."""
        ending = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                try:
                    self.note(await asyncio.to_thread(self.held))
                except StoreError as exc:
                    log.warning("%s", exc)
                await asyncio.wait({ending}, timeout=LOOK_SECONDS)
        finally:
            ending.cancel()

    def note(self, held: tuple[tuple[str, int], ...]) -> None:
        """These switches are being worked on now."""
        now = self.unix()
        for device, change in held:
            if site := self.site_of(device):
                self._until[site, f"change {change}"] = now + LINGER_SECONDS
        for gone in [key for key, until in self._until.items() if until < now]:
            del self._until[gone]

    def page(self) -> Page:
        """``city_maintenance`` of the sites, for ``/metrics``."""
        page, now = Page(), self.unix()
        for (site, reason), until in self._until.items():
            page.add(Sample(CITY_MAINTENANCE, (site, reason), int(until >= now)))
        return page


def join_works(watch: Watch, settings: Settings) -> Works:
    """Let a watch that is not yet open tell of changes in progress."""
    journal: list[Journal] = []  # opened when there is one, and then kept open

    def held() -> tuple[tuple[str, int], ...]:
        if not journal:
            if not has_journal(settings):
                return ()
            journal.append(open_journal(settings))
        return tuple((lock.device, lock.change) for lock in journal[0].held())

    def site_of(device: str) -> str:
        target = watch.targets.get(device)
        return target.site if target is not None else ""

    works = Works(held, site_of, watch.clocks.unix)
    watch.add_feed(works)
    watch.own_pages.append(works.page)
    return works
