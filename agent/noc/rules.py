"""The Prometheus rule file of a city: recordings first, then the alerts that its promises call for."""

from __future__ import annotations

import re
from typing import Any

from agent.intent.expectation import Expectations
from agent.noc.alerts import GROUPS
from agent.noc.recordings import RECORDINGS
from agent.noc.rule import Alert, duration

_LABEL = re.compile(r"\{(\w+)\}")
RUNBOOKS = "docs/runbooks"
RECORDED = "recordings"
"""Name of the group of recordings."""


def promises(expected: Expectations) -> frozenset[str]:
    """The kinds of promise that the city makes, as ``Alert.needs`` names them."""
    kinds = {port.kind for port in expected.ports}
    has = {
        "session": bool(expected.sessions),
        "neighbor": bool(expected.neighbors),
        "power": any(port.min_watts is not None for port in expected.ports),
        "prefixes": any(session.min_prefixes is not None for session in expected.sessions),
        "probe": bool(expected.probes),
        "appliance": bool(expected.appliances),
        "group": bool(expected.protocols.groups),
        "adjacency": bool(expected.protocols.adjacencies),
        "vpc": bool(expected.protocols.vpcs),
        "channel": bool(expected.protocols.channels),
    }
    return frozenset(kinds | {name for name, true in has.items() if true})


def alerts_for(expected: Expectations) -> tuple[Alert, ...]:
    """The alerts that the city needs."""
    made = promises(expected)
    return tuple(a for _, alerts in GROUPS for a in alerts if a.needs is None or a.needs in made)


def annotate(text: str) -> str:
    """``{label}`` as Prometheus fills it in.

    >>> annotate("camera {endpoint}")
    'camera {{ $labels.endpoint }}'
    """
    return _LABEL.sub(r"{{ $labels.\1 }}", text)


def rule_of(alert: Alert, runbooks: str) -> dict[str, Any]:
    """The alert as the rule file holds it."""
    labels: dict[str, str] = {"severity": alert.severity}
    if alert.service is not None:
        labels["service"] = alert.service
    return {
        "alert": alert.name,
        "expr": alert.expr,
        "for": duration(alert.after_seconds),
        "keep_firing_for": duration(alert.keep_firing_seconds),
        "labels": labels,
        "annotations": {
            "summary": annotate(alert.summary),
            "action": annotate(alert.action),
            "runbook_url": f"{runbooks}/{alert.name}.md",
        },
    }


def build_rules(expected: Expectations, runbooks: str = RUNBOOKS) -> dict[str, Any]:
    """The rule file as plain data, ready for YAML. ``runbooks`` is the address before ``/<alert>.md``."""
    wanted = alerts_for(expected)
    recording = {
        "name": RECORDED,
        "rules": [{"record": rule.name, "expr": rule.expr} for rule in RECORDINGS],
    }
    groups = [
        {"name": name, "rules": [rule_of(alert, runbooks) for alert in alerts if alert in wanted]}
        for name, alerts in GROUPS
    ]
    return {"groups": [recording, *(group for group in groups if group["rules"])]}
