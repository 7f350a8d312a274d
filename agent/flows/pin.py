"""Pinning the gNMI certificates of switches: what each shows now, against what is pinned."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from agent.collect.gnmi.trust import Door, fetch_certificate, pin_certificate, read_pins
from agent.errors import DeviceError
from agent.intent.expectation import Target

PATIENCE_SECONDS = 10.0
_AT_ONCE = 50
State = Literal["pinned", "new", "changed", "silent"]


@dataclass(frozen=True, slots=True)
class Pin:
    """What one switch shows."""

    door: Door
    state: State
    fingerprint: str = ""
    problem: str = ""


def look_at_certificates(targets: Iterable[Target], known: Path) -> list[Pin]:
    """What every switch with gNMI shows now, in the order of the inventory. Raises StoreError."""
    pins = read_pins(known)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def look(door: Door) -> Pin:
        async with gate:
            try:
                shown = await fetch_certificate(door, PATIENCE_SECONDS)
            except DeviceError as exc:
                return Pin(door, "silent", problem=str(exc))
        pinned = pins.get(door.place)
        state: State = "new" if pinned is None else "pinned" if pinned == shown.fingerprint else "changed"
        return Pin(door, state, shown.fingerprint)

    async def look_at_all() -> list[Pin]:
        doors = [Door(one.device, one.address, one.gnmi_port) for one in targets if one.gnmi_port is not None]
        return await asyncio.gather(*(look(door) for door in doors))

    return asyncio.run(look_at_all())


def keep_pins(found: Iterable[Pin], known: Path) -> int:
    """Pin what is new or changed; how many that were. Raises StoreError."""
    count = 0
    for pin in found:
        if pin.state in {"new", "changed"}:
            pin_certificate(known, pin.door, pin.fingerprint)
            count += 1
    return count
