"""What is left of the objectives, as Moulin counts it itself."""

from __future__ import annotations

from agent.metrics.catalogue import CATALOGUE, Metric

BUDGET_LEFT = CATALOGUE.declare(
    Metric(
        "city_service_budget_left_ratio",
        "Share of the service's error budget that is left, below 0 when it is overspent; window is month "
        "(from its first day, UTC) or the days of the promise, such as 30d",
        ("service", "window"),
    )
)
OBSERVED = CATALOGUE.declare(
    Metric(
        "city_service_observed_ratio",
        "Share of the endpoint-seconds of the window so far that somebody saw; the rest counts neither as "
        "up nor as down",
        ("service", "window"),
    )
)
