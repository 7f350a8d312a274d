"""Proof of the alerts of ``alerts/hardware.py``."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.cases.case import FAINT, HOT, SLOW_MINUTES, SWITCH, Case, Series, one

CORE = one(m.CITY_DEVICE_INFO, role="core")
FIRST_SUPPLY = one(m.PSU_UP, supply="PowerSupply-1")

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
    Case(
        "OneSupplyLeft",
        (FIRST_SUPPLY, one(m.PSU_UP, 0)),
        (FIRST_SUPPLY, one(m.PSU_UP)),
        (CORE,),
        {"role": "core"},
    ),
    Case(
        "OneSupplyLeft",
        (CORE, one(m.PSU_UP, 0)),
        (SWITCH, one(m.PSU_UP, 0)),
        (FIRST_SUPPLY,),
        {"role": "core"},
    ),
    Case("PowerNotRedundant", (one(m.POWER_REDUNDANCY, 0),), (one(m.POWER_REDUNDANCY),), (SWITCH,)),
    Case("ModuleDown", (one(m.MODULE_UP, 0),), (one(m.MODULE_UP),), (SWITCH,)),
    Case("StandbySupervisorLost", (one(m.SUPERVISOR_STANDBY, 0),), (one(m.SUPERVISOR_STANDBY),), (SWITCH,)),
    Case(
        "OpticTooHot",
        (one(m.SENSOR_CELSIUS, 80),),
        (one(m.SENSOR_CELSIUS, 41),),
        (SWITCH, one(m.SENSOR_THRESHOLD, 73)),
    ),
    Case(
        "OpticsFading",
        (Series(m.SENSOR_DBM, -9.8, -0.0002),),
        (one(m.SENSOR_DBM, -10.5),),
        (SWITCH, FAINT),
        at_seconds=3 * 86400 + 7200,
        pace_minutes=SLOW_MINUTES,
    ),
)
