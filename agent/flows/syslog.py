"""Syslog of the city's switches: heard, understood, told once beside the traps of the same news."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent import metrics
from agent.collect.poll import Clocks
from agent.collect.syslog.meaning import SOURCE, UNKNOWN, Heard, Understanding
from agent.collect.syslog.receiver import Intake, make_gate
from agent.collect.traps.gate import Limits
from agent.collect.traps.receiver import open_socket
from agent.errors import UsageError
from agent.flows.newsdesk import Newsdesk
from agent.metrics import Page, Sample

SKEW_LASTS_SECONDS = 900.0
BACKLOG = 64


@dataclass(slots=True)
class Syslog:
    """A feed: listens, adds events to the desk, knows whose clock is off."""

    listen: tuple[str, int]
    senders: Mapping[str, str]
    desk: Newsdesk
    understanding: Understanding
    clocks: Clocks
    limits: Limits | None = None
    name: str = "syslog"
    counts: Counter[str] = field(default_factory=Counter)
    skews: dict[str, tuple[float, float]] = field(default_factory=dict)
    """(received, seconds ahead) of the last stamped line of each device."""
    intake: Intake = field(init=False)
    _sockets: tuple[socket.socket, socket.socket | None] | None = None

    def __post_init__(self) -> None:
        limits = (self.limits,) if self.limits is not None else ()
        gate = make_gate(dict(self.senders), self.clocks.monotonic, *limits)
        self.intake = Intake(gate, self._hear, self.clocks.unix)

    def bind(self) -> tuple[str, int]:
        """Take the port now, on UDP and, where it is free there, on TCP; where it is.

        Port 0 takes one that is free on both. Raises UsageError.
        """
        host, port = self.listen
        datagrams = open_socket(host, port, "syslog")
        stream = _open_stream(datagrams)
        while stream is None and port == 0:
            datagrams.close()
            datagrams = open_socket(host, port, "syslog")
            stream = _open_stream(datagrams)
        self.listen = datagrams.getsockname()[:2]
        self._sockets = datagrams, stream
        return self.listen

    def renew(self, senders: Mapping[str, str]) -> None:
        """Hear these from now on, and nobody else."""
        self.intake.gate.senders = dict(senders)
        known = frozenset(senders.values())
        for device in self.skews.keys() - known:
            del self.skews[device]

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until told to stop."""
        if self._sockets is None:
            self.bind()
        sockets, self._sockets = self._sockets, None
        if sockets is None:
            return
        await self.intake.open(*sockets)
        try:
            await stop.wait()
        finally:
            self.intake.close()

    def _hear(self, heard: Heard) -> None:
        skew = self.understanding.skew(heard)
        if skew is not None:
            self.skews[heard.device] = heard.at, skew
        if heard.line.repeated:
            self.counts["repeated"] += 1
            self.desk.again(heard.device, SOURCE, heard.line.repeated)
            return
        meaning = self.understanding.understand(heard)
        if meaning is None:
            self.counts["unheeded"] += 1
        elif not self.desk.take(meaning):
            self.counts["duplicate"] += 1
        else:
            self.counts["other" if meaning.event.kind == UNKNOWN else "understood"] += 1

    def page(self) -> Page:
        """Counts of lines and skews of clocks, for ``/metrics``."""
        page = Page()
        counts = self.intake.gate.counts + self.intake.counts + self.counts
        outcomes = (
            "duplicate",
            "limited",
            "malformed",
            "other",
            "repeated",
            "stranger",
            "understood",
            "unheeded",
        )
        for outcome in outcomes:
            page.add(Sample(metrics.SYSLOG_LINES, (outcome,), counts[outcome]))
        for device, count in self.intake.gate.limited.items():
            page.add(Sample(metrics.SYSLOG_LIMITED, (device,), count))
        now = self.clocks.unix()
        for device, (at, skew) in self.skews.items():
            if now - at <= SKEW_LASTS_SECONDS:
                page.add(Sample(metrics.CLOCK_SKEW, (device,), round(skew, 3)))
        return page


def _open_stream(datagrams: socket.socket) -> socket.socket | None:
    """A listener on TCP beside that socket; None where somebody else has the port."""
    host, port = datagrams.getsockname()[:2]
    try:
        stream = open_socket(host, port, "syslog", socket.SOCK_STREAM)
    except UsageError:
        return None  # switches send datagrams; a stream is for who prefers it
    stream.listen(BACKLOG)
    return stream
