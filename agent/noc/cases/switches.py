"""Proof of the alerts of ``alerts/switches.py``."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.cases.case import ANSWERS, SWITCH, Case, one

SWITCHES: tuple[Case, ...] = (
    Case("SwitchUnreachable", (one(m.POLL_SUCCESS, 0),), (ANSWERS,), (SWITCH,)),
    Case("SwitchRestarted", (one(m.UPTIME, 60),), (one(m.UPTIME, 90_000),), (SWITCH,)),
    Case(
        "ConfigUnsaved",
        (one(m.CONFIG_CHANGED, 5_000),),
        (one(m.CONFIG_CHANGED, 3_000),),
        (SWITCH, one(m.CONFIG_SAVED, 4_000)),
    ),
)
