"""What differs between Nexus families, as tables: the templates ask here, never by model name."""

from __future__ import annotations

from dataclasses import dataclass

from agent.intent.switch import Platform


@dataclass(frozen=True, slots=True)
class Traits:
    """Defaults that ``show running-config`` hides, and what the family can do."""

    ports_switched: bool
    """True when a port without any line is a switch port."""
    ports_up: bool
    """True when a switch port without any line is up; a routed physical port is down on every family."""
    telemetry: bool
    """Model-driven telemetry and gNMI."""
    qos_groups: bool
    """True when queues follow the qos-group; False when they follow the DSCP."""
    queuing_on_system: bool
    """True when the queuing policy is bound once, below ``system qos``."""


TRAITS: dict[Platform, Traits] = {
    "n7k": Traits(
        ports_switched=False, ports_up=False, telemetry=False, qos_groups=False, queuing_on_system=False
    ),
    "n9k": Traits(
        ports_switched=True, ports_up=True, telemetry=True, qos_groups=True, queuing_on_system=True
    ),
}

POE_PORTS: dict[str, frozenset[str]] = {
    "N9K-C9348GC-FX3PH": frozenset(f"Ethernet1/{number}" for number in range(1, 49)),
}
"""Ports that can give power, by model; a model that is not here gives none."""


@dataclass(frozen=True, slots=True)
class TrafficClass:
    """One of the city's classes; DSCP values as in RFC 4594."""

    name: str
    mark: int
    """DSCP that untrusted traffic of the class gets."""
    match: tuple[int, ...]
    """DSCP values that belong to the class when the port is trusted."""
    group: int
    """qos-group, and number of the queue, on platforms that have them."""


CLASSES: tuple[TrafficClass, ...] = (
    TrafficClass("REALTIME", mark=46, match=(32, 34, 46), group=7),
    TrafficClass("CCTV", mark=24, match=(24, 40), group=5),
    TrafficClass("INTERACTIVE", mark=18, match=(18, 26), group=3),
    TrafficClass("BULK", mark=10, match=(8, 10), group=1),
)
UNTRUSTED = TrafficClass("DEFAULT", mark=0, match=(), group=0)
"""What an access port without a class gets: best effort, whatever the attached device claims."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A system-defined output queue and its share of what the priority queue (None) leaves."""

    name: str
    percent: int | None


QUEUES: dict[Platform, tuple[Queue, ...]] = {
    "n9k": (
        Queue("c-out-8q-q7", None),
        Queue("c-out-8q-q6", 0),
        Queue("c-out-8q-q5", 45),
        Queue("c-out-8q-q4", 0),
        Queue("c-out-8q-q3", 25),
        Queue("c-out-8q-q2", 0),
        Queue("c-out-8q-q1", 5),
        Queue("c-out-8q-q-default", 25),
    ),
    "n7k": (
        Queue("1p7q4t-out-pq1", None),
        Queue("1p7q4t-out-q2", 45),
        Queue("1p7q4t-out-q3", 25),
        Queue("1p7q4t-out-q4", 5),
        Queue("1p7q4t-out-q-default", 25),
    ),
}
