"""What the watch tells a terminal or a script: the shapes of ``/api/status`` and ``/api/switch/…``."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

STALE_INTERVALS = 2.5
"""Data older than this many poll intervals is not shown as true; series vanish at the same age."""


class _Told(BaseModel):
    # a newer watch may tell more than an older terminal knows
    model_config = ConfigDict(frozen=True, extra="ignore")


class ServiceTold(_Told):
    """A service in the whole city."""

    service: str
    title: str
    state: str
    """``well``, ``partly`` (what is seen works), ``degraded``, ``out`` or ``unknown``."""
    meant: int
    working: int
    unknown: int
    sites: list[str]
    """Sites at which it is not well."""
    owner: str = ""
    """Team that answers for it."""
    objective_ratio: float | None = None
    """Least share of good time that was promised; None where nothing was."""
    left_ratio: float | None = None
    """Share of this month's error budget that is left, below 0 when overspent; None while nobody counts."""


class IncidentTold(_Told):
    """Something that is not as meant."""

    device: str
    interface: str
    service: str
    site: str
    kind: str
    place: str
    seconds: float | None
    """How long already; None where nobody knows."""
    owner: str = ""
    """Team that answers for the service."""


class SwitchTold(_Told):
    """One switch, shortly."""

    device: str
    site: str
    role: str
    state: str
    """``up``, ``partial``, ``down`` or ``waiting`` (not polled yet)."""
    age_seconds: float | None
    """Since its last poll, good or bad; None before the first."""
    ports_meant: int
    ports_up: int
    problem: str


class SiteTold(_Told):
    """One site, shortly."""

    site: str
    title: str
    state: str
    """``well``, ``degraded``, ``down`` (no switch answers) or ``unknown`` (not all were polled yet)."""
    switches: int
    switches_up: int
    ports_meant: int
    ports_up: int


class StatusTold(_Told):
    """The whole city."""

    at: float
    """Unix time of the answer, by the clock of the watch."""
    town: str
    interval_seconds: float
    """Time between two polls of a switch."""
    age_seconds: float | None
    """Of the switch that was polled longest ago; None before the first poll."""
    services: list[ServiceTold]
    sites: list[SiteTold]
    switches: list[SwitchTold]
    incidents: list[IncidentTold]

    @property
    def stale(self) -> bool:
        """Whether the watch stopped polling, or polls too slowly to be believed."""
        return self.age_seconds is not None and self.age_seconds > STALE_INTERVALS * self.interval_seconds


class PortTold(_Told):
    """One port of a switch."""

    interface: str
    state: str
    """``up``, ``dark`` (meant to be up and is not), ``spare``, ``off`` (shutdown) or ``unknown``."""
    meant: str
    """What hangs there by the intent, in words; empty where nothing is meant."""
    service: str
    load: float | None
    """Of the busier direction, 0 to 1."""
    watts: float | None
    """PoE drawn."""
    errors: float | None
    """Frames in error, in and out, since the counters began."""


class FactTold(_Told):
    """One line about a switch: ``model``, ``release``, ``uptime``, ``cpu``, ``poe``…"""

    key: str
    value: str


class SwitchInFullTold(_Told):
    """One switch with its ports."""

    at: float
    interval_seconds: float
    switch: SwitchTold
    facts: list[FactTold]
    ports: list[PortTold]
