"""What every rule says beside its own words: who answers, which street; and that works keep it quiet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent import metrics as m
from agent.intent.expectation import Expectations
from agent.intent.promise import FALLBACK_OWNER
from agent.noc.rule import Alert

STREET = r"[ ,]*[0-9].*$"
"""What is cut off a place: ``rue Haute 12`` stands in ``rue Haute``."""
WATCHER = "monitoring"
"""Service of the alerts about Moulin itself, which no works on a site keep quiet."""
_AT_WORK = f"max by (site) ({m.CITY_MAINTENANCE.name}) == 1"
_AT_WORK_HERE = f"(max by (device, site) ({m.CITY_DEVICE_INFO.name}) and on (site) ({_AT_WORK}))"


@dataclass(frozen=True, slots=True)
class Owners:
    """Team by service."""

    teams: Mapping[str, str] = field(default_factory=dict)
    fallback: str = FALLBACK_OWNER

    def of(self, service: str) -> str:
        """The team that answers for the service."""
        return self.teams.get(service, self.fallback)

    def template(self) -> str:
        """The team of ``$labels.service``, as Prometheus works it out for a label."""
        by_team: defaultdict[str, list[str]] = defaultdict(list)
        for service, team in sorted(self.teams.items()):
            if team != self.fallback:
                by_team[team].append(f'"{service}"')
        if not by_team:
            return self.fallback
        arms = [
            f"if eq $labels.service {' '.join(services)} }}}}{team}{{{{" for team, services in by_team.items()
        ]
        return "{{ " + " else ".join(arms) + f" else }}}}{self.fallback}{{{{ end }}}}"


def owners_of(expected: Expectations) -> Owners:
    """The teams of a city; whoever answers for the watch itself answers for what is not named."""
    teams = {service.service: service.owner for service in expected.services}
    return Owners(teams, teams.get(WATCHER, FALLBACK_OWNER))


def more_labels(alert: Alert, owners: Owners) -> dict[str, str]:
    """Labels that the rule adds: templates where only the series know."""
    labels = {"owner": owners.of(alert.service) if alert.service is not None else owners.template()}
    if "place" in alert.labels:
        labels["street"] = f'{{{{ reReplaceAll "{STREET}" "" $labels.place }}}}'
    return labels


def filled_labels(alert: Alert, words: Mapping[str, str], owners: Owners) -> dict[str, str]:
    """The same, for series with these labels."""
    labels = {"owner": owners.of(alert.service or words.get("service", ""))}
    if "place" in alert.labels:
        labels["street"] = street_of(words.get("place", ""))
    return labels


def street_of(place: str) -> str:
    """The street of a place.

    >>> street_of("rue Haute 12"), street_of("parvis"), street_of("quai 3, nord")
    ('rue Haute', 'parvis', 'quai')
    """
    return re.sub(STREET, "", place)


def quiet_at_work(alert: Alert) -> str:
    """The expression of the alert, silent where works go on."""
    if alert.service == WATCHER:
        return alert.expr
    if "site" in alert.labels:
        return f"({alert.expr}) unless on (site) ({_AT_WORK})"
    if "device" in alert.labels:
        return f"({alert.expr}) unless on (device) {_AT_WORK_HERE}"
    return alert.expr
