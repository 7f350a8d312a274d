"""What a group of tables is made from."""

from __future__ import annotations

from dataclasses import dataclass

from vnexus import hardware
from vnexus.facts import Oper
from vnexus.topology import NodeSpec
from vnexus.world import World
from vnexus.world.state import Snapshot


@dataclass(frozen=True, slots=True)
class View:
    """One node at one moment."""

    world: World
    spec: NodeSpec
    model: hardware.Model
    release: hardware.Release
    snapshot: Snapshot
    states: dict[str, Oper]
    booted_at: float

    @property
    def node(self) -> str:
        return self.spec.name

    def if_index(self, interface: str) -> int:
        return hardware.if_index(self.spec.model, interface)

    def uptime(self, moment: float) -> float:
        """Seconds from the start to a moment; 0 for moments before it."""
        return max(0.0, moment - self.booted_at)

    def up_seconds(self, now_us: int) -> float:
        return self.uptime(now_us / 1_000_000)
