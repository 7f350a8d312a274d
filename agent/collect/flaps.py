"""What goes up and down all the time, or is said again and again, is one event that counts. Pure."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace

from agent.collect.traps.meaning import Meaning
from agent.records import Event, EventLevel

KIND = "flapping"
NEVER = frozenset({"config-changed"})
"""Kinds of which each telling matters."""
_WORST = (EventLevel.CRITICAL, EventLevel.WARNING, EventLevel.NOTICE, EventLevel.INFO)
MAX_FIELDS = 28
Placed = tuple[int, Event]
"""An event, and where it stands in the timeline."""


@dataclass(frozen=True, slots=True)
class Fold:
    """One event takes the place of others."""

    place: int
    before: Event
    after: Event
    gone: tuple[Placed, ...] = ()
    """Events that go, for the first of them counts them now."""


@dataclass(slots=True)
class _Story:
    singles: list[Placed] = field(default_factory=list)
    flap: Placed | None = None
    last_at: float = 0.0


@dataclass(slots=True)
class Flaps:
    """Folds what is told of one thing, such as a link, when so much comes within so many seconds.

    Changes to and fro become ``flapping``; the same again and again keeps its kind.
    """

    least: int = 4
    window_seconds: float = 60.0
    longest_seconds: float = 600.0
    """After that a new event begins: one that stays at its place for hours is not seen."""
    most: int = 5_000
    """Things that are remembered; the oldest goes first."""
    _stories: OrderedDict[tuple[str, ...], _Story] = field(default_factory=OrderedDict)

    def fold(self, meaning: Meaning) -> Fold | None:
        """How the news joins what was told before; None when it stands for itself: then ``note`` it."""
        event = meaning.event
        story = self._stories.get(_thing(meaning)) if event.kind not in NEVER else None
        if story is None:
            return None
        if story.flap is not None:
            place, before = story.flap
            if self._goes_on(story, event):
                return self._grow(story, place, before, event)
            story.flap = None
        story.singles = [one for one in story.singles if event.at - one[1].at <= self.window_seconds]
        if len(story.singles) + 1 < self.least:
            return None
        (place, first), *others = story.singles
        story.singles = []
        severity = min(
            (first.severity, *(one.severity for _, one in others), event.severity), key=_WORST.index
        )
        kinds = {first.kind, *(one.kind for _, one in others), event.kind}
        fields = {"subject": meaning.subject, "count": str(len(others) + 2)}
        kind = KIND if len(kinds) > 1 else event.kind
        after = _tell(replace(first, kind=kind, severity=severity, fields=fields), event)
        story.flap, story.last_at = (place, after), event.at
        return Fold(place, first, after, tuple(others))

    def note(self, meaning: Meaning, place: int) -> None:
        """Remember news that stands for itself."""
        if meaning.event.kind in NEVER:
            return
        key = _thing(meaning)
        story = self._stories.pop(key, None) or _Story()
        story.singles = [*story.singles[-self.least :], (place, meaning.event)]
        self._stories[key] = story
        if len(self._stories) > self.most:
            self._stories.popitem(last=False)

    def renew(self, meaning: Meaning, place: int, after: Event) -> None:
        """An event that stands for itself is told differently now."""
        story = self._stories.get(_thing(meaning))
        if story is not None:
            story.singles = [(at, after if at == place else event) for at, event in story.singles]

    def _goes_on(self, story: _Story, event: Event) -> bool:
        begun = story.flap[1].at if story.flap is not None else event.at
        lately = event.at - story.last_at <= self.window_seconds
        return lately and event.at - begun <= self.longest_seconds

    def _grow(self, story: _Story, place: int, before: Event, event: Event) -> Fold:
        count = {"count": str(int(before.fields["count"]) + 1)}
        severity = min(before.severity, event.severity, key=_WORST.index)
        kind = before.kind if event.kind == before.kind else KIND
        after = _tell(replace(before, kind=kind, severity=severity, fields={**before.fields, **count}), event)
        story.flap, story.last_at = (place, after), event.at
        return Fold(place, before, after)


def _tell(flap: Event, last: Event) -> Event:
    seconds = max(last.at - flap.at, 0.0)
    own = {name: flap.fields[name] for name in ("subject", "count")}
    own |= {"seconds": f"{seconds:.0f}", "last": last.kind}
    fields = {**dict(list(last.fields.items())[:MAX_FIELDS]), **own}
    times = f"{own['count']} times in {seconds:.0f} s"
    flapped = flap.kind == KIND
    text = f"{own['subject']} flapped {times}; now: {last.text}" if flapped else f"{times}: {last.text}"
    return replace(flap, fields=fields, text=text[:200])


def _thing(meaning: Meaning) -> tuple[str, ...]:
    event = meaning.event
    names = (event.fields.get(name, "") for name in ("peer", "part", "router"))
    return event.device, meaning.subject, event.interface, *names
