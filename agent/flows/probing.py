"""The prober of a watch: probes of the intent, their pages, and events when an endpoint falls silent."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agent import metrics
from agent.collect.poll import Clocks
from agent.collect.probes.outcome import Outcome
from agent.collect.probes.prober import Prober, State
from agent.flows.newsdesk import PollSoon
from agent.intent.expectation import ExpectedProbe
from agent.metrics import Page, Sample, name_series
from agent.records import Event, EventLevel
from agent.store.timeline import Timeline

CERTAIN = 2
"""Failures in a row that make an event: one lost packet is none."""
DOUBTED = frozenset({"interfaces", "poe"})
"""What the switch is asked about an endpoint that falls silent."""


_PER_PROBE = (metrics.PROBE_SUCCESS, metrics.PROBE_SECONDS, metrics.PROBE_EXPIRY)


@dataclass(frozen=True, slots=True)
class _Named:
    """Series of a probe, named once."""

    success: str
    seconds: str
    expiry: str


def _name(probe: ExpectedProbe) -> _Named:
    port = probe.port
    labels = (port.service, port.site, port.tenant, port.endpoint, probe.probe)
    return _Named(*(name_series(metric, labels) for metric in _PER_PROBE))


class Probing:
    """A feed: probes everything, remembers the last outcomes, tells what changed."""

    name = "probes"

    def __init__(
        self,
        probes: Sequence[ExpectedProbe],
        clocks: Clocks,
        timeline: Timeline,
        poll_soon: PollSoon,
        *,
        chance: random.Random | None = None,
    ) -> None:
        self._clocks, self._timeline, self._poll_soon = clocks, timeline, poll_soon
        self.prober = Prober(clocks, chance or random.SystemRandom(), self._note)
        self.prober.renew(probes)
        self._named: dict[ExpectedProbe, _Named] = {}
        self._silent: dict[str, set[str]] = {}
        """Probes that fail, by endpoint."""

    def renew(self, probes: Sequence[ExpectedProbe]) -> None:
        """Probe these from now on."""
        self.prober.renew(probes)
        self._named.clear()
        endpoints = {probe.port.endpoint for probe in probes}
        self._silent = {name: failing for name, failing in self._silent.items() if name in endpoints}

    async def run(self, stop: asyncio.Event) -> None:
        """Probe until told to stop."""
        await self.prober.run(stop)

    def _note(self, state: State, outcome: Outcome) -> None:
        """One event when the first probe of an endpoint fails for certain, one when all answer again."""
        endpoint, probe = state.probe.port.endpoint, state.probe.probe
        failing = self._silent.get(endpoint)
        if outcome.success and failing is not None:
            failing.discard(probe)
            if not failing:
                del self._silent[endpoint]
                self._tell(state, "probe-up", EventLevel.INFO, "answers again")
        elif state.failures == CERTAIN:
            self._silent.setdefault(endpoint, set()).add(probe)
            if failing is None:
                self._tell(state, "probe-down", EventLevel.WARNING, f"does not answer: {outcome.problem}")
                self._poll_soon(state.probe.port.device, DOUBTED)

    def _tell(self, state: State, kind: str, severity: EventLevel, words: str) -> None:
        probe, port = state.probe, state.probe.port
        text = f"{port.words} {words} ({probe.probe})"
        fields = {"endpoint": port.endpoint, "service": port.service, "site": port.site, "probe": probe.probe}
        event = Event(
            self._clocks.unix(), port.device, kind, port.interface, text[:200], severity, fields, "probe"
        )
        self._timeline.add(event)

    def page(self) -> Page:
        """Outcomes by endpoint, shares by service and site, and how busy the prober is."""
        page, now = Page(), self._clocks.unix()
        failing: dict[tuple[str, str], dict[str, bool]] = {}
        success, seconds, expiry = families = [dict[str, float]() for _ in _PER_PROBE]
        page.families |= {metric.name: family for metric, family in zip(_PER_PROBE, families, strict=True)}
        for state in self.prober.states:
            outcome = state.fresh(now)
            if outcome is None:
                continue
            port, named = state.probe.port, self._named.get(state.probe)
            if named is None:
                named = self._named[state.probe] = _name(state.probe)
            success[named.success] = int(outcome.success)
            seconds[named.seconds] = round(outcome.seconds, 6)
            if state.expiry is not None:
                expiry[named.expiry] = state.expiry
            endpoints = failing.setdefault((port.service, port.site), {})
            endpoints[port.endpoint] = endpoints.get(port.endpoint, True) and outcome.success
        for place, endpoints in failing.items():
            share = Counter(endpoints.values())[True] / len(endpoints)
            page.add(Sample(metrics.SERVICE_ANSWERING, place, round(share, 6)))
            page.add(Sample(metrics.SERVICE_UP, place, int(share > 0)))
        for labels_of, count in self.prober.counts.items():
            page.add(Sample(metrics.PROBES, labels_of, count))
        page.add(Sample(metrics.PROBE_LAG, (), round(self.prober.lag_seconds, 6)))
        page.add(Sample(metrics.PROBES_RUNNING, (), self.prober.running))
        return page
