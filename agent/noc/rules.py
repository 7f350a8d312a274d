"""The Prometheus rule file of a city: recordings first, then the alerts that its promises call for."""

from __future__ import annotations

import re
from typing import Any

from agent.intent.expectation import Expectations
from agent.noc.alerts import GROUPS
from agent.noc.behind import BEHIND
from agent.noc.context import Owners, more_labels, owners_of, quiet_at_work
from agent.noc.objectives import BUDGETS, BUDGETS_SECONDS, OBJECTIVES
from agent.noc.recordings import RECORDINGS
from agent.noc.rule import Alert, Recording, duration

NOBODY = Owners()
"""Where nobody was named."""

_LABEL = re.compile(r"\{(\w+)\}")
RUNBOOKS = "docs/runbooks"
RECORDED, BUDGETED = "recordings", "budgets"
"""Names of the groups of recordings."""
RECORDING_GROUPS: tuple[tuple[str, tuple[Recording, ...], int], ...] = (
    # one group, evaluated in order: what is not yet recorded would look like an outage
    (RECORDED, (*RECORDINGS, BEHIND, *OBJECTIVES), 0),
    (BUDGETED, BUDGETS, BUDGETS_SECONDS),
)
"""Name, rules, seconds between two evaluations (0: as often as everything)."""
ALL_RECORDINGS: tuple[Recording, ...] = tuple(rule for _, rules, _ in RECORDING_GROUPS for rule in rules)


def promises(expected: Expectations) -> frozenset[str]:
    """The kinds of promise that the city makes, as ``Alert.needs`` names them."""
    kinds = {port.kind for port in expected.ports}
    has = {
        "session": bool(expected.sessions),
        "neighbor": bool(expected.neighbors),
        "power": any(port.min_watts is not None for port in expected.ports),
        "objective": any(service.objective_ratio is not None for service in expected.services),
        "parent": bool(expected.parents),
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
    >>> annotate("{value} cameras")
    '{{ $value }} cameras'
    """
    return _LABEL.sub(r"{{ $labels.\1 }}", text.replace("{value}", "{{ $value }}"))


def rule_of(alert: Alert, runbooks: str, owners: Owners = NOBODY) -> dict[str, Any]:
    """The alert as the rule file holds it."""
    labels: dict[str, str] = {"severity": alert.severity}
    if alert.service is not None:
        labels["service"] = alert.service
    labels |= more_labels(alert, owners)
    return {
        "alert": alert.name,
        "expr": quiet_at_work(alert),
        "for": duration(alert.after_seconds),
        "keep_firing_for": duration(alert.keep_firing_seconds),
        "labels": labels,
        "annotations": {
            "summary": annotate(alert.summary),
            "action": annotate(alert.action),
            **({"impact": alert.impact} if alert.impact else {}),
            "runbook_url": f"{runbooks}/{alert.name}.md",
        },
    }


def build_rules(expected: Expectations, runbooks: str = RUNBOOKS) -> dict[str, Any]:
    """The rule file as plain data, ready for YAML. ``runbooks`` is the address before ``/<alert>.md``."""
    wanted, owners = alerts_for(expected), owners_of(expected)
    recordings: list[dict[str, Any]] = [
        {
            "name": name,
            **({"interval": duration(seconds)} if seconds else {}),
            "rules": [{"record": rule.name, "expr": rule.expr} for rule in rules],
        }
        for name, rules, seconds in RECORDING_GROUPS
    ]
    groups = [
        {"name": name, "rules": [rule_of(alert, runbooks, owners) for alert in alerts if alert in wanted]}
        for name, alerts in GROUPS
    ]
    return {"groups": [*recordings, *(group for group in groups if group["rules"])]}
