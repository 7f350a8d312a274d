"""Proof of the alerts of ``alerts/hardware.py``."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.cases.case import FAINT, HOT, SWITCH, Case, one

HARDWARE: tuple[Case, ...] = (
    Case("PowerSupplyFailed", (one(m.PSU_UP, 0),), (one(m.PSU_UP),), (SWITCH,)),
    Case("FanFailed", (one(m.FAN_UP, 0),), (one(m.FAN_UP),), (SWITCH,)),
    Case(
        "TemperatureHigh",
        (one(m.SENSOR_CELSIUS, 70, interface=""),),
        (one(m.SENSOR_CELSIUS, 41, interface=""),),
        (SWITCH, HOT),
        {"interface": ""},
    ),
    Case("OpticsWeak", (one(m.SENSOR_DBM, -18),), (one(m.SENSOR_DBM, -4),), (SWITCH, FAINT)),
    Case(
        "PoeBudgetNearlyUsed",
        (one(m.POE_USED, 1400),),
        (one(m.POE_USED, 700),),
        (SWITCH, one(m.POE_BUDGET, 1440)),
    ),
)
