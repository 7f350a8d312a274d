"""CISCO-ENTITY-FRU-CONTROL-MIB: supplies, modules, fans. Currents are in the unit that the table names."""

from __future__ import annotations

from vnexus import hardware
from vnexus.snmp import ber
from vnexus.snmp.index import Reader, Rows, at, column
from vnexus.snmp.tables import numbers
from vnexus.snmp.tables.view import View
from vnexus.world.faults import SupervisorFail

_FRU = "1.3.6.1.4.1.9.9.117.1"
_GROUP = {number: column(f"{_FRU}.1.1.1.{number}") for number in range(1, 6)}
_POWER = {number: column(f"{_FRU}.1.2.1.{number}") for number in range(1, 4)}
_MODULE = {number: column(f"{_FRU}.2.1.1.{number}") for number in (1, 2, 3, 8)}
_FAN = column(f"{_FRU}.4.1.1.1")
_ON, _FAILED = 2, 8
_UP, _DOWN = 2, 3
_WELL, _BROKEN = 2, 7
_REDUNDANT = 2
_VOLTS = {"n7k": 50, "n9k": 12}


def environment_rows(view: View) -> Rows:
    rows = Rows()
    volts = _VOLTS[view.model.family]
    for slot in range(1, view.model.psu_count + 1):
        tail = at(numbers.psu(slot))
        rated = ber.integer(round(view.model.psu_watts / volts * 100))
        rows.add(_GROUP[1], tail, ber.integer(_REDUNDANT))
        rows.add(_GROUP[2], tail, ber.text(f"CentiAmps @ {volts}V"))
        rows.add(_GROUP[3], tail, rated)
        rows.add(_GROUP[4], tail, _drawn(view, slot, volts))
        rows.add(_GROUP[5], tail, ber.integer(_REDUNDANT))
        rows.add(_POWER[1], tail, ber.integer(1))
        rows.add(_POWER[2], tail, _supply_state(view, slot))
        rows.add(_POWER[3], tail, rated)
        rows.add(_FAN, at(numbers.psu_fan(slot)), _supply_fan(view, slot))
    for item in view.model.modules:
        tail = at(numbers.module(item.slot))
        rows.add(_POWER[1], tail, ber.integer(1))
        rows.add(_POWER[2], tail, ber.integer(_ON))
        rows.add(_POWER[3], tail, ber.integer(0))
        rows.add(_MODULE[1], tail, ber.integer(1))
        rows.add(_MODULE[2], tail, _module_state(view, item))
        rows.add(_MODULE[3], tail, ber.integer(1))
        rows.add(_MODULE[8], tail, lambda now_us: ber.gauge32(int(_since_boot(view, now_us))))
    for fan in range(1, view.model.fan_count + 1):
        rows.add(_FAN, at(numbers.fan(fan)), _fan_state(view, fan))
    return rows


def _module_state(view: View, item: hardware.Module) -> bytes | Reader:
    """A failed second supervisor is told; whatever else is there works."""
    standby = item.supervisor and item.slot != min(m.slot for m in view.model.modules if m.supervisor)
    board, node = view.world.board, view.node
    if not standby:
        return ber.integer(_WELL)
    return lambda _: ber.integer(_BROKEN if node in board.of(SupervisorFail) else _WELL)


def _since_boot(view: View, now_us: int) -> float:
    return now_us / 1_000_000 - view.world.last_boot(view.node)


def _drawn(view: View, slot: int, volts: int) -> Reader:
    world, node = view.world, view.node
    return lambda _: ber.integer(round(world.power_supplies(node)[slot - 1].drawn_watts / volts * 100))


def _supply_state(view: View, slot: int) -> Reader:
    world, node = view.world, view.node
    return lambda _: ber.integer(_ON if world.power_supplies(node)[slot - 1].up else _FAILED)


def _supply_fan(view: View, slot: int) -> Reader:
    world, node = view.world, view.node
    return lambda _: ber.integer(_UP if world.power_supplies(node)[slot - 1].up else _DOWN)


def _fan_state(view: View, fan: int) -> Reader:
    world, node = view.world, view.node
    return lambda _: ber.integer(_UP if world.fans(node)[fan - 1].up else _DOWN)
