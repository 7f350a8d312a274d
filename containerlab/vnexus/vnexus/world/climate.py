"""Temperatures, optics, fans, processor and memory of a node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vnexus import hardware
from vnexus.facts import Fan, Sensor
from vnexus.world.clock import Wobble
from vnexus.world.faults import Board, CpuStorm, FanFail, Heat, MemoryFull, OpticDim
from vnexus.world.state import Deriver
from vnexus.world.wiring import Place, Wiring

_NO_LIGHT = 0.0
"""NX-OS reports exactly 0 dBm when there is no light or the laser is off."""


@dataclass(frozen=True, slots=True)
class _Limits:
    high_alarm: float
    high_warning: float
    low_warning: float | None
    low_alarm: float | None


# a 25GBASE-SR module in a 93180YC-FX3, as recorded
_LIMITS = {
    "Voltage": _Limits(3.63, 3.465, 3.134, 2.97),
    "Bias Current": _Limits(0.015, 0.012, None, None),
    "Temperature": _Limits(80.0, 73.0, -3.0, -10.0),
    "Receive Power": _Limits(2.5, 0.499, -10.7, -12.7),
    "Transmit Power": _Limits(0.996, -1.001, -7.304, -9.318),
}
_UNITS = {
    "Voltage": "volts",
    "Bias Current": "amperes",
    "Temperature": "celsius",
    "Receive Power": "dbm",
    "Transmit Power": "dbm",
}


class Climate:
    def __init__(self, wiring: Wiring, board: Board, wobble: Wobble, deriver: Deriver) -> None:
        self.wiring, self.board, self.wobble, self.deriver = wiring, board, wobble, deriver

    def sensors(self, node: str, now: float) -> tuple[Sensor, ...]:
        """Chassis sensors, then the transceivers in port order."""
        return (*self._chassis(node, now), *self._optics(node, now))

    def optic(self, place: Place) -> hardware.Optic | None:
        """The transceiver in a cage: there is one where something is wired, for the speed of both ends."""
        port = self.wiring.port(*place)
        if port is None or port.cage is None or not self.wiring.wired(place):
            return None
        return hardware.optic(port.cage, self.deriver.speed(place))

    def fans(self, node: str, now: float) -> tuple[Fan, ...]:
        model = self.wiring.models[node]
        failed = [fan for fan in range(1, model.fan_count + 1) if (node, fan) in self.board.of(FanFail)]
        speed = 8200 + 2600 * len(failed)
        return tuple(
            Fan(
                f"Fan{fan}",
                fan not in failed,
                0 if fan in failed else speed + round(120 * self.wobble.at(f"fan/{node}/{fan}", now)),
            )
            for fan in range(1, model.fan_count + 1)
        )

    def cpu_percent(self, node: str, now: float) -> int:
        storm = self.board.of(CpuStorm).get(node)
        if storm is not None:
            return min(100, round(storm.percent))
        return round(7 + 3 * self.wobble.at(f"cpu/{node}", now))

    def memory_kilobytes(self, node: str, now: float) -> tuple[int, int]:
        total = self.wiring.models[node].memory_kilobytes
        full = self.board.of(MemoryFull).get(node)
        share = min(1.0, full.percent / 100) if full else 0.29 + 0.005 * self.wobble.at(f"memory/{node}", now)
        used = round(total * share)
        return used, total - used

    def _chassis(self, node: str, now: float) -> Iterator[Sensor]:
        model = self.wiring.models[node]
        heat = self.board.of(Heat).get(node)
        warmer = heat.celsius if heat else 0.0
        warmer += 7.0 * sum(
            1 for fan in range(1, model.fan_count + 1) if (node, fan) in self.board.of(FanFail)
        )
        warmer += 9.0 * (self.cpu_percent(node, now) > 80)
        for name, idle, minor, major in model.sensors:
            value = idle + warmer + 1.5 * self.wobble.at(f"temperature/{node}/{name}", now)
            yield Sensor(name, "celsius", float(round(value)), None, float(minor), float(major))

    def _optics(self, node: str, now: float) -> Iterator[Sensor]:
        for port in self.wiring.models[node].ports:
            optic = self.optic((node, port.name))
            if optic is not None:
                yield from self._optic((node, port.name), optic.lanes, now)

    def _optic(self, place: Place, lanes: int, now: float) -> Iterator[Sensor]:
        laser = self.deriver.powered(place[0]) and self.deriver.admin_up(*place)
        light = self.deriver.light(place)
        dim = self.board.of(OpticDim).get(place)
        loss = dim.decibels if dim else 0.0
        heat = self.board.of(Heat).get(place[0])
        for lane in range(1, lanes + 1):
            key = f"{place[0]}/{place[1]}/{lane}"
            drift = self.wobble.at(key, now)
            values = {
                "Voltage": 3.3 + 0.01 * drift,
                "Bias Current": (0.0065 + 0.0001 * drift) if laser else 0.0,
                "Temperature": 34.0 + 2 * drift + (heat.celsius if heat else 0.0),
                "Receive Power": (-2.4 + 0.1 * drift - loss) if light else _NO_LIGHT,
                "Transmit Power": (-2.1 + 0.1 * drift) if laser else _NO_LIGHT,
            }
            for what, value in values.items():
                limits = _LIMITS[what]
                yield Sensor(
                    f"{place[1]} Lane {lane} Transceiver {what} Sensor",
                    _UNITS[what],  # type: ignore[arg-type]
                    round(value, 6),
                    place[1],
                    limits.high_warning,
                    limits.high_alarm,
                    limits.low_warning,
                    limits.low_alarm,
                )
