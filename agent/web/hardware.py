"""What a switch says of its own body: sensors, optics with margins, supplies, fans, PoE, clock. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.metrics import (
    FAN_UP,
    MODULE_UP,
    NTP_PEER_OFFSET,
    NTP_SYNCHRONISED,
    PART_INFO,
    POE_BUDGET,
    POE_GROUP_UP,
    POE_USED,
    POWER_REDUNDANCY,
    PSU_CAPACITY,
    PSU_UP,
    PSU_WATTS,
    SENSOR_AMPERES,
    SENSOR_CELSIUS,
    SENSOR_DBM,
    SENSOR_HUMIDITY,
    SENSOR_MARGIN,
    SENSOR_OK,
    SENSOR_RPM,
    SENSOR_VOLTS,
    SENSOR_WATTS,
    Metric,
    Page,
    read_labels,
)
from agent.web.vitals import by_label

UNITS: tuple[tuple[Metric, str], ...] = (
    (SENSOR_CELSIUS, "°C"),
    (SENSOR_RPM, "rpm"),
    (SENSOR_VOLTS, "V"),
    (SENSOR_AMPERES, "A"),
    (SENSOR_WATTS, "W"),
    (SENSOR_DBM, "dBm"),
    (SENSOR_HUMIDITY, ""),
)
NEAR = {"°C": 5.0, "dBm": 1.0}
"""A margin smaller than this deserves a look."""
SKEW_SECONDS = 1.0
"""A clock that is this far off dates its messages wrongly."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one sensor says."""

    sensor: str
    interface: str
    value: float
    unit: str
    margin: float | None
    """To the nearest vendor threshold, in the same unit; below 0 beyond it."""
    works: bool = True

    @property
    def state(self) -> str:
        """``well``, ``low`` (near a threshold) or ``bad``."""
        if not self.works or (self.margin is not None and self.margin < 0):
            return "bad"
        near = self.margin is not None and self.margin < NEAR.get(self.unit, 0.0)
        return "low" if near else "well"


@dataclass(frozen=True, slots=True)
class Optic:
    """One transceiver: a port and its readings."""

    interface: str
    model: str
    readings: tuple[Reading, ...]

    def of(self, unit: str, word: str = "") -> Reading | None:
        """The worst reading in a unit whose name holds a word: lanes differ."""
        found = [one for one in self.readings if one.unit == unit and word in one.sensor]
        return min(
            found, key=lambda one: one.margin if one.margin is not None else float("inf"), default=None
        )

    @property
    def state(self) -> str:
        """The worst of its readings."""
        states = {one.state for one in self.readings}
        return "bad" if "bad" in states else "low" if "low" in states else "well"


@dataclass(frozen=True, slots=True)
class Part:
    """A supply, a fan, a module, the power's redundancy, a PoE group."""

    kind: str
    name: str
    works: bool
    watts: float | None = None
    most_watts: float | None = None


def read_sensors(page: Page) -> tuple[Reading, ...]:
    """All sensors, of ports and of the chassis, in the order in which the switch tells them."""
    margins = page.families.get(SENSOR_MARGIN.name, {})
    works = page.families.get(SENSOR_OK.name, {})
    return tuple(
        Reading(
            labels.get("sensor", ""),
            labels.get("interface", ""),
            value,
            unit,
            margins.get(series.replace(metric.name, SENSOR_MARGIN.name, 1)),
            works.get(series.replace(metric.name, SENSOR_OK.name, 1), 1) == 1,
        )
        for metric, unit in UNITS
        for series, value in page.families.get(metric.name, {}).items()
        for labels in (read_labels(series),)
    )


def group_optics(page: Page, readings: tuple[Reading, ...]) -> tuple[Optic, ...]:
    """Transceivers of ports, those that need a look first, then by port."""
    models = {
        labels["interface"]: labels.get("model", "")
        for labels in map(read_labels, page.families.get(PART_INFO.name, {}))
        if labels.get("interface") and labels.get("kind") == "transceiver"
    }
    by_port: dict[str, list[Reading]] = {name: [] for name in models}
    for reading in readings:
        if reading.interface:
            by_port.setdefault(reading.interface, []).append(reading)
    optics = [Optic(name, models.get(name, ""), tuple(mine)) for name, mine in by_port.items()]
    return tuple(sorted(optics, key=lambda one: (one.state == "well", natural(one.interface))))


def read_parts(page: Page) -> Iterator[Part]:
    """Supplies, their redundancy, fans, modules, PoE groups."""
    watts, most = by_label(page, PSU_WATTS, "supply"), by_label(page, PSU_CAPACITY, "supply")
    for name, up in by_label(page, PSU_UP, "supply").items():
        yield Part("supply", name, up == 1, watts.get(name), most.get(name))
    for name, redundant in by_label(page, POWER_REDUNDANCY, "supply").items():
        yield Part("redundancy", name, redundant == 1)
    for kind, metric, label in (("fan", FAN_UP, "fan"), ("module", MODULE_UP, "module")):
        for name, up in by_label(page, metric, label).items():
            yield Part(kind, name, up == 1)
    used, budget = by_label(page, POE_USED, "group"), by_label(page, POE_BUDGET, "group")
    for name, up in by_label(page, POE_GROUP_UP, "group").items():
        fits = used.get(name, 0.0) <= budget.get(name, float("inf"))
        yield Part("poe", name, up == 1 and fits, used.get(name), budget.get(name))


@dataclass(frozen=True, slots=True)
class ClockState:
    """How far the clock of a switch may be trusted."""

    synchronised: bool
    offset_seconds: float | None

    @property
    def trusted(self) -> bool:
        """Whether what it dates is dated rightly."""
        return self.synchronised and abs(self.offset_seconds or 0.0) < SKEW_SECONDS


def read_clock(page: Page, device: str) -> ClockState | None:
    """Of the NTP client; None where the switch says nothing of it."""
    synchronised = page.value(NTP_SYNCHRONISED, device)
    offsets = by_label(page, NTP_PEER_OFFSET, "peer").values()
    if synchronised is None and not offsets:
        return None
    return ClockState(synchronised != 0, max(offsets, key=abs, default=None))


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Key that puts ``Ethernet1/9`` before ``Ethernet1/10``."""
    return tuple(
        (int(part), "") if number % 2 else (0, part) for number, part in enumerate(re.split(r"(\d+)", name))
    )


def troubles_of(parts: tuple[Part, ...], readings: tuple[Reading, ...]) -> Mapping[str, int]:
    """How many parts do not work, and how many sensors are beyond or near a threshold."""
    return {
        "parts": sum(not part.works for part in parts),
        "bad": sum(one.state == "bad" for one in readings),
        "low": sum(one.state == "low" for one in readings),
    }
