"""What the watch knows, pushed: each new page of a device, and the agent's own, to the queues of receivers.

Series have the labels that they would have if Prometheus scraped them by ``/sd`` and ``/probe``: job,
instance, site, role, platform. A series that is no longer there gets a stale marker.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from agent.export.blocks import Block, Families
from agent.export.expected import expected_page
from agent.export.exposition import TEXT
from agent.export.health import health_registry, write_health
from agent.export.remote.destination import Destination
from agent.export.remote.queue import DiskQueue
from agent.export.remote.sender import Sender
from agent.export.remote.wire import Group, Labels, pack_group
from agent.flows.watch import Watch
from agent.metrics import (
    REMOTE_BEHIND,
    REMOTE_BYTES,
    REMOTE_DROPPED,
    REMOTE_RETRIES,
    REMOTE_SAMPLES,
    REMOTE_WAITING,
    Page,
    Sample,
)
from agent.metrics.roll import has_same_series, thaw
from agent.noc.prometheus import AGENT_JOB, SWITCH_JOB

_PORT = re.compile(r'[{,]device="([^"]*)",(?:[^}]*,)?interface="([^"]*)"')
_UP = "up "


@dataclass(frozen=True, slots=True)
class _Known:
    """What was last written of a device."""

    block: Block
    target: Labels
    at: float


@dataclass(slots=True)
class RemoteWrite:
    """A feed of the watch: collects and sends."""

    watch: Watch
    senders: list[Sender]
    instance: str = "moulin"
    """Instance label of the agent's own series."""
    name: str = "remote-write"
    _known: dict[str, _Known] = field(default_factory=dict)
    _own_keys: set[str] = field(default_factory=set)

    async def run(self, stop: asyncio.Event) -> None:
        """Collect and send until told to stop. Raises StoreError when a queue cannot be opened."""
        for sender in self.senders:
            sender.queue.open()
        self.watch.on_poll.append(self.collect_device)
        try:
            async with asyncio.TaskGroup() as group:
                for sender in self.senders:
                    group.create_task(sender.run(stop))
                await self._collect(stop)
        finally:
            self.watch.on_poll.remove(self.collect_device)
            for sender in self.senders:
                sender.queue.close()

    async def _collect(self, stop: asyncio.Event) -> None:
        clock, interval = self.watch.clocks.monotonic, self.watch.options.interval_seconds
        own_at = clock()
        while not stop.is_set():
            self.collect_devices()
            if clock() >= own_at:
                self.collect_own()
                own_at += interval
            try:
                async with asyncio.timeout(min(1.0, interval / 4)):
                    await stop.wait()
            except TimeoutError:
                continue

    def collect_devices(self) -> None:
        """Write what is new of every device since the last call, and the end of those that went."""
        watch = self.watch
        now = watch.clocks.unix()
        devices = watch.devices()
        for device in devices:
            self.collect_device(device)
        for device in self._known.keys() - set(devices):
            known = self._known.pop(device)
            self._put(now, known.target, {**_values({}, known.block.families), _UP: None})

    def collect_device(self, device: str) -> None:
        """Write what is new of a device."""
        watch = self.watch
        now = watch.clocks.unix()
        block, known = watch.block(device), self._known.get(device)
        if known is not None and (
            known.block is block or now - known.at < 0.5 * watch.options.interval_seconds
        ):
            return
        target = self._target(device)
        values = _values(block.families, known.block.families if known else {})
        last = watch.last(device)
        if last is not None:
            values[_UP] = int(last.success)
        self._put(now, target, values)
        self._known[device] = _Known(block, target, now)

    def collect_own(self) -> None:
        """Write the agent's health and the intent."""
        now = self.watch.clocks.unix()
        page = expected_page(self.watch.expectations, datetime.fromtimestamp(now, UTC))
        for own in self.watch.own_pages:
            page.merge(own().families)
        values: dict[str, float | None] = {
            key: value for family in page.families.values() for key, value in family.items()
        }
        for line in write_health(health_registry(self.watch.health), TEXT).splitlines():
            series, _, value = line.rpartition(" ")
            if not line.startswith("#"):
                values[series + " "] = float(value)
        values |= dict.fromkeys(self._own_keys - values.keys())
        self._own_keys = {key for key, value in values.items() if value is not None}
        self._put(now, (("instance", self.instance), ("job", AGENT_JOB)), {**values, _UP: 1})

    def _target(self, device: str) -> Labels:
        labels = [("instance", device), ("job", SWITCH_JOB)]
        target = self.watch.targets.get(device)
        if target is not None:
            labels += [("platform", target.platform), ("role", target.role), ("site", target.site)]
        return tuple(labels)

    def _put(self, now: float, target: Labels, values: Mapping[str, float | None]) -> None:
        for sender in self.senders:
            destination = sender.destination
            kept = values if not destination.tenant else self._of_tenant(destination.tenant, values)
            if kept:
                extra = dict(destination.labels)
                if destination.tenant:
                    extra["tenant"] = destination.tenant
                labels = tuple(sorted({**extra, **dict(target)}.items()))
                sender.put(pack_group(Group(int(now * 1000), labels, kept)), len(kept))

    def _of_tenant(self, tenant: str, values: Mapping[str, float | None]) -> dict[str, float | None]:
        """Series of the tenant's ports and no others: nobody sees another's."""
        ports = {
            (port.device, port.interface) for port in self.watch.expectations.ports if port.tenant == tenant
        }
        return {
            series: value
            for series, value in values.items()
            if (found := _PORT.search(series)) and found.groups() in ports
        }

    def health_page(self) -> Page:
        """State of the queues."""
        page = Page()
        now_ms = self.watch.clocks.unix() * 1000
        for sender in self.senders:
            name, sent, queue = sender.destination.name, sender.sent, sender.queue
            page.add(Sample(REMOTE_SAMPLES, (name,), sent.samples))
            page.add(Sample(REMOTE_RETRIES, (name,), sent.retries))
            page.add(Sample(REMOTE_WAITING, (name,), queue.waiting))
            page.add(Sample(REMOTE_BYTES, (name,), queue.size))
            behind = max(0.0, now_ms - sent.at_ms) / 1000 if queue.waiting and sent.at_ms else 0.0
            page.add(Sample(REMOTE_BEHIND, (name,), round(behind, 3)))
            dropped = {"refused": 0, **sent.dropped, "full": queue.dropped, "torn": queue.torn}
            for reason, count in dropped.items():
                page.add(Sample(REMOTE_DROPPED, (name, reason), count))
        return page


def _values(families: Families, before: Families) -> dict[str, float | None]:
    """All series with their values, and those that were there before without."""
    values: dict[str, float | None] = {}
    for name, family in before.items():
        now = families.get(name, {})
        if not has_same_series(family, now):
            values |= dict.fromkeys(family.keys() - now.keys())
    for family in families.values():
        values |= thaw(family)
    return values


def join_remote_write(
    watch: Watch, destinations: Iterable[Destination], folder: Path, secrets: Mapping[str, str]
) -> RemoteWrite:
    """Let the watch push to these receivers. Raises UsageError when a secret is missing."""
    clock, chance = watch.clocks.monotonic, watch.chance
    senders = [
        Sender(one, DiskQueue(folder / one.name, one.queue_bytes, monotonic=clock), secrets, chance)
        for one in destinations
    ]
    feed = RemoteWrite(watch, senders)
    watch.add_feed(feed)
    watch.own_pages.append(feed.health_page)
    return feed
