"""The timeline as a page shows it: filtered, flaps together, dated by day and hour. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from agent.records import Event, EventLevel

MOST = 200
"""So many lines are shown."""
EVENTS_READ = 10_000
"""Of so many of the latest events those are taken that a reader wants."""
LEVELS = tuple(level.value for level in EventLevel)
TOGETHER_SECONDS = 300.0
"""The same thing again within so long is told once, with its count."""
WHO_FIELDS = ("user", "who", "by")
LONGEST = 300
"""Characters of a text that are shown."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader wants to see; empty is all."""

    device: str = ""
    kind: str = ""
    severity: str = ""
    """This much and worse."""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filter:
        """Of the query of a URL; what is no severity is none."""
        severity = query.get("severity", "")
        return cls(
            query.get("device", "")[:80], query.get("kind", "")[:80], severity if severity in LEVELS else ""
        )

    def takes(self, event: Event) -> bool:
        """Whether the event is to be shown."""
        return (
            (not self.device or event.device == self.device)
            and (not self.kind or event.kind == self.kind)
            and (not self.severity or LEVELS.index(event.severity.value) <= LEVELS.index(self.severity))
        )


@dataclass(frozen=True, slots=True)
class Happening:
    """One line: an event, or several of the same in a row."""

    event: Event
    """The latest of them."""
    times: int
    first_at: float

    @property
    def who(self) -> str:
        """Who did it; empty where nobody said."""
        return next((self.event.fields[name][:80] for name in WHO_FIELDS if self.event.fields.get(name)), "")

    @property
    def text(self) -> str:
        """The words, cut."""
        said = self.event.text
        return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"

    @property
    def day(self) -> str:
        """``2026-11-22``, UTC."""
        return datetime.fromtimestamp(self.event.at, UTC).strftime("%Y-%m-%d")

    @property
    def clock(self) -> str:
        """``23:40:05``, UTC."""
        return datetime.fromtimestamp(self.event.at, UTC).strftime("%H:%M:%S")


def gather(events: Iterable[Event], wanted: Filter, most: int = MOST) -> tuple[Happening, ...]:
    """Lines from events, newest first, at most so many."""
    lines: list[Happening] = []
    open_at: dict[tuple[str, ...], int] = {}
    for event in events:
        if not wanted.takes(event):
            continue
        key = (event.device, event.kind, event.interface, event.text, event.severity.value)
        place = open_at.get(key)
        if place is not None and lines[place].first_at - event.at <= TOGETHER_SECONDS:
            line = lines[place]
            lines[place] = Happening(line.event, line.times + 1, event.at)
        elif len(lines) < most:
            open_at[key] = len(lines)
            lines.append(Happening(event, 1, event.at))
        else:
            break
    return tuple(lines)
