"""``moulin check``: is the inventory sound, and what does it describe?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from agent.collect.syslog.known import CITY_FOLDER as SYSLOG
from agent.collect.syslog.known import city_lexicon
from agent.collect.tables.load import city_tables
from agent.collect.traps.known import CITY_FOLDER as TRAPS
from agent.collect.traps.known import city_dictionary
from agent.errors import UsageError
from agent.intent.city import City
from agent.intent.expand import expand_switches
from agent.intent.expect import expect
from agent.intent.load import inspect_city
from agent.records import Finding, InventoryError, Place, Severity


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was found; ``summary`` is (what, how many) and empty when the inventory has errors."""

    city: str | None
    findings: tuple[Finding, ...]
    summary: tuple[tuple[str, int], ...]

    @property
    def sound(self) -> bool:
        return self.city is not None


def check_inventory(root: Path) -> CheckReport:
    """Load, cross-check and expand the folder; never raises for what is written in it."""
    city, findings = inspect_city(root)
    findings += _table_mistakes(root) + _message_mistakes(root)
    if city is None or any(one.severity is Severity.ERROR for one in findings):
        return CheckReport(None, findings, ())
    return CheckReport(city.about.name, findings, tuple(_summary(city)))


def _table_mistakes(root: Path) -> tuple[Finding, ...]:
    """What is wrong with the city's own tables of the collector."""
    try:
        city_tables(root)
    except InventoryError as error:
        return tuple(
            replace(one, place=Place((root / one.place.file).as_posix(), one.place.line))
            for one in error.findings
        )
    return ()


def _message_mistakes(root: Path) -> tuple[Finding, ...]:
    """What is wrong with the city's own tables of notifications and of messages."""
    found: list[Finding] = []
    for folder, load in ((TRAPS, city_dictionary), (SYSLOG, city_lexicon)):
        try:
            load(root)
        except UsageError as error:
            name, _, rest = str(error).partition(": ")
            problem, _, hint = rest.rpartition(". ")
            found.append(Finding(Place((root / folder / name).as_posix()), problem, hint))
    return tuple(found)


def _summary(city: City) -> list[tuple[str, int]]:
    roles = Counter(host.role for host in city.hosts.values())
    services = Counter(placed.service for placed in city.placed)
    switches, promises = expand_switches(city), expect(city)
    return [
        ("sites", len(city.sites)),
        *((f"{role} switches", count) for role, count in roles.items()),
        ("networks", len(city.plan.networks)),
        ("VRFs", len(city.plan.vrfs)),
        ("ports in use", sum(port.mode != "unused" for s in switches.values() for port in s.ports)),
        ("cables between switches", len(promises.neighbors) // 2),
        *((f"endpoints of {service}", count) for service, count in services.items()),
        ("servers", len(city.servers)),
        ("tenants", len(city.tenants)),
        ("carriers", len(city.carriers.carriers) if city.carriers else 0),
        ("freezes", len(city.freezes)),
    ]
