"""CISCO-ENTITY-SENSOR-MIB: temperatures, optics and their vendor thresholds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent import metrics
from agent.collect.reading import Reading, split_index
from agent.metrics import Metric, Sample

_METRICS: Mapping[int, Metric] = {
    3: metrics.SENSOR_VOLTS,  # voltsAC: the N5K calls the supply of its optics so
    4: metrics.SENSOR_VOLTS,
    5: metrics.SENSOR_AMPERES,
    6: metrics.SENSOR_WATTS,
    7: metrics.SENSOR_HERTZ,
    8: metrics.SENSOR_CELSIUS,
    9: metrics.SENSOR_HUMIDITY,
    10: metrics.SENSOR_RPM,
    14: metrics.SENSOR_DBM,
}
_AMPERES, _WATTS, _HUMIDITY = 5, 6, 9
_UNITS_SCALE, _MILLI_SCALE, _MICRO_SCALE = 9, 8, 7
_OK = 1

_INTERFACE = re.compile(r"^([A-Z][A-Za-z]*-?[A-Za-z]*\d+(?:/\d+)*)\b")
_LIGHT = re.compile(r"\b(Rx|Tx|Receive|Transmit)\b.*\bPower\b", re.IGNORECASE)
_N5K_FIRST, _N5K_STRIDE = 25_800, 16
_N5K_OPTICS = {0: "Voltage", 2: "Bias Current", 5: "Temperature", 11: "Transmit Power", 12: "Receive Power"}

_FOUR_BOUNDS = ("high-alarm", "high-warning", "low-alarm", "low-warning")
"""Order in which a Nexus lists the thresholds of an optic. The N5K gives no other clue: it calls all of them
"other", or by the severity of the one that is crossed."""


@dataclass(frozen=True, slots=True)
class _Sensor:
    index: bytes
    labels: tuple[str, str, str]
    metric: Metric
    factor: float
    in_watts: bool = False
    """Optical power that the agent gives in watts."""

    def real(self, raw: int, *, is_bound: bool = False) -> float | None:
        """Value in the metric's unit; None for optical power when there is no light.

        A bound of 0 dBm is a bound, a reading of 0 is none. A low bias bound of 0 is one that nobody set.
        """
        value = raw * self.factor
        if self.in_watts:
            return round(10 * math.log10(value * 1000), 6) if value > 0 else None
        if raw == 0 and self.metric is metrics.SENSOR_DBM and not is_bound:
            return None
        return round(value, 9)


def scale_factor(scale: int, precision: int) -> float:
    """Factor of a raw value: 10^(3 (scale - 9) - precision), scale 9 being units.

    >>> round(20116 * scale_factor(7, 0), 6), round(-50 * scale_factor(9, 1), 6)
    (0.020116, -5.0)
    """
    return math.pow(10, 3 * (scale - _UNITS_SCALE) - precision)


def decode_sensors(reading: Reading) -> Iterator[Sample]:
    """Values, health and thresholds of all sensors.

    Optical power of exactly 0 is no reading: the lane has no light or its laser is off. No series then.
    """
    ports = _PortFinder(reading)
    bounds = _bounds(reading)
    for index, value in reading.column("entSensorValue").items():
        sensor = _sensor(reading, ports, index)
        if sensor is None or not isinstance(value, int):
            continue
        works = reading.number("entSensorStatus", index) in (_OK, None)
        yield Sample(metrics.SENSOR_OK, sensor.labels, int(works))
        real = sensor.real(value) if works else None
        limits = {
            bound: limit
            for bound, raw in bounds.get(split_index(index), {}).items()
            if not (raw == 0 and bound.startswith("low") and sensor.metric is metrics.SENSOR_AMPERES)
            and (limit := sensor.real(raw, is_bound=True)) is not None
        }
        if real is not None:
            yield Sample(sensor.metric, sensor.labels, real)
            if limits:
                yield Sample(metrics.SENSOR_MARGIN, sensor.labels, margin(real, limits))
        for bound, limit in limits.items():
            yield Sample(metrics.SENSOR_THRESHOLD, (*sensor.labels, bound), limit)


def margin(value: float, limits: Mapping[str, float]) -> float:
    """Distance to the nearest limit, negative beyond it.

    >>> margin(65.0, {"high-alarm": 80.0, "high-warning": 70.0, "low-alarm": -5.0})
    5.0
    """
    return round(
        min(limit - value if bound.startswith("high") else value - limit for bound, limit in limits.items()),
        9,
    )


def _sensor(reading: Reading, ports: _PortFinder, index: bytes) -> _Sensor | None:
    kind = reading.number("entSensorType", index)
    scale = reading.number("entSensorScale", index)
    metric = _METRICS.get(kind or 0)
    if metric is None or scale is None or not 1 <= scale <= 17:
        return None
    precision = reading.number("entSensorPrecision", index) or 0
    if not -8 <= precision <= 9:
        return None
    if (reading.platform, kind, scale) == ("n5k", _AMPERES, _MILLI_SCALE):
        scale = _MICRO_SCALE  # N5K: 6862 "milliamperes" of laser bias are 6.862 mA
    name = reading.text("entPhysicalName", index)
    port = ports.find(index)
    if not name:
        name, port = _unnamed(reading.platform, split_index(index)[0], ports) or (name, port)
    labels = (reading.device, name or f"sensor {split_index(index)[0]}", port)
    factor = scale_factor(scale, precision)
    if (reading.platform, kind) == ("iosxr", _WATTS) and _LIGHT.search(name):
        return _Sensor(index, labels, metrics.SENSOR_DBM, factor, in_watts=True)
    return _Sensor(index, labels, metric, factor / 100 if kind == _HUMIDITY else factor)


def _unnamed(platform: str, number: int, ports: _PortFinder) -> tuple[str, str] | None:
    """(sensor, port) of a sensor without entity: N5K optics of Ethernet1/n count from 25800 + 16 n.

    Seen in a recording: the blocks are those of ports with optics, and light is 0 where the port is down.
    """
    block, offset = divmod(number - _N5K_FIRST, _N5K_STRIDE)
    port = f"Ethernet1/{block}"
    if platform == "n5k" and offset in _N5K_OPTICS and port in ports.known:
        return f"{port} Transceiver {_N5K_OPTICS[offset]} Sensor", port
    return None


def _bounds(reading: Reading) -> dict[tuple[int, ...], dict[str, int]]:
    """Raw thresholds by sensor and bound."""
    rows: dict[tuple[int, ...], list[tuple[int, bytes]]] = {}
    for index in reading.column("entSensorThresholdValue"):
        *sensor, number = split_index(index)
        rows.setdefault(tuple(sensor), []).append((number, index))
    found: dict[tuple[int, ...], dict[str, int]] = {}
    for key, thresholds in rows.items():
        ranked = [(_bound(reading, index), number, index) for number, index in sorted(thresholds)]
        alike = len({bound for bound, _, _ in ranked}) == 1
        if alike and len(ranked) == len(_FOUR_BOUNDS):
            ranked = [(bound, n, i) for bound, (_, n, i) in zip(_FOUR_BOUNDS, ranked, strict=True)]
        for bound, _, index in ranked:
            value = reading.number("entSensorThresholdValue", index)
            if bound is not None and value is not None:
                found.setdefault(key, {}).setdefault(bound, value)
    return found


def _bound(reading: Reading, index: bytes) -> str | None:
    severity = {10: "warning", 20: "alarm", 30: "alarm"}.get(
        reading.number("entSensorThresholdSeverity", index) or 0
    )
    side = {1: "low", 2: "low", 3: "high", 4: "high"}.get(
        reading.number("entSensorThresholdRelation", index) or 0
    )
    return f"{side}-{severity}" if severity and side else None


class _PortFinder:
    """Port that a sensor belongs to: by its name, by what contains it, by what it measures."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.known = {name for _, name in reading.interfaces()}
        self._ports = {split_index(index): name for index, name in reading.ports_of_entities().items()}
        self._parents = {
            split_index(index): (value,)
            for index, value in reading.column("entPhysicalContainedIn").items()
            if isinstance(value, int)
        }
        self._names = {split_index(index): index for index in reading.column("entPhysicalName")}

    def find(self, index: bytes) -> str:
        """Interface name, empty when the sensor belongs to no port."""
        named = self._by_name(self._reading.text("entPhysicalName", index))
        if named:
            return named
        measured = self._reading.number("entSensorMeasuredEntity", index)
        part = (measured,) if measured else split_index(index)
        for _ in range(8):  # sensor, transceiver, container, port: never deeper in the field
            if part in self._ports:
                return self._ports[part]
            if part not in self._parents:
                return ""
            part = self._parents[part]
        return ""

    def _by_name(self, name: str) -> str:
        found = _INTERFACE.match(name)
        return found[1] if found and found[1] in self.known else ""
