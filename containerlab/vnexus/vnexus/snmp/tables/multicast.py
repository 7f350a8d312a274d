"""IGMP-STD-MIB, PIM-MIB (experimental branch, as NX-OS has it) and the number of multicast routes."""

from __future__ import annotations

from ipaddress import IPv4Address

from vnexus.snmp import ber
from vnexus.snmp.index import Rows, at
from vnexus.snmp.tables.fill import fill
from vnexus.snmp.tables.routing import address
from vnexus.snmp.tables.view import View

IGMP, CACHE = "1.3.6.1.2.1.85.1.1.1", "1.3.6.1.2.1.85.1.2.1"
PIM_PORT, PIM_NEIGHBOR, ROUTE = "1.3.6.1.3.61.1.1.2.1", "1.3.6.1.3.61.1.1.3.1", "1.3.6.1.2.1.83.1.1"
QUERY_SECONDS = 125
HOLD_SECONDS = 105
SPARSE = 2


def multicast_rows(view: View, vrf: str = "default") -> Rows:
    """Nothing on a switch without PIM and without joined groups."""
    rows = Rows()
    multicast, world = view.world.network().multicast, view.world
    ports = [port for port in multicast.pim_ports(view.node) if port.vrf == vrf]
    joined = [one for one in multicast.joined(view.node) if one.vrf == vrf]
    for port in ports:
        groups = [one for one in joined if one.name == port.name]
        querier = min((port, *multicast.neighbors(port)), key=lambda one: IPv4Address(one.address))
        fill(rows, IGMP, at(view.if_index(port.name)), {
            2: ber.gauge32(QUERY_SECONDS), 3: ber.integer(1), 4: ber.gauge32(2), 5: address(querier.address),
            6: ber.gauge32(100), 8: ber.ticks(world.now() - port.since), 9: ber.ticks(0),
            10: ber.counter32(0),
            11: ber.counter32(len(groups)), 12: ber.integer(0), 13: ber.gauge32(len(groups)),
            14: ber.gauge32(2),
            15: ber.gauge32(10),
        })  # fmt: skip
        fill(rows, PIM_PORT, at(view.if_index(port.name)), {
            2: address(port.address), 3: address("255.255.255.0"), 4: ber.integer(SPARSE),
            5: address(multicast.designated(port)), 6: ber.integer(port.hello), 7: ber.integer(1),
        })  # fmt: skip
        for other in multicast.neighbors(port):
            since = max(port.since, other.since)
            fill(rows, PIM_NEIGHBOR, at(*IPv4Address(other.address).packed), {
                2: ber.integer(view.if_index(port.name)),
                3: lambda now_us, since=since: ber.ticks(now_us / 1_000_000 - since),  # type: ignore[misc]
                4: ber.ticks(HOLD_SECONDS), 5: ber.integer(SPARSE),
            })  # fmt: skip
    for one in joined:
        fill(rows, CACHE, at(*IPv4Address(one.group).packed, view.if_index(one.name)), {
            3: ber.integer(2), 4: address(one.reporter), 5: ber.ticks(world.now() - one.since),
            6: ber.ticks(QUERY_SECONDS * 2), 7: ber.integer(1),
        })  # fmt: skip
    if ports:
        trees = [tree for tree in multicast.trees(view.node) if tree.vrf == vrf]
        rows.scalar(f"{ROUTE}.1", ber.integer(1))
        rows.scalar(f"{ROUTE}.7", ber.gauge32(len(trees)))
    return rows
