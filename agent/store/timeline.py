"""What happens in the city, in memory: a bounded timeline that others listen to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from agent.records import Event

Listener = Callable[[Event], None]


@dataclass(slots=True)
class Timeline:
    """The latest events of all devices, in the order in which Moulin heard of them. For one thread."""

    capacity: int = 10_000
    _events: deque[Event] = field(default_factory=deque)
    _listeners: list[Listener] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Keep an event, forget the oldest when there is no room, tell every listener."""
        self._events.append(event)
        while len(self._events) > self.capacity:
            self._events.popleft()
        for listener in tuple(self._listeners):
            listener(event)

    def fill(self, events: Iterable[Event]) -> None:
        """Begin with what an earlier process has heard, oldest first; listeners are not told."""
        self._events = deque((*events, *self._events), maxlen=None)
        while len(self._events) > self.capacity:
            self._events.popleft()

    def recent(
        self, limit: int = 100, device: str | None = None, kind: str | None = None
    ) -> tuple[Event, ...]:
        """The latest events, newest first: of one device, of one kind, or of all."""
        found: list[Event] = []
        for event in reversed(self._events):
            if len(found) >= limit:
                break
            if (device is None or event.device == device) and (kind is None or event.kind == kind):
                found.append(event)
        return tuple(found)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with every event from now on, in the loop, quickly; returns what ends it."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def __len__(self) -> int:
        return len(self._events)
