"""What a case of the table is: series that make an alert fire, and series that do not; and the usual ones."""

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
    "parent": "leaf-1",
    "owner": "network",
    "street": "rue Haute",
    "address": "10.20.1.1",
    "neighbor_device": "core-2",
    "domain": "1",
    "vpc": "101",
    "session": "1",
    "querier": "10.20.1.2",
    "family": "ipv4-unicast",
    "class": "c-out-8q-q7",
    "direction": "out",
    "policy": "CITY-OUT",
    "operation": "990",
    "tag": "voice",
    "type": "udp-jitter",
    "target": "10.20.1.2",
    "module": "Module-2",
    "reason": "full",
    "problem": "malformed",
    "source": "gnmi",
    "destination": "central",
    "feed": "notices",
    "worker": "1",
    "outcome": "limited",
    "job": "switches",
    "vlan": "0",
    "path": "polling",
    "access_point": "AP-7",
    "probe": "rtsp",
    "storage": "SD",
    "line": "1",
    "error": "fcs",
    "event": "denied",
}
"""Values of labels, where a case does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Series:
    """A metric with a start value and its growth per minute; ``words`` are labels that differ from WORDS."""

    metric: Metric
    value: float
    step: float = 0
    words: Mapping[str, str] = field(default_factory=dict)
    until_minutes: int | None = None
    """When it ends; None: it goes on."""

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
    at_seconds: int | None = None
    """When the alert is looked at; None: some minutes after it must have begun."""
    pace_minutes: int = 1
    """Minutes between two samples and two looks: SLOW_MINUTES for what takes days."""


def one(metric: Metric, value: float = 1, /, **words: str) -> Series:
    return Series(metric, value, words=words)


SLOW_MINUTES = 30
SCRAPED = Metric("up", "Prometheus' own: 1 when the target was scraped", ("job",))

CAMERA = {"kind": "camera", "service": "cctv"}
UPLINK = {"kind": "uplink", "service": "transport", "endpoint": "leaf-1"}
OTHER_UPLINK = UPLINK | {"interface": "Ethernet1/50"}
SWITCH = one(m.CITY_DEVICE_INFO)
PORT = one(m.CITY_INTERFACE_INFO)
CAMERA_PORT = one(m.CITY_INTERFACE_INFO, **CAMERA)
MEANT_UP = one(m.EXPECTED_INTERFACE_UP)
ANSWERS = one(m.POLL_SUCCESS)
UP, DOWN = one(m.INTERFACE_UP), one(m.INTERFACE_UP, 0)
HOT = one(m.SENSOR_THRESHOLD, 65, interface="")
FAINT = one(m.SENSOR_THRESHOLD, -12, bound="low-warning")
MEANT_WATTS = one(m.EXPECTED_POE_WATTS, 3)
BUSY = one(m.INTERFACE_SPEED, 125_000_000)
