"""Rules as values: what is recorded, what wakes somebody, and how a query names its series."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from agent.metrics import CITY_DEVICE_INFO, CITY_INTERFACE_INFO
from agent.noc.fault import Fault

Severity = Literal["page", "ticket", "note"]

PORT = "on (device, interface)"
"""Matching for series of one port."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording rule; ``name`` is ``level:metric:operation``."""

    name: str
    expr: str


@dataclass(frozen=True, slots=True)
class Alert:
    """An alerting rule. ``summary`` and ``action`` may hold ``{label}``, filled in by Prometheus."""

    name: str
    expr: str
    severity: Severity
    summary: str
    action: str
    labels: tuple[str, ...]
    """Labels of the series that the expression gives."""
    after_seconds: int = 180
    keep_firing_seconds: int = 300
    fault: Fault = field(kw_only=True)
    """What raises it in the embedded city."""
    service: str | None = None
    """Service that the alert counts for; None when the series themselves say so."""
    needs: str | None = None
    """Kind of promise without which the alert is left out: ``camera``, ``uplink``, ``session``…"""
    impact: str = ""
    """Whom it hits, as a template of Prometheus; empty where the summary says it all."""


def said(expr: str) -> str:
    """What devices say, without the labels that the scrape adds: who scraped, and the target's own.

    Two collectors then do not make two alerts, and site and role come from the intent alone.
    """
    return f"max without (job, instance, site, role, platform) ({expr})"


def meant(expr: str) -> str:
    """What the intent says, without the labels of who scraped it."""
    return f"max without (job, instance) ({expr})"


def of_port(expr: str, selector: str = "") -> str:
    """The series of ``expr`` with what their port is for; those of unmeant ports fall away."""
    words = "kind, service, site, tenant, endpoint, place"
    return f"{said(expr)} * {PORT} group_left ({words}) {meant(CITY_INTERFACE_INFO.name + selector)}"


def of_device(expr: str, selector: str = "") -> str:
    """The series of ``expr`` with the site and role of their switch; other switches fall away."""
    return f"{said(expr)} * on (device) group_left (site, role) {meant(CITY_DEVICE_INFO.name + selector)}"


def duration(seconds: int) -> str:
    """Seconds as Prometheus writes them.

    >>> duration(90), duration(300), duration(7200)
    ('90s', '5m', '2h')
    """
    for size, unit in ((3600, "h"), (60, "m")):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
