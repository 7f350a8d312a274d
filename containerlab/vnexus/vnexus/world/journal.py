"""The log file of every switch: what happened to it, in its own words."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from vnexus.world.agreements import Agreements
from vnexus.world.events import Event, Watch
from vnexus.world.messages import message
from vnexus.world.world import World

KEPT = 1000
ONLINE = "%VDC_MGR-2-VDC_ONLINE: vdc 1 has come online"


@dataclass(frozen=True, slots=True)
class Entry:
    """``at`` is world time."""

    at: float
    severity: int
    text: str


class Journal:
    """``listeners`` hear every event of every node, ``agreements`` included once somebody looked."""

    def __init__(self, world: World, user: str) -> None:
        self.world, self.user = world, user
        self.listeners: list[Callable[[Event], None]] = []
        self._entries: dict[str, deque[Entry]] = {
            node: deque((Entry(world.last_boot(node), 2, ONLINE),), KEPT) for node in world.wiring.nodes
        }
        self._watch = Watch(world, self.note)
        self.agreements = Agreements(world, self.note)

    def note(self, event: Event) -> None:
        """Something happened."""
        entries = self._entries[event.node]
        if event.kind in {"cold-start", "warm-start"}:
            entries.clear()
            entries.append(Entry(event.at, 2, ONLINE))
        interface = self.world.snapshot(event.node).interfaces.get(event.name)
        said = message(event, self.user, interface)
        if said is not None:
            entries.append(Entry(event.at, said.severity, said.text))
        for listener in self.listeners:
            listener(event)

    def entries(self, node: str) -> list[Entry]:
        """The oldest first."""
        self.agreements.look((node,))
        return sorted(self._entries[node], key=lambda entry: entry.at)

    def clear(self, node: str) -> None:
        self._entries[node].clear()
