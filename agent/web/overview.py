"""The city at a glance: what was meant against what switches said last. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from agent.collect.poll import Poll
from agent.flows.endpoints import is_dark, is_up
from agent.intent.expectation import Expectations, ExpectedPort, Target
from agent.metrics import Page

CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class SwitchLine:
    """One switch on the page."""

    device: str
    role: str
    state: str
    """``up``, ``partial``, ``down`` or ``waiting`` (not polled yet)."""
    age_seconds: float | None
    seconds: float | None
    ports_expected: int
    ports_up: int
    problem: str
    troubles: tuple[str, ...] = ()
    """What is not as meant, one line each, for people."""


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One site on the page, with its switches."""

    site: str
    switches: tuple[SwitchLine, ...]
    cameras: int
    cameras_dark: tuple[str, ...]
    """Human words of the cameras that are seen to be down, or to draw less than a living one."""

    @property
    def switches_up(self) -> int:
        """Switches that answered their last poll."""
        return sum(switch.state in {"up", "partial"} for switch in self.switches)

    @property
    def ports_expected(self) -> int:
        """Ports that the intent wants up."""
        return sum(switch.ports_expected for switch in self.switches)

    @property
    def ports_up(self) -> int:
        """Of those, the ones that are."""
        return sum(switch.ports_up for switch in self.switches)

    @property
    def troubled(self) -> bool:
        """Whether anything here is not as it is meant."""
        return (
            self.switches_up < len(self.switches)
            or self.ports_up < self.ports_expected
            or bool(self.cameras_dark)
        )


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole city."""

    sites: tuple[SiteLine, ...]

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is not as meant in the whole city."""
        return tuple(line for site in self.sites for switch in site.switches for line in switch.troubles)

    @property
    def totals(self) -> dict[str, int]:
        """Sums over all sites, by what is counted."""
        return {
            "switches": sum(len(site.switches) for site in self.sites),
            "switches_up": sum(site.switches_up for site in self.sites),
            "ports_expected": sum(site.ports_expected for site in self.sites),
            "ports_up": sum(site.ports_up for site in self.sites),
            "cameras": sum(site.cameras for site in self.sites),
            "cameras_dark": sum(len(site.cameras_dark) for site in self.sites),
        }


def describe_city(
    expectations: Expectations,
    last: Callable[[str], Poll | None],
    known: Callable[[str], Page],
    now: float,
) -> Overview:
    """Overview at unix time ``now``, from the last poll and the still valid values of every switch."""
    ports: dict[str, list[ExpectedPort]] = {}
    for port in expectations.ports:
        ports.setdefault(port.device, []).append(port)
    sites: dict[str, list[Target]] = {}
    for target in expectations.targets:
        sites.setdefault(target.site, []).append(target)
    return Overview(
        tuple(
            _describe_site(site, targets, ports, last, known, now) for site, targets in sorted(sites.items())
        )
    )


def _describe_site(  # noqa: PLR0913, PLR0917  # the pieces of one page, handed down once
    site: str,
    targets: list[Target],
    ports: Mapping[str, list[ExpectedPort]],
    last: Callable[[str], Poll | None],
    known: Callable[[str], Page],
    now: float,
) -> SiteLine:
    switches = []
    cameras = 0
    dark: list[str] = []
    for target in targets:
        page, mine = known(target.device), ports.get(target.device, [])
        switches.append(_describe_switch(target, mine, last(target.device), page, now))
        cameras += sum(port.kind == CAMERA for port in mine)
        poll = last(target.device)
        if poll is not None and poll.success:  # of a silent switch nobody knows
            dark += [
                port.place or port.endpoint for port in mine if port.kind == CAMERA and is_dark(port, page)
            ]
    return SiteLine(site, tuple(switches), cameras, tuple(dark))


def _describe_switch(
    target: Target, ports: list[ExpectedPort], poll: Poll | None, page: Page, now: float
) -> SwitchLine:
    if poll is None:
        return SwitchLine(target.device, target.role, "waiting", None, None, len(ports), 0, "")
    state = "down" if not poll.success else "partial" if poll.partial else "up"
    up = sum(is_up(port, page) for port in ports)
    return SwitchLine(
        target.device,
        target.role,
        state,
        max(0.0, now - poll.at - poll.seconds),
        poll.seconds,
        len(ports),
        up,
        poll.problem,
        tuple(_troubles(target, ports, poll, page)),
    )


def _troubles(target: Target, ports: list[ExpectedPort], poll: Poll, page: Page) -> Iterator[str]:
    if not poll.success:
        yield f"switch {target.device} does not answer"
        return
    for port in ports:
        if is_dark(port, page):
            word = "dark" if port.kind == CAMERA else "down"
            yield f"{port.kind} {port.endpoint}, {port.place}: {word} ({port.device} {port.interface})"
