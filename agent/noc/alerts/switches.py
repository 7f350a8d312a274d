"""The switch itself: does it answer, does it run what was meant."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.alerts.words import DEVICE_LABELS
from agent.noc.behind import HANGS_ON_IT, ROOTS
from agent.noc.fault import configure, fault
from agent.noc.rule import Alert, of_device

SWITCHES: tuple[Alert, ...] = (
    Alert(
        "SwitchUnreachable",
        of_device(f"{m.POLL_SUCCESS.name} == 0 {ROOTS}"),
        "page",
        "switch {device} at {site} does not answer",
        "Look at its neighbours first: power of the site, then the uplinks.",
        DEVICE_LABELS,
        after_seconds=120,
        service="transport",
        impact=HANGS_ON_IT,
        fault=fault("power-off", "building"),
    ),
    Alert(
        "SwitchRestarted",
        of_device(f"{m.UPTIME.name} < 600"),
        "note",
        "switch {device} at {site} has restarted",
        "Read 'show system reset-reason' and the log of the time before.",
        DEVICE_LABELS,
        after_seconds=0,
        keep_firing_seconds=600,
        service="transport",
        fault=fault("reboot", "building"),
    ),
    Alert(
        "ConfigUnsaved",
        of_device(f"{m.CONFIG_CHANGED.name} > on (device) {m.CONFIG_SAVED.name}"),
        "note",
        "{device} at {site} runs a configuration that a restart would lose",
        "Look at 'moulin drift', then save or undo the change.",
        DEVICE_LABELS,
        after_seconds=3600,
        service="transport",
        fault=configure("building", "vlan 3966"),
    ),
)
