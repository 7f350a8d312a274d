"""IP SLA operations: what a probe along the modelled path measures, and how its runs went so far."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING

from vnexus.world.routing.tables import Way
from vnexus.world.traffic import RX_ERRORS, RX_UNICAST

if TYPE_CHECKING:
    from vnexus.world.world import World

HOP_MILLISECONDS = 0.35
DEFAULT_FREQUENCY = 60
JITTER_PACKETS = 10
OK, OVER_THRESHOLD, TIMEOUT, NO_CONNECTION = 1, 3, 4, 6
"""RttResponseSense of RFC-less CISCO-RTTMON-TC-MIB."""


@dataclass(frozen=True, slots=True)
class Operation:
    """``ip sla N`` with its schedule."""

    number: int
    kind: str
    """``udp-jitter``, ``udp-echo``, ``icmp-echo`` or ``tcp-connect``."""
    target: str
    port: int
    packets: int
    vrf: str
    tag: str
    frequency: int
    threshold: int
    timeout: int
    tos: int
    scheduled: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The last run. Milliseconds; ``lost`` of ``packets``."""

    sense: int
    rtt: float = 0.0
    rtt_min: float = 0.0
    rtt_max: float = 0.0
    jitter: float = 0.0
    lost: int = 0
    mos: float = 0.0
    icpif: int = 0
    at: float = 0.0


@dataclass(slots=True)
class _Tally:
    """Runs up to ``until`` and how they went; ``sense`` holds since then."""

    until: float
    sense: int
    good: int = 0
    bad: int = 0
    over: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """An operation with its last run and its counts since it was scheduled."""

    operation: Operation
    reading: Reading | None
    good: int
    bad: int
    over: int


@dataclass(slots=True)
class Slas:
    """All operations of a lab; runs between two questions are counted as the state then was."""

    world: World
    _tallies: dict[tuple[str, Operation], _Tally] = field(default_factory=dict)

    def results(self, node: str) -> list[Result]:
        """In the order of their numbers; nothing without ``feature sla sender``."""
        return [self._result(node, operation) for operation in read_operations(self.world, node)]

    def _result(self, node: str, operation: Operation) -> Result:
        world = self.world
        now, begun = world.refresh(), max(world.last_boot(node), world.snapshot(node).config.changed_at)
        if not operation.scheduled:
            return Result(operation, None, 0, 0, 0)
        tally = self._tallies.get((node, operation))
        runs_at = math.floor((now - begun) / operation.frequency) * operation.frequency + begun
        reading = measure(world, node, operation, runs_at)
        if tally is None or tally.until < world.last_boot(node):
            tally = self._tallies[node, operation] = _Tally(begun, reading.sense)
        if reading.sense != tally.sense:
            self._count(tally, operation, max(tally.until, min(now, world.settled_at)))
            tally.sense = reading.sense
        self._count(tally, operation, now)
        return Result(operation, reading, tally.good, tally.bad, tally.over)

    def _count(self, tally: _Tally, operation: Operation, until: float) -> None:
        runs = int((until - tally.until) / operation.frequency)
        tally.until += runs * operation.frequency
        if tally.sense in {OK, OVER_THRESHOLD}:
            tally.good += runs
            tally.over += runs if tally.sense == OVER_THRESHOLD else 0
        else:
            tally.bad += runs


def read_operations(world: World, node: str) -> Iterator[Operation]:
    """As the configuration has them."""
    config = world.snapshot(node).config
    top = config.lines()
    schedules = {
        line.split()[3] for line in top if line.startswith("ip sla schedule ") and "start-time" in line
    }
    headers = [line for line in top if line.startswith("ip sla ") and line.split()[2].isdigit()]
    for header in sorted(headers, key=lambda line: int(line.split()[2])):
        probe = next(iter(config.lines(header)), "")
        words = probe.split()
        if len(words) < 2:
            continue
        said = {line.split()[0]: line.split(None, 1)[-1] for line in config.lines(header, probe)}
        number = header.split()[2]
        packets = int(words[words.index("num-packets") + 1]) if "num-packets" in words else JITTER_PACKETS
        yield Operation(
            int(number), words[0], words[1], int(words[2]) if len(words) > 2 and words[2].isdigit() else 0,
            packets if words[0] == "udp-jitter" else 1, said.get("vrf", "default"), said.get("tag", ""),
            max(1, int(said.get("frequency", DEFAULT_FREQUENCY))), int(said.get("threshold", 5000)),
            int(said.get("timeout", 5000)), int(said.get("tos", 0)), number in schedules,
        )  # fmt: skip


def measure(world: World, node: str, operation: Operation, at: float) -> Reading:
    """One run at this moment: along the routing tables there and back."""
    try:
        goal = IPv4Address(operation.target)
    except AddressValueError:
        return Reading(NO_CONNECTION, at=at)
    network = world.network()
    way = network.tables.way(node, operation.vrf, goal)
    if not way.reached or not network.tables.reached_both_ways(node, operation.vrf, goal):
        return Reading(TIMEOUT, lost=operation.packets, at=at)
    owner = next((leg.node for leg in network.segments.owners.get(goal, ())), None)
    if operation.kind.startswith("udp") and (owner is None or not _responds(world, owner)):
        return Reading(NO_CONNECTION, lost=operation.packets, at=at)
    drift = world.wobble(f"sla {node} {operation.number}")
    load = (world.cpu_percent(node) + (world.cpu_percent(owner) if owner else 0)) / 100
    rtt = HOP_MILLISECONDS * max(1, len(way.hops)) * (1 + load + 0.2 * drift) + 0.2
    jitter = rtt * (0.05 + 0.3 * max(0.0, load - 0.5)) * (1 + 0.3 * drift)
    share = _loss(world, node, way)
    lost = min(operation.packets, round(operation.packets * share + 0.5 * share * drift))
    if lost >= operation.packets:
        return Reading(TIMEOUT, lost=lost, at=at)
    sense = OVER_THRESHOLD if rtt > operation.threshold else OK
    icpif = min(100, round(rtt / 40 + 100 * lost / operation.packets * 2.5))
    mos = max(1.0, 4.34 - icpif * 0.06)
    return Reading(sense, rtt, rtt * 0.9, rtt * 1.15, jitter, lost, mos, icpif, at)


def _responds(world: World, node: str) -> bool:
    config = world.snapshot(node).config
    return config.feature("sla responder") and any(line == "ip sla responder" for line in config.lines())


def _loss(world: World, node: str, way: Way) -> float:
    """Share of frames that arrive broken on the physical ports of the way."""
    del node
    worst = 0.0
    now_us = int(world.now() * 1_000_000)
    for place in way.places:
        for end in {place, world.wiring.far.get(place, place)}:
            meter = world.meter(*end)
            errors, good = meter.rate(RX_ERRORS, now_us), meter.rate(RX_UNICAST, now_us)
            if errors:
                worst = max(worst, errors / (errors + max(good, 1)))
    return worst
