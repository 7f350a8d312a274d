"""Who watches the watcher: polls, streams, what is pushed, traps and probes of Moulin itself."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.boards.board import Board
from agent.noc.panels import HALF, NARROW, NEVER, Limits, Panel, Query, big_number, calm, lines, rows, until
from agent.noc.rule import meant, of_device, said
from agent.noc.tiles import bars

_STREAMS = "a switch streams (gnmi_port, or dial-out)"
_REMOTE = "remote write has a destination (MOULIN_REMOTE_WRITE)"

WELL: tuple[Panel, ...] = (
    big_number(
        "Switches answering",
        Query(f"avg({said(m.POLL_SUCCESS.name)})"),
        "percentunit",
        Limits(1, 0.95, falling=True),
    ),
    big_number("Oldest data", Query(f"time() - min({said(m.POLL_TIMESTAMP.name)})"), "s", Limits(180, 600)),
    big_number("Slowest poll", Query(f"max({said(m.POLL_SECONDS.name)})"), "s", Limits(10, 30)),
    big_number("Series of devices", Query(f"sum({said(m.POLL_SERIES.name)})"), "short", NEVER),
    big_number("Probes late by", Query(f"max({m.PROBE_LAG.name})"), "s", Limits(1, 5)),
    big_number(
        "Inventory in use is well",
        Query(f"min({m.RELOAD_SUCCESS.name})"),
        "bool_yes_no",
        Limits(1, 1, falling=True),
    ),
)

POLLS: tuple[Panel, ...] = (
    lines("Polls by outcome", "ops", Query(f"rate({m.POLLS.name}[5m])", "{{outcome}}"), width=NARROW),
    lines(
        "Mean duration of a poll",
        "s",
        Query(
            f"sum(rate({m.POLL_TIME.name}[5m])) / (sum(rate({m.POLLS.name}[5m])) > 0)",
            "mean",
        ),
        width=NARROW,
    ),
    lines("SNMP datagrams", "pps", Query(f"rate({m.SNMP_PACKETS.name}[5m])", "{{event}}"), width=NARROW),
    rows(
        "Slowest switches",
        Query(f"topk(10, {of_device(m.POLL_SECONDS.name)})"),
        {"device": "Switch", "site": "Site", "Value": "Poll takes"},
        unit="s",
        width=NARROW,
    ),
    calm(
        rows(
            "Switches that do not answer",
            Query(f"{of_device(m.POLL_SUCCESS.name)} == 0"),
            {"device": "Switch", "site": "Site", "role": "Role"},
            width=NARROW,
        ),
        "every switch answers",
    ),
    calm(
        rows(
            "Tables that were cut short",
            Query(f"{said(m.POLL_PARTIAL.name)} == 1"),
            {"device": "Switch", "table": "Table"},
            width=NARROW,
        ),
        "every table was read to its end",
    ),
    calm(
        rows(
            "Meant, and polled by nobody",
            Query(f"{meant(m.CITY_DEVICE_INFO.name)} unless on (device) {m.POLL_SUCCESS.name}"),
            {"device": "Switch", "site": "Site", "role": "Role"},
            width=NARROW,
        ),
        "every switch of the inventory is polled",
    ),
    bars(
        "Series by switch",
        Query(f"topk(12, {said(m.POLL_SERIES.name)})", "{{device}}"),
        "short",
        NEVER,
        width=NARROW,
    ),
    lines("Pages served", "reqps", Query(f"rate({m.SCRAPES.name}[5m])", "{{path}} {{status}}"), width=NARROW),
    calm(
        lines(
            "Series left out",
            "none",
            Query(f"increase({m.DROPPED.name}[1h]) > 0", "{{limit}}"),
            width=NARROW,
        ),
        "no limit was met",
    ),
    calm(
        lines(
            "Receivers and workers that fell",
            "none",
            Query(f"increase({m.FEED_FAILURES.name}[1h]) > 0", "{{feed}}"),
            Query(f"increase({m.WORKER_RESTARTS.name}[1h]) > 0", "worker {{worker}}"),
            width=NARROW,
        ),
        "nothing had to be started again",
    ),
    rows("Moulin", Query(meant(m.BUILD_INFO.name)), {"version": "Version"}, width=NARROW),
)

HEARD: tuple[Panel, ...] = (
    until(
        lines("Datagrams at the trap port", "pps", Query(f"rate({m.NOTIFICATIONS.name}[5m])", "{{outcome}}")),
        "Moulin hears traps (MOULIN_TRAPS_LISTEN) and the first one came",
    ),
    until(
        lines("Events by kind", "none", Query(f"sum by (kind) (increase({m.EVENTS.name}[15m]))", "{{kind}}")),
        "the first event came",
    ),
    until(
        lines("Lines of syslog", "ops", Query(f"rate({m.SYSLOG_LINES.name}[5m])", "{{outcome}}")),
        "Moulin hears syslog (MOULIN_SYSLOG_LISTEN) and the first line came",
    ),
    calm(
        lines(
            "Tickets that failed, notices that were none",
            "none",
            Query(f"increase({m.TICKET_FAILURES.name}[1h]) > 0", "{{reason}}"),
        ),
        "every notice became a ticket",
    ),
    lines(
        "Probes by outcome",
        "ops",
        Query(f"sum by (outcome) (rate({m.PROBES.name}[5m]))", "{{outcome}}"),
        width=NARROW,
    ),
    calm(
        lines(
            "What came too fast",
            "pps",
            Query(f"rate({m.NOTIFICATIONS_LIMITED.name}[5m]) > 0", "traps {{device}}"),
            Query(f"rate({m.SYSLOG_LIMITED.name}[5m]) > 0", "syslog {{device}}"),
            width=NARROW,
        ),
        "nobody floods the ports for traps and syslog",
    ),
    calm(
        lines(
            "Events that were not kept",
            "none",
            Query(f"increase({m.EVENTS_UNSAVED.name}[1h]) > 0", "lost"),
            width=NARROW,
        ),
        "every event was kept",
    ),
)

STREAMS: tuple[Panel, ...] = (
    until(
        rows(
            "Streams",
            (Query(f"sort({said(m.STREAM_UP.name)})"), Query(said(m.STREAM_SERIES.name))),
            {"device": "Switch", "source": "By", "Value #A": "Up", "Value #B": "Series"},
            width=NARROW,
        ),
        _STREAMS,
    ),
    until(
        lines(
            "Leaves that came", "ops", Query(f"rate({m.STREAM_UPDATES.name}[5m])", "{{device}}"), width=NARROW
        ),
        _STREAMS,
    ),
    calm(
        lines(
            "What went wrong in streams",
            "ops",
            Query(f"rate({m.STREAM_PROBLEMS.name}[5m]) > 0", "{{device}} {{problem}}"),
            Query(f"rate({m.STREAM_REFUSED.name}[5m]) > 0", "refused: {{reason}}"),
            width=NARROW,
        ),
        "nothing went wrong",
    ),
)

PUSHED: tuple[Panel, ...] = (
    until(
        lines(
            "Samples taken by receivers",
            "ops",
            Query(f"rate({m.REMOTE_SAMPLES.name}[5m])", "{{destination}}"),
        ),
        _REMOTE,
    ),
    until(
        lines("Behind by", "s", Query(m.REMOTE_BEHIND.name, "{{destination}}")),
        _REMOTE,
    ),
    until(lines("Queue on disk", "bytes", Query(m.REMOTE_BYTES.name, "{{destination}}")), _REMOTE),
    calm(
        lines(
            "Given up or sent again",
            "ops",
            Query(f"rate({m.REMOTE_DROPPED.name}[5m]) > 0", "given up: {{destination}} {{reason}}"),
            Query(f"rate({m.REMOTE_RETRIES.name}[5m]) > 0", "again: {{destination}}"),
            width=HALF,
        ),
        "every sample arrived at once",
    ),
)

BOARD = Board(
    "collector",
    "moulin-collector",
    "Collector health",
    "Whether Moulin itself is well: polls and their age, streams, remote write, traps, probes.",
    (
        ("Is the watcher well?", WELL),
        ("Polls", POLLS),
        ("Heard", HEARD),
        ("Streams", STREAMS),
        ("Pushed", PUSHED),
    ),
)
