"""Who watches the watcher: polls that fail or lie, and rules that people broke."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.alerts.words import DEVICE_LABELS
from agent.noc.fault import befalls_agent, fault
from agent.noc.rule import Alert, meant, of_device, said

WATCHER: tuple[Alert, ...] = (
    Alert(
        "SwitchNotPolled",
        meant(f"{m.CITY_DEVICE_INFO.name} unless on (device) {m.POLL_SUCCESS.name}"),
        "ticket",
        "nobody polls switch {device} at {site}",
        "Compare the targets of Prometheus with /sd; look at the log of 'moulin watch'.",
        (*DEVICE_LABELS, "platform"),
        after_seconds=300,
        service="monitoring",
        fault=befalls_agent("the job `switches` is taken out of prometheus.yml"),
    ),
    Alert(
        "PollPartial",
        of_device(f"{m.POLL_PARTIAL.name} == 1"),
        "note",
        "{device} at {site}: table {table} was cut short, so what is shown is not all",
        "Raise the timeout, or look at the CPU of the switch.",
        (*DEVICE_LABELS, "table"),
        after_seconds=600,
        service="monitoring",
        fault=fault("snmp-slow", "building", seconds="3"),
    ),
    Alert(
        "ChangeBrokeGlass",
        said(f"time() - {m.BROKE_GLASS.name} < 86400"),
        "page",
        "{who} changed switches in spite of the city's rules (change {change})",
        "Read 'moulin history {change}' and talk to whoever did it.",
        ("change", "who"),
        after_seconds=0,
        service="monitoring",
        fault=befalls_agent("`moulin apply --break-glass` during a freeze"),
    ),
    Alert(
        "MoulinSilent",
        f"absent({m.CITY_DEVICE_INFO.name})",
        "page",
        "Moulin tells nothing: the city is not watched",
        "Start 'moulin watch'; check its address in prometheus.yml.",
        (),
        after_seconds=300,
        service="monitoring",
        fault=befalls_agent("`moulin watch` ends"),
    ),
)
