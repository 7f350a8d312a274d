"""The map of the switches: where each stands, what joins them, how that is. Pure.

Switches stand in tiers by role, the edge on top, so that the same city always gives the same picture and a
cut link is where it was yesterday.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.intent.expectation import Expectations
from agent.metrics import INTERFACE_UP
from agent.web.vitals import Vitals

WIDTH = 1180
NODE = (124, 40)
PER_ROW = 8
TIERS = ("carrier-edge", "core", "leaf")
"""Roles in rows of their own, from the top; every other role stands below."""
ROW_HEIGHT, TOP = 120, 46
BUSY = 0.7
"""Share of the speed from which a link is drawn as busy."""


@dataclass(frozen=True, slots=True)
class Node:
    """One switch on the map; ``x`` and ``y`` are its middle."""

    device: str
    site: str
    state: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """All links between two switches, as one line."""

    one: str
    other: str
    links: int
    up: int
    state: str
    """``up``, ``busy``, ``degraded`` (some links down), ``down`` or ``waiting`` (nobody knows)."""
    load: float | None
    """Of the busiest link, 0 to 1."""
    path: tuple[float, float, float, float]

    @property
    def words(self) -> str:
        """``core-1 – sw-mairie: 1 of 2 links up, 12 % busy``."""
        load = "" if self.load is None else f", {self.load:.0%} busy".replace("%", " %")
        return f"{self.one} – {self.other}: {self.up} of {self.links} links up{load}"


@dataclass(frozen=True, slots=True)
class Topology:
    """The picture."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]

    @property
    def troubles(self) -> tuple[Line, ...]:
        """Lines that are not as they are meant."""
        return tuple(line for line in self.lines if line.state in {"degraded", "down"})


def draw_topology(expectations: Expectations, vitals: Vitals) -> Topology:
    """The map of the intent's switches and cables, in the states of now."""
    places = _place(expectations)
    nodes = tuple(
        Node(target.device, target.site, vitals.state(target.device), *places[target.device])
        for target in expectations.targets
    )
    height = max((y for _, y in places.values()), default=0.0) + TOP
    return Topology(WIDTH, height, nodes, tuple(_lines(expectations, vitals, places)))


def _place(expectations: Expectations) -> dict[str, tuple[float, float]]:
    """Middle of every switch: rows by tier, switches of a site beside each other, long rows broken."""
    tiers: dict[int, list[str]] = {}
    for target in sorted(expectations.targets, key=lambda one: (one.site, one.device)):
        tier = TIERS.index(target.role) if target.role in TIERS else len(TIERS)
        tiers.setdefault(tier, []).append(target.device)
    places: dict[str, tuple[float, float]] = {}
    y = float(TOP)
    for _, devices in sorted(tiers.items()):
        rows = -(-len(devices) // PER_ROW)
        each = -(-len(devices) // rows)
        for first in range(0, len(devices), each):
            row = devices[first : first + each]
            shift = 0.0 if rows == 1 else (0.25 if first % (2 * each) else -0.25)
            slots = len(row) + (0.5 if rows > 1 else 0.0)
            for column, device in enumerate(row):
                # rows that stand below each other are set off, so that links pass between the boxes
                places[device] = (
                    round(WIDTH * (column + slots / 2 - (len(row) - 1) / 2 + shift) / slots, 1),
                    y,
                )
            y += ROW_HEIGHT * 0.75
        y += ROW_HEIGHT * 0.25
    return places


def _lines(
    expectations: Expectations, vitals: Vitals, places: Mapping[str, tuple[float, float]]
) -> list[Line]:
    ends: dict[tuple[str, str], dict[tuple[str, str], tuple[str, str]]] = {}
    for link in expectations.neighbors:
        near, far = (link.device, link.interface), (link.neighbor, link.neighbor_interface)
        if near[0] in places and far[0] in places and near < far:
            ends.setdefault((near[0], far[0]), {})[near] = far
    pages = {device: vitals.known(device) for device in places}
    loads = {device: vitals.load(device) for device in places}
    lines = []
    for (one, other), links in sorted(ends.items()):
        states, busiest = [], None
        for near, far in links.items():
            seen = [pages[device].value(INTERFACE_UP, device, name) for device, name in (near, far)]
            states.append(None if seen == [None, None] else 0 not in seen)
            found = [loads[device][name] for device, name in (near, far) if name in loads[device]]
            busiest = max([*found, busiest] if busiest is not None else found, default=None)
        up = sum(state is True for state in states)
        lines.append(
            Line(one, other, len(links), up, _state(states, busiest), busiest, (*places[one], *places[other]))
        )
    return lines


def _state(links: list[bool | None], load: float | None) -> str:
    if all(link is None for link in links):
        return "waiting"
    if not any(links):
        return "down"
    if not all(links):
        return "degraded"
    return "busy" if load is not None and load >= BUSY else "up"
