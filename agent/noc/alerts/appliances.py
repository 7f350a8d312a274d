"""What is polled by its asset tag: supplies that bridge power cuts, cameras, controllers of access points."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.alerts.words import APPLIANCE_LABELS, of_appliance
from agent.noc.fault import by_series
from agent.noc.rule import Alert

NO_APPLIANCE = "nothing that hangs on the lab's ports speaks SNMP"

APPLIANCES: tuple[Alert, ...] = (
    Alert(
        "ApplianceUnreachable",
        of_appliance(f"{m.POLL_SUCCESS.name} == 0"),
        "ticket",
        "{kind} {device} at {place} does not answer SNMP",
        "Is its port up? Then address, community, and whether SNMP is on.",
        APPLIANCE_LABELS,
        after_seconds=300,
        needs="appliance",
        fault=by_series(NO_APPLIANCE),
    ),
    Alert(
        "UpsOnBattery",
        of_appliance(f"{m.UPS_ON_BATTERY.name} == 1"),
        "page",
        "mains is lost: {kind} {device} at {place} runs on its battery",
        "See how long it lasts (net_ups_runtime_seconds); call the electrician, prepare to shut down.",
        APPLIANCE_LABELS,
        after_seconds=60,
        needs="appliance",
        fault=by_series(NO_APPLIANCE),
    ),
    Alert(
        "UpsRuntimeLow",
        of_appliance(f"{m.UPS_RUNTIME.name} < 600 and on (device) {m.UPS_ON_BATTERY.name} == 1"),
        "page",
        "{kind} {device} at {place} has battery for less than 10 minutes",
        "Shut down what may be shut down now.",
        APPLIANCE_LABELS,
        after_seconds=0,
        needs="appliance",
        fault=by_series(NO_APPLIANCE),
    ),
    Alert(
        "UpsBatteryBad",
        of_appliance(
            f"{m.UPS_BATTERY_OK.name} == 0 or {m.UPS_REPLACE.name} == 1 or {m.UPS_TEST_FAILED.name} == 1"
        ),
        "ticket",
        "the battery of {kind} {device} at {place} will not bridge the next power cut",
        "Run its self-test; replace the battery.",
        APPLIANCE_LABELS,
        after_seconds=600,
        needs="appliance",
        fault=by_series(NO_APPLIANCE),
    ),
    Alert(
        "UpsOverloaded",
        of_appliance(f"max by (device) ({m.UPS_LOAD.name}) > 0.9"),
        "ticket",
        "{kind} {device} at {place} carries more than 90 % of what it can",
        "Move load away: at 100 % it drops everything when mains fails.",
        APPLIANCE_LABELS,
        after_seconds=900,
        needs="appliance",
        fault=by_series(NO_APPLIANCE),
    ),
    Alert(
        "CameraStorageBroken",
        of_appliance(f"min by (device) ({m.CAMERA_STORAGE_OK.name}) == 0"),
        "ticket",
        "camera {device} at {place} cannot write to its card or share",
        "Pictures are lost when the network is. Replace the card; check the share.",
        APPLIANCE_LABELS,
        after_seconds=600,
        needs="appliance",
        fault=by_series(NO_APPLIANCE),
    ),
    Alert(
        "AccessPointOffline",
        of_appliance(f"{m.ACCESS_POINT_UP.name} == 0"),
        "ticket",
        "access point {access_point} is lost to its controller {device}",
        "Is its port up and powered? If so, its address, VLAN and the way to the controller.",
        (*APPLIANCE_LABELS, "access_point"),
        needs="appliance",
        fault=by_series(NO_APPLIANCE),
    ),
)
