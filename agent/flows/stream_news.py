"""What streams tell at the moment that it changes is news too: links, sessions, supplies, fans."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from agent import metrics
from agent.collect.streaming.held import Held
from agent.collect.traps.meaning import Meaning
from agent.flows.newsdesk import Newsdesk
from agent.flows.watch import Watch
from agent.metrics import Metric, read_labels
from agent.records import Event, EventLevel

LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """A state that switches stream, and the story that it is."""

    metric: Metric
    subject: str
    label: str
    """Of the series: what it is about."""
    name: str
    """In the event: ``interface``, else a field."""
    words: str
    down: EventLevel
    poll: tuple[str, ...]


_LINKS, _PARTS = ("interfaces", "poe"), ("power", "environment")
_CRITICAL = EventLevel.CRITICAL
STATES = (
    Told(metrics.INTERFACE_UP, "link", "interface", "interface", "{}", EventLevel.WARNING, _LINKS),
    Told(metrics.BGP_UP, "bgp", "peer", "peer", "BGP session with {}", _CRITICAL, ("bgp",)),
    Told(metrics.PSU_UP, "supply", "supply", "part", "power supply {}", _CRITICAL, _PARTS),
    Told(metrics.FAN_UP, "fan", "fan", "part", "fan {}", _CRITICAL, _PARTS),
)


@runtime_checkable
class Streaming(Protocol):
    """A source that holds streams."""

    @property
    def name(self) -> str:
        """``gnmi``, ``mdt``."""

    def held(self) -> Iterable[Held]:
        """What is known of each switch."""


@dataclass(slots=True)
class StreamNews:
    """A feed: looks once a second, and brings what changed to the desk. Sampled values are no news."""

    watch: Watch
    desk: Newsdesk
    name: str = "stream-news"
    _known: dict[tuple[str, str, str], dict[str, float]] = field(default_factory=dict)
    """By source, device and metric."""

    async def run(self, stop: asyncio.Event) -> None:
        """Look until told to stop."""
        while not stop.is_set():
            self.look()
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await stop.wait()
            except TimeoutError:
                continue

    def look(self) -> None:
        """Tell what changed since the last look. A stream that begins is not news, nor one that ends."""
        there = set()
        for source in self.watch.sources:
            for held in source.held() if isinstance(source, Streaming) else ():
                for told in STATES:
                    key = (source.name, held.device, told.metric.name)
                    there.add(key)
                    if held.synced:
                        self._compare(key, held, told)
        for key in self._known.keys() - there:
            del self._known[key]

    def _compare(self, key: tuple[str, str, str], held: Held, told: Told) -> None:
        now, before = held.told_on_change(told.metric.name), self._known.get(key)
        self._known[key] = now
        if before is None or before == now:
            return
        for series, value in now.items():
            if series in before and before[series] != value:
                self.desk.take(self._meaning(key[0], held.device, series, (told, bool(value))))

    def _meaning(self, source: str, device: str, series: str, state: tuple[Told, bool]) -> Meaning:
        told, up = state
        about = read_labels(series).get(told.label, "")[:80]
        interface, fields = (about, {}) if told.name == "interface" else ("", {told.name: about})
        kind, word = (f"{told.subject}-up", "up") if up else (f"{told.subject}-down", "down")
        level = EventLevel.INFO if up else told.down
        text = f"{told.words.format(about)} is {word}"
        event = Event(self.watch.clocks.unix(), device, kind, interface, text, level, fields, source)
        return Meaning(event, told.subject, told.poll)
