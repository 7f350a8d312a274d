"""Times of schedules: kept as the moment or the hour they mean."""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Callable

from vnexus.config.change import Change, NoSuchWordError
from vnexus.config.effects.registry import effect

MINUTE = 60
DAY = 86_400
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@effect("schedule-start")
def schedule_start(change: Change) -> str | None:
    """``+HH:MM``, ``HH:MM`` and ``now`` become a moment, to the minute: never earlier than asked."""
    if change.negated:
        change.apply()
        return None
    when = change.match.get("when") or "now"
    at = moment(when, change.config.clock())
    if at is None:
        raise NoSuchWordError(2)
    text = time.strftime("%Y:%m:%d:%H:%M", time.gmtime(at))
    interval = change.match.get("interval")
    if interval is not None and not seconds_of(interval):
        raise NoSuchWordError(4)
    repeat = f" repeat {interval}" if interval else ""
    change.keep(("time",), f"time start {text}{repeat}")
    return None


@effect("schedule-daily")
def schedule_daily(change: Change) -> str | None:
    """One time of day."""
    if not change.negated and not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", change.match.get("when") or ""):
        raise NoSuchWordError(2)
    change.apply()
    return None


@effect("schedule-weekly")
def schedule_weekly(change: Change) -> str | None:
    """A day of the week and a time: ``mon:23:00`` or ``2:23:00``; kept by the day's name."""
    return _keep_day(change, "weekly", weekday)


@effect("schedule-monthly")
def schedule_monthly(change: Change) -> str | None:
    """A day of the month and a time: ``28:23:00``."""
    return _keep_day(change, "monthly", day_of_month)


def _keep_day(change: Change, often: str, day: Callable[[str], int | None]) -> str | None:
    if change.negated:
        change.apply()
        return None
    name, _, clock = (change.match.get("when") or "").partition(":")
    number, seconds = day(name), seconds_of(clock)
    if number is None or seconds is None or seconds >= DAY:
        raise NoSuchWordError(2)
    word = DAYS[number] if often == "weekly" else str(number)
    change.keep(("time",), f"time {often} {word}:{seconds // 3600:02d}:{seconds % 3600 // MINUTE:02d}")
    return None


def weekday(text: str) -> int | None:
    """0 for Monday: from a name of three letters, or the number that counts Sunday as 1; None for no day.

    >>> weekday("mon"), weekday("Sunday"), weekday("1"), weekday("2"), weekday("8"), weekday("")
    (0, 6, 6, 0, None, None)
    """
    if text.isdigit():
        return (int(text) + 5) % 7 if 1 <= int(text) <= 7 else None
    return DAYS.index(text[:3].lower()) if text[:3].lower() in DAYS else None


def day_of_month(text: str) -> int | None:
    """1 to 31, or None."""
    return int(text) if text.isdigit() and 1 <= int(text) <= 31 else None


def next_weekly(day: int, seconds: int, now: float) -> float:
    """The next such moment after ``now``; ``day`` 0 is Monday, ``seconds`` are those since midnight.

    >>> next_weekly(4, 60, 0.0), next_weekly(3, 60, 0.0), next_weekly(3, 60, 60.0)  # the epoch was a Thursday
    (86460.0, 60.0, 604860.0)
    """
    today = now // DAY
    at = (today + (day - int(today) - 3) % 7) * DAY + seconds
    return at if at > now else at + 7 * DAY


def next_monthly(day: int, seconds: int, now: float) -> float:
    """The next such moment after ``now``; in a month that is too short, its last day.

    >>> next_monthly(31, 0, 0.0) / DAY, next_monthly(31, 0, 30.0 * DAY) / DAY, next_monthly(1, 0, 0.0) / DAY
    (30.0, 58.0, 31.0)
    """
    year, month = time.gmtime(now)[:2]
    while True:
        last = calendar.monthrange(year, month)[1]
        at = float(calendar.timegm((year, month, min(day, last), 0, 0, 0))) + seconds
        if at > now:
            return at
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def seconds_of(text: str) -> int | None:
    """Seconds of ``[D:]HH:MM``; None for anything else.

    >>> seconds_of("00:30"), seconds_of("1:00:00"), seconds_of("soon")
    (1800, 86400, None)
    """
    found = re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,2}):([0-5]\d)", text)
    return int(found[1] or 0) * DAY + int(found[2]) * 3600 + int(found[3]) * MINUTE if found else None


def moment(text: str, now: float) -> float | None:
    """World time that ``now``, ``+[D:]HH:MM``, ``HH:MM`` or ``yyyy:mm:dd:HH:MM`` means; None for no time.

    >>> moment("+00:01", 30.0), moment("00:02", 30.0), moment("1970:01:01:00:03", 30.0), moment("25:00", 0.0)
    (120.0, 120.0, 180.0, None)
    """
    if text == "now":
        return float(int(now) // MINUTE * MINUTE + MINUTE)
    if text.startswith("+"):
        wait = seconds_of(text[1:])
        return None if wait is None else -(-(now + wait) // MINUTE) * MINUTE
    if text.count(":") == 4:
        try:
            return float(_seconds(text))
        except ValueError:
            return None
    of_day = seconds_of(text)
    if of_day is None or of_day >= DAY:
        return None
    today = now // DAY * DAY + of_day
    return today if today > now else today + DAY


def _seconds(text: str) -> int:
    """Raises ValueError."""
    return calendar.timegm(time.strptime(text, "%Y:%m:%d:%H:%M"))
