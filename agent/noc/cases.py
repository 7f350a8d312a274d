"""One table that proves the alerts: for each, series that make it fire and series that do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent import metrics as m
from agent.metrics import Metric

WORDS: Mapping[str, str] = {
    "device": "bld-school-01",
    "interface": "Ethernet1/7",
    "kind": "access-point",
    "service": "wifi",
    "site": "school",
    "tenant": "city",
    "endpoint": "BEL-0042",
    "place": "rue Haute 12",
    "role": "building",
    "platform": "n9k",
    "neighbor": "leaf-1",
    "neighbor_interface": "Ethernet1/1",
    "vrf": "default",
    "peer": "192.0.2.1",
    "carrier": "north",
    "supply": "PowerSupply-2",
    "fan": "Fan Module-1",
    "sensor": "Inlet",
    "bound": "high-warning",
    "table": "ifTable",
    "group": "1",
    "change": "7",
    "who": "ana",
}
"""Values of labels, where a case does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Series:
    """A metric with a start value and its growth per minute; ``words`` are labels that differ from WORDS."""

    metric: Metric
    value: float
    step: float = 0
    words: Mapping[str, str] = field(default_factory=dict)

    def labels(self) -> dict[str, str]:
        return {name: self.words.get(name, WORDS[name]) for name in self.metric.labels}


@dataclass(frozen=True, slots=True)
class Case:
    """``always`` is there in both halves; ``words`` are the labels of the alert that differ from WORDS."""

    alert: str
    fires: tuple[Series, ...]
    silent: tuple[Series, ...]
    always: tuple[Series, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)


def _one(metric: Metric, value: float = 1, /, **words: str) -> Series:
    return Series(metric, value, words=words)


CAMERA = {"kind": "camera", "service": "cctv"}
UPLINK = {"kind": "uplink", "service": "transport", "endpoint": "leaf-1"}
OTHER_UPLINK = UPLINK | {"interface": "Ethernet1/50"}
SWITCH = _one(m.CITY_DEVICE_INFO)
PORT = _one(m.CITY_INTERFACE_INFO)
CAMERA_PORT = _one(m.CITY_INTERFACE_INFO, **CAMERA)
MEANT_UP = _one(m.EXPECTED_INTERFACE_UP)
ANSWERS = _one(m.POLL_SUCCESS)
UP, DOWN = _one(m.INTERFACE_UP), _one(m.INTERFACE_UP, 0)
HOT = _one(m.SENSOR_THRESHOLD, 65, interface="")
FAINT = _one(m.SENSOR_THRESHOLD, -12, bound="low-warning")
MEANT_WATTS = _one(m.EXPECTED_POE_WATTS, 3)
BUSY = _one(m.INTERFACE_SPEED, 125_000_000)

CASES: tuple[Case, ...] = (
    Case("PortDown", (DOWN,), (UP,), (PORT, MEANT_UP)),
    Case("PortDown", (DOWN, MEANT_UP), (DOWN,), (PORT,)),
    Case("PortDown", (DOWN, PORT), (DOWN, CAMERA_PORT), (MEANT_UP,)),
    Case("CameraDark", (DOWN,), (UP,), (CAMERA_PORT, MEANT_UP), CAMERA),
    Case(
        "CameraDark",
        (UP, _one(m.POE_DELIVERING, 0)),
        (UP, _one(m.POE_DELIVERING)),
        (CAMERA_PORT,),
        CAMERA,
    ),
    Case(
        "CameraDark",
        (UP, _one(m.POE_WATTS, 1.5)),
        (UP, _one(m.POE_WATTS, 6)),
        (CAMERA_PORT, MEANT_WATTS),
        CAMERA,
    ),
    Case("CameraDark", (DOWN, _one(m.POE_WATTS, 0)), (UP,), (CAMERA_PORT, MEANT_WATTS), CAMERA),
    Case("EndpointWithoutPower", (_one(m.POE_WATTS, 1),), (_one(m.POE_WATTS, 9),), (PORT, MEANT_WATTS)),
    Case("ExpectedPortMissing", (), (UP,), (PORT, MEANT_UP, ANSWERS)),
    Case(
        "InterfaceErrors",
        (Series(m.INTERFACE_RX_ERRORS, 0, 300), _one(m.INTERFACE_TX_ERRORS, 0)),
        (Series(m.INTERFACE_RX_ERRORS, 0, 6), _one(m.INTERFACE_TX_ERRORS, 0)),
        (PORT,),
    ),
    Case(
        "LinkSaturated",
        (Series(m.INTERFACE_RX_BYTES, 0, 100), Series(m.INTERFACE_TX_BYTES, 0, 7_200_000_000)),
        (Series(m.INTERFACE_RX_BYTES, 0, 100), Series(m.INTERFACE_TX_BYTES, 0, 720_000_000)),
        (PORT, BUSY),
    ),
    Case("BgpSessionDown", (_one(m.BGP_UP, 0),), (_one(m.BGP_UP),), (_one(m.EXPECTED_BGP),)),
    Case("SwitchUnreachable", (_one(m.POLL_SUCCESS, 0),), (ANSWERS,), (SWITCH,)),
    Case(
        "UplinkRedundancyLost",
        (_one(m.INTERFACE_UP, 0, interface="Ethernet1/50"),),
        (_one(m.INTERFACE_UP, 1, interface="Ethernet1/50"),),
        (SWITCH, UP, _one(m.CITY_INTERFACE_INFO, **UPLINK), _one(m.CITY_INTERFACE_INFO, **OTHER_UPLINK)),
    ),
    Case(
        "NeighborNotAsMeant",
        (_one(m.NEIGHBOR_INFO, 1, neighbor="leaf-2"),),
        (_one(m.NEIGHBOR_INFO),),
        (SWITCH, UP, ANSWERS, _one(m.EXPECTED_NEIGHBOR)),
    ),
    Case("PowerSupplyFailed", (_one(m.PSU_UP, 0),), (_one(m.PSU_UP),), (SWITCH,)),
    Case("FanFailed", (_one(m.FAN_UP, 0),), (_one(m.FAN_UP),), (SWITCH,)),
    Case(
        "TemperatureHigh",
        (_one(m.SENSOR_CELSIUS, 70, interface=""),),
        (_one(m.SENSOR_CELSIUS, 41, interface=""),),
        (SWITCH, HOT),
        {"interface": ""},
    ),
    Case("OpticsWeak", (_one(m.SENSOR_DBM, -18),), (_one(m.SENSOR_DBM, -4),), (SWITCH, FAINT)),
    Case(
        "PoeBudgetNearlyUsed",
        (_one(m.POE_USED, 1400),),
        (_one(m.POE_USED, 700),),
        (SWITCH, _one(m.POE_BUDGET, 1440)),
    ),
    Case("SwitchRestarted", (_one(m.UPTIME, 60),), (_one(m.UPTIME, 90_000),), (SWITCH,)),
    Case(
        "ConfigUnsaved",
        (_one(m.CONFIG_CHANGED, 5_000),),
        (_one(m.CONFIG_CHANGED, 3_000),),
        (SWITCH, _one(m.CONFIG_SAVED, 4_000)),
    ),
    Case("SwitchNotPolled", (), (ANSWERS,), (SWITCH,)),
    Case("PollPartial", (_one(m.POLL_PARTIAL),), (_one(m.POLL_PARTIAL, 0),), (SWITCH,)),
    Case("ChangeBrokeGlass", (_one(m.BROKE_GLASS, 0),), (_one(m.BROKE_GLASS, -90_000),)),
    Case("MoulinSilent", (), (SWITCH,)),
)
