"""Times when changes may be made: ``windows.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, Field, field_validator

from agent.intent.record import Name, Record, Words

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HORIZON_DAYS = 400
"""How far ahead the next window is looked for: further than any yearly habit."""


class Window(Record):
    """A window that comes back: on these days from ``starts``, for so many hours, by the clock on the wall.

    ``weeks`` picks the first, second … such day of the month, -1 the last. Without ``sites`` it is for all
    sites; with ``services`` it is for what touches one of these services, and for nothing else.
    """

    title: Words
    days: Annotated[tuple[Day, ...], Field(min_length=1)]
    starts: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="local time, 22:00")]
    hours: Annotated[float, Field(gt=0, le=72)]
    timezone: Annotated[str, Field(description="IANA name: Europe/Paris")]
    weeks: tuple[Annotated[int, Field(ge=-1, le=5)], ...] = ()
    sites: tuple[Name, ...] = ()
    services: tuple[Name, ...] = ()
    quiet: bool = False
    """Alerts of its sites stay quiet while it is open; it must name sites."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("no such time zone; write an IANA name, for instance Europe/Paris") from None
        return name

    def openings(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        """(first, last instant) in UTC of the windows that are open at ``now`` or come after it, in order.

        A start that the clock skips in spring is an hour later; the length is in real hours.
        """
        zone = ZoneInfo(self.timezone)
        hour, minute = (int(part) for part in self.starts.split(":"))
        first = now.astimezone(zone).date() - timedelta(days=4)
        for offset in range(HORIZON_DAYS):
            day = first + timedelta(days=offset)
            if DAYS[day.weekday()] not in self.days or not self._fits_week(day):
                continue
            begins = datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
            ends = begins + timedelta(hours=self.hours)
            if ends > now:
                yield begins, ends

    def _fits_week(self, day: date) -> bool:
        if not self.weeks:
            return True
        last = (day + timedelta(days=7)).month != day.month
        return (day.day - 1) // 7 + 1 in self.weeks or (last and -1 in self.weeks)

    def covers(self, site: str) -> bool:
        return not self.sites or site in self.sites


class Works(Record):
    """Works that happen once: its sites stay quiet, and the agreed availability leaves them out."""

    reason: Words
    starts: AwareDatetime
    ends: AwareDatetime
    sites: Annotated[tuple[Name, ...], Field(min_length=1)]


class WindowsFile(Record):
    windows: tuple[Window, ...] = ()
    works: tuple[Works, ...] = ()
