"""The map of the switches: where each stands, what joins them, how that is. Pure.

Switches stand in tiers by role, so that the same city always gives the same picture and a cut link is where
it was yesterday; no coordinates are needed. What serves everybody stands above the core, what the core serves
below it: a line to the core passes behind no box of another tier.
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
MANY = 32
"""From so many switches in a tier its rows are twice as long, and healthy links are drawn faintly."""
ABOVE, CORE, BELOW = 0, 1, 2
TIERS = {"carrier-edge": ABOVE, "leaf": ABOVE, "core": CORE}
"""Tier by role, from the top; every other role stands below."""
ROW_HEIGHT, TOP = 86, 46
TIER_GAP = 70
BUSY = 0.7
"""Share of the speed from which a link is drawn as busy."""
STEADY = 0.3
"""Share from which its load is worth a line of its own colour and a figure."""


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
    """``up``, ``steady``, ``busy``, ``degraded`` (some links down), ``down``, ``waiting`` (nobody knows)."""
    load: float | None
    """Of the busiest link, 0 to 1."""
    points: tuple[tuple[float, float], ...]
    """Corners of the line, from one switch to the other."""

    @property
    def path(self) -> str:
        """The ``d`` of an SVG path."""
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in self.points)

    @property
    def label(self) -> str:
        """What stands on the line, where there is something to say: ``1/2`` links, or ``42 %`` load."""
        if self.state in {"degraded", "down"}:
            return f"{self.up}/{self.links}"
        return f"{self.load:.0%}".replace("%", " %") if self.load and self.load >= STEADY else ""

    @property
    def label_at(self) -> tuple[float, float]:
        """Where: on the line just before the lower switch, where lines of a core stand apart."""
        (x1, y1), (x2, y2) = self.points[:2]
        share = 0.5 if y1 == y2 else 0.72 if len(self.points) > 2 else 1 - (NODE[1] / 2 + 16) / abs(y2 - y1)
        return round(x1 + share * (x2 - x1), 1), round(y1 + share * (y2 - y1), 1)


@dataclass(frozen=True, slots=True)
class Topology:
    """The picture."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    many: bool
    """Whether healthy links should stand back, for there are too many."""

    @property
    def unknown(self) -> int:
        """Lines of which nobody knows anything."""
        return sum(line.state == "waiting" for line in self.lines)

    @property
    def lines_by_need(self) -> tuple[Line, ...]:
        """Lines that need a look first, then the busiest."""
        order = ("down", "degraded", "waiting", "busy", "steady", "up")
        return tuple(
            sorted(
                self.lines, key=lambda one: (order.index(one.state), -(one.load or 0.0), one.one, one.other)
            )
        )

    @property
    def troubles(self) -> tuple[Line, ...]:
        """Lines that are not as they are meant."""
        return tuple(line for line in self.lines if line.state in {"degraded", "down"})


def draw_topology(expectations: Expectations, vitals: Vitals) -> Topology:
    """The map of the intent's switches and cables, in the states of now."""
    rows = _rows(expectations)
    width = max(WIDTH, *(WIDTH * (2 if len(row) > PER_ROW else 1) for _, row in rows)) if rows else WIDTH
    places, tiers = _place(rows, width)
    nodes = tuple(
        Node(target.device, target.site, vitals.state(target.device), *places[target.device])
        for target in expectations.targets
    )
    height = max((y for _, y in places.values()), default=0.0) + TOP
    lines = tuple(_lines(expectations, vitals, places, tiers))
    return Topology(width, height, nodes, lines, width > WIDTH)


def _rows(expectations: Expectations) -> list[tuple[int, list[str]]]:
    """(tier, switches from the left) of every row, from the top; those of a role and a site side by side."""
    tiers: dict[int, list[str]] = {}
    for target in sorted(expectations.targets, key=lambda one: (one.role, one.site, one.device)):
        tiers.setdefault(TIERS.get(target.role, BELOW), []).append(target.device)
    rows = []
    for tier, devices in sorted(tiers.items()):
        most = PER_ROW if len(devices) < MANY else 2 * PER_ROW
        count = -(-len(devices) // most)
        each = -(-len(devices) // count)
        rows += [(tier, devices[first : first + each]) for first in range(0, len(devices), each)]
    return rows


def _place(
    rows: list[tuple[int, list[str]]], width: float
) -> tuple[dict[str, tuple[float, float]], dict[str, tuple[int, int]]]:
    """Middle of every switch, and its (tier, row of the tier)."""
    places: dict[str, tuple[float, float]] = {}
    tiers: dict[str, tuple[int, int]] = {}
    y, before, number = float(TOP), None, 0
    lengths = {tier: max(len(row) for one, row in rows if one == tier) for tier, _ in rows}
    several = {tier: sum(one == tier for one, _ in rows) > 1 for tier, _ in rows}
    for tier, row in rows:
        number = number + 1 if tier == before else 0
        if before is not None:
            y += ROW_HEIGHT + (TIER_GAP if tier != before else 0)
        before = tier
        # rows that stand below each other are set off, so that links pass between the boxes
        slots = lengths[tier] + (0.5 if several[tier] else 0.0)
        first = (slots - len(row)) / 2 if not several[tier] else 0.5 * (number % 2)
        for column, device in enumerate(row):
            places[device] = (round(width * (column + 0.5 + first) / slots, 1), y)
            tiers[device] = (tier, number)
    return places, tiers


def _lines(
    expectations: Expectations,
    vitals: Vitals,
    places: Mapping[str, tuple[float, float]],
    tiers: Mapping[str, tuple[int, int]],
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
            Line(
                one,
                other,
                len(links),
                up,
                _state(states, busiest),
                busiest,
                _route(one, other, places, tiers),
            )
        )
    return lines


def _route(
    one: str,
    other: str,
    places: Mapping[str, tuple[float, float]],
    tiers: Mapping[str, tuple[int, int]],
) -> tuple[tuple[float, float], ...]:
    """Straight; but to a second row of the lowest tier it comes down between the boxes of the first."""
    upper, lower = sorted((one, other), key=lambda device: tiers[device])
    start, end = places[upper], places[lower]
    tier, row = tiers[lower]
    if tiers[upper][0] == tier or row != 1:
        return start, end
    # two cores' lines to the same switch come down side by side
    peers = [x for device, (x, _) in places.items() if tiers[device] == tiers[upper]]
    x = end[0] + (4 if start[0] > sum(peers) / len(peers) else -4)
    return start, (x, end[1] - ROW_HEIGHT - NODE[1] / 2 - 6), (x, end[1])


def _state(links: list[bool | None], load: float | None) -> str:
    if all(link is None for link in links):
        return "waiting"
    if not any(links):
        return "down"
    if not all(links):
        return "degraded"
    if load is None or load < STEADY:
        return "up"
    return "busy" if load >= BUSY else "steady"
