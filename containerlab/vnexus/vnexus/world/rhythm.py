"""What flaps: which wires and carriers are down at a moment, and when that next changes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vnexus.world.faults import Board, CarrierDown, CarrierFlap, LinkFlap
from vnexus.world.wiring import Place


class Rhythm:
    """Reads the board; a flap begins with its down half."""

    def __init__(self, board: Board) -> None:
        self.board = board

    def wires(self, now: float) -> set[Place]:
        """Ends of wires that a flap holds down."""
        return {
            (f.node, f.port) for f, since in self._flaps() if isinstance(f, LinkFlap) and _down(f, since, now)
        }

    def carriers(self, now: float) -> set[str]:
        """Carriers that do not answer."""
        silent = {fault.endpoint for fault in self.board.of(CarrierDown).values()}
        return silent | {
            f.endpoint for f, since in self._flaps() if isinstance(f, CarrierFlap) and _down(f, since, now)
        }

    def next(self, now: float) -> float:
        """When something next goes down or up; infinite when nothing flaps."""
        return min(
            (since + (_phase(f, since, now) + 1) * f.seconds for f, since in self._flaps()), default=math.inf
        )

    def _flaps(self) -> Iterator[tuple[LinkFlap | CarrierFlap, float]]:
        for number, fault in self.board.active.items():
            if isinstance(fault, LinkFlap | CarrierFlap):
                yield fault, self.board.since[number]


def _phase(fault: LinkFlap | CarrierFlap, since: float, now: float) -> int:
    return math.floor((now - since) / fault.seconds + 1e-9)


def _down(fault: LinkFlap | CarrierFlap, since: float, now: float) -> bool:
    return _phase(fault, since, now) % 2 == 0
