"""The seam between what collects and what exports: a source holds the last values of some devices.

SNMP polls, gNMI subscriptions, MDT dial-out and probes are sources. Each fills the metrics of the catalogue
with the labels of the catalogue, whatever protocol it speaks, and is asked for what it holds when a page is
written. Which of several sources gives a series is decided in one place, by age and interval.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Holding:
    """What a source holds of a device.

    Families are by metric name, then by series as ``agent.metrics.name_series`` writes it. The mapping may be
    the source's own, changed in place as updates come: whoever keeps it copies it.
    """

    families: Mapping[str, Mapping[str, float]]
    at: float
    """Unix time at which these values were last known to hold: end of the poll, or last sign of life of the
    stream that delivers changes."""
    interval_seconds: float
    """Seconds between two looks: the poll interval, the sample interval."""


class Source(Protocol):
    """One way to know devices."""

    @property
    def name(self) -> str:
        """Short word for it: ``snmp``, ``gnmi``, ``mdt``, ``probe``."""

    def devices(self) -> Collection[str]:
        """Inventory names of the devices that it holds something of."""

    def holding(self, device: str) -> Holding | None:
        """What it holds of the device; None when that is nothing."""


class Feed(Protocol):
    """Something that runs as long as the watch does: a receiver, a set of subscriptions, a prober.

    A feed that ends with an error is counted, told once, and started again after a pause; it never ends the
    watch or another feed.
    """

    @property
    def name(self) -> str:
        """Short word for it: ``traps``, ``gnmi``."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; leave nothing open behind, also when cancelled."""
