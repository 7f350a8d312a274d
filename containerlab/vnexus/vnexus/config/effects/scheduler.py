"""Times of schedules: kept as the moment or the hour they mean."""

from __future__ import annotations

import calendar
import re
import time

from vnexus.config.change import Change, NoSuchWordError
from vnexus.config.effects.registry import effect

MINUTE = 60
DAY = 86_400


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
