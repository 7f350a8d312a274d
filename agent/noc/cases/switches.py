"""Proof of the alerts of ``alerts/switches.py``."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.cases.case import ANSWERS, SLOW_MINUTES, SWITCH, Case, Series, one

SWITCHES: tuple[Case, ...] = (
    Case("SwitchUnreachable", (one(m.POLL_SUCCESS, 0),), (ANSWERS,), (SWITCH,)),
    Case("SwitchRestarted", (one(m.UPTIME, 60),), (one(m.UPTIME, 90_000),), (SWITCH,), at_seconds=60),
    Case(
        "ConfigUnsaved",
        (one(m.CONFIG_CHANGED, 5_000),),
        (one(m.CONFIG_CHANGED, 3_000),),
        (SWITCH, one(m.CONFIG_SAVED, 4_000)),
    ),
    Case(
        "ConfigUnsavedForLong",
        (one(m.CONFIG_UNSAVED),),
        (one(m.CONFIG_UNSAVED, 0),),
        (SWITCH,),
        at_seconds=86400 + 3600,
        pace_minutes=SLOW_MINUTES,
    ),
    Case("ConfigDrifted", (one(m.CONFIG_DRIFT_LINES, 3),), (one(m.CONFIG_DRIFT_LINES, 0),), (SWITCH,)),
    Case(
        "ClockWrong", (one(m.CLOCK_SKEW, -300),), (one(m.CLOCK_SKEW, 2),), (SWITCH, one(m.NTP_SYNCHRONISED))
    ),
    Case("CpuHigh", (one(m.CPU_RATIO, 0.97),), (one(m.CPU_RATIO, 0.4),), (SWITCH,)),
    Case("MemoryHigh", (one(m.MEMORY_RATIO, 0.96),), (one(m.MEMORY_RATIO, 0.5),), (SWITCH,)),
    Case("CoreFile", (one(m.CORE_FILES, 1),), (one(m.CORE_FILES, 0),), (SWITCH,)),
    Case(
        "SnmpAgentRestarted",
        (one(m.UPTIME, 90_000),),
        (one(m.UPTIME, 0),),
        (SWITCH, Series(m.ENGINE_BOOTS, 3, 1)),
    ),
    Case(
        "SnmpAgentRestarted",
        (Series(m.ENGINE_BOOTS, 3, 1),),
        (one(m.ENGINE_BOOTS, 3),),
        (SWITCH, one(m.UPTIME, 90_000)),
    ),
    Case("ClockWrong", (one(m.NTP_SYNCHRONISED, 0),), (one(m.NTP_SYNCHRONISED),), (SWITCH,)),
)
