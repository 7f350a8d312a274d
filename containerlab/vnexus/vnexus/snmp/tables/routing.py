"""HSRP, OSPF, BGP of both MIBs, BFD; per VRF, as the context of a request names it."""

from __future__ import annotations

from ipaddress import IPv4Address

from vnexus.facts import BgpPeer
from vnexus.snmp import ber
from vnexus.snmp.index import Rows, at
from vnexus.snmp.tables.fill import CISCO, fill
from vnexus.snmp.tables.view import View
from vnexus.world.routing.bfd import bfd_sessions
from vnexus.world.routing.ospf import OspfNeighbor, OspfRouter

HSRP, OSPF = f"{CISCO}.106.1.2.1.1", "1.3.6.1.2.1.14"
PEER2, PREFIX = f"{CISCO}.187.1.2.5.1", f"{CISCO}.187.1.2.8.1"
BFD = "1.3.6.1.4.1.9.10.137.1.2.1"
HSRP_STATES = {"Initial": 1, "Learn": 2, "Listen": 3, "Speak": 4, "Standby": 5, "Active": 6}
NEIGHBOR_STATES = {"DOWN": 1, "EXSTART": 5, "TWOWAY": 4, "FULL": 8}
BGP_STATES = {"idle": 1, "active": 3, "established": 6}
IPV4, UNICAST = 1, 1


def address(text: str) -> bytes:
    return ber.tlv(ber.IP_ADDRESS, IPv4Address(text).packed)


def hsrp_rows(view: View) -> Rows:
    rows = Rows()
    for seen in view.world.network().hsrp.views(view.node):
        member = seen.member
        active = seen.active.leg if seen.active else None
        standby = seen.standby.leg if seen.standby else None
        mac = bytes.fromhex(member.mac.replace(".", ""))
        fill(rows, HSRP, at(view.if_index(member.name), member.group), {
            2: ber.text(""), 3: ber.gauge32(member.priority), 4: ber.integer(1 if member.preempt else 2),
            5: ber.gauge32(0), 6: ber.integer(2), 7: ber.gauge32(10_000), 8: ber.gauge32(3000),
            9: ber.gauge32(member.timers[1] * 1000), 10: ber.gauge32(member.timers[0] * 1000),
            11: address(member.virtual or "0.0.0.0"), 12: ber.integer(1),
            13: address(str(active.address.ip) if active else "0.0.0.0"),
            14: address(str(standby.address.ip) if standby else "0.0.0.0"),
            15: ber.integer(HSRP_STATES[seen.state]), 16: ber.octets(mac), 17: ber.integer(1),
        })  # fmt: skip
    return rows


# -- OSPF


def ospf_rows(view: View, vrf: str = "default") -> Rows:
    """The first process of the VRF."""
    rows = Rows()
    routers = [r for r in view.world.network().tables.ospf.of(view.node) if r.key[2] == vrf]
    if not routers:
        return rows
    router = routers[0]
    areas = sorted({port.area for port in router.ports}, key=IPv4Address)
    border = len(areas) > 1
    exports = any(line.startswith(("redistribute ", "default-information ")) for line in router.lines)
    general = {
        1: address(router.router_id), 2: ber.integer(1), 3: ber.integer(2),
        4: ber.integer(1 if border else 2),
        5: ber.integer(1 if exports else 2), 6: ber.gauge32(0), 7: ber.integer(0), 8: ber.integer(2),
        9: ber.counter32(1), 10: ber.counter32(len(router.neighbors)), 11: ber.integer(-1),
        12: ber.integer(2), 13: ber.integer(0), 14: ber.integer(2),
    }  # fmt: skip
    for number, value in general.items():
        rows.scalar(f"{OSPF}.1.{number}", value)
    for area in areas:
        _area(rows, view, router, area)
    for port in router.ports:
        role = router.roles.get(port.name, "")
        state = {"DR": 5, "BDR": 6, "DROTHER": 7}.get(role, 4) if port.up else 1
        state = 4 if port.up and port.kind == "P2P" else 2 if port.kind == "LOOPBACK" else state
        tail = at(*port.address.ip.packed, 0)
        fill(rows, f"{OSPF}.7.1", tail, {
            1: address(str(port.address.ip)), 2: ber.integer(0), 3: address(port.area),
            4: ber.integer(3 if port.kind == "P2P" else 1), 5: ber.integer(1), 6: ber.integer(port.priority),
            7: ber.integer(1), 8: ber.integer(5), 9: ber.integer(port.timers[0]),
            10: ber.integer(port.timers[1]),
            11: ber.integer(0), 12: ber.integer(state), 13: address("0.0.0.0"), 14: address("0.0.0.0"),
            15: ber.counter32(2 if port.up else 1), 17: ber.integer(1),
        })  # fmt: skip
    for neighbor in router.neighbors:
        _neighbor(rows, view, neighbor)
    return rows


