"""What services answer when they are asked."""

from __future__ import annotations

from agent.metrics.catalogue import CATALOGUE, Kind, Metric

_WHO = ("service", "site", "tenant", "endpoint", "probe")

PROBE_SUCCESS = CATALOGUE.declare(
    Metric("city_probe_success", "1 when the endpoint answered the last probe as it should", _WHO)
)
PROBE_SECONDS = CATALOGUE.declare(
    Metric(
        "city_probe_duration_seconds", "Duration of the last probe; of one without answer, its timeout", _WHO
    )
)
PROBE_EXPIRY = CATALOGUE.declare(
    Metric(
        "city_probe_certificate_expiry_timestamp_seconds",
        "Unix time at which the certificate that was shown last expires",
        _WHO,
    )
)
PROBES = CATALOGUE.declare(
    Metric(
        "city_probes_total",
        "Probes by outcome: answered, failed. Loss is the share of the failed",
        ("service", "site", "outcome"),
        Kind.COUNTER,
    )
)
SERVICE_ANSWERING = CATALOGUE.declare(
    Metric(
        "city_service_answering_ratio",
        "Share of the probed endpoints of the service at the site that answer all their probes, 0 to 1",
        ("service", "site"),
    )
)
SERVICE_UP = CATALOGUE.declare(
    Metric(
        "city_service_up",
        "1 while any probed endpoint of the service at the site answers all its probes",
        ("service", "site"),
    )
)
PROBE_LAG = CATALOGUE.declare(
    Metric(
        "moulin_probe_lag_seconds", "How late the last probe began: rises when there are too few workers", ()
    )
)
PROBES_RUNNING = CATALOGUE.declare(Metric("moulin_probes_running", "Probes that wait for an answer", ()))
