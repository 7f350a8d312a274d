"""Where all news meets, whoever brought it: told once, flapping folded, kept, and followed by a poll."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from agent.collect.flaps import Flaps
from agent.collect.traps.meaning import Meaning
from agent.collect.traps.repeats import Repeats, join
from agent.records import Event
from agent.store.timeline import Timeline

PollSoon = Callable[[str, frozenset[str]], None]
"""(device, table groups): read them again now."""


@dataclass(slots=True)
class Newsdesk:
    """One for all messengers of a watch; in its loop."""

    timeline: Timeline
    poll_soon: PollSoon
    repeats: Repeats = field(default_factory=Repeats)
    flaps: Flaps = field(default_factory=Flaps)
    _last: dict[tuple[str, str], tuple[int, Event]] = field(default_factory=dict)
    """The last event of each device by messenger; bounded by the inventory."""

    def take(self, meaning: Meaning) -> bool:
        """Whether it was news; then it is in the timeline, and what it is about is read again."""
        event = meaning.event
        told = self.repeats.find(meaning)
        if told is not None:
            if told.place is not None and event.source not in told.event.source.split("+"):
                now = self.timeline.at(told.place) or told.event  # somebody may have told it differently
                both = join(now, event)
                self.timeline.amend(told.place, now, both)
                self.flaps.renew(meaning, told.place, both)
                told.event = both
            return False
        fold = self.flaps.fold(meaning)
        if fold is None:
            place = self.timeline.add(event)
            self.flaps.note(meaning, place)
            self.repeats.note(meaning, place)
            self._last[event.device, event.source] = place, event
        else:
            for gone, before in fold.gone:
                self.timeline.amend(gone, before, None)
            self.timeline.amend(fold.place, fold.before, fold.after, news=event)
            self.repeats.forget(meaning, {fold.place, *(place for place, _ in fold.gone)})
            self.repeats.note(meaning, None)
            self._last.pop((event.device, event.source), None)
        if meaning.poll:
            self.poll_soon(event.device, frozenset(meaning.poll))
        return True

    def again(self, device: str, source: str, times: int) -> None:
        """The last event of a device came so many times more, says its messenger."""
        place, event = self._last.get((device, source), (None, None))
        if place is None or event is None:
            return
        known = self.timeline.at(place)
        if known is None:
            return
        count = int(known.fields.get("also", "0")) + times
        after = replace(known, fields={**known.fields, "also": str(count)})
        self.timeline.amend(place, known, after)
