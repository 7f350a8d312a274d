"""Supplies, fans, heat, light and the power for endpoints."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.alerts.words import DEVICE_LABELS, bound
from agent.noc.fault import by_series, fault, on_port
from agent.noc.rule import Alert, of_device, said

HARDWARE: tuple[Alert, ...] = (
    Alert(
        "PowerSupplyFailed",
        of_device(f"{m.PSU_UP.name} == 0"),
        "ticket",
        "{supply} of {device} at {site} has failed",
        "Check the feed, then replace the supply.",
        (*DEVICE_LABELS, "supply"),
        service="transport",
        fault=fault("psu-fail", "building", slot="2"),
    ),
    Alert(
        "FanFailed",
        of_device(f"{m.FAN_UP.name} == 0"),
        "ticket",
        "{fan} of {device} at {site} has failed",
        "Replace the fan tray before the next hot day.",
        (*DEVICE_LABELS, "fan"),
        service="transport",
        fault=fault("fan-fail", "building", fan="1"),
    ),
    Alert(
        "TemperatureHigh",
        of_device(
            f'{m.SENSOR_CELSIUS.name}{{interface=""}} > on (device, sensor, interface)'
            f" group_left () {bound('high-warning')}"
        ),
        "ticket",
        "{sensor} of {device} at {site} is over its threshold",
        "Check the cooling of the room, then fans and filters.",
        (*DEVICE_LABELS, "sensor", "interface"),
        after_seconds=300,
        service="transport",
        fault=fault("heat", "building", celsius="60"),
    ),
    Alert(
        "OpticsWeak",
        of_device(
            f"{m.SENSOR_DBM.name} < on (device, sensor, interface) group_left () {bound('low-warning')}"
        ),
        "ticket",
        "{sensor} of {device} at {site} is below its warning level",
        "Clean the connectors; measure the fibre; replace the optics.",
        (*DEVICE_LABELS, "sensor", "interface"),
        after_seconds=600,
        service="transport",
        fault=on_port("optic-dim", "uplink", decibels="12"),
    ),
    Alert(
        "PoeBudgetNearlyUsed",
        of_device(f"{r.POE_USED_RATIO.name} > 0.9"),
        "ticket",
        "{device} at {site} gives more than 90 % of its PoE budget",
        "The next device may stay without power. Move devices, or add a supply.",
        DEVICE_LABELS,
        after_seconds=600,
        service="transport",
        needs="power",
        fault=by_series("the city's switches have power to spare"),
    ),
    Alert(
        "OneSupplyLeft",
        of_device(
            f"sum by (device) ({said(m.PSU_UP.name)}) == 1 and count by (device) ({said(m.PSU_UP.name)}) > 1",
            '{role!="building"}',
        ),
        "page",
        "{device} at {site} runs on its last power supply",
        "The next failure takes the {role} switch away. Check the feed, replace the supply today.",
        DEVICE_LABELS,
        service="transport",
        fault=fault("psu-fail", "core", slot="2"),
    ),
    Alert(
        "PowerNotRedundant",
        of_device(f"min by (device) ({m.POWER_REDUNDANCY.name}) == 0"),
        "ticket",
        "supplies of {device} at {site} are not as redundant as configured",
        "show environment power: a supply is out, or the load has outgrown one supply.",
        DEVICE_LABELS,
        after_seconds=600,
        service="transport",
        fault=by_series("supplies of the lab keep their mode"),
    ),
    Alert(
        "ModuleDown",
        of_device(f"{m.MODULE_UP.name} == 0"),
        "page",
        "{module} of {device} at {site} does not work",
        "show module; read the reset reason, reseat or replace it.",
        (*DEVICE_LABELS, "module"),
        service="transport",
        fault=fault("supervisor-fail", "core"),
    ),
    Alert(
        "StandbySupervisorLost",
        of_device(f"{m.SUPERVISOR_STANDBY.name} == 0"),
        "ticket",
        "{device} at {site} has no supervisor that could take over",
        "show module, show redundancy status. No upgrade without downtime until it is back.",
        DEVICE_LABELS,
        after_seconds=600,
        service="transport",
        fault=fault("supervisor-fail", "core"),
    ),
    Alert(
        "OpticTooHot",
        of_device(
            f'{m.SENSOR_CELSIUS.name}{{interface!=""}} > on (device, sensor, interface)'
            f" group_left () {bound('high-warning')}"
        ),
        "ticket",
        "{sensor} of {device} at {site} is over its threshold",
        "If all optics are hot, it is the room; if one is, replace it.",
        (*DEVICE_LABELS, "sensor", "interface"),
        after_seconds=600,
        service="transport",
        fault=fault("heat", "building", celsius="60"),
    ),
    Alert(
        "OpticsFading",
        of_device(
            f"{m.SENSOR_DBM.name} - on (device, sensor, interface) group_left () {bound('low-warning')} < 2"
            f" and deriv({m.SENSOR_DBM.name}[7d]) < -1e-6 and {m.SENSOR_DBM.name} offset 3d"
        ),
        "ticket",
        "{sensor} of {device} at {site} fades: less than 2 dB above its warning level and falling",
        "Plan a cleaning or a new module before it fails; OpticsWeak comes next.",
        (*DEVICE_LABELS, "sensor", "interface"),
        after_seconds=3600,
        service="transport",
        fault=by_series("it takes a week of falling light"),
    ),
)
