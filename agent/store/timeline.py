"""What happens in the city, in memory: a bounded timeline that others listen to."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from agent.records import Event

Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Turn:
    """What changes in a timeline: an event comes, is told differently, or goes."""

    place: int
    before: Event | None
    after: Event | None
    news: Event | None
    """What was heard: the new event itself, or one that an older event tells too now."""


@dataclass(slots=True)
class Timeline:
    """The latest events of all devices, in the order in which Moulin heard of them. For one thread."""

    capacity: int = 10_000
    _events: OrderedDict[int, Event] = field(default_factory=OrderedDict)
    _listeners: list[Listener] = field(default_factory=list)
    _followers: list[Callable[[Turn], None]] = field(default_factory=list)
    _next: int = 0

    def add(self, event: Event) -> int:
        """Keep an event, forget the oldest when there is no room, tell every listener; its place."""
        place = self._keep(event)
        for listener in tuple(self._listeners):
            listener(event)
        self._tell(Turn(place, None, event, event))
        return place

    def _keep(self, event: Event) -> int:
        place, self._next = self._next, self._next + 1
        self._events[place] = event
        while len(self._events) > self.capacity:
            self._events.popitem(last=False)
        return place

    def amend(self, place: int, before: Event, after: Event | None, news: Event | None = None) -> None:
        """Tell the event at a place differently, or with None not at all; ``news`` is what it tells too now.

        Listeners are told even when the place is forgotten: the database may still have it.
        """
        if after is None:
            self._events.pop(place, None)
        elif place in self._events:
            self._events[place] = after
        self._tell(Turn(place, before, after, news))

    def _tell(self, turn: Turn) -> None:
        for follower in tuple(self._followers):
            follower(turn)

    def at(self, place: int) -> Event | None:
        """The event at a place; None when it is forgotten."""
        return self._events.get(place)

    def fill(self, events: Iterable[Event]) -> None:
        """Begin with what an earlier process has heard, oldest first; listeners are not told."""
        own = tuple(self._events.values())
        self._events.clear()
        for event in (*events, *own):
            self._keep(event)

    def recent(
        self, limit: int = 100, device: str | None = None, kind: str | None = None
    ) -> tuple[Event, ...]:
        """The latest events, newest first: of one device, of one kind, or of all."""
        found: list[Event] = []
        for event in reversed(self._events.values()):
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

    def follow(self, follower: Callable[[Turn], None]) -> None:
        """Call ``follower`` with every turn from now on, amendments too, in the loop, quickly."""
        self._followers.append(follower)

    def __len__(self) -> int:
        return len(self._events)
