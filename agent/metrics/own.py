"""What the agent says of itself."""

from __future__ import annotations

from agent.metrics.catalogue import CATALOGUE, Kind, Metric, gauge

POLL_SUCCESS = gauge(
    "moulin_poll_success", "1 when the device answered the last poll; tables cut short: moulin_poll_partial"
)
POLL_SECONDS = gauge("moulin_poll_duration_seconds", "Duration of the last poll")
POLL_TIMESTAMP = gauge("moulin_last_poll_timestamp_seconds", "Unix time of the last successful poll")
POLL_SERIES = gauge("moulin_poll_series", "Series made of the last poll")
POLL_PARTIAL = gauge("moulin_poll_partial", "1 when a table was cut short: what is shown is not all", "table")
POLLS = CATALOGUE.declare(
    Metric("moulin_polls_total", "Polls by outcome: complete, partial, failed", ("outcome",), Kind.COUNTER)
)
POLL_TIME = CATALOGUE.declare(
    Metric("moulin_poll_time_seconds_total", "Sum of the durations of all polls", (), Kind.COUNTER)
)
POLLED_DEVICES = CATALOGUE.declare(
    Metric("moulin_devices", "Devices by outcome of their last poll", ("outcome",))
)
WORKER_RESTARTS = CATALOGUE.declare(
    Metric(
        "moulin_worker_restarts_total",
        "Times that a polling process ended by itself",
        ("worker",),
        Kind.COUNTER,
    )
)
RELOAD_SUCCESS = CATALOGUE.declare(
    Metric(
        "moulin_reload_success",
        "1 when the inventory was well at its last change; 0: the old one is in use",
        (),
    )
)
RELOAD_TIMESTAMP = CATALOGUE.declare(
    Metric("moulin_last_reload_timestamp_seconds", "Unix time at which the inventory in use was read", ())
)
FEED_FAILURES = CATALOGUE.declare(
    Metric(
        "moulin_feed_failures_total",
        "Times that a receiver, subscription or prober ended by an error",
        ("feed",),
        Kind.COUNTER,
    )
)
DROPPED_SERIES = gauge(
    "moulin_dropped_series", "Series left out because the device has more than the limit; absent when none"
)
DROPPED = CATALOGUE.declare(
    Metric(
        "moulin_dropped_series_total",
        "Series left out when writing, by the limit that they exceeded: device, page",
        ("limit",),
        Kind.COUNTER,
    )
)
BROKE_GLASS = CATALOGUE.declare(
    Metric(
        "moulin_break_glass_timestamp_seconds",
        "Unix time at which a change began in spite of freeze, window or missing approval",
        ("change", "who"),
    )
)
SCRAPES = CATALOGUE.declare(
    Metric("moulin_scrapes_total", "Answers by path and status", ("path", "status"), Kind.COUNTER)
)
SNMP_PACKETS = CATALOGUE.declare(
    Metric(
        "moulin_snmp_packets_total",
        "Datagrams of SNMP: sent, received, retransmitted, malformed, unexpected, refused, reported",
        ("event",),
        Kind.COUNTER,
    )
)
SNMP_WAITING = CATALOGUE.declare(
    Metric("moulin_snmp_requests_waiting", "SNMP requests without answer yet", ())
)
BUILD_INFO = CATALOGUE.declare(Metric("moulin_build_info", "1; version of Moulin", ("version",)))
