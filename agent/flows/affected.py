"""Who is hit by a plan: endpoints and services by name, counted."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.intent.expectation import Expectations, ExpectedPort
from agent.plan.plan import Plan, Step

_NUMBER = re.compile(r"^(?P<street>.*\D) \d+\w?$")
_OF_MANY = frozenset({"server"})
"""Kinds of endpoint that several services have."""
_SHOWN = 4
"""Places that are named before the rest is counted."""


@dataclass(frozen=True, slots=True)
class Affected:
    """What people would notice. ``endpoints`` are the words of plans, ``services`` counts them by service."""

    endpoints: tuple[str, ...]
    services: Mapping[str, int]

    def __str__(self) -> str:
        return count_endpoints(self.endpoints) or "nobody"


def find_affected(plans: Iterable[Plan], expected: Expectations) -> Affected:
    """Everybody whom the steps of the plans touch, each once, in their order; a label hits nobody."""
    known: dict[tuple[str, str], ExpectedPort] = {(port.device, port.words): port for port in expected.ports}
    steps = ((plan.device, step) for plan in plans for step in plan.steps if not _is_label(step))
    touched = {(device, name): None for device, step in steps for name in step.touches}
    usual = {port.kind: port.service for port in expected.ports if port.kind not in _OF_MANY}
    services: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for device, name in touched:
        port, kind = known.get((device, name)), name.partition(" ")[0]
        if port is not None:
            services[port.service].add((port.kind, port.endpoint))
        elif kind in usual:  # the intent knows it no longer
            services[usual[kind]].add((kind, name))
    return Affected(
        endpoints=tuple(dict.fromkeys(name for _, name in touched)),
        services={service: len(found) for service, found in sorted(services.items())},
    )


def _is_label(step: Step) -> bool:
    lines = [line.strip() for line in step.lines[1:]]
    return bool(lines) and all(line.startswith(("description ", "no description")) for line in lines)


def count_endpoints(names: Iterable[str]) -> str:
    """Words of endpoints, counted by kind and street; the most numerous first.

    >>> count_endpoints(["camera rue Haute 2", "camera rue Haute 4", "carrier Alizé ALI-4100"])
    '2 cameras rue Haute, 1 carrier Alizé ALI-4100'
    """
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        kind, _, place = name.partition(" ")
        street = _NUMBER.match(place)
        kinds[kind][street["street"] if street else place] += 1
    ordered = sorted(kinds.items(), key=lambda item: -item[1].total())
    return ", ".join(_say(kind, streets) for kind, streets in ordered)


def _say(kind: str, streets: Counter[str]) -> str:
    count = streets.total()
    plural = kind if count == 1 else f"{kind}es" if kind.endswith("s") else f"{kind}s"
    shown = [place for place, _ in streets.most_common(_SHOWN)]
    more = f" and {len(streets) - _SHOWN} places more" if len(streets) > _SHOWN else ""
    return f"{count} {plural} {'; '.join(shown)}{more}".strip()
