"""The ``telemetry`` section of a configuration as values."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from vnexus.config.tree import Section

UNBOUNDED = 1 << 16
DEFAULT_SOURCE = "DME"


@dataclass(frozen=True, slots=True)
class Destination:
    group: str
    address: str
    port: int
    protocol: str
    encoding: str
    certificate: tuple[str, str] | None = None
    """File of the authority, and the name that the collector's certificate must have."""

    @property
    def supported(self) -> bool:
        """GRPC with self-describing GPB is what this switch sends."""
        return (self.protocol, self.encoding) == ("gRPC", "GPB")


@dataclass(frozen=True, slots=True)
class SensorPath:
    group: str
    source: str
    """``DME``, ``NX-API``, ``YANG`` or ``native``."""
    path: str
    depth: int = 0
    """How far below the object; 0 is the object itself."""
    classes: frozenset[str] = frozenset()
    """Only objects of these classes, when there are any (``query-condition``)."""
    filtered: bool = False


@dataclass(frozen=True, slots=True)
class Sampling:
    """A sensor group in a subscription."""

    group: str
    paths: tuple[SensorPath, ...]
    seconds: float
    """Between samples; 0: when something happens."""


@dataclass(frozen=True, slots=True)
class Subscription:
    number: str
    destinations: tuple[Destination, ...]
    samplings: tuple[Sampling, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    vrf: str = "default"
    chunk: int = 0
    """Largest piece in bytes that a message is cut into; 0: it is sent whole."""
    destinations: tuple[Destination, ...] = ()
    groups: tuple[str, ...] = ()
    """Sensor groups, with or without paths."""
    sensors: tuple[SensorPath, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()


def read_settings(root: Section) -> Settings:
    """Nothing without ``feature telemetry``."""
    entry = root.get("telemetry")
    section = entry.section if entry else None
    if section is None or ("feature", "telemetry") not in root.entries:
        return Settings()
    profile = section.get("destination-profile")
    profiled = profile.section if profile and profile.section else Section("none")
    shared = _certificate(section)
    destinations = tuple(_destinations(section, shared))
    sensors = tuple(_sensors(section))
    return Settings(
        profiled.value("use-vrf") or "default",
        int(profiled.value("use-chunking", "size") or 0),
        destinations,
        tuple(group.identity[1] for group in section.under("sensor-group")),
        sensors,
        tuple(_subscriptions(section, destinations, sensors)),
    )


def _certificate(section: Section) -> tuple[str, str] | None:
    words = (section.value("certificate") or "").split()
    return (words[0], words[1]) if len(words) == 2 else None


def _destinations(section: Section, shared: tuple[str, str] | None) -> Iterator[Destination]:
    for group in section.under("destination-group"):
        below = group.section or Section("none")
        own = _certificate(below) or shared
        for entry in below.ordered():
            words = entry.text.split()
            if words[:2] == ["ip", "address"]:
                protocol = words[words.index("protocol") + 1] if "protocol" in words else "gRPC"
                encoding = words[words.index("encoding") + 1] if "encoding" in words else "GPB"
                yield Destination(group.identity[1], words[2], int(words[4]), protocol, encoding, own)


def _sensors(section: Section) -> Iterator[SensorPath]:
    for group in section.under("sensor-group"):
        below = group.section or Section("none")
        source = below.value("data-source") or DEFAULT_SOURCE
        for entry in below.under("path"):
            try:
                words = shlex.split(entry.text)
            except ValueError:
                words = entry.text.split()
            yield _sensor(group.identity[1], source, words)


def _sensor(group: str, source: str, words: list[str]) -> SensorPath:
    depth = words[words.index("depth") + 1] if "depth" in words[2:-1] else "0"
    condition = words[words.index("query-condition") + 1] if "query-condition" in words[2:-1] else ""
    classes: set[str] = set()
    for part in condition.split("&"):
        name, _, value = part.partition("=")
        if name in ("target-subtree-class", "rsp-subtree-class"):
            classes |= set(value.split(","))
    subtree = "query-target=subtree" in condition or "rsp-subtree=full" in condition
    levels = UNBOUNDED if depth == "unbounded" or subtree else int(depth) if depth.isdecimal() else 0
    return SensorPath(group, source, words[1], levels, frozenset(classes), bool(condition))


def _subscriptions(
    section: Section, destinations: tuple[Destination, ...], sensors: tuple[SensorPath, ...]
) -> Iterator[Subscription]:
    for entry in section.under("subscription"):
        below = entry.section or Section("none")
        groups = {line.identity[1] for line in below.under("dst-grp") if len(line.identity) > 1}
        groups |= {line.value for line in below.under("dst-grp") if line.value}
        wanted = []
        for line in below.under("snsr-grp"):
            words = line.value.split()
            seconds = int(words[1]) / 1000 if len(words) == 2 else 0.0
            group = line.identity[1]
            paths = tuple(one for one in sensors if one.group == group)
            wanted.append(Sampling(group, paths, seconds))
        chosen = tuple(one for one in destinations if one.group in groups)
        yield Subscription(entry.identity[1], chosen, tuple(wanted))
