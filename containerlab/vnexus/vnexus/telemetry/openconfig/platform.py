"""``openconfig-platform``: chassis, supplies, fans, sensors, processor, transceivers and their light."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from vnexus import hardware
from vnexus.facts import Fan, PowerSupply, Sensor
from vnexus.telemetry.openconfig.view import View, short_name
from vnexus.telemetry.tree import Branch, Listing, Node, Rows

_LANE = {
    "Receive Power": ("input-power", Decimal("0.01"), 1),
    "Transmit Power": ("output-power", Decimal("0.01"), 1),
    "Bias Current": ("laser-bias-current", Decimal("0.01"), 1000),
}
"""Sensor to leaf, precision and factor: bias currents are in milliamperes there."""


def components(view: View) -> Branch:
    rows: Rows = {
        ("Chassis",): partial(_chassis, view),
        ("CPU",): partial(_processor, view),
    }
    for supply in view.world.power_supplies(view.name):
        rows[f"PowerSupply-{supply.slot}",] = partial(_supply, view, supply)
    for number, fan in enumerate(view.world.fans(view.name), 1):
        rows[f"Fan-{number}",] = partial(_fan, view, number, fan)
    for sensor in view.world.sensors(view.name):
        if sensor.port is None:
            rows[f"Sensor-{sensor.name}",] = partial(_sensor, sensor)
    for port in view.node.model.ports:
        if view.world.optic(view.name, port.name) is not None:
            rows[f"Transceiver-{short_name(port.name)}",] = partial(_transceiver, view, port.name)
    return {"component": Listing(("name",), rows)}


def _component(name: str, kind: str, **more: Node) -> Branch:
    """``more`` are leaves of the state, with underscores for hyphens."""
    state: dict[str, Node] = {"name": name, "type": kind}
    state |= {key.replace("_", "-"): leaf for key, leaf in more.items()}
    return {"name": name, "state": state}


def _chassis(view: View) -> Branch:
    model = view.node.model
    return _component(
        "Chassis", "CHASSIS", description=f"{model.short} Chassis", mfg_name="Cisco Systems, Inc.",
        part_no=model.name, serial_no=hardware.serial(view.name), hardware_version="V01",
        software_version=view.node.release.version, oper_status="ACTIVE",
    )  # fmt: skip


def _processor(view: View) -> Branch:
    busy = view.world.cpu_percent(view.name)
    made = _component("CPU", "CPU", description=view.node.model.processor.split(" with ")[0].strip())
    return {**made, "cpu": {"utilization": {"state": {"instant": busy}}}}


def _supply(view: View, supply: PowerSupply) -> Branch:
    made = _component(
        f"PowerSupply-{supply.slot}", "POWER_SUPPLY", description=f"{supply.model} Power Supply",
        part_no=supply.model, serial_no=hardware.serial(view.name, f"psu {supply.slot}"),
        oper_status="ACTIVE" if supply.up else "INACTIVE",
    )  # fmt: skip
    state: Branch = {
        "enabled": True,
        "capacity": _figure(supply.capacity_watts),
        "output-power": _figure(supply.drawn_watts),
    }
    return {**made, "power-supply": {"state": state}}


def _fan(view: View, number: int, fan: Fan) -> Branch:
    made = _component(
        f"Fan-{number}", "FAN", description=f"{view.node.model.short} Chassis Fan Module",
        part_no=view.node.model.fan_part, oper_status="ACTIVE" if fan.up else "INACTIVE",
    )  # fmt: skip
    return {**made, "fan": {"state": {"speed": fan.rpm}}}


def _sensor(sensor: Sensor) -> Branch:
    hot = sensor.minor is not None and sensor.value >= sensor.minor
    temperature: Branch = {
        "instant": _figure(sensor.value),
        "alarm-status": hot,
        "alarm-threshold": int(sensor.major or 0),
    }
    return _component(
        f"Sensor-{sensor.name}",
        "SENSOR",
        description=sensor.name,
        oper_status="ACTIVE",
        temperature=temperature,
    )


def _transceiver(view: View, port: str) -> Branch:
    optic = view.world.optic(view.name, port)
    assert optic is not None  # noqa: S101 - the row is there because the module is
    name = f"Transceiver-{short_name(port)}"
    made = _component(
        name, "TRANSCEIVER", description=optic.kind, mfg_name="CISCO", part_no=optic.part,
        serial_no=hardware.serial(view.name, port), oper_status="ACTIVE",
    )  # fmt: skip
    state: Branch = {
        "present": "PRESENT",
        "form-factor": "QSFP28" if optic.lanes > 1 else "SFP28" if "25G" in optic.part else "SFP_PLUS",
        "vendor": "CISCO",
        "vendor-part": optic.part,
        "serial-no": hardware.serial(view.name, port),
    }
    lanes: Rows = {(str(lane),): partial(_lane, view, port, lane) for lane in range(optic.lanes)}
    channels: Branch = {"channel": Listing(("index",), lanes)}
    return {**made, "transceiver": {"state": state, "physical-channels": channels}}


def _lane(view: View, port: str, lane: int) -> Branch:
    """Indexes begin at 0, lanes of the CLI at 1."""
    start = f"{port} Lane {lane + 1} Transceiver "
    state: dict[str, Node] = {"index": lane}
    for sensor in view.world.sensors(view.name):
        said = _LANE.get(sensor.name.removeprefix(start).removesuffix(" Sensor"))
        if sensor.port == port and sensor.name.startswith(start) and said is not None:
            leaf, step, factor = said
            state[leaf] = {"instant": (Decimal(str(sensor.value)) * factor).quantize(step)}
    return {"index": lane, "state": state}


def _figure(value: float) -> Decimal:
    return Decimal(str(round(value, 2)))
