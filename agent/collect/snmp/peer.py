"""One agent and what was learnt of it: how long it takes, how often it may be asked, how much it bears."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.collect.snmp.appetite import Appetite
from agent.collect.snmp.dialect import CommunityDialect
from agent.collect.snmp.layout import Layouts
from agent.collect.snmp.session import Session

_UNTAUGHT = Appetite()

MOST_PER_SECOND, LEAST_PER_SECOND, BURST = 400.0, 10.0, 60
"""Packets to one agent. The policer of a Nexus (CoPP, class management) passes far more; a camera not."""


@dataclass(slots=True)
class Rtt:
    """Round-trip time of one agent and the retransmission timer made of it (RFC 6298)."""

    smoothed: float = 0.0
    spread: float = 0.0
    least: float = 0.3
    most: float = 5.0
    timeout: float = 1.0

    def learn(self, seconds: float) -> None:
        """Take in one measured round trip."""
        if self.smoothed:
            self.spread += (abs(self.smoothed - seconds) - self.spread) / 4
            self.smoothed += (seconds - self.smoothed) / 8
        else:
            self.smoothed, self.spread = seconds, seconds / 2
        self.timeout = min(max(self.smoothed + 4 * self.spread, self.least), self.most)


@dataclass(slots=True)
class Pace:
    """Packets per second to one agent: halved when one is lost, for a policer drops in silence; then rising.

    >>> pace = Pace(rate=10.0)
    >>> max(pace.take(0.0) for _ in range(BURST)), round(pace.take(0.0), 3), round(pace.take(0.0), 3)
    (0.0, 0.1, 0.2)
    """

    rate: float = MOST_PER_SECOND
    _free_at: float = float("-inf")

    def take(self, now: float) -> float:
        """Seconds to wait before the packet that is due now may go."""
        step = 1 / self.rate
        self._free_at = max(self._free_at, now - BURST * step) + step
        return max(0.0, self._free_at - now)

    def slow(self) -> None:
        """A packet was lost."""
        self.rate = max(self.rate / 2, LEAST_PER_SECOND)

    def quicken(self) -> None:
        """One was answered."""
        if self.rate < MOST_PER_SECOND:
            # soon: an agent that is slow now and then, and loses nothing, looks the same
            self.rate = min(1.1 * self.rate + 1, MOST_PER_SECOND)


@dataclass(slots=True)
class Peer:
    """One agent."""

    name: str
    host: str
    port: int
    dialect: CommunityDialect | Session
    rtt: Rtt = field(default_factory=Rtt)
    pace: Pace = field(default_factory=Pace)
    appetites: dict[tuple[str, bytes], Appetite] = field(default_factory=dict)
    """What the agent bears, by context and first column of a span."""
    layouts: Layouts = field(default_factory=Layouts)
    deadline: float = float("inf")
    """Time of the loop at which all that is asked ends."""
    allowed: float = float("inf")
    """Seconds that the deadline gave."""

    def appetite(self, context: str, column: bytes) -> Appetite:
        """That of one table; a new one until something was learnt of it."""
        return self.appetites.get((context, column)) or Appetite()

    def note(self, context: str, column: bytes, appetite: Appetite) -> None:
        """Remember what was learnt of a table; most tables are small or empty, and teach nothing."""
        if appetite != _UNTAUGHT:
            self.appetites[context, column] = appetite
