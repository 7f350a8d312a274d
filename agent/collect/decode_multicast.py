"""IGMP and PIM: what carries the pictures of the cameras. Per port, never per group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from agent import metrics
from agent.collect.octets import address_of, read_address
from agent.collect.reading import Reading, split_index
from agent.collect.snmp.ber import encode_numbers
from agent.metrics import Sample

_ONLY = encode_numbers((0,))
_COUNTS = (
    (metrics.IGMP_GROUPS, "igmpInterfaceGroups"),
    (metrics.IGMP_JOINS, "igmpInterfaceJoins"),
    (metrics.IGMP_WRONG_VERSION, "igmpInterfaceWrongVersionQueries"),
)


def decode_multicast(reading: Reading) -> Iterator[Sample]:
    """Groups, querier, neighbours and designated router of each port; size of the routing table."""
    names = dict(reading.interfaces())
    place = (reading.device, reading.vrf)
    for metric, column in _COUNTS:
        for index, count in reading.column(column).items():
            if index in names and isinstance(count, int):
                yield Sample(metric, (*place, names[index]), count)
    for index, value in reading.column("igmpInterfaceQuerier").items():
        querier = read_address(value)
        if index in names and querier:
            yield Sample(metrics.IGMP_QUERIER, (*place, names[index], querier), 1)
    yield from _pim(reading, names)
    routes = reading.number("ipMRouteEntryCount", _ONLY)
    if routes is not None:
        yield Sample(metrics.MULTICAST_ROUTES, place, routes)


def _pim(reading: Reading, names: dict[bytes, str]) -> Iterator[Sample]:
    place = (reading.device, reading.vrf)
    neighbors: Counter[str] = Counter()
    for index, own in reading.column("pimInterfaceAddress").items():
        name, designated = names.get(index, ""), reading.column("pimInterfaceDR").get(index)
        if not name:
            continue
        neighbors[name] += 0  # a port that lost its neighbours says 0
        if read_address(designated):
            yield Sample(metrics.PIM_DESIGNATED, (*place, name), int(designated == own))
    for index, number in reading.column("pimNeighborIfIndex").items():
        name = names.get(encode_numbers((number,)), "") if isinstance(number, int) and number > 0 else ""
        neighbor = address_of(split_index(index)[:4])
        if not name or not neighbor:
            continue
        neighbors[name] += 1
        ticks = reading.number("pimNeighborUpTime", index)
        if ticks is not None:
            yield Sample(metrics.PIM_NEIGHBOR_UPTIME, (*place, name, neighbor), ticks / 100)
    for name, count in neighbors.items():
        yield Sample(metrics.PIM_NEIGHBORS, (*place, name), count)
