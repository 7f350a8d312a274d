"""Who must live so that a device can be reached: the next ones on the ways to the cores. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from agent.intent.expectation import ExpectedNeighbor, ExpectedParent, ExpectedPort, Target

ROOT = "core"
"""Role of the switches that everything hangs on."""


def expect_parents(
    targets: Iterable[Target],
    neighbors: Iterable[ExpectedNeighbor],
    appliances: Iterable[Target],
    ports: Iterable[ExpectedPort],
) -> Iterator[ExpectedParent]:
    """For each switch those of its neighbours that are nearer to a core; for each appliance its switch.

    Cores have none, nor has a switch from which no cable leads to a core. The peer of a pair is as far from
    the cores as the switch itself, and is no parent.
    """
    steps = _distances([target.device for target in targets if target.role == ROOT], neighbors)
    cables = {(link.device, link.neighbor) for link in neighbors}
    yield from sorted(
        (
            ExpectedParent(device, neighbor)
            for device, neighbor in cables
            if neighbor in steps and steps[neighbor] < steps.get(device, 0)
        ),
        key=lambda found: (found.device, found.parent),
    )
    switches = {port.endpoint: port.device for port in ports}
    for appliance in appliances:
        if appliance.device in switches:
            yield ExpectedParent(appliance.device, switches[appliance.device])


def _distances(roots: Iterable[str], neighbors: Iterable[ExpectedNeighbor]) -> dict[str, int]:
    around: defaultdict[str, set[str]] = defaultdict(set)
    for link in neighbors:
        around[link.device].add(link.neighbor)
    steps = dict.fromkeys(roots, 0)
    edge, far = list(steps), 0
    while edge:
        far += 1
        edge = [n for device in edge for n in sorted(around[device]) if steps.setdefault(n, far) == far]
        edge = list(dict.fromkeys(edge))
    return steps
