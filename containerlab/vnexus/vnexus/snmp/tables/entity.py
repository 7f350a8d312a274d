"""ENTITY-MIB: what is in the box, what it is contained in, and which port is which interface."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vnexus import hardware
from vnexus.snmp import ber
from vnexus.snmp.index import Rows, at, column
from vnexus.snmp.tables import numbers
from vnexus.snmp.tables.view import View

_ENTITY = {number: column(f"1.3.6.1.2.1.47.1.1.1.1.{number}") for number in range(2, 17)}
_ALIAS = column("1.3.6.1.2.1.47.1.3.2.1.2")
_TYPE = "1.3.6.1.4.1.9.12.3.1."
_CISCO = "Cisco Systems, Inc."
CHASSIS, CONTAINER, SUPPLY, FAN, SENSOR, MODULE, PORT, STACK = 3, 5, 6, 7, 8, 9, 10, 11


@dataclass(frozen=True, slots=True)
class Entity:
    index: int
    name: str
    inside: int
    kind: int
    vendor_type: str
    position: int = -1
    description: str = ""
    part: str = ""
    serial: str = ""
    hardware: str = ""
    software: str = ""
    alias: str = ""
    replaceable: bool = False
    maker: str = "Cisco Systems"


def entity_rows(view: View) -> Rows:
    """The physical table, the alias mapping and the time of the last change."""
    rows = Rows()
    for entity in (*_frame(view), *_modules(view), *_supplies(view), *_fans(view), *_optics(view)):
        _row(rows, entity)
    for port in view.model.ports:
        target = ber.oid(f"1.3.6.1.2.1.2.2.1.1.{view.if_index(port.name)}")
        rows.add(_ALIAS, at(numbers.port(port), 0), target)
    rows.scalar("1.3.6.1.2.1.47.1.4.1", ber.ticks(0))
    return rows


def _row(rows: Rows, entity: Entity) -> None:
    values = {
        2: ber.text(entity.description or entity.name),
        3: ber.oid(entity.vendor_type),
        4: ber.integer(entity.inside),
        5: ber.integer(entity.kind),
        6: ber.integer(entity.position),
        7: ber.text(entity.name),
        8: ber.text(entity.hardware),
        9: ber.text(entity.software),
        10: ber.text(entity.software),
        11: ber.text(entity.serial),
        12: ber.text(entity.maker),
        13: ber.text(entity.part),
        14: ber.text(entity.alias),
        16: ber.integer(1 if entity.replaceable else 2),
    }
    tail = at(entity.index)
    for number, value in values.items():
        rows.add(_ENTITY[number], tail, value)


def _frame(view: View) -> Iterator[Entity]:
    model, serial = view.model, hardware.serial(view.node)
    yield Entity(
        numbers.STACK, "Fabric Stack Root", 0, STACK, f"{_TYPE}5.206",
        part=model.name, serial=serial, hardware="V01", maker=_CISCO,
    )  # fmt: skip
    yield Entity(
        numbers.CHASSIS, model.name, numbers.STACK, CHASSIS, model.sys_object_id, 1, f"{model.short} Chassis",
        model.name, serial, "V01", maker=_CISCO,
    )  # fmt: skip
    if model.psu_count:
        yield Entity(numbers.PSU_GROUP, "Power Supply Group", numbers.CHASSIS, CONTAINER, f"{_TYPE}5.149")


def _modules(view: View) -> Iterator[Entity]:
    for item in view.model.modules:
        slot, module = numbers.slot(item.slot), numbers.module(item.slot)
        bay = f"{'SupSlot' if item.supervisor and not item.ports else 'LinecardSlot'}-{item.slot}"
        yield Entity(slot, bay, numbers.CHASSIS, CONTAINER, f"{_TYPE}5.123", item.slot, part="ModuleSlot")
        modular = view.model.family == "n7k"
        serial = hardware.serial(view.node, f"module{item.slot}" if modular else "chassis")
        yield Entity(
            module, f"Module-{item.slot} {item.description}", slot, MODULE, f"{_TYPE}9.103.31", 1,
            item.description, item.part, serial, "V01", view.release.version, replaceable=True, maker=_CISCO,
        )  # fmt: skip
        for port in item.ports:
            name = f"Linecard-{item.slot} Port-{1 + 4 * (port.number - 1)}"
            yield Entity(
                numbers.port(port), name, module, PORT, f"{_TYPE}10.132", port.number,
                part="Linecard-Port", alias="LCport",
            )  # fmt: skip
    yield from _chassis_sensors(view)


def _chassis_sensors(view: View) -> Iterator[Entity]:
    card = numbers.line_card(view.model)
    for position, (name, *_) in enumerate(view.model.sensors):
        index = numbers.chassis_sensor(view.model, position)
        yield Entity(
            index,
            f"module-{card.slot} {name}",
            numbers.module(card.slot),
            SENSOR,
            f"{_TYPE}8.29",
            position + 1,
        )


def _supplies(view: View) -> Iterator[Entity]:
    model = view.model
    for slot in range(1, model.psu_count + 1):
        bay = f"PowerSupplyBay-{slot}"
        yield Entity(
            numbers.psu_bay(slot), bay, numbers.PSU_GROUP, CONTAINER, f"{_TYPE}5.140", slot, part=bay
        )
        yield Entity(
            numbers.psu(slot), f"PowerSupply-{slot}", numbers.psu_bay(slot), SUPPLY, f"{_TYPE}6.523", 1,
            f"{model.psu_part}-{slot}", model.psu_part, hardware.serial(view.node, f"psu{slot}"), "V01",
            replaceable=True, maker=_CISCO,
        )  # fmt: skip
        yield Entity(
            numbers.psu_fan(slot), f"PowerSupply-{slot} Fan-1", numbers.psu(slot), FAN, f"{_TYPE}7.107", 1
        )


def _fans(view: View) -> Iterator[Entity]:
    for fan in range(1, view.model.fan_count + 1):
        bay = f"FanBay-{fan}"
        yield Entity(numbers.fan_bay(fan), bay, numbers.CHASSIS, CONTAINER, f"{_TYPE}5.325", fan, part=bay)
        yield Entity(
            numbers.fan(fan), f"Fan Module-{fan}", numbers.fan_bay(fan), FAN, f"{_TYPE}7.358", 1,
            part=view.model.fan_part, hardware="V01", replaceable=True,
        )  # fmt: skip


def _optics(view: View) -> Iterator[Entity]:
    for port in view.model.ports:
        optic = view.world.optic(view.node, port.name)
        if optic is None:
            continue
        holder = numbers.transceiver(port)
        yield Entity(
            holder, f"Transceiver(slot:{port.slot}-port:{port.number})", numbers.port(port), MODULE,
            f"{_TYPE}9.76.3", 1, part=optic.part, serial=hardware.serial(view.node, port.name), hardware="1",
            alias="Transceiver", replaceable=True,
        )  # fmt: skip
        for lane in range(1, optic.lanes + 1):
            for position, (what, offset, kind) in enumerate(numbers.SENSORS):
                name = f"{port.name} Lane {lane} Transceiver {what} Sensor"
                index = numbers.lane_sensor(port, lane, offset)
                yield Entity(index, name, holder, SENSOR, f"{_TYPE}8.{kind}", position + 1)
