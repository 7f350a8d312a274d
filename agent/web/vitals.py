"""What a page reads of one switch: the last poll, the values that still hold, and how busy its ports are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from agent.collect.poll import Poll
from agent.metrics import INTERFACE_RX_BYTES, INTERFACE_SPEED, INTERFACE_TX_BYTES, Metric, Page, read_labels

LEAST_SECONDS = 5.0
"""Two looks at a counter nearer than this say nothing about load."""


def by_label(page: Page, metric: Metric, label: str) -> dict[str, float]:
    """Values of a metric by one of its labels; the last wins where several series share it."""
    return {
        read_labels(series).get(label, ""): value
        for series, value in page.families.get(metric.name, {}).items()
    }


@dataclass(slots=True)
class Loads:
    """Share of its speed that every port carries, from the last two different polls that were looked at."""

    _before: dict[str, tuple[float, Mapping[str, float]]] = field(default_factory=dict)
    _ratios: dict[str, dict[str, float]] = field(default_factory=dict)

    def of(self, device: str, at: float, page: Page) -> Mapping[str, float]:
        """Ratio by interface, the busier direction, 0 to 1; empty before the second look.

        ``at`` is the unix time of the values of ``page``. Counters that went back are left out.
        """
        before = self._before.get(device)
        if before is not None and at - before[0] < LEAST_SECONDS:
            return self._ratios.get(device, {})
        counters = {
            f"{way} {name}": value
            for way, metric in (("in", INTERFACE_RX_BYTES), ("out", INTERFACE_TX_BYTES))
            for name, value in by_label(page, metric, "interface").items()
        }
        self._before[device] = (at, counters)
        if before is not None:
            speeds = by_label(page, INTERFACE_SPEED, "interface")
            self._ratios[device] = _ratios(before[1], counters, speeds, at - before[0])
        return self._ratios.get(device, {})


def _ratios(
    before: Mapping[str, float], now: Mapping[str, float], speeds: Mapping[str, float], seconds: float
) -> dict[str, float]:
    ratios: dict[str, float] = {}
    for key, value in now.items():
        name = key.partition(" ")[2]
        grown, speed = value - before.get(key, value), speeds.get(name, 0)
        if grown >= 0 and speed:
            ratios[name] = max(ratios.get(name, 0.0), grown / seconds / speed)
    return ratios


@dataclass(frozen=True, slots=True)
class Vitals:
    """How a page looks at the switches."""

    last: Callable[[str], Poll | None]
    known: Callable[[str], Page]
    loads: Loads
    now: float
    heard: Callable[[str], float | None] = lambda _: None
    """Unix time at which a device last answered; None when it never did."""

    def state(self, device: str) -> str:
        """``up``, ``partial``, ``down`` or ``waiting`` (not polled yet)."""
        poll = self.last(device)
        if poll is None:
            return "waiting"
        return "down" if not poll.success else "partial" if poll.partial else "up"

    def load(self, device: str) -> Mapping[str, float]:
        """Load of its ports; see ``Loads.of``."""
        poll = self.last(device)
        return self.loads.of(device, poll.at, self.known(device)) if poll and poll.success else {}
