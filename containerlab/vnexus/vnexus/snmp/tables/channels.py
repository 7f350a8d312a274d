"""Port-channels and vPC: IEEE8023-LAG-MIB, CISCO-VPC-MIB."""

from __future__ import annotations

from vnexus import hardware
from vnexus.snmp import ber
from vnexus.snmp.index import Rows, at
from vnexus.snmp.tables.fill import CISCO, fill
from vnexus.snmp.tables.view import View
from vnexus.world.lacp import LacpEnd, LacpPort, lacp_ports

LAG, LIST = "1.2.840.10006.300.43.1.1.1.1", "1.2.840.10006.300.43.1.1.2.1"
PORT, COUNT = "1.2.840.10006.300.43.1.2.1.1", "1.2.840.10006.300.43.1.2.2.1"
VPC = f"{CISCO}.807.1"
NOBODY = LacpEnd(0, 0, 0, 0, 0, 0)
ALIVE, UNREACHABLE = 2, 3
ROLES = {"primary": 2, "secondary": 4, "none established": 5}
UP, DOWN = 3, 1
CONSISTENT, INCONSISTENT, NOT_CHECKED = 1, 2, 3


def lacp_rows(view: View) -> Rows:
    """Aggregators and members that run LACP; channel-mode ``on`` has no rows."""
    rows = Rows()
    channels: dict[str, list[LacpPort]] = {}
    for port in lacp_ports(view.world, view.node):
        channels.setdefault(port.channel, []).append(port)
    for channel, ports in channels.items():
        if channel not in view.states:
            continue
        index, partner = view.if_index(channel), ports[0].partner or NOBODY
        mac = hardware.port_mac(view.spec.address, view.spec.model, channel)
        actor = ports[0].actor
        fill(rows, LAG, at(index), {
            2: ber.octets(mac.to_bytes(6)), 3: ber.integer(actor.priority),
            4: ber.octets(actor.system.to_bytes(6)),
            5: ber.integer(1), 6: ber.integer(actor.key), 7: ber.integer(actor.key),
            8: ber.octets(partner.system.to_bytes(6)), 9: ber.integer(partner.priority),
            10: ber.integer(partner.key),
        })  # fmt: skip
        bundled = ",".join(port.name.rpartition("/")[2] for port in ports if port.bundled)
        fill(rows, LIST, at(index), {1: ber.text(bundled)})
        for port in ports:
            _member(rows, view, port, index)
    return rows


def _member(rows: Rows, view: View, port: LacpPort, channel: int) -> None:
    actor, partner = port.actor, port.partner or NOBODY
    attached = ber.integer(channel if port.bundled else 0)
    tail = at(view.if_index(port.name))
    fill(rows, PORT, tail, {
        2: ber.integer(actor.priority), 3: ber.octets(actor.system.to_bytes(6)), 4: ber.integer(actor.key),
        5: ber.integer(actor.key), 6: ber.integer(0), 7: ber.integer(partner.priority),
        8: ber.octets(bytes(6)), 9: ber.octets(partner.system.to_bytes(6)), 10: ber.integer(0),
        11: ber.integer(partner.key), 12: ber.integer(channel), 13: attached, 14: ber.integer(actor.port),
        15: ber.integer(actor.port_priority), 16: ber.integer(0), 17: ber.integer(partner.port),
        18: ber.integer(0), 19: ber.integer(partner.port_priority), 20: _bits(actor.state),
        21: _bits(actor.state),
        22: _bits(0), 23: _bits(partner.state), 24: ber.integer(1),
    })  # fmt: skip
    world, node, name = view.world, view.node, port.name

    def counted(what: str) -> int:
        found = next((p for p in lacp_ports(world, node) if p.name == name), None)
        return getattr(found, what) if found else 0

    zero = ber.counter32(0)
    fill(rows, COUNT, tail, {
        1: lambda _: ber.counter32(counted("received")), 2: zero, 3: zero, 4: zero, 5: zero,
        6: lambda _: ber.counter32(counted("sent")), 7: zero, 8: zero,
    })  # fmt: skip


def _bits(state: int) -> bytes:
    """BITS count from the other end of the octet: activity is the highest."""
    return ber.octets(bytes((int(f"{state:08b}"[::-1], 2),)))


def vpc_rows(view: View) -> Rows:
    """Nothing without ``vpc domain``. A vPC has no notifications: who wants to know polls."""
    rows = Rows()
    seen = view.world.network().vpc.view(view.node)
    if seen is None:
        return rows
    domain = int(seen.domain)
    tail = at(domain)
    alive = ber.integer(1 if seen.alive else 2)
    fill(rows, f"{VPC}.1.2.1", tail, {
        2: ber.integer(ALIVE if seen.alive else UNREACHABLE), 4: ber.integer(1), 7: alive,
    })  # fmt: skip
    mac = 0x0023_04EE_BE00 + domain
    priority = view.snapshot.config.value("role priority ", f"vpc domain {domain}") or "32667"
    fill(rows, f"{VPC}.2.1.1", tail, {
        2: ber.integer(ROLES.get(seen.role, 5)), 3: ber.integer(2), 5: ber.octets(mac.to_bytes(6)),
        6: ber.integer(32667), 7: ber.octets(hardware.base_mac(view.spec.address).to_bytes(6)),
        8: ber.integer(32667), 10: ber.integer(int(priority)),
    })  # fmt: skip
    fill(rows, f"{VPC}.3.1.1", tail, {
        2: lambda now_us: ber.counter32(int(view.up_seconds(now_us))),
        3: lambda now_us: ber.counter32(int(view.up_seconds(now_us)) if seen.alive else 0),
        5: ber.counter32(1 if seen.peer else 0),
    })  # fmt: skip
    if seen.peer_link:
        fill(rows, f"{VPC}.4.1.1", tail, {2: ber.integer(view.if_index(seen.peer_link))})
    for port in seen.ports:
        consistency = CONSISTENT if not port.reason else NOT_CHECKED if not seen.peer else INCONSISTENT
        fill(rows, f"{VPC}.4.2.1", at(domain, int(port.number)), {
            3: ber.integer(view.if_index(port.name)), 4: ber.integer(UP if port.up else DOWN),
            5: ber.integer(consistency), 6: ber.text(port.reason or "success"),
        })  # fmt: skip
    return rows
