"""Services with the team that answers for each, and what was promised. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from agent.intent.city import City
from agent.intent.expectation import ExpectedService, ExpectedTeam
from agent.intent.promise import Objective

ALWAYS = ("carriers", "internet", "monitoring", "transport")
"""Services that every city has: alerts name them, whoever answers."""


def expect_services(city: City, used: Iterable[str]) -> tuple[ExpectedService, ...]:
    """Every service of the files, those of ``used`` and those of every city, by name."""
    names = {*city.services, *city.about.services, *used, *ALWAYS}
    return tuple(_service(city, name) for name in sorted(names))


def _service(city: City, name: str) -> ExpectedService:
    said = city.about.services.get(name)
    if said is not None:
        return _promised(name, said.owner, said.objective)
    file = city.services.get(name)
    kind = city.kinds.get(file.kind) if file is not None else None
    if kind is not None:
        return _promised(name, kind.owner or city.about.owner, kind.objective)
    return _promised(name, city.about.owner, None)


def _promised(name: str, owner: str, objective: Objective | None) -> ExpectedService:
    if objective is None:
        return ExpectedService(name, owner)
    # rounded, so that 99.95 % is 0.9995 and not 0.9994999999999999
    ratio = round(objective.availability_percent / 100, 9)
    return ExpectedService(name, owner, ratio, objective.window_days)


def expect_teams(city: City) -> tuple[ExpectedTeam, ...]:
    """The teams of ``city.yaml``, by name."""
    return tuple(
        ExpectedTeam(name, team.title, team.email or "") for name, team in sorted(city.about.teams.items())
    )
