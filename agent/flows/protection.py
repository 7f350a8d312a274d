"""Protections as the journal keeps them."""

from __future__ import annotations

import json
from dataclasses import asdict

from agent.apply.protection import Protection, Way
from agent.errors import StoreError


def write_protection(protection: Protection) -> str:
    """JSON for the journal."""
    return json.dumps(asdict(protection))


def read_protection(text: str) -> Protection:
    """From the journal; raises StoreError when it was not written by us.

    >>> read_protection(write_protection(Protection(Way.SCHEDULER, 9))).minutes
    9
    """
    try:
        facts = json.loads(text)
        return Protection(**{**facts, "way": Way(facts["way"])})
    except (ValueError, TypeError, KeyError) as exc:
        raise StoreError("the journal holds a protection that cannot be read. see: moulin history") from exc
