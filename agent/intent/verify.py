"""Cross-checks over the whole city: pure, from values and places to findings."""

from __future__ import annotations

from agent.intent.city import City
from agent.intent.damage import Damage
from agent.intent.places import Places
from agent.intent.verify_links import verify_links
from agent.intent.verify_names import verify_names
from agent.intent.verify_people import verify_people
from agent.intent.verify_plan import verify_plan
from agent.intent.verify_ports import verify_ports
from agent.records import Finding

DECLARERS = ("addresses.yaml", "sites.yaml", "services/tenants.yaml", "catalog/")
"""Files in which a name that leads nowhere makes other things look missing."""


def verify(city: City, places: Places, damage: Damage) -> list[Finding]:
    """All findings of all checks, unsorted; what ``damage`` explains is not complained about."""
    names = verify_names(city, places, damage)
    files = {finding.place.file for finding in names}
    damage = damage.muddle(frozenset(file for file in files if file.startswith(DECLARERS)))
    return [
        *names,
        *verify_ports(city, places),
        *verify_links(city, places, damage),
        *verify_plan(city, places, damage),
        *verify_people(city, places, damage),
    ]
