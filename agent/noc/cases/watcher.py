"""Proof of the alerts of ``alerts/watcher.py``."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.cases.case import ANSWERS, SWITCH, Case, one

WATCHER: tuple[Case, ...] = (
    Case("SwitchNotPolled", (), (ANSWERS,), (SWITCH,)),
    Case("PollPartial", (one(m.POLL_PARTIAL),), (one(m.POLL_PARTIAL, 0),), (SWITCH,)),
    Case("ChangeBrokeGlass", (one(m.BROKE_GLASS, 0),), (one(m.BROKE_GLASS, -90_000),)),
    Case("MoulinSilent", (), (SWITCH,)),
)
