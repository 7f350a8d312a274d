"""Supplies, fans, heat, light and the power for endpoints."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.alerts.words import DEVICE_LABELS
from agent.noc.fault import by_series, fault, on_port
from agent.noc.rule import Alert, of_device

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
            f"{m.SENSOR_CELSIUS.name} > on (device, sensor, interface)"
            f' {m.SENSOR_THRESHOLD.name}{{bound="high-warning"}}'
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
            f"{m.SENSOR_DBM.name} < on (device, sensor, interface)"
            f' {m.SENSOR_THRESHOLD.name}{{bound="low-warning"}}'
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
)
