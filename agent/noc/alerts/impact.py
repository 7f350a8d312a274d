"""Whom it hits, and what is only a consequence: streets that are dark, switches behind dead uplinks."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.alerts.services import SERVICES
from agent.noc.alerts.words import DEVICE_LABELS
from agent.noc.behind import BEHIND
from agent.noc.fault import befalls_agent, on_endpoint
from agent.noc.rule import Alert, of_device

MANY = 3
"""So many dark cameras of a street are one story."""
_DARK = next(alert.expr for alert in SERVICES if alert.name == "CameraDark")
_BY_STREET = f'label_replace({_DARK}, "street", "$1", "place", "([^0-9]*?)[ ,]*([0-9].*)?")'

STREETS: tuple[Alert, ...] = (
    Alert(
        "CamerasDark",
        f"count by (service, site, street) ({_BY_STREET}) >= {MANY}",
        "page",
        "{value} cameras {street} dark ({site})",
        "One cause is likely: power, or the switch of the street. The single cameras wait behind this one.",
        ("service", "site", "street"),
        needs="camera",
        fault=on_endpoint("endpoint-unplug", "camera"),
    ),
)
CONSEQUENCES: tuple[Alert, ...] = (
    Alert(
        "SwitchBehindDeadUplink",
        of_device(f"{m.POLL_SUCCESS.name} == 0 and on (device) {BEHIND.name}"),
        "note",
        "switch {device} at {site} is out of reach, for all switches before it are dead",
        "Mend the switches before it; this one comes back by itself.",
        DEVICE_LABELS,
        after_seconds=120,
        service="transport",
        needs="parent",
        fault=befalls_agent("`power-off` of a building switch and of all its parents"),
    ),
)
