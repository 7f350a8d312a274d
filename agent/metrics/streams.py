"""What only streams say, and how the streams go."""

from __future__ import annotations

from agent.metrics.catalogue import CATALOGUE, Kind, Metric, gauge

PSU_INPUT_WATTS = gauge(
    "net_power_supply_input_watts", "Taken from the mains, input side; what the city pays for", "supply"
)

STREAM_UP = gauge("moulin_stream_up", "1 while the device streams; source is gnmi or mdt", "source")
STREAM_SYNCED = gauge("moulin_stream_synced", "1 once the stream has said everything that holds", "source")
STREAM_SERIES = gauge("moulin_stream_series", "Series held of the stream", "source")
STREAM_TIMESTAMP = gauge(
    "moulin_stream_last_message_timestamp_seconds", "Unix time of the last sign of life", "source"
)
STREAM_UPDATES = CATALOGUE.declare(
    Metric(
        "moulin_stream_updates_total", "Leaves that came, shown or not", ("device", "source"), Kind.COUNTER
    )
)
STREAM_BYTES = CATALOGUE.declare(
    Metric("moulin_stream_bytes_total", "Size of the messages that came", ("device", "source"), Kind.COUNTER)
)
STREAM_PROBLEMS = CATALOGUE.declare(
    Metric(
        "moulin_stream_problems_total",
        "Left out or gone wrong: unknown-leaf, wrong-value, dropped-series, malformed, reconnect, flood",
        ("device", "source", "problem"),
        Kind.COUNTER,
    )
)
STREAM_REFUSED = CATALOGUE.declare(
    Metric(
        "moulin_stream_refused_total",
        "Dial-out calls that were turned away: stranger, wrong-node, too-many, too-large, flood",
        ("reason",),
        Kind.COUNTER,
    )
)
