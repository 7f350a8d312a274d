"""When a device says that it happened: stamps of NX-OS, IOS, RFC 3164 and RFC 5424. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STAMP = re.compile(
    rf"[*.]?(?:(?P<year>\d{{4}}) )?\b(?P<month>{'|'.join(_MONTHS)}) {{1,2}}(?P<day>\d{{1,2}})"
    r"(?: (?P<late>\d{4}))? (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<part>\d{1,9}))?"
    r"(?: (?P<zone>[A-Z]{2,5}|[+-]\d\d:?\d\d)(?=:| |$))?"
)
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)")
ZONES: Mapping[str, float] = {"UTC": 0, "GMT": 0, "Z": 0}
"""Hours by name that mean the same everywhere; others are of the city that writes them."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the device wrote, as if it were UTC, and the zone that it named."""

    naive: float
    """Unix time if the zone were UTC; of a stamp without a year, of the year 1970."""
    zone: str = ""
    year: bool = True

    @property
    def unix(self) -> float | None:
        """Unix time, when zone and year are known without the city's help."""
        return self.at(ZONES)

    def at(self, zones: Mapping[str, float]) -> float | None:
        """Unix time by hours east of UTC; None for a zone that is not among them, and without a year."""
        hours = zones.get(self.zone)
        return self.naive - 3600 * hours if hours is not None and self.year else None


def find_stamp(head: str) -> tuple[Stamp | None, tuple[int, int]]:
    """The first stamp, and where it stands.

    >>> find_stamp("sw-1: 2026 Nov  1 12:00:00 CET: ")
    (Stamp(naive=1793534400.0, zone='CET', year=True), (6, 30))
    >>> find_stamp("nothing")
    (None, (0, 0))
    """
    if iso := _ISO.search(head):
        return read_iso(iso[0]), iso.span()
    found = _STAMP.search(head)
    if found is None:
        return None, (0, 0)
    year = found["year"] or found["late"]
    try:
        moment = datetime(
            int(year or 1972),
            _MONTHS.index(found["month"]) + 1,
            int(found["day"]),
            int(found["hour"]),
            int(found["minute"]),
            int(found["second"]),
            tzinfo=UTC,
        )
    except ValueError:
        return None, (0, 0)
    part = float(f"0.{found['part']}") if found["part"] else 0.0
    zone = found["zone"] or ""
    stamp = Stamp(round(moment.timestamp() + part, 6), zone, year=bool(year))
    if zone[:1] in {"+", "-"}:
        stamp = read_iso(moment.replace(tzinfo=None).isoformat() + zone) or stamp
    return stamp, found.span()


def read_iso(text: str) -> Stamp | None:
    """A stamp of RFC 3339; None for ``-`` and for what is none.

    >>> read_iso("2026-11-22T23:01:02.5+01:00").unix, read_iso("-"), read_iso("2026-13-22T23:01:02Z")
    (1795384862.5, None, None)
    """
    if not _ISO.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return Stamp(round(moment.timestamp(), 6), "UTC")
    except OverflowError:
        return None


def zones_of(name: str, hours: float) -> dict[str, float]:
    """Zones that a city's switches write: its own, and its summer time by the usual name.

    >>> zones_of("CET", 1)
    {'UTC': 0, 'GMT': 0, 'Z': 0, 'CET': 1, 'CEST': 2}
    """
    summer = {f"{name[:-1]}ST" if name.endswith("T") and len(name) == 3 else f"{name}S": hours + 1}
    return {**ZONES, name: hours, **summer}


def write_stamp(unix: float) -> str:
    """Unix time for people, in UTC; empty for one that no calendar has.

    >>> write_stamp(1795384862.5), write_stamp(1e30)
    ('2026-11-22T22:01:02Z', '')
    """
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=unix)
    except OverflowError:
        return ""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
