"""POWER-ETHERNET-MIB and CISCO-POWER-ETHERNET-EXT-MIB for models with PoE; group 1, port number."""

from __future__ import annotations

from vnexus import hardware
from vnexus.facts import Poe
from vnexus.snmp import ber
from vnexus.snmp.index import Reader, Rows, at, column
from vnexus.snmp.tables import numbers
from vnexus.snmp.tables.view import View

_PORT = {number: column(f"1.3.6.1.2.1.105.1.1.1.{number}") for number in range(3, 15)}
_MAIN = {number: column(f"1.3.6.1.2.1.105.1.3.1.1.{number}") for number in range(2, 6)}
_EXT = {number: column(f"1.3.6.1.4.1.9.9.402.1.2.1.{number}") for number in range(1, 14)}
_MAIN_ENTITY = column("1.3.6.1.4.1.9.9.402.1.3.1.1")
_DETECTION = {"disabled": 1, "searching": 2, "delivering": 3, "fault": 4}
_PRIORITY = {"critical": 1, "high": 2, "low": 3}


def poe_rows(view: View) -> Rows:
    """No rows for a model without PoE."""
    rows = Rows()
    ports = [port for port in view.model.ports if port.name in view.snapshot.poe]
    for port in ports:
        _standard(rows, view, port)
        _extension(rows, view, port)
    if ports:
        world, node = view.world, view.node
        group = at(1)
        rows.add(_MAIN[2], group, lambda _: ber.gauge32(world.poe_budget_milliwatts(node)[0] // 1000))
        rows.add(_MAIN[3], group, ber.integer(1))
        rows.add(_MAIN[4], group, lambda _: ber.gauge32(round(world.poe_budget_milliwatts(node)[1] / 1000)))
        rows.add(_MAIN[5], group, ber.integer(80))
        card = numbers.line_card(view.model)
        rows.add(_MAIN_ENTITY, group, ber.integer(numbers.module(card.slot)))
    return rows


def _now(view: View, port: str) -> Poe:
    power = view.world.poe(view.node, port)
    return power if power is not None else Poe("disabled", 0, 0)


def _standard(rows: Rows, view: View, port: hardware.Port) -> None:
    config, power = view.snapshot.interfaces[port.name], _now(view, port.name)
    classification = power.device_class + 1 if power.device_class <= 4 else 5
    values = {
        3: ber.integer(1 if config.poe_enabled else 2),
        4: ber.integer(2),
        5: ber.integer(1),
        6: ber.integer(_DETECTION[power.status]),
        7: ber.integer(_PRIORITY[config.poe_priority]),
        8: ber.counter32(0),
        9: ber.text(""),
        10: ber.integer(classification),
        11: ber.counter32(0),
        12: ber.counter32(0),
        13: ber.counter32(1 if power.status == "fault" else 0),
        14: ber.counter32(0),
    }
    tail = at(1, port.number)
    for number, value in values.items():
        rows.add(_PORT[number], tail, value)


def _extension(rows: Rows, view: View, port: hardware.Port) -> None:
    """Milliwatts."""
    config, power = view.snapshot.interfaces[port.name], _now(view, port.name)
    delivering = power.status == "delivering"
    limit = view.world.poe_limit_milliwatts(view.node, port.name)
    granted = limit if delivering else 0
    values: dict[int, bytes | Reader] = {
        1: ber.integer(1 if config.poe_enabled else 4),
        2: ber.integer(1),
        3: ber.integer(1 if delivering else 2),
        4: ber.integer(1 if delivering else 2),
        5: ber.octets(b"\x40" if power.status == "fault" else b"\x00"),
        6: ber.gauge32(limit),
        7: ber.gauge32(granted),
        8: ber.gauge32(granted),
        9: lambda _: ber.gauge32(_now(view, port.name).milliwatts),
        10: ber.gauge32(round(power.milliwatts * 1.05)),
        11: ber.integer(numbers.port(port)),
        12: ber.integer(1),
        13: ber.integer(2),
    }
    tail = at(1, port.number)
    for number, value in values.items():
        rows.add(_EXT[number], tail, value)
