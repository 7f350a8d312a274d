"""The inventory may change while the watch runs: it is read again, and only what changed is touched.

By a signal, or when a file of the folder changed and has been left alone for a moment. An inventory with
mistakes is told once and changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.collect.tables.table import Tables
from agent.errors import AgentError
from agent.export.discovery import Shard
from agent.flows.watch import Watch
from agent.intent.expect import expect
from agent.intent.expectation import Expectations
from agent.intent.load import load_city
from agent.metrics import RELOAD_SUCCESS, RELOAD_TIMESTAMP, Page, Sample

LOOK_SECONDS = 2.0
"""Between two looks at the files; a change is taken in when two looks see the same."""

Read = Callable[[], tuple[Expectations, Mapping[str, str]]]
Print = tuple[tuple[str, int, int], ...]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Reloading:
    """A feed of the watch."""

    watch: Watch
    folder: Path
    read: Read
    """Expectations and secrets, as they are on disk now; raises AgentError."""
    tables: Callable[[], Tables] | None = None
    """The tables, as they are on disk now; raises AgentError. Without, they stay."""
    name: str = "reload"
    success: bool = True
    at: float = 0.0
    _asked: asyncio.Event = field(default_factory=asyncio.Event)
    _told: str = ""

    def ask(self) -> None:
        """Read the inventory again, whether it changed or not."""
        self._asked.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Look until told to stop."""
        self.at = self.at or self.watch.clocks.unix()
        used = seen = fingerprint(self.folder)
        while not stop.is_set():
            await _first(stop, self._asked, LOOK_SECONDS)
            now = await asyncio.to_thread(fingerprint, self.folder)
            if self._asked.is_set() or (now != used and now == seen):
                self._asked.clear()
                used = now
                await self.reload()
            seen = now

    async def reload(self) -> bool:
        """Take in the inventory as it is now; False when it cannot be used."""
        try:
            expectations, secrets = await asyncio.to_thread(self.read)
            tables = await asyncio.to_thread(self.tables) if self.tables is not None else None
            self.watch.reload(expectations, secrets, tables)
        except AgentError as exc:
            self.success = False
            if str(exc) != self._told:
                log.warning("the inventory is not taken in, the old one stays: %s", exc)
            self._told = str(exc)
            return False
        self.success, self._told, self.at = True, "", self.watch.clocks.unix()
        log.info("the inventory is taken in: %d switches", len(self.watch.targets))
        return True

    def page(self) -> Page:
        """How the last reload went."""
        page = Page()
        page.add(Sample(RELOAD_SUCCESS, (), int(self.success)))
        page.add(Sample(RELOAD_TIMESTAMP, (), round(self.at, 3)))
        return page


def fingerprint(folder: Path) -> Print:
    """What tells one state of the inventory's files from another: names, sizes, times."""
    found = []
    for path in sorted(folder.rglob("*.y*ml")):
        try:
            about = path.stat()
        except OSError:
            continue  # it is being replaced at this moment: the next look sees it
        found.append((str(path), about.st_size, about.st_mtime_ns))
    return tuple(found)


def read_part(folder: Path, shard: Shard | None) -> Expectations:
    """What the inventory expects, of all switches or of those of a shard. Raises InventoryError."""
    whole = expect(load_city(folder))
    if shard is None:
        return whole
    return replace(
        whole,
        targets=tuple(target for target in whole.targets if shard.holds(target.device)),
        appliances=tuple(target for target in whole.appliances if shard.holds(target.device)),
        ports=tuple(port for port in whole.ports if shard.holds(port.device)),
        probes=tuple(probe for probe in whole.probes if shard.holds(probe.port.device)),
        neighbors=tuple(link for link in whole.neighbors if shard.holds(link.device)),
        sessions=tuple(session for session in whole.sessions if shard.holds(session.device)),
    )


def join_reloading(
    watch: Watch, folder: Path, read: Read, tables: Callable[[], Tables] | None = None
) -> Reloading:
    """Let the watch follow its inventory."""
    feed = Reloading(watch, folder, read, tables, at=watch.clocks.unix())
    watch.add_feed(feed)
    watch.own_pages.append(feed.page)
    return feed


async def _first(stop: asyncio.Event, asked: asyncio.Event, seconds: float) -> None:
    """Wait for either event, or for so long."""
    waits = [asyncio.create_task(event.wait()) for event in (stop, asked)]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
