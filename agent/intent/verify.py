"""Cross-checks over the whole city: pure, from values and places to findings."""

from __future__ import annotations

from agent.intent.city import City
from agent.intent.places import Places
from agent.intent.verify_names import verify_names
from agent.records import Finding


def verify(city: City, places: Places, lost: frozenset[str]) -> list[Finding]:
    """All findings of all checks, unsorted.

    ``lost`` names records that were left out because of a mistake of their own: what points at them is not
    accused. Checks that follow a name are made only when every name leads somewhere.
    """
    return verify_names(city, places, lost)
