"""Names of rows that depend on several columns: what an index means where no column of its own says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.collect.reading import Reading, split_index

_NUMBERED = re.compile(r"(\d+)/(?:\d+/)?(\d+)$")
_ETHERNET = re.compile(
    r"^(Ethernet|Gi|GigabitEthernet|Fa|FastEthernet|Te|TenGigabitEthernet|Tw|TwoGigabitEthernet|Fi)\d"
)


@dataclass(frozen=True, slots=True)
class Namer:
    """Gives rows labels by their index."""

    labels: frozenset[str]
    name_rows: Callable[[Reading], Mapping[bytes, Mapping[str, str]]]


def name_poe_ports(reading: Reading) -> Mapping[bytes, Mapping[str, str]]:
    """Port of every (group, port) of POWER-ETHERNET-MIB.

    It is named by its entity's alias, else by its entity's name, else as port n of stack member (or slot) g;
    what none of these names is left out rather than guessed.
    """
    finder = _PortNames(reading)
    indexes = (
        reading.column("cpeExtPsePortEntPhyIndex").keys()
        | reading.column("pethPsePortDetectionStatus").keys()
    )
    named = ((index, finder.find(index)) for index in indexes)
    return {index: {"interface": name} for index, name in named if name}


NAMERS: Mapping[str, Namer] = {"poe-ports": Namer(frozenset({"interface"}), name_poe_ports)}


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
