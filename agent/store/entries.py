"""What the journal takes and gives: values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

UNSETTLED = frozenset(
    {"arming", "armed", "sending", "verified", "confirming", "confirmed", "undoing", "protected"}
)
"""States in which a switch may stand between two configurations: no other change may begin on it."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """A switch that a change will touch; ``plan`` is JSON and stays in a 0600 file."""

    device: str
    base: str
    target: str
    steps: int
    plan: str
    wave: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    state: str
    step: int
    detail: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What was said to a switch and its answer: verbatim, secrets masked, ``cut`` characters left out."""

    at: datetime
    said: str
    reply: str
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    device: str
    state: str
    """planned, arming, armed, sending, verified, confirming, confirmed, saved; undoing, undone, unchanged,
    refused, protected or failed."""
    base: str
    target: str
    steps: int
    checkpoint: str
    detail: str
    updated_at: datetime
    protection: str = ""
    """How the switch comes back by itself, as JSON."""
    outcome: str = ""
    next: str = ""
    wave: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    id: int
    verb: str
    who: str
    reason: str
    intent: str
    state: str
    """running, done or interrupted; a running change whose process is gone reads as interrupted."""
    started_at: datetime
    ended_at: datetime | None
    runs: tuple[Run, ...]
    ticket: str = ""

    @property
    def unsettled(self) -> tuple[Run, ...]:
        """Switches that may stand between two configurations."""
        return tuple(run for run in self.runs if run.state in UNSETTLED)


@dataclass(frozen=True, slots=True)
class Why:
    """What a change says about itself."""

    verb: str
    who: str
    reason: str
    intent: str
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """Somebody works on a switch."""

    device: str
    change: int
    who: str
    owner: str
    until: datetime
