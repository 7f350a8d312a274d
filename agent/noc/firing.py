"""What Prometheus itself says of the alerts: the only series that no catalogue of ours declares."""

from __future__ import annotations

ALERTS, ALERTS_SINCE = "ALERTS", "ALERTS_FOR_STATE"
OF_PROMETHEUS = (ALERTS, ALERTS_SINCE)

AWAKE = f'{ALERTS}{{alertstate="firing", severity=~"page|ticket"}}'
"""What somebody must do something about."""
AGES = f"time() - (max without (job, instance) ({ALERTS_SINCE} and ignoring (alertstate) {AWAKE}))"
"""Seconds since each incident began, with all that its alert says."""


def incidents(selector: str = "") -> str:
    """Ages of the incidents whose alert matches, oldest first: ``{service="cctv"}``."""
    of = f"time() - ({ALERTS_SINCE}{selector} and ignoring (alertstate) {AWAKE})"
    return f"sort_desc({of})"
