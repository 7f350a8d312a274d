"""The agent's own health, by prometheus-client: plain counts, and a collector that hands them out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.registry import Collector

import agent
from agent import metrics
from agent.export.exposition import END, OPENMETRICS
from agent.metrics import Kind, Metric

Family = CounterMetricFamily | GaugeMetricFamily


@dataclass(slots=True)
class Health:
    """Counts since the start; whoever works adds to them, from the one loop that they live in."""

    polls: Counter[str] = field(default_factory=Counter)
    poll_seconds: float = 0.0
    scrapes: Counter[tuple[str, str]] = field(default_factory=Counter)
    outcomes: dict[str, str] = field(default_factory=dict)
    """Outcome of the last poll by device."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Series left out by the limit that they exceeded."""
    worker_restarts: Counter[int] = field(default_factory=Counter)
    feed_failures: Counter[str] = field(default_factory=Counter)
    packets: Callable[[], Mapping[str, int]] = dict
    waiting: Callable[[], int] = int
    broken: Callable[[], Mapping[tuple[str, str], float]] = dict
    """(change, who) to the Unix time of changes that were made in spite of the city's rules."""

    def note_poll(self, device: str, outcome: str, seconds: float) -> None:
        """Count a finished poll: ``complete``, ``partial`` or ``failed``."""
        self.polls[outcome] += 1
        self.poll_seconds += seconds
        self.outcomes[device] = outcome


class HealthCollector(Collector):
    """Families of a Health, under the names of the catalogue."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterator[Family]:
        """Called by the registry at every scrape."""
        health = self._health
        yield _family(metrics.BUILD_INFO, {(agent.__version__,): 1})
        yield _family(metrics.POLLS, {(outcome,): count for outcome, count in health.polls.items()})
        yield _family(metrics.POLL_TIME, {(): health.poll_seconds})
        devices = Counter(health.outcomes.values())
        yield _family(metrics.POLLED_DEVICES, {(outcome,): count for outcome, count in devices.items()})
        yield _family(metrics.DROPPED, {(limit,): count for limit, count in health.dropped.items()})
        restarts: dict[tuple[str, ...], float] = {
            (str(number),): count for number, count in health.worker_restarts.items()
        }
        yield _family(metrics.WORKER_RESTARTS, restarts)
        yield _family(metrics.FEED_FAILURES, {(name,): count for name, count in health.feed_failures.items()})
        yield _family(metrics.SCRAPES, {tuple(key): count for key, count in health.scrapes.items()})
        yield _family(metrics.BROKE_GLASS, {tuple(key): at for key, at in health.broken().items()})
        yield _family(metrics.SNMP_PACKETS, {(event,): count for event, count in health.packets().items()})
        yield _family(metrics.SNMP_WAITING, {(): health.waiting()})


def _family(metric: Metric, values: Mapping[tuple[str, ...], float]) -> Family:
    kind = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
    family = kind(metric.name, metric.help, labels=metric.labels)
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family


def health_registry(health: Health) -> CollectorRegistry:
    """A registry of its own: nothing global, so that two agents in one process do not meet."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(HealthCollector(health))
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


def write_health(registry: CollectorRegistry, content_type: str) -> str:
    """The registry as text, without the ``# EOF`` of OpenMetrics."""
    if content_type == OPENMETRICS:
        return str(generate_openmetrics(registry).decode()).removesuffix(END)  # type: ignore[no-untyped-call]
    return generate_latest(registry).decode()
