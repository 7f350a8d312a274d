"""CISCO-ENTITY-SENSOR-MIB: values and thresholds, scaled as NX-OS scales them (precision 0)."""

from __future__ import annotations

from dataclasses import dataclass

from vnexus.facts import Sensor
from vnexus.snmp import ber
from vnexus.snmp.index import Reader, Rows, at, column
from vnexus.snmp.tables import numbers
from vnexus.snmp.tables.view import View

_VALUE = {number: column(f"1.3.6.1.4.1.9.9.91.1.1.1.1.{number}") for number in range(1, 6)}
_THRESHOLD = {number: column(f"1.3.6.1.4.1.9.9.91.1.2.1.1.{number}") for number in range(2, 6)}
_MINOR, _MAJOR = 10, 20
_LESS, _GREATER, _GREATER_OR_EQUAL = 1, 3, 4


@dataclass(frozen=True, slots=True)
class _Scale:
    kind: int
    scale: int
    factor: int


_CHASSIS = _Scale(8, 9, 1)
_OPTICS = {
    "celsius": _Scale(8, 8, 1000),
    "volts": _Scale(4, 8, 1000),
    "amperes": _Scale(5, 7, 1_000_000),
    "dbm": _Scale(14, 8, 1000),
}


def sensor_rows(view: View) -> Rows:
    """Rows for every sensor the world knows; values are read when asked for."""
    rows = Rows()
    indexes = _indexes(view)
    for position, sensor in enumerate(view.world.sensors(view.node)):
        scale = _CHASSIS if sensor.port is None else _OPTICS[sensor.unit]
        index = indexes[sensor.name]
        tail = at(index)
        fixed = ((1, scale.kind), (2, scale.scale), (3, 0), (5, 1))
        for number, value in fixed:
            rows.add(_VALUE[number], tail, ber.integer(value))
        rows.add(_VALUE[4], tail, _reader(view, position, scale.factor))
        for number, (severity, relation, limit) in enumerate(_limits(sensor), 1):
            tail = at(index, number)
            rows.add(_THRESHOLD[2], tail, ber.integer(severity))
            rows.add(_THRESHOLD[3], tail, ber.integer(relation))
            rows.add(_THRESHOLD[4], tail, ber.integer(round(limit * scale.factor)))
            rows.add(_THRESHOLD[5], tail, _evaluation(view, position, relation, limit))
    return rows


def _indexes(view: View) -> dict[str, int]:
    found = {
        name: numbers.chassis_sensor(view.model, position)
        for position, (name, *_) in enumerate(view.model.sensors)
    }
    for port in view.model.ports:
        optic = view.world.optic(view.node, port.name)
        for lane in range(1, optic.lanes + 1 if optic else 1):
            for what, offset, _ in numbers.SENSORS:
                name = f"{port.name} Lane {lane} Transceiver {what} Sensor"
                found[name] = numbers.lane_sensor(port, lane, offset)
    return found


def _limits(sensor: Sensor) -> list[tuple[int, int, float]]:
    """Severity, relation, limit. Chassis: minor and major. Optics: high alarm, high warning, low alarm, low
    warning, where 0 means not set.
    """
    minor, major = sensor.minor or 0.0, sensor.major or 0.0
    if sensor.port is None:
        return [(_MINOR, _GREATER_OR_EQUAL, minor), (_MAJOR, _GREATER_OR_EQUAL, major)]
    return [
        (_MAJOR, _GREATER, major),
        (_MINOR, _GREATER, minor),
        (_MAJOR, _LESS, sensor.low_alarm or 0.0),
        (_MINOR, _LESS, sensor.low_warning or 0.0),
    ]


def _reader(view: View, position: int, factor: int) -> Reader:
    world, node = view.world, view.node
    return lambda _: ber.integer(round(world.sensors(node)[position].value * factor))


def _evaluation(view: View, position: int, relation: int, limit: float) -> Reader:
    world, node = view.world, view.node

    def evaluate(_: int) -> bytes:
        value = world.sensors(node)[position].value
        crossed = {_LESS: value < limit, _GREATER: value > limit, _GREATER_OR_EQUAL: value >= limit}[relation]
        return ber.integer(1 if crossed else 2)

    return evaluate
