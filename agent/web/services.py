"""Services by site: how many endpoints are meant to work, how many do, and since when they do not. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from agent.flows.endpoints import is_dark, is_told
from agent.intent.expectation import Expectations, ExpectedPort
from agent.metrics import INTERFACE_LAST_CHANGE, POE_WATTS, UPTIME, Page
from agent.web.vitals import Vitals

TRANSPORT = "transport"
BLIND = frozenset({"down", "waiting"})
"""States of a switch in which nobody knows what hangs on it."""
BACKBONE = frozenset({"core", "leaf", "carrier-edge"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A service at a site, or over all sites."""

    meant: int = 0
    working: int = 0
    unknown: int = 0
    """Endpoints whose switch does not answer, or was not asked yet."""

    @property
    def state(self) -> str:
        """``well``, ``partly``, ``degraded``, ``out``, ``unknown`` or ``none``.

        ``partly``: all that is seen works, some is not seen. ``out``: nothing works. ``none``: nothing is
        meant.
        """
        if not self.meant:
            return "none"
        if self.unknown == self.meant:
            return "unknown"
        if self.working == self.meant:
            return "well"
        if self.working + self.unknown == self.meant:
            return "partly"
        return "degraded" if self.working or self.unknown else "out"

    @property
    def broken(self) -> int:
        """Endpoints that are seen not to work."""
        return self.meant - self.working - self.unknown

    def __add__(self, other: Cell) -> Cell:
        return Cell(self.meant + other.meant, self.working + other.working, self.unknown + other.unknown)


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that is not as meant."""

    device: str
    interface: str
    service: str
    site: str
    kind: str
    """``camera``, ``uplink``…; ``switch`` for one that does not answer."""
    place: str
    """Human words of where it is; the name of the switch."""
    seconds: float | None
    """How long already; None where nobody knows."""
    owner: str = ""
    """Team that answers for the service."""
    unseen: tuple[tuple[str, int], ...] = ()
    """Behind a switch that does not answer: (kind, how many) of what nobody can see, most first."""


@dataclass(frozen=True, slots=True)
class Wellbeing:
    """The whole city by service and site."""

    services: tuple[str, ...]
    sites: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    """By (service, site); absent where nothing is meant."""
    incidents: tuple[Incident, ...]

    def at(self, service: str, site: str) -> Cell:
        """Of one service at one site."""
        return self.cells.get((service, site), Cell())

    @property
    def sites_by_need(self) -> tuple[str, ...]:
        """All sites, those first at which something is not well."""
        bad = {site for (_, site), cell in self.cells.items() if cell.state != "well"}
        return tuple(sorted(self.sites, key=lambda site: (site not in bad, site)))

    def over(self, service: str) -> Cell:
        """Of one service in the whole city."""
        return sum((cell for (name, _), cell in self.cells.items() if name == service), Cell())


def weigh_services(expectations: Expectations, vitals: Vitals) -> Wellbeing:
    """How every service fares at every site, from the last polls."""
    cells: dict[tuple[str, str], list[int]] = {}
    owners = {one.service: one.owner for one in expectations.services}
    incidents = _silences(expectations, vitals, owners)
    states = {target.device: vitals.state(target.device) for target in expectations.targets}
    pages = {target.device: vitals.known(target.device) for target in expectations.targets}
    for port in expectations.ports:
        page = pages.get(port.device, Page())
        state = states.get(port.device, "waiting")
        blind = state in BLIND or (state == "partial" and not is_told(port, page))
        dark = not blind and is_dark(port, page)
        cell = cells.setdefault((port.service, port.site), [0, 0, 0])
        cell[0] += 1
        cell[1] += not blind and not dark
        cell[2] += blind
        if dark:
            incidents.append(_incident(port, page, owners))
    return Wellbeing(
        tuple(sorted({service for service, _ in cells})),
        tuple(sorted({site for _, site in cells})),
        {key: Cell(*cell) for key, cell in cells.items()},
        tuple(
            sorted(
                _once_per_cable(incidents, expectations),
                key=lambda one: (one.interface != "", one.seconds or 0.0, one.place),
            )
        ),
    )


def _silences(expectations: Expectations, vitals: Vitals, owners: Mapping[str, str]) -> list[Incident]:
    """One for every switch that does not answer, with what hangs on it."""
    silent = {target.device for target in expectations.targets if vitals.state(target.device) == "down"}
    behind: dict[str, Counter[str]] = {device: Counter() for device in silent}
    for port in expectations.ports:
        if port.device in silent and port.service != TRANSPORT:
            behind[port.device][port.kind] += 1
    found = []
    for target in expectations.targets:
        if target.device in silent:
            heard = vitals.heard(target.device)
            seconds = None if heard is None else max(0.0, vitals.now - heard)
            place = (target.device, "", TRANSPORT, target.site, "switch", target.device, seconds)
            unseen = tuple(behind[target.device].most_common())
            found.append(Incident(*place, owners.get(TRANSPORT, ""), unseen))
    return found


def _once_per_cable(incidents: list[Incident], expectations: Expectations) -> list[Incident]:
    """Of a cable whose two ends are dark, the end farther from the core: that is where people miss it."""
    if not any(one.kind == "uplink" for one in incidents):
        return incidents
    dark = {(one.device, one.interface) for one in incidents}
    roles = {target.device: target.role for target in expectations.targets}
    told_there = set()
    for link in expectations.neighbors:
        near, far = (link.device, link.interface), (link.neighbor, link.neighbor_interface)
        if near in dark and far in dark:
            ends = sorted((near, far), key=lambda end: (roles.get(end[0]) in BACKBONE, end))
            told_there.add(ends[1])
    return [one for one in incidents if (one.device, one.interface) not in told_there]


def _incident(port: ExpectedPort, page: Page, owners: Mapping[str, str]) -> Incident:
    return Incident(
        port.device,
        port.interface,
        port.service,
        port.site,
        port.kind,
        port.place or port.endpoint,
        _age(port, page),
        owners.get(port.service, ""),
    )


def _age(port: ExpectedPort, page: Page) -> float | None:
    """Seconds since the port changed its state: ifLastChange counts on the clock of sysUpTime."""
    changed = page.value(INTERFACE_LAST_CHANGE, port.device, port.interface)
    uptime = page.value(UPTIME, port.device)
    if changed is None or uptime is None or changed > uptime:
        return None
    return uptime - changed


@dataclass(frozen=True, slots=True)
class EndpointLine:
    """One endpoint in the finder."""

    port: ExpectedPort
    state: str
    """``well``, ``dark`` or ``unknown``."""
    watts: float | None


def find_endpoints(
    expectations: Expectations, vitals: Vitals, kind: str, wanted: str = ""
) -> Iterator[EndpointLine]:
    """Endpoints of a kind whose tag, place, site or switch holds every word of ``wanted``, by place."""
    words = wanted.casefold().split()
    for port in sorted(_of_kind(expectations.ports, kind), key=_in_street_order):
        text = f"{port.endpoint} {port.place} {port.site} {port.device} {port.interface}".casefold()
        if not all(word in text for word in words):
            continue
        page = vitals.known(port.device)
        blind = vitals.state(port.device) in BLIND
        state = "unknown" if blind else "dark" if is_dark(port, page) else "well"
        yield EndpointLine(port, state, page.value(POE_WATTS, port.device, port.interface))


def _in_street_order(port: ExpectedPort) -> list[tuple[int, str]]:
    return _in_order(f"{port.place.casefold()} {port.endpoint}")


@lru_cache(maxsize=1 << 15)
def _in_order(text: str) -> list[tuple[int, str]]:
    """Numbers as numbers: house 3 before house 12."""
    # every second part is the digits that split the others
    return [
        (int(part), "") if number % 2 else (0, part) for number, part in enumerate(re.split(r"(\d+)", text))
    ]


def _of_kind(ports: Iterable[ExpectedPort], kind: str) -> Iterator[ExpectedPort]:
    return (port for port in ports if port.kind == kind)
