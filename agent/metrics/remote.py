"""What is pushed by remote write, and what waits."""

from __future__ import annotations

from agent.metrics.catalogue import CATALOGUE, Kind, Metric

REMOTE_SAMPLES = CATALOGUE.declare(
    Metric(
        "moulin_remote_write_samples_total", "Samples that the receiver took", ("destination",), Kind.COUNTER
    )
)
REMOTE_DROPPED = CATALOGUE.declare(
    Metric(
        "moulin_remote_write_dropped_samples_total",
        "Samples given up: refused by the receiver, queue full, damaged on disk",
        ("destination", "reason"),
        Kind.COUNTER,
    )
)
REMOTE_RETRIES = CATALOGUE.declare(
    Metric(
        "moulin_remote_write_retries_total",
        "Requests that failed and were sent again",
        ("destination",),
        Kind.COUNTER,
    )
)
REMOTE_WAITING = CATALOGUE.declare(
    Metric("moulin_remote_write_queue_samples", "Samples in the queue on disk", ("destination",))
)
REMOTE_BYTES = CATALOGUE.declare(
    Metric("moulin_remote_write_queue_bytes", "Size of the queue on disk", ("destination",))
)
REMOTE_BEHIND = CATALOGUE.declare(
    Metric(
        "moulin_remote_write_behind_seconds",
        "Age of the sample that was sent last, while more wait",
        ("destination",),
    )
)
