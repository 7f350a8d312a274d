"""Proof of the alerts of ``alerts/appliances.py``."""

from __future__ import annotations

from agent import metrics as m
from agent.metrics import Metric
from agent.noc.cases.case import PORT, WORDS, Case, Series

OWN = {"device": WORDS["endpoint"]}


def _own(metric: Metric, value: float = 1) -> Series:
    """A series of what is polled by its asset tag."""
    return Series(metric, value, words=OWN)


APPLIANCES: tuple[Case, ...] = (
    Case("ApplianceUnreachable", (_own(m.POLL_SUCCESS, 0),), (_own(m.POLL_SUCCESS),), (PORT,), OWN),
    Case("UpsOnBattery", (_own(m.UPS_ON_BATTERY),), (_own(m.UPS_ON_BATTERY, 0),), (PORT,), OWN),
    Case(
        "UpsRuntimeLow",
        (_own(m.UPS_ON_BATTERY),),
        (_own(m.UPS_ON_BATTERY, 0),),
        (PORT, _own(m.UPS_RUNTIME, 400)),
        OWN,
    ),
    Case("UpsBatteryBad", (_own(m.UPS_BATTERY_OK, 0),), (_own(m.UPS_BATTERY_OK),), (PORT,), OWN),
    Case(
        "UpsBatteryBad",
        (_own(m.UPS_REPLACE), _own(m.UPS_TEST_FAILED)),
        (_own(m.UPS_REPLACE, 0), _own(m.UPS_TEST_FAILED, 0)),
        (PORT,),
        OWN,
    ),
    Case("UpsOverloaded", (_own(m.UPS_LOAD, 0.95),), (_own(m.UPS_LOAD, 0.5),), (PORT,), OWN),
    Case("CameraStorageBroken", (_own(m.CAMERA_STORAGE_OK, 0),), (_own(m.CAMERA_STORAGE_OK),), (PORT,), OWN),
    Case("AccessPointOffline", (_own(m.ACCESS_POINT_UP, 0),), (_own(m.ACCESS_POINT_UP),), (PORT,), OWN),
)
