"""BRIDGE-MIB (RFC 4188) of one VLAN, as Cisco serves it per context, and CISCO-STP-EXTENSIONS-MIB of all."""

from __future__ import annotations

from collections import Counter

from vnexus import hardware
from vnexus.snmp import ber
from vnexus.snmp.index import Rows, at
from vnexus.snmp.tables.fill import CISCO, fill, head
from vnexus.snmp.tables.view import View
from vnexus.world.routing.stp import StpPort, StpVlan

BRIDGE = "1.3.6.1.2.1.17"
PORT, STP_PORT, FDB = f"{BRIDGE}.1.4.1", f"{BRIDGE}.2.15.1", f"{BRIDGE}.4.3.1"
ROLE = f"{CISCO}.82.1.12.2.1"
FORWARDING, BLOCKING = 5, 2
LEARNED = 3
ROLES = {"Root": 2, "Altn": 4, "Desg": 3}
RAPID_PVST, MST = 5, 4


def bridge_rows(view: View, vlan: int = 1) -> Rows:
    """Ports, spanning tree and learned addresses of a VLAN; next to nothing for one it has not."""
    rows = Rows()
    rows.scalar(f"{BRIDGE}.1.1", ber.octets(hardware.base_mac(view.spec.address).to_bytes(6)))
    rows.scalar(f"{BRIDGE}.1.3", ber.integer(2))
    numbers = _numbers(view)
    if vlan not in view.snapshot.vlans:
        rows.scalar(f"{BRIDGE}.1.2", ber.integer(0))
        return rows
    seen = view.world.network().spanning_tree.vlan(view.node, vlan)
    rows.scalar(f"{BRIDGE}.1.2", ber.integer(len(seen.ports)))
    for port in seen.ports:
        number = numbers[port.name]
        fill(rows, PORT, at(number), {
            1: ber.integer(number), 2: ber.integer(view.if_index(port.name)), 3: ber.oid("0.0"),
            4: ber.counter32(0), 5: ber.counter32(0),
        })  # fmt: skip
    _tree(rows, view, seen, numbers)
    rows.scalar(f"{BRIDGE}.4.1", ber.counter32(0))
    rows.scalar(f"{BRIDGE}.4.2", ber.integer(_aging(view)))
    for mac in view.world.macs(view.node):
        if mac.vlan == vlan and mac.port in numbers:
            octets = hardware.mac_bytes(mac.address)
            fill(rows, FDB, at(*octets), {
                1: ber.octets(octets), 2: ber.integer(numbers[mac.port]), 3: ber.integer(LEARNED),
            })  # fmt: skip
    return rows


def count_rows(view: View) -> Rows:
    """Q-BRIDGE-MIB: of its objects, a Nexus has the number of VLANs and how many addresses each learned."""
    rows = Rows()
    rows.scalar(f"{BRIDGE}.7.1.1.3", ber.gauge32(4094))
    counts = Counter(mac.vlan for mac in view.world.macs(view.node))
    for vlan in sorted(view.snapshot.vlans):
        rows.add(head(f"{BRIDGE}.7.1.2.1.1", 2), at(vlan), ber.counter32(counts[vlan]))
    return rows


def _numbers(view: View) -> dict[str, int]:
    """Port numbers of the bridge: physical ports, then port-channels from 4096 on."""
    found = {port.name: position for position, port in enumerate(view.model.ports, 1)}
    channels = (name for name in view.snapshot.interfaces if name.startswith("port-channel"))
    return found | {name: 4095 + int(name.removeprefix("port-channel")) for name in channels}


def _aging(view: View) -> int:
    return int(view.snapshot.config.value("mac address-table aging-time ") or 1800)


def _identity(bridge: tuple[int, int]) -> bytes:
    return ber.octets(bridge[0].to_bytes(2) + bridge[1].to_bytes(6))


def _tree(rows: Rows, view: View, seen: StpVlan, numbers: dict[str, int]) -> None:
    changed = max(
        (view.states[port.name].changed_at for port in seen.ports if not port.edge), default=view.booted_at
    )
    changes = sum(1 for port in seen.ports if not port.edge)
    scalars = {
        1: ber.integer(3), 2: ber.integer(seen.bridge[0]),
        4: ber.counter32(changes), 5: _identity(seen.root), 6: ber.integer(seen.root_cost),
        7: ber.integer(numbers.get(seen.root_port, 0)), 8: ber.integer(2000), 9: ber.integer(200),
        10: ber.integer(100), 11: ber.integer(1500), 12: ber.integer(2000), 13: ber.integer(200),
        14: ber.integer(1500),
    }  # fmt: skip
    for number, value in scalars.items():
        rows.scalar(f"{BRIDGE}.2.{number}", value)
    rows.scalar(f"{BRIDGE}.2.3", lambda now_us: ber.ticks(now_us / 1_000_000 - max(changed, view.booted_at)))
    for port in seen.ports:
        _port(rows, seen, port, numbers[port.name])


def _port(rows: Rows, seen: StpVlan, port: StpPort, number: int) -> None:
    designated = seen.bridge if port.role == "Desg" else seen.root
    fill(rows, STP_PORT, at(number), {
        1: ber.integer(number), 2: ber.integer(128),
        3: ber.integer(FORWARDING if port.state == "FWD" else BLOCKING), 4: ber.integer(1),
        5: ber.integer(port.cost), 6: _identity(seen.root),
        7: ber.integer(seen.root_cost if port.role == "Desg" else max(0, seen.root_cost - port.cost)),
        8: _identity(designated), 9: ber.octets((0x8000 | number & 0xFFF).to_bytes(2)), 10: ber.counter32(1),
    })  # fmt: skip


def spanning_rows(view: View) -> Rows:
    """The mode, and the role of every port in every VLAN."""
    rows = Rows()
    mode = view.snapshot.config.value("spanning-tree mode ")
    rows.scalar(f"{CISCO}.82.1.6.1", ber.integer(MST if mode == "mst" else RAPID_PVST))
    numbers, tree = _numbers(view), view.world.network().spanning_tree
    for vlan in sorted(view.snapshot.vlans):
        for port in tree.vlan(view.node, vlan).ports:
            fill(rows, ROLE, at(vlan, numbers[port.name]), {3: ber.integer(ROLES[port.role])})
    return rows
