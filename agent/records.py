"""What crosses borders between rooms: findings, places and events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from agent.errors import AgentError


class Severity(StrEnum):
    """How bad a finding is. Errors stop a verb; warnings are shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line in a file, 1-based; line 0 means the file as a whole.

    >>> str(Place("inventory/sites.yaml", 12))
    'inventory/sites.yaml:12'
    """

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake or remark: where, what is wrong, what to do next.

    >>> print(Finding(Place("links.yaml", 3), "port used twice", "free one of the two ends"))
    links.yaml:3: port used twice. free one of the two ends
    """

    place: Place
    problem: str
    hint: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}. {self.hint}"


class InventoryError(AgentError):
    """The intent has mistakes; ``findings`` lists all of them, in file and line order."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        first = f"; first: {self.findings[0]}" if self.findings else ""
        super().__init__(f"inventory: {len(self.findings)} mistakes{first}")


class EventLevel(StrEnum):
    """How much an event matters, from what wakes somebody to what is only kept."""

    CRITICAL = "critical"
    WARNING = "warning"
    NOTICE = "notice"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the city at an instant: a trap, an inform, a probe that changed its mind."""

    at: float
    """Unix time at which Moulin heard of it."""
    device: str
    """Inventory name of the switch that it happened on."""
    kind: str
    """``link-down``, ``config-changed``, ``probe-down``, …: a small fixed vocabulary, fit for a label."""
    interface: str = ""
    """Full name of the port that it is about; empty when it is about none."""
    text: str = ""
    """One line for people, without the name of the switch."""
    severity: EventLevel = EventLevel.INFO
    fields: Mapping[str, str] = field(default_factory=dict)
    """What else was said: ``peer``, ``state``, ``alias``, …; at most 32 short values."""
    source: str = "trap"
    """How it was heard: ``trap``, ``inform``, ``probe``."""


@dataclass(frozen=True, slots=True)
class Observed:
    """Endpoint-seconds of a service; what was meant is always the sum of the three."""

    up: float = 0.0
    down: float = 0.0
    unobserved: float = 0.0
    """Nobody looked: the switch did not answer, or the watch did not run."""

    @property
    def meant(self) -> float:
        """Endpoint-seconds that the intent wanted."""
        return self.up + self.down + self.unobserved

    @property
    def observed_ratio(self) -> float | None:
        """Share that somebody saw, 0 to 1; None where nothing was meant."""
        return (self.up + self.down) / self.meant if self.meant else None

    def __add__(self, other: Observed) -> Observed:
        return Observed(self.up + other.up, self.down + other.down, self.unobserved + other.unobserved)
