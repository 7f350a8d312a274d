"""Services by site: how many endpoints are meant to work, how many do, and since when they do not. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from agent.intent.expectation import Expectations, ExpectedPort
from agent.metrics import INTERFACE_LAST_CHANGE, POE_WATTS, UPTIME, Page
from agent.web.overview import is_dark
from agent.web.vitals import Vitals


@dataclass(frozen=True, slots=True)
class Cell:
    """A service at a site, or over all sites."""

    meant: int = 0
    working: int = 0
    unknown: int = 0
    """Endpoints whose switch does not answer, or was not asked yet."""

    @property
    def state(self) -> str:
        """``well``, ``degraded``, ``out`` (nothing works), ``unknown`` or ``none`` (nothing is meant)."""
        if not self.meant:
            return "none"
        if self.unknown == self.meant:
            return "unknown"
        if self.working == self.meant:
            return "well"
        return "degraded" if self.working else "out"

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

    def over(self, service: str) -> Cell:
        """Of one service in the whole city."""
        return sum((cell for (name, _), cell in self.cells.items() if name == service), Cell())


def weigh_services(expectations: Expectations, vitals: Vitals) -> Wellbeing:
    """How every service fares at every site, from the last polls."""
    cells: dict[tuple[str, str], Cell] = {}
    incidents = [
        _silent(target.device, target.site)
        for target in expectations.targets
        if vitals.state(target.device) == "down"
    ]
    pages = {target.device: vitals.known(target.device) for target in expectations.targets}
    for port in expectations.ports:
        page = pages.get(port.device, Page())
        blind = vitals.state(port.device) in {"down", "waiting"}
        dark = not blind and is_dark(port, page)
        key = (port.service, port.site)
        cells[key] = cells.get(key, Cell()) + Cell(1, int(not blind and not dark), int(blind))
        if dark:
            incidents.append(_incident(port, page))
    return Wellbeing(
        tuple(sorted({service for service, _ in cells})),
        tuple(sorted({site for _, site in cells})),
        cells,
        tuple(sorted(incidents, key=lambda one: (one.interface != "", one.seconds or 0.0, one.place))),
    )


def _silent(device: str, site: str) -> Incident:
    return Incident(device, "", "transport", site, "switch", device, None)


def _incident(port: ExpectedPort, page: Page) -> Incident:
    return Incident(
        port.device,
        port.interface,
        port.service,
        port.site,
        port.kind,
        port.place or port.endpoint,
        _age(port, page),
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
        blind = vitals.state(port.device) in {"down", "waiting"}
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
