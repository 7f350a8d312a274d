"""What happened, and what was heard of it."""

from __future__ import annotations

from agent.metrics.catalogue import CATALOGUE, Kind, Metric, counter, gauge

EVENTS = counter(
    "moulin_events_total", "Events by kind, as the table of notifications names them", "kind", "severity"
)
NOTIFICATIONS = CATALOGUE.declare(
    Metric(
        "moulin_notifications_total",
        "Datagrams at the trap port by outcome: understood; duplicate (told already); stranger (not of the"
        " inventory); limited (too fast); malformed; refused (community, user, digest or time)",
        ("outcome",),
        Kind.COUNTER,
    )
)
NOTIFICATIONS_LIMITED = counter(
    "moulin_notifications_limited_total", "Datagrams of a device that came too fast and were not decoded"
)
EVENTS_UNSAVED = CATALOGUE.declare(
    Metric(
        "moulin_events_unsaved_total",
        "Events that were shown but not kept, for the database was too slow or refused",
        (),
        Kind.COUNTER,
    )
)
TICKETS_OPEN = CATALOGUE.declare(
    Metric("moulin_tickets_open", "Tickets that are open, by severity of their alerts", ("severity",))
)
TICKETS_WAITING = CATALOGUE.declare(
    Metric("moulin_tickets_waiting", "Tickets whose last change the helpdesk has not taken yet", ())
)
TICKET_FAILURES = CATALOGUE.declare(
    Metric(
        "moulin_ticket_failures_total",
        "Notices and tickets that failed: malformed (the notice is none), store (it could not be kept),"
        " helpdesk (it was not taken, and is tried again)",
        ("reason",),
        Kind.COUNTER,
    )
)
SYSLOG_LINES = CATALOGUE.declare(
    Metric(
        "moulin_syslog_lines_total",
        "Lines at the syslog port by outcome: understood; other (an event without a name); unheeded (less"
        " urgent than a notice); duplicate (told already, perhaps by a trap); repeated (last message"
        " repeated); stranger (not of the inventory); limited (too fast); malformed",
        ("outcome",),
        Kind.COUNTER,
    )
)
SYSLOG_LIMITED = counter(
    "moulin_syslog_limited_total", "Lines of a device that came too fast and were not read"
)
CLOCK_SKEW = gauge(
    "net_device_clock_skew_seconds",
    "Clock of the device minus ours, by the stamp of its last line of syslog; absent when that is old",
)
LANDMARK = CATALOGUE.declare(
    Metric(
        "moulin_landmark_timestamp_seconds",
        "Unix time of the last event that a graph should show, for a day: change (of ours), config-drift"
        " (somebody else's), restart",
        ("device", "kind"),
    )
)
CONFIG_DRIFT_LINES = gauge(
    "city_config_drift_lines",
    "Lines of the running configuration that differ from the intent; 0 when it is as meant. Known of switches"
    " that were configured since the start",
)
DRIFT_CHECKS = CATALOGUE.declare(
    Metric(
        "moulin_drift_checks_total",
        "Switches that were compared with the intent because they were configured, by outcome: in_line;"
        " drifted; own (a change of ours); failed (no answer, no login)",
        ("outcome",),
        Kind.COUNTER,
    )
)
