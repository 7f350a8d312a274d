"""The same news twice is one event: a retried inform, Cisco's and IETF's trap of a link, its syslog line."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from agent.collect.traps.meaning import Meaning
from agent.records import Event

Key = tuple[str, ...]

_NUMBER = re.compile(r"(\d+)\D*$")
MAX_TELLINGS = 8
MAX_FIELDS = 32


@dataclass(slots=True)
class Telling:
    """An event that was told, and by what kinds of messenger."""

    event: Event
    place: int | None
    """Where it stands in the timeline; None when it does not, or no more."""
    messengers: set[str]


@dataclass(slots=True)
class Repeats:
    """Remembers the last tellings of each story for a while."""

    window_seconds: float = 10.0
    most: int = 20_000
    """Stories that are remembered; the oldest goes first."""
    _told: OrderedDict[Key, list[Telling]] = field(default_factory=OrderedDict)

    def find(self, meaning: Meaning) -> Telling | None:
        """The telling that the news repeats, now told by its messenger too; None for what is new.

        Down, up and down again are three events however fast they come; down, down of one messenger is one,
        and so is down of a trap and down of syslog, in whichever order their lines overtake each other.
        """
        event, messenger = meaning.event, messenger_of(meaning.event.source)
        told = [one for one in self._told.get(story_of(meaning), ()) if self._lately(one, event)]
        own = [number for number, one in enumerate(told) if messenger in one.messengers]
        if own and _same(told[own[-1]].event, event, story=meaning.subject != event.kind):
            return told[own[-1]]
        for one in told[own[-1] + 1 if own else 0 :]:
            if one.event.kind == event.kind:
                one.messengers.add(messenger)
                return one
        return None

    def note(self, meaning: Meaning, place: int | None) -> None:
        """Remember news that was told for the first time."""
        key = story_of(meaning)
        told = [one for one in self._told.pop(key, ()) if self._lately(one, meaning.event)]
        told.append(Telling(meaning.event, place, {messenger_of(meaning.event.source)}))
        self._told[key] = told[-MAX_TELLINGS:]
        self._sweep(meaning.event.at)

    def _sweep(self, now: float) -> None:
        while self._told:
            oldest = next(iter(self._told.values()))
            if len(self._told) <= self.most and now - oldest[-1].event.at < self.window_seconds:
                return
            self._told.popitem(last=False)

    def forget(self, meaning: Meaning, places: Collection[int]) -> None:
        """Events of this story that do not stand in the timeline any more."""
        for one in self._told.get(story_of(meaning), ()):
            if one.place in places:
                one.place = None

    def is_new(self, meaning: Meaning) -> bool:
        """False for what ``find`` finds; what is new is noted."""
        if self.find(meaning) is not None:
            return False
        self.note(meaning, None)
        return True

    def _lately(self, one: Telling, event: Event) -> bool:
        return event.at - one.event.at < self.window_seconds

    def __len__(self) -> int:
        return len(self._told)


def story_of(meaning: Meaning) -> Key:
    """What news is about, in words that traps and syslog share: a part by its number, a router by its id."""
    event = meaning.event
    if router := event.fields.get("router"):
        return event.device, meaning.subject, router
    part = event.fields.get("part", "")
    number = _NUMBER.search(part)
    about = (event.interface, event.fields.get("peer", ""), number[1] if number else part)
    return event.device, meaning.subject, *about


def messenger_of(source: str) -> str:
    """Traps and informs are one messenger: a switch sends either."""
    return "trap" if source == "inform" else source


def _same(before: Event, event: Event, *, story: bool) -> bool:
    if before.kind != event.kind or before.interface != event.interface:
        return False
    if before.kind.startswith("other-"):  # what nobody knows is the same only when its words are
        return before.text == event.text and before.fields == event.fields
    if story:
        return all(before.fields.get(name) == event.fields.get(name) for name in ("peer", "part"))
    return {name: before.fields[name] for name in event.fields if name in before.fields} == event.fields


def join(before: Event, event: Event) -> Event:
    """One event of two tellings: what the second says more, and both sources."""
    sources = dict.fromkeys((*before.source.split("+"), event.source))
    more = {name: value for name, value in event.fields.items() if name not in before.fields}
    fields = dict(list({**before.fields, **more}.items())[:MAX_FIELDS])
    text = before.text if len(before.text) >= len(event.text) else event.text
    return replace(before, fields=fields, source="+".join(sources), text=text)
