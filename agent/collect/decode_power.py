"""Power supplies and fans: CISCO-ENTITY-FRU-CONTROL-MIB on Nexus, CISCO-ENVMON-MIB on Catalyst."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent import metrics
from agent.collect.reading import Reading, split_index
from agent.metrics import Sample

_POWER_SUPPLY, _MODULE = 6, 9  # entPhysicalClass
_MODULE_WORKS = frozenset((2, 19))  # cefcModuleOperStatus: ok, okButPowerOverWarning
_REDUNDANT_MODES = frozenset((2, 5, 6))  # cefcPowerRedundancyMode: redundant, psRedundant, inPwrSrcRedundant
_ON, _ON_FAN_FAILED = 2, 9  # cefcFRUPowerOperStatus
_UP = 2  # cefcFanTrayOperStatus
_NORMAL = 1  # ciscoEnvMonState

_UNITS = re.compile(r"^\s*(milli|centi)?(amps|watts)\s*(?:@\s*(-?\d+(?:\.\d+)?)\s*v)?", re.IGNORECASE)


def watts_per_unit(units: str) -> float | None:
    """Watts of one unit of cefcPowerUnits, None when the text is not understood.

    >>> round(1387 * watts_per_unit("CentiAmps @ 12V"), 2), watts_per_unit("Watts"), watts_per_unit("rods")
    (166.44, 1.0, None)
    """
    found = _UNITS.match(units)
    if found is None:
        return None
    prefix, unit, volts = found.groups()
    factor = {"milli": 0.001, "centi": 0.01}.get((prefix or "").lower(), 1.0)
    if unit.lower() == "watts":
        return factor
    return factor * abs(float(volts)) if volts else None


def decode_power(reading: Reading) -> Iterator[Sample]:
    """Supplies: state, draw (output side), capacity, redundancy; modules: state, budget; fan trays: state."""
    groups = reading.column("cefcPowerUnits")
    modules = reading.column("cefcModuleOperStatus")
    for index in reading.column("cefcFRUPowerOperStatus"):
        state = reading.number("cefcFRUPowerOperStatus", index)
        kind = reading.number("entPhysicalClass", index)
        if index in groups or kind == _POWER_SUPPLY:
            yield Sample(metrics.PSU_UP, (reading.device, _name(reading, index, "supply")), int(state == _ON))
        elif index not in modules and kind == _MODULE:
            yield Sample(
                metrics.MODULE_UP, (reading.device, _name(reading, index, "module")), int(state == _ON)
            )
    for index in modules:
        state = reading.number("cefcModuleOperStatus", index)
        labels = (reading.device, _name(reading, index, "module"))
        yield Sample(metrics.MODULE_UP, labels, int(state in _MODULE_WORKS))
    yield from _supplies(reading)
    yield from _budgets(reading)
    for index in reading.column("cefcFanTrayOperStatus"):
        state = reading.number("cefcFanTrayOperStatus", index)
        yield Sample(metrics.FAN_UP, (reading.device, _name(reading, index, "fan")), int(state == _UP))


def _supplies(reading: Reading) -> Iterator[Sample]:
    shares: list[float] = []
    is_total = False
    for index in reading.column("cefcPowerUnits"):
        labels = (reading.device, _name(reading, index, "supply"))
        admin = reading.number("cefcPowerRedundancyMode", index)
        mode = reading.number("cefcPowerRedundancyOperMode", index)
        if admin in _REDUNDANT_MODES and mode is not None:
            yield Sample(metrics.POWER_REDUNDANCY, labels, int(mode == admin))
        watts = watts_per_unit(reading.text("cefcPowerUnits", index))
        drawn = reading.number("cefcTotalDrawnCurrent", index)
        capacity = reading.number("cefcTotalAvailableCurrent", index)
        if watts is None:
            continue
        if drawn is not None and drawn >= 0:
            yield Sample(metrics.PSU_WATTS, labels, round(drawn * watts, 3))
            shares.append(drawn * watts)
            off = reading.number("cefcFRUPowerOperStatus", index) not in (_ON, _ON_FAN_FAILED, None)
            is_total |= drawn > 0 and (off or (capacity or drawn) < drawn)
        if capacity is not None and capacity > 0:
            yield Sample(metrics.PSU_CAPACITY, labels, round(capacity * watts, 3))
    if shares:
        whole = max(shares) if is_total else sum(shares)
        yield Sample(metrics.DEVICE_POWER, (reading.device,), round(whole, 3))


def _budgets(reading: Reading) -> Iterator[Sample]:
    """Power set aside for modules: negative currents, in the unit that all supplies of the device share."""
    units = {
        watts_per_unit(reading.text("cefcPowerUnits", index)) for index in reading.column("cefcPowerUnits")
    }
    watts = units.pop() if len(units) == 1 else None
    for index, current in reading.column("cefcFRUCurrent").items():
        if watts is not None and isinstance(current, int) and current < 0:
            labels = (reading.device, _name(reading, index, "module"))
            yield Sample(metrics.MODULE_POWER, labels, round(-current * watts, 3))


def _name(reading: Reading, index: bytes, kind: str) -> str:
    return reading.text("entPhysicalName", index) or f"{kind} {split_index(index)[0]}"


def decode_environment(reading: Reading) -> Iterator[Sample]:
    """Supplies, fans and temperatures of a Catalyst."""
    for kind, metric in (("Supply", metrics.PSU_UP), ("Fan", metrics.FAN_UP)):
        for index in reading.column(f"ciscoEnvMon{kind}State"):
            state = reading.number(f"ciscoEnvMon{kind}State", index)
            name = (
                _steady(reading.text(f"ciscoEnvMon{kind}StatusDescr", index))
                or f"{kind} {split_index(index)[0]}"
            )
            yield Sample(metric, (reading.device, name), int(state == _NORMAL))
    for index in reading.column("ciscoEnvMonTemperatureStatusValue"):
        value = reading.number("ciscoEnvMonTemperatureStatusValue", index)
        text = _steady(reading.text("ciscoEnvMonTemperatureStatusDescr", index))
        labels = (reading.device, text or f"temperature {split_index(index)[0]}", "")
        if value is not None:
            yield Sample(metrics.SENSOR_CELSIUS, labels, value)
        limit = reading.number("ciscoEnvMonTemperatureThreshold", index)
        if limit:
            yield Sample(metrics.SENSOR_THRESHOLD, (*labels, "high-alarm"), limit)
            if value is not None:
                yield Sample(metrics.SENSOR_MARGIN, labels, limit - value)
        state = reading.number("ciscoEnvMonTemperatureState", index)
        yield Sample(metrics.SENSOR_OK, labels, int(state == _NORMAL))


def _steady(description: str) -> str:
    """Name without the state that IOS writes into it: a label must not change with what it measures.

    >>> _steady("SW#1, Sensor#1, GREEN"), _steady("Sw1, PS1 Normal, RPS NotExist")
    ('SW#1, Sensor#1', 'Sw1, PS1')
    """
    return re.sub(r",? +(GREEN|YELLOW|RED|Normal|NotExist|Faulty|Critical|Warning|RPS)\b.*$", "", description)
