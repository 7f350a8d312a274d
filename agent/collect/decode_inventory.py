"""Parts by serial number: ENTITY-MIB."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from agent import metrics
from agent.collect.reading import Reading, split_index
from agent.metrics import Sample

_KINDS: Mapping[int, str] = {
    1: "other",
    3: "chassis",
    6: "power-supply",
    7: "fan",
    9: "module",
    10: "transceiver",
    11: "stack",
    12: "processor",
}
"""entPhysicalClass; ports that have a serial number are what is plugged into them."""

_IS_FRU = 1
_SERIAL_LENGTH = 64
_OPTIC = re.compile(r"transceiver|\b[QX]?SFP", re.IGNORECASE)
_SLOT_PORT = re.compile(r"slot:(\d+)-port:(\d+)")


def decode_inventory(reading: Reading) -> Iterator[Sample]:
    """One info series per part that has a serial number, or a model and can be replaced.

    A part inside another with the same serial number is that other one: a Nexus repeats the supply's on its
    fans, a chassis' on its stack.
    """
    ports = {split_index(index): name for index, name in reading.ports_of_entities().items()}
    known = {name for _, name in reading.interfaces()}
    indexes = {split_index(index): index for index in reading.column("entPhysicalSerialNum")}
    for key, index in indexes.items():
        serial = reading.text("entPhysicalSerialNum", index)[:_SERIAL_LENGTH]
        model = reading.text("entPhysicalModelName", index)
        if not serial and not (model and reading.number("entPhysicalIsFRU", index) == _IS_FRU):
            continue
        parent = indexes.get((reading.number("entPhysicalContainedIn", index) or 0,))
        if serial and parent and reading.text("entPhysicalSerialNum", parent)[:_SERIAL_LENGTH] == serial:
            continue
        name = reading.text("entPhysicalName", index) or f"part {key[0]}"
        kind = _kind(reading, index, name)
        hardware, software = (
            reading.text(f"entPhysical{what}Rev", index) for what in ("Hardware", "Software")
        )
        port = _port(reading, index, name, known, ports) if kind == "transceiver" else ""
        yield Sample(
            metrics.PART_INFO, (reading.device, name, kind, model, serial, hardware, software, port), 1
        )


def _kind(reading: Reading, index: bytes, name: str) -> str:
    kind = _KINDS.get(reading.number("entPhysicalClass", index) or 0, "other")
    if kind == "module" and _OPTIC.search(f"{name} {reading.text('entPhysicalDescr', index)}"):
        return "transceiver"
    return kind


def _port(
    reading: Reading, index: bytes, name: str, known: set[str], ports: Mapping[tuple[int, ...], str]
) -> str:
    """Port of a transceiver: itself, what contains it, or by its name."""
    if name in known:
        return name
    part = split_index(index)
    for _ in range(4):
        if part in ports:
            return ports[part]
        above = reading.number("entPhysicalContainedIn", reading.index_of(part[0]))
        if not above:
            break
        part = (above,)
    found = _SLOT_PORT.search(name)
    port = f"Ethernet{found[1]}/{found[2]}" if found else ""
    return port if port in known else ""
