"""Physical indexes (entPhysicalIndex) as a 93180YC-FX3 numbers its parts."""

from __future__ import annotations

from vnexus import hardware

STACK, CHASSIS = 10, 149
PSU_GROUP = 116950
SENSORS = (
    ("Voltage", 0, 49),
    ("Bias Current", 1, 48),
    ("Temperature", 4, 50),
    ("Receive Power", 10, 46),
    ("Transmit Power", 11, 47),
)
"""Quantity, offset of its index in a lane, last number of its vendor type."""


def slot(number: int) -> int:
    return 213 + number


def module(number: int) -> int:
    return 21 + number


def psu_bay(number: int) -> int:
    return 277 + number


def psu(number: int) -> int:
    return 469 + number


def psu_fan(number: int) -> int:
    return 120278 + 2 * number


def fan_bay(number: int) -> int:
    return 341 + number


def fan(number: int) -> int:
    return 533 + number


def port(item: hardware.Port) -> int:
    return 5206 + (item.slot - 1) * 512 + 4 * (item.number - 1)


def transceiver(item: hardware.Port) -> int:
    return 48854 + (item.slot - 1) * 128 + item.number - 1


def chassis_sensor(model: hardware.Model, position: int) -> int:
    return 38486 + (line_card(model).slot - 1) * 32 + position


def lane_sensor(item: hardware.Port, lane: int, offset: int) -> int:
    return 300000003 + ((item.slot - 1) * 128 + item.number - 1) * 1760 + (lane - 1) * 220 + offset


def line_card(model: hardware.Model) -> hardware.Module:
    """The first module with ports: where chassis sensors and PoE live."""
    return next(item for item in model.modules if item.ports)
