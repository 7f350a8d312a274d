"""LLDP-MIB, local and remote; nothing without ``feature lldp``. A port's number is its ifIndex."""

from __future__ import annotations

import re

from vnexus import hardware
from vnexus.facts import Neighbor
from vnexus.snmp import ber
from vnexus.snmp.index import Rows, at, column
from vnexus.snmp.tables.view import View

_LLDP = "1.0.8802.1.1.2.1"
_LOCAL_PORT = {number: column(f"{_LLDP}.3.7.1.{number}") for number in (2, 3, 4)}
_REMOTE = {number: column(f"{_LLDP}.4.1.1.{number}") for number in range(4, 13)}
_ADDRESS = {number: column(f"{_LLDP}.4.2.1.{number}") for number in (3, 4)}
_BITS = {"B": 0x20, "W": 0x10, "R": 0x08, "T": 0x04, "S": 0x01}
_MAC_CHASSIS, _LOCAL_CHASSIS, _MAC_PORT, _NAME_PORT = 4, 7, 3, 5
_MAC = re.compile(r"[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}")


def lldp_rows(view: View) -> Rows:
    rows = Rows()
    if not view.snapshot.lldp:
        return rows
    mac = hardware.base_mac(view.spec.address).to_bytes(6)
    rows.scalar(
        f"{_LLDP}.2.1", ber.ticks(max((view.uptime(s.changed_at) for s in view.states.values()), default=0))
    )
    rows.scalar(f"{_LLDP}.3.1", ber.integer(_MAC_CHASSIS))
    rows.scalar(f"{_LLDP}.3.2", ber.octets(mac))
    rows.scalar(f"{_LLDP}.3.3", ber.text(view.snapshot.hostname))
    rows.scalar(f"{_LLDP}.3.4", ber.text(hardware.sys_descr(view.spec.model, view.spec.profile)))
    rows.scalar(f"{_LLDP}.3.5", ber.octets(b"\x28\x00"))
    rows.scalar(f"{_LLDP}.3.6", ber.octets(b"\x28\x00"))
    for name, config in view.snapshot.interfaces.items():
        if name.startswith("Ethernet") and "." not in name:
            tail = at(view.if_index(name))
            rows.add(_LOCAL_PORT[2], tail, ber.integer(_NAME_PORT))
            rows.add(_LOCAL_PORT[3], tail, ber.text(name))
            rows.add(_LOCAL_PORT[4], tail, ber.text(config.description or name))
    for neighbor in view.world.neighbors(view.node):
        _remote(rows, view, neighbor)
    return rows


def _mac(text: str) -> bytes | None:
    return hardware.mac_bytes(text) if _MAC.fullmatch(text) else None


def _remote(rows: Rows, view: View, neighbor: Neighbor) -> None:
    port = view.if_index(neighbor.local_port)
    chassis, far_port = _mac(neighbor.chassis), _mac(neighbor.port)
    bits = sum(_BITS.get(letter, 0) for letter in neighbor.capabilities)
    spec = view.world.wiring.far.get((view.node, neighbor.local_port))
    described = ""
    if spec is not None:
        far = view.world.wiring.nodes[spec[0]]
        described = hardware.sys_descr(far.model, far.profile)
    values = {
        4: ber.integer(_MAC_CHASSIS if chassis else _LOCAL_CHASSIS),
        5: ber.octets(chassis or neighbor.chassis.encode()),
        6: ber.integer(_MAC_PORT if far_port else _NAME_PORT),
        7: ber.octets(far_port or neighbor.port.encode()),
        8: ber.text(neighbor.description),
        9: ber.text(neighbor.node),
        10: ber.text(described),
        11: ber.octets(bytes((bits, 0))),
        12: ber.octets(bytes((bits, 0))),
    }
    tail = at(0, port, 0)
    for number, value in values.items():
        rows.add(_REMOTE[number], tail, value)
    if neighbor.address is not None:
        address = at(0, port, 0, 1, 4, *(int(part) for part in neighbor.address.split(".")))
        rows.add(_ADDRESS[3], address, ber.integer(2))
        rows.add(_ADDRESS[4], address, ber.integer(port))
