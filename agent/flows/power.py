"""Night power saving: PoE of what nobody needs at night goes off, and comes back; cameras are never asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import groupby

from nornir.core import Nornir

from agent.errors import UsageError
from agent.flows.fleet import Progress, each
from agent.flows.overlay import replace_lines, section_lines
from agent.intent.city import City

OFF = "power inline never"


@dataclass(frozen=True, slots=True)
class Sleeper:
    """A port that may go dark, and what it then saves by the catalogue."""

    switch: str
    port: str
    tag: str
    place: str
    watts: float


@dataclass(frozen=True, slots=True)
class Night:
    """Ports by switch that sleep together."""

    sleepers: tuple[Sleeper, ...]
    by_switch: Mapping[str, tuple[Sleeper, ...]] = field(default_factory=dict)

    @property
    def watts(self) -> float:
        """What the catalogue says that they draw awake."""
        return sum(sleeper.watts for sleeper in self.sleepers)


def find_sleepers(city: City, services: tuple[str, ...]) -> Night:
    """Ports of the services whose kind the catalogue powers with priority ``low``.

    Raises UsageError for a service that the city has not, and for one that must not sleep: priority high or
    critical is a camera, a door, a telephone, an access point.
    """
    for name in services:
        service = city.services.get(name)
        if service is None:
            raise UsageError(f"{name}: no such service. there are {', '.join(sorted(city.services))}")
        power = city.kinds[service.kind].power
        if power is None or power.priority != "low":
            why = f"its power has priority {power.priority}" if power else "its ports have no power"
            raise UsageError(f"{name}: never goes dark, {why}. see catalog/{service.kind}.yaml")
    found = tuple(
        Sleeper(
            placed.switch,
            placed.port,
            placed.endpoint.tag,
            placed.endpoint.place,
            city.kinds[placed.kind].models[placed.endpoint.model].watts,
        )
        for placed in sorted(city.placed, key=lambda placed: placed.switch)
        if placed.service in services
    )
    by_switch = {name: tuple(group) for name, group in groupby(found, key=lambda sleeper: sleeper.switch)}
    return Night(found, by_switch)


def put_out(night: Night, device: str, running: str) -> str:
    """The running-config with the sleepers' power off."""
    for sleeper in night.by_switch.get(device, ()):
        header = f"interface {sleeper.port}"
        running = replace_lines(running, [header], is_power, [OFF])
    return running


def wake(night: Night, text: Callable[[str], str], device: str, running: str) -> str:
    """The running-config with the sleepers' power as the intent has it; ``text`` renders a switch."""
    meant = text(device)
    for sleeper in night.by_switch.get(device, ()):
        header = f"interface {sleeper.port}"
        lines = [line for line in section_lines(meant, header) if is_power(line)]
        running = replace_lines(running, [header], is_power, lines)
    return running


def measure_watts(nornir: Nornir, night: Night, progress: Progress) -> dict[str, float]:
    """Watts that the sleepers of each switch draw now; switches that do not answer are absent."""
    commands = ("show power inline",)
    harvest = each(nornir, lambda device: device.ask(*commands)[0], progress=progress)
    found = {}
    for device, text in harvest.values.items():
        drawn = read_watts(text)
        ports = (sleeper.port for sleeper in night.by_switch.get(device, ()))
        found[device] = sum(drawn.get(port, 0.0) for port in ports)
    return found


def read_watts(text: str) -> dict[str, float]:
    r"""Full port name to watts, from ``show power inline``.

    >>> read_watts("Eth1/45   auto   on         low       22.0    Ieee PD             4     30.0\n")
    {'Ethernet1/45': 22.0}
    """
    found = {}
    for row in text.splitlines():
        words = row.split()
        if len(words) >= 5 and words[0].startswith("Eth") and words[1] in {"auto", "never", "static"}:
            found[words[0].replace("Eth", "Ethernet", 1)] = float(words[4])
    return found


def is_night(now: datetime, begins: time, ends: time) -> bool:
    """Whether the local time of ``now`` lies in the span, which may pass midnight.

    >>> is_night(datetime(2027, 1, 5, 2, 0), time(23, 0), time(6, 0))
    True
    >>> is_night(datetime(2027, 1, 5, 6, 0), time(23, 0), time(6, 0))
    False
    """
    moment = now.time()
    if begins <= ends:
        return begins <= moment < ends
    return moment >= begins or moment < ends


def read_span(text: str) -> tuple[time, time]:
    """Both ends of ``23:00-06:00``; raises UsageError."""
    begins, _, ends = text.partition("-")
    try:
        return time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip())
    except ValueError:
        raise UsageError(f"{text!r} is no span of time. write for example 23:00-06:00") from None


def hours_of(begins: time, ends: time) -> float:
    """Length of the span.

    >>> hours_of(time(23, 0), time(6, 30))
    7.5
    """
    return ((ends.hour * 60 + ends.minute) - (begins.hour * 60 + begins.minute)) % 1440 / 60


def is_power(line: str) -> bool:
    """Whether the line gives or cuts the power of a port."""
    return line.removeprefix("no ").startswith("power inline") and "priority" not in line
