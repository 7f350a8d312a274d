"""What telemetry has done so far, for the show commands of the switch."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Session:
    """A connection that the switch dials out on; times are world time."""

    number: int
    address: str
    port: int
    encoding: str
    transport: str
    tls: bool = False
    status: str = "Idle"
    """``Idle``, ``Connected`` or ``Transmit Error``."""
    connected_at: float | None = None
    sent: int = 0
    bytes_sent: int = 0
    last_sent_at: float | None = None
    errors: int = 0
    last_error_at: float | None = None
    problem: str = ""
    """Why it is not connected."""


@dataclass(slots=True)
class Collected:
    """Of one sensor path."""

    source: str
    good: int = 0
    failed: int = 0


@dataclass(slots=True)
class GnmiStatistics:
    """Of the calls since the server was opened."""

    opened_at: float
    port: int
    capabilities: int = 0
    get: int = 0
    set: int = 0
    subscribe: int = 0
    errors: int = 0
    active: int = 0


@dataclass(slots=True)
class TelemetryStatus:
    sessions: list[Session] = field(default_factory=list)
    paths: dict[str, Collected] = field(default_factory=dict)
    gnmi: GnmiStatistics | None = None
    """None while the switch does not listen."""
