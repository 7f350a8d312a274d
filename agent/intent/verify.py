"""Cross-checks over the whole city: pure, from values and places to findings."""

from __future__ import annotations

from agent.intent.city import City
from agent.intent.places import Places
from agent.intent.verify_links import verify_links
from agent.intent.verify_names import verify_names
from agent.intent.verify_people import verify_people
from agent.intent.verify_plan import verify_plan
from agent.intent.verify_ports import verify_ports
from agent.records import Finding


def verify(city: City, places: Places, lost: frozenset[str]) -> list[Finding]:
    """All findings of all checks, unsorted.

    ``lost`` names records that were left out because of a mistake of their own: what points at them is not
    accused, and as long as there are any, nothing is said to be missing.
    """
    complete = not lost
    return [
        *verify_names(city, places, lost),
        *verify_ports(city, places),
        *verify_links(city, places, complete=complete),
        *verify_plan(city, places, complete=complete),
        *verify_people(city, places),
    ]
