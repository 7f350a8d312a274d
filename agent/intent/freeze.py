"""Times when nothing may change: ``freezes.yaml``."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from agent.intent.record import Name, Record, Words


class Freeze(Record):
    """From the first instant to the last, both with their time zone; all sites when none is named."""

    reason: Words
    starts: AwareDatetime
    ends: AwareDatetime
    sites: tuple[Name, ...] = ()


class FreezesFile(Record):
    freezes: Annotated[tuple[Freeze, ...], Field()] = ()
