"""IP-MIB: own addresses, and the ARP table."""

from __future__ import annotations

from ipaddress import IPv4Address

from vnexus import hardware
from vnexus.snmp import ber
from vnexus.snmp.index import Rows, at
from vnexus.snmp.tables.fill import fill
from vnexus.snmp.tables.routing import address
from vnexus.snmp.tables.view import View

OWN, MEDIA = "1.3.6.1.2.1.4.20.1", "1.3.6.1.2.1.4.22.1"
DYNAMIC = 3


def address_rows(view: View, vrf: str | None = None) -> Rows:
    """Of one VRF, or of all."""
    rows = Rows()
    segments, world = view.world.network().segments, view.world
    rows.scalar("1.3.6.1.2.1.4.1", ber.integer(1))
    rows.scalar("1.3.6.1.2.1.4.2", ber.integer(64))
    for leg in segments.legs[view.node]:
        if vrf not in (None, leg.vrf):
            continue
        index = view.if_index(leg.name)
        fill(rows, OWN, at(*leg.address.ip.packed), {
            1: address(str(leg.address.ip)), 2: ber.integer(index), 3: address(str(leg.address.netmask)),
            4: ber.integer(1),
        })  # fmt: skip
        heard: dict[IPv4Address, bytes] = {}
        for other in segments.on.get(leg.segment, ()):
            if other.node != view.node and other.address.ip in leg.address.network:
                spec = world.wiring.nodes[other.node]
                heard[other.address.ip] = hardware.port_mac(spec.address, spec.model, other.name).to_bytes(6)
        for endpoint in segments.endpoints.get(leg.segment, ()):
            where = IPv4Address(endpoint.address or 0)
            if where in leg.address.network:
                heard[where] = hardware.mac_bytes(endpoint.mac)
        for where, mac in heard.items():
            fill(rows, MEDIA, at(index, *where.packed), {
                1: ber.integer(index), 2: ber.octets(mac), 3: address(str(where)), 4: ber.integer(DYNAMIC),
            })  # fmt: skip
    return rows