def _area(rows: Rows, view: View, router: OspfRouter, area: str) -> None:
    routers = view.world.network().tables.ospf.routers.values()
    inside = sum(1 for other in routers if any(port.area == area for port in other.ports))
    kind = next((line.split()[2] for line in router.lines
                 if line.startswith("area ") and line.split()[1] in {area, _short(area)}
                 and line.split()[2] in {"stub", "nssa"}), "")  # fmt: skip
    borders = sum(1 for other in routers if len({p.area for p in other.ports}) > 1)
    fill(rows, f"{OSPF}.2.1", at(*IPv4Address(area).packed), {
        1: address(area), 2: ber.integer(0), 3: ber.integer({"stub": 2, "nssa": 3}.get(kind, 1)),
        4: ber.counter32(len(router.neighbors) + 1), 5: ber.gauge32(borders), 6: ber.gauge32(0),
        7: ber.gauge32(inside), 8: ber.integer(0), 9: ber.integer(2), 10: ber.integer(1),
    })  # fmt: skip


def _short(area: str) -> str:
    return str(int(IPv4Address(area)))


def _neighbor(rows: Rows, view: View, neighbor: OspfNeighbor) -> None:
    del view
    where = neighbor.other.address.ip
    fill(rows, f"{OSPF}.10.1", at(*where.packed, 0), {
        1: address(str(where)), 2: ber.integer(0), 3: address(neighbor.router_id), 4: ber.integer(2),
        5: ber.integer(neighbor.other.priority), 6: ber.integer(NEIGHBOR_STATES.get(neighbor.state, 1)),
        7: ber.counter32(6 if neighbor.state == "FULL" else 3), 8: ber.gauge32(0), 9: ber.integer(1),
        10: ber.integer(1), 11: ber.integer(2),
    })  # fmt: skip


# -- BGP


def bgp_peer_rows(view: View, vrf: str = "default") -> Rows:
    """CISCO-BGP4-MIB: peers of one VRF, with their prefixes of IPv4 unicast."""
    rows = Rows()
    for peer in view.world.bgp_all_peers(view.node):
        if peer.vrf == vrf:
            _peer(rows, view, peer)
    return rows


def _peer(rows: Rows, view: View, peer: BgpPeer) -> None:
    octets = IPv4Address(peer.address).packed
    tail = at(IPV4, 4, *octets)
    up = peer.state == "established"
    bgp = view.world.network().tables.bgp_of(peer.vrf)
    received, sent = bgp.received(view.node, peer.address), bgp.sent(view.node, peer.address)
    limit, share = bgp.limit(view.node, peer.address)

    def keepalives(now_us: int) -> bytes:
        return ber.counter32(received + int((now_us / 1_000_000 - peer.changed_at) / 60) if up else 0)

    fill(rows, PEER2, tail, {
        3: ber.integer(BGP_STATES[peer.state]), 4: ber.integer(1 if peer.shut else 2), 5: ber.integer(4),
        6: ber.octets(IPv4Address(bgp.router_id(view.node)).packed),
        8: ber.gauge32(_asn(peer.local_as)), 10: ber.octets(octets), 11: ber.gauge32(_asn(peer.remote_as)),
        13: ber.counter32(received), 14: ber.counter32(sent), 15: keepalives, 16: keepalives,
        17: ber.octets(b"\x00\x00" if up else b"\x04\x00"), 18: ber.counter32(peer.transitions),
        19: lambda now_us: ber.gauge32(max(0, int(now_us / 1_000_000 - peer.changed_at))),
        28: ber.text("" if up else "hold time expired"), 29: ber.integer(5 if up else 1),
    })  # fmt: skip
    fill(rows, PREFIX, at(IPV4, 4, *octets, IPV4, UNICAST), {
        1: ber.counter32(received), 2: ber.counter32(bgp.denied(view.node, peer.address)),
        3: ber.gauge32(limit), 4: ber.gauge32(share), 5: ber.gauge32(0), 6: ber.counter32(sent),
        7: ber.counter32(0), 8: ber.counter32(0),
    })  # fmt: skip


def _asn(text: str) -> int:
    """``1.10`` is 65546."""
    high, _, low = text.rpartition(".")
    return (int(high) << 16 if high else 0) + int(low) if low.isdigit() else 0


def bfd_rows(view: View) -> Rows:
    rows = Rows()
    for one in bfd_sessions(view.world, view.node):
        fill(rows, BFD, at(one.local_id), {
            2: ber.gauge32(1), 3: ber.gauge32(one.local_id), 4: ber.gauge32(one.remote_id),
            6: ber.integer(4 if one.up else 2), 13: ber.integer(1),
            14: ber.octets(IPv4Address(one.neighbor).packed), 25: ber.integer(view.if_index(one.interface)),
        })  # fmt: skip
    return rows
