"""``sys/ch``: supplies, fan trays, sensors; and ``sys/procsys``: processor, memory, load."""

from __future__ import annotations

from functools import partial

from vnexus import hardware
from vnexus.telemetry.dme.objects import Attributes, Managed, fixed
from vnexus.telemetry.openconfig.view import View


def chassis(view: View) -> Managed:
    return Managed("eqptCh", "ch", partial(_chassis, view), partial(_parts, view))


def _chassis(view: View) -> Attributes:
    model = view.node.model
    return {
        "id": "1", "descr": f"{model.short} Chassis", "model": model.name, "ser": hardware.serial(view.name),
        "operSt": "online", "vendor": "Cisco Systems, Inc.",
    }  # fmt: skip


def _parts(view: View) -> list[Managed]:
    return [*_supplies(view), *_trays(view), *_supervisor(view)]


def _supplies(view: View) -> list[Managed]:
    return [
        fixed(
            "eqptPsuSlot", f"psuslot-{supply.slot}",
            partial(lambda slot: [Managed("eqptPsu", "psu", partial(_supply, view, slot))], supply.slot),
            id=str(supply.slot), operSt="inserted",
        )
        for supply in view.world.power_supplies(view.name)
    ]  # fmt: skip


def _supply(view: View, slot: int) -> Attributes:
    one = view.world.power_supplies(view.name)[slot - 1]
    return {
        "id": str(slot), "model": one.model, "ser": hardware.serial(view.name, f"psu {slot}"),
        "operSt": "ok" if one.up else "fail", "drawnW": f"{one.drawn_watts:.2f}",
        "cap": f"{one.capacity_watts:.0f}",
    }  # fmt: skip


def _trays(view: View) -> list[Managed]:
    return [
        fixed(
            "eqptFtSlot", f"ftslot-{number}", partial(_tray, view, number), id=str(number), operSt="inserted"
        )
        for number in range(1, view.node.model.fan_count + 1)
    ]


def _tray(view: View, number: int) -> list[Managed]:
    fans = [Managed("eqptFan", "fan-1", partial(_fan, view, number))]
    return [Managed("eqptFt", "ft", partial(_tray_state, view, number), lambda: fans)]


def _tray_state(view: View, number: int) -> Attributes:
    up = view.world.fans(view.name)[number - 1].up
    return {"id": str(number), "model": view.node.model.fan_part, "operSt": "ok" if up else "fail"}


def _fan(view: View, number: int) -> Attributes:
    one = view.world.fans(view.name)[number - 1]
    return {"id": "1", "operSt": "ok" if one.up else "fail", "speedInRpm": str(one.rpm), "dir": "front2back"}


def _supervisor(view: View) -> list[Managed]:
    slot = next((module.slot for module in view.node.model.modules if module.supervisor), 1)
    sensors = partial(_sensors, view)
    card = fixed("eqptSupC", "sup", sensors, id=str(slot), operSt="online")
    return [fixed("eqptSupCSlot", f"supslot-{slot}", lambda: [card], id=str(slot), operSt="inserted")]


def _sensors(view: View) -> list[Managed]:
    count = len(view.node.model.sensors)
    return [
        Managed("eqptSensor", f"sensor-{number}", partial(_sensor, view, number))
        for number in range(1, count + 1)
    ]


def _sensor(view: View, number: int) -> Attributes:
    one = [sensor for sensor in view.world.sensors(view.name) if sensor.port is None][number - 1]
    hot = one.minor is not None and one.value >= one.minor
    return {
        "id": str(number), "descr": one.name, "type": "temperature", "value": f"{one.value:.0f}",
        "minorThresh": f"{one.minor or 0:.0f}", "majorThresh": f"{one.major or 0:.0f}",
        "operSt": "fail" if hot else "normal",
    }  # fmt: skip


def processes(view: View) -> Managed:
    below = [
        Managed("procSysCpuSummary", "syscpusummary", partial(_processor, view)),
        Managed("procSysMem", "sysmem", partial(_memory, view)),
        Managed("procSysLoad", "sysload", partial(_load, view)),
    ]
    return fixed("procSystem", "procsys", lambda: below, adminSt="enabled", operSt="enabled")


def _processor(view: View) -> Attributes:
    """The split that ``show system resources`` makes."""
    busy = view.world.cpu_percent(view.name)
    return {"user": f"{busy * 0.6:.2f}", "kernel": f"{busy * 0.4:.2f}", "idle": f"{100 - busy:.2f}"}


def _memory(view: View) -> Attributes:
    """Kilobytes."""
    used, free = view.world.memory_kilobytes(view.name)
    return {"total": str(used + free), "used": str(used), "free": str(free), "memstatus": "OK"}


def _load(view: View) -> Attributes:
    load = view.world.cpu_percent(view.name) / 20
    return {
        "loadAverage1m": f"{load:.2f}", "loadAverage5m": f"{load * 0.9:.2f}",
        "loadAverage15m": f"{load * 0.8:.2f}",
    }  # fmt: skip
