"""The watch: what every switch of the intent last said, whatever source told it, and what feeds it.

SNMP polls are its first source. Others join by ``add_source``; what must run beside them (receivers,
subscriptions, probes) joins by ``add_feed``.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.collect.blend import Blend, expiries
from agent.collect.poll import Clocks, Poll
from agent.collect.source import Feed, Holding, Source
from agent.collect.tables.table import Tables
from agent.export.blocks import Block, write_block
from agent.export.health import Health
from agent.flows.accounts import Accounts
from agent.flows.drifted import Drifted
from agent.flows.polling import Polling
from agent.flows.polls import OWN, WatchOptions
from agent.flows.workers import Workers
from agent.intent.expectation import Expectations, Target
from agent.metrics import POLL_TIMESTAMP, Page, Sample
from agent.metrics.roll import lend
from agent.store.timeline import Timeline

__all__ = ["Watch", "WatchOptions"]

SYSTEM_CLOCKS = Clocks(time.monotonic, time.time)

FEED_PAUSE_SECONDS = (1.0, 60.0)
"""A feed that failed is started again after so long; at least, at most."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Written:
    """A block, what it was written from, and the instant at which a source of it grows stale."""

    block: Block
    news: tuple[object, ...]
    until: float


class Watch:
    """State and schedule of the watch. All methods belong to the loop in which ``open`` was called."""

    def __init__(
        self,
        expectations: Expectations,
        secrets: Mapping[str, str],
        options: WatchOptions | None = None,
        *,
        clocks: Clocks = SYSTEM_CLOCKS,
        chance: random.Random | None = None,
    ) -> None:
        self.expectations = expectations
        self.secrets = secrets
        self.options = options or WatchOptions()
        self.clocks = clocks
        self.health = Health()
        self.targets: dict[str, Target] = {target.device: target for target in expectations.polled}
        self.own_pages: list[Callable[[], Page]] = []
        """Each gives more of the agent's own health, for ``/metrics``."""
        self.on_poll: list[Callable[[str], object]] = []
        """Each is told the name of a device that was polled by the schedule."""
        self.chance = chance or random.SystemRandom()
        self.timeline = Timeline()
        """What happened: traps, informs, probes that changed their mind."""
        self.accounts = Accounts()
        """Seconds that endpoints were up, down and unobserved; empty unless somebody keeps them."""
        self.drifted: dict[str, Drifted] = {}
        """By device, how the configuration stood against the intent when it was last compared."""
        self.on_reload: list[Callable[[], object]] = []
        """Each is told that expectations and targets are new."""
        make = Workers if self.options.workers > 1 else Polling
        self.polling = make(secrets, self.options, self.health, clocks=clocks, chance=self.chance)
        self._sources: list[Source] = [self.polling]
        self._feeds: list[Feed] = []
        self._join: Callable[[Feed], object] | None = None
        self._blends: defaultdict[str, Blend] = defaultdict(Blend)
        self._blocks: dict[str, _Written] = {}

    def add_source(self, source: Source) -> None:
        """Let a source take part in all pages. Raises ValueError when its name is taken."""
        if any(source.name == other.name for other in self._sources):
            raise ValueError(f"two sources are called {source.name!r}")
        self._sources.append(source)

    @property
    def sources(self) -> tuple[Source, ...]:
        """All that take part in the pages."""
        return tuple(self._sources)

    def add_feed(self, feed: Feed) -> None:
        """Run a feed from the start of ``run``, or from now when that is over, to its end."""
        self._feeds.append(feed)
        if self._join is not None:
            self._join(feed)

    async def open(self) -> None:
        """Make the engines; raises UsageError when a community's secret is missing."""
        await self.polling.open()
        self.polling.set_targets(self.targets.values())

    async def close(self) -> None:
        """End what runs and close the sockets."""
        await self.polling.close()

    def reload(
        self,
        expectations: Expectations,
        secrets: Mapping[str, str] | None = None,
        tables: Tables | None = None,
    ) -> None:
        """Watch what the intent says now; who was watched before goes on without a gap.

        Raises UsageError when a secret is missing or malformed; nothing has changed then.
        """
        self.polling.set_targets(expectations.polled, secrets, tables)
        self.options = self.polling.options
        self.expectations = expectations
        self.secrets = self.secrets if secrets is None else secrets
        self.targets = {target.device: target for target in expectations.polled}
        known = set(self.devices())
        for device in self._blocks.keys() - known:
            del self._blocks[device]
        for device in self._blends.keys() - known:
            del self._blends[device]
        for told in tuple(self.on_reload):  # one of them may join others
            told()

    async def poll(self, device: str) -> Poll:
        """Poll a device now, or join the poll that is under way. Raises KeyError for an unknown device."""
        return await self.polling.poll(device)

    def poll_soon(self, device: str, groups: frozenset[str] = frozenset()) -> None:
        """Poll a device shortly: just these groups of its tables, or without any, all that is due.

        Requests that come within a second make one poll. Raises KeyError for an unknown device.
        """
        self.polling.poll_soon(device, groups)

    async def poll_all(self) -> dict[str, Poll]:
        """Poll every device once; the outcome by device, in the order of the intent."""
        polls = await asyncio.gather(*(self.poll(device) for device in self.targets))
        return {poll.device: poll for poll in polls}

    async def fresh(self, device: str) -> Poll:
        """The last scheduled poll when it is young enough, else a new one. Raises KeyError."""
        return await self.polling.fresh(device)

    def last(self, device: str) -> Poll | None:
        """Outcome of the last poll, good or bad."""
        return self.polling.last(device)

    def devices(self) -> list[str]:
        """Everything that has a page: the switches of the intent, then what else a source knows."""
        known = (device for source in self._sources for device in source.devices())
        return list(dict.fromkeys((*self.targets, *known)))

    def holdings(self, device: str) -> dict[str, Holding]:
        """What each source holds of a device, by the name of the source; old words too."""
        held = ((source.name, source.holding(device)) for source in self._sources)
        return {name: holding for name, holding in held if holding is not None}

    def known(self, device: str) -> Page:
        """What the device last said, unless that is too old to be shown; empty then."""
        families = self._blends[device].mix(self.holdings(device), self.clocks.unix())
        return Page({name: lend(family) for name, family in families.items()})

    def page(self, device: str) -> Page:
        """All series of a device: what it last said, and how its last poll went."""
        families = self._families(device, self.holdings(device))
        return Page({name: lend(family) for name, family in families.items()})

    def _families(self, device: str, holdings: Mapping[str, Holding]) -> dict[str, Mapping[str, float]]:
        last, good = self.polling.last(device), self.polling.last_good(device)
        families: dict[str, Mapping[str, float]] = {}
        if last is not None:
            own = {name: family for name, family in last.page.families.items() if name.startswith(OWN)}
            families.update(own)
        mixed = self._blends[device].mix(holdings, self.clocks.unix())
        only_polled = holdings.keys() <= {self.polling.name}  # others may change theirs in place
        families.update(mixed if only_polled else {name: dict(family) for name, family in mixed.items()})
        if good is not None:
            page = Page()
            page.add(Sample(POLL_TIMESTAMP, (device,), round(good.at, 3)))
            families.update(page.families)
        return families

    def block(self, device: str) -> Block:
        """The text of ``page``, written once for as long as it holds."""
        now = self.clocks.unix()
        holdings = self.holdings(device)
        news = (self.polling.last(device), *((name, held.at) for name, held in holdings.items()))
        written = self._blocks.get(device)
        if written is None or written.news != news or now > written.until:
            block = write_block(device, self._families(device, holdings), self.options.series_limit)
            self.health.dropped["device"] += block.dropped
            written = _Written(block, news, min(expiries(holdings, now), default=math.inf))
            self._blocks[device] = written
        return written.block

    async def run(self, stop: asyncio.Event) -> None:
        """Poll every device at the interval, jittered, and run the feeds, until told to stop."""
        self.polling.noted = self._note  # written when polled, not when scraped
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.polling.run(stop))
                self._join = lambda feed: group.create_task(self._supervise(feed, stop))
                for feed in self._feeds:
                    self._join(feed)
                await stop.wait()
        finally:
            self._join = None

    def _note(self, poll: Poll) -> None:
        self.block(poll.device)
        for told in self.on_poll:
            told(poll.device)

    async def _supervise(self, feed: Feed, stop: asyncio.Event) -> None:
        pause, most = FEED_PAUSE_SECONDS
        while not stop.is_set():
            try:
                await feed.run(stop)
            except Exception as exc:  # noqa: BLE001  # a worker like that of a device: it must not end the others
                self.health.feed_failures[feed.name] += 1
                log.warning("%s: %s: %s. again in %.0f s", feed.name, type(exc).__name__, exc, pause)
            else:
                return
            try:
                async with asyncio.timeout(pause):
                    await stop.wait()
            except TimeoutError:
                pause = min(2 * pause, most)
