"""Times when nothing may change: ``freezes.yaml``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from agent.intent.record import Name, Record, Words


class Freeze(Record):
    """From the first instant to the last, both with their time zone; all sites when none is named."""

    reason: Words
    starts: AwareDatetime
    ends: AwareDatetime
    sites: tuple[Name, ...] = ()

    def covers(self, site: str, now: datetime) -> bool:
        """Whether nothing may change at the site at this instant."""
        return self.starts <= now <= self.ends and (not self.sites or site in self.sites)


class FreezesFile(Record):
    freezes: Annotated[tuple[Freeze, ...], Field()] = ()
