"""When a group of columns is read next: every device at a phase of its own, never a fleet at once."""

from __future__ import annotations

import math
from zlib import crc32


def phase_of(device: str, group: str) -> float:
    """A number from 0 up to 1 that is the device's own for this group, and the same after every start.

    >>> phase_of("core-1", "sensors") == phase_of("core-1", "sensors") != phase_of("core-2", "sensors")
    True
    """
    return crc32(f"{device}/{group}".encode()) / 2**32


def next_reading(now: float, every_seconds: float, phase: float) -> float:
    """The next instant of a clock that strikes every so many seconds, at this phase of them.

    At least half a period ahead, so that what was read out of turn is not read again at once.

    >>> next_reading(1000.0, 300.0, 0.5), next_reading(1000.0, 0.0, 0.5)
    (1350.0, 1000.0)
    """
    if not every_seconds:
        return now
    return (math.ceil(now / every_seconds + 0.5 - phase) + phase) * every_seconds
