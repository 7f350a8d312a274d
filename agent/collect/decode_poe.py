"""Power over Ethernet: per port and per group."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent import metrics
from agent.collect.reading import Reading, split_index
from agent.metrics import Sample

_DELIVERING = 3  # pethPsePortDetectionStatus
_FAULTS = frozenset((4, 6))  # fault, otherFault
_TRUE, _GROUP_ON = 1, 1  # TruthValue, pethMainPseOperStatus

_MILLIWATTS = (
    (metrics.POE_WATTS, "cpeExtPsePortPwrConsumption"),
    (metrics.POE_ALLOCATED, "cpeExtPsePortPwrAllocated"),
    (metrics.POE_PEAK, "cpeExtPsePortMaxPwrDrawn"),
)
_EVENTS = (
    ("denied", "pethPsePortPowerDeniedCounter"),
    ("overload", "pethPsePortOverLoadCounter"),
    ("short", "pethPsePortShortCounter"),
    ("absent", "pethPsePortMPSAbsentCounter"),
    ("invalid-signature", "pethPsePortInvalidSignatureCounter"),
)

_NUMBERED = re.compile(r"(\d+)/(?:\d+/)?(\d+)$")
_ETHERNET = re.compile(
    r"^(Ethernet|Gi|GigabitEthernet|Fa|FastEthernet|Te|TenGigabitEthernet|Tw|TwoGigabitEthernet|Fi)\d"
)


def decode_poe(reading: Reading) -> Iterator[Sample]:
    """State, watts, class and mishaps of every PoE port that can be named; budget and use of every group.

    A (group, port) is named by its entity's alias, else by its entity's name, else as port n of stack member
    (or slot) g; a port that none of these names is left out rather than guessed.
    """
    finder = _PortNames(reading)
    for index in (
        reading.column("cpeExtPsePortPwrConsumption").keys()
        | reading.column("pethPsePortDetectionStatus").keys()
    ):
        name = finder.find(index)
        if name:
            yield from _port(reading, index, (reading.device, name))
    for index in reading.column("pethMainPsePower"):
        labels = (reading.device, str(split_index(index)[0]))
        for metric, column in (
            (metrics.POE_BUDGET, "pethMainPsePower"),
            (metrics.POE_USED, "pethMainPseConsumptionPower"),
        ):
            watts = reading.number(column, index)
            if watts is not None:
                yield Sample(metric, labels, watts)
        state = reading.number("pethMainPseOperStatus", index)
        if state is not None:
            yield Sample(metrics.POE_GROUP_UP, labels, int(state == _GROUP_ON))


def _port(reading: Reading, index: bytes, labels: tuple[str, str]) -> Iterator[Sample]:
    status = reading.number("pethPsePortDetectionStatus", index)
    enabled = reading.number("pethPsePortAdminEnable", index)
    kind = reading.number("pethPsePortPowerClassifications", index)
    if enabled is not None:
        yield Sample(metrics.POE_ENABLED, labels, int(enabled == _TRUE))
    if status is not None:
        yield Sample(metrics.POE_DELIVERING, labels, int(status == _DELIVERING))
        yield Sample(metrics.POE_FAULT, labels, int(status in _FAULTS))
    for metric, column in _MILLIWATTS:
        milliwatts = reading.number(column, index)
        if milliwatts is not None:
            yield Sample(metric, labels, milliwatts / 1000)
    if kind is not None and status == _DELIVERING and 1 <= kind <= 5:
        yield Sample(metrics.POE_CLASS, labels, kind - 1)
    for event, column in _EVENTS:
        count = reading.number(column, index)
        if count is not None:
            yield Sample(metrics.POE_EVENTS, (*labels, event), count)


class _PortNames:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._ports = {split_index(index): name for index, name in reading.ports_of_entities().items()}
        self._entities = {split_index(index): index for index in reading.column("entPhysicalName")}
        names = [name for _, name in reading.interfaces()]
        self._known = frozenset(names)
        self._numbered: dict[tuple[int, int], str] = {}
        for name in names:
            found = _NUMBERED.search(name)
            if found and _ETHERNET.match(name):
                self._numbered.setdefault((int(found[1]), int(found[2])), name)

    def find(self, index: bytes) -> str:
        entity = self._reading.number("cpeExtPsePortEntPhyIndex", index)
        if entity:
            if (entity,) in self._ports:
                return self._ports[(entity,)]
            name = self._reading.text("entPhysicalName", self._entities.get((entity,), b""))
            if name in self._known:
                return name
        pair = split_index(index)
        return self._numbered.get((pair[0], pair[1]), "") if len(pair) == 2 else ""
