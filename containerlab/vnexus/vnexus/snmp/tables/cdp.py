"""CISCO-CDP-MIB: the cache, and the switch's own name."""

from __future__ import annotations

from ipaddress import IPv4Address

from vnexus import hardware
from vnexus.snmp import ber
from vnexus.snmp.index import Rows, at
from vnexus.snmp.tables.fill import CISCO, fill
from vnexus.snmp.tables.view import View
from vnexus.world.cdp import cdp_neighbors

INTERFACE, CACHE, GLOBAL = f"{CISCO}.23.1.1.1.1", f"{CISCO}.23.1.2.1.1", f"{CISCO}.23.1.3"
CAPABILITIES = b"\x00\x00\x02\x29"
"""Router, switch, IGMP, supports STP dispute."""


def cdp_rows(view: View) -> Rows:
    rows = Rows()
    enabled = "no cdp enable" not in view.snapshot.config.lines()
    rows.scalar(f"{GLOBAL}.1", ber.integer(1 if enabled else 2))
    rows.scalar(f"{GLOBAL}.2", ber.integer(60))
    rows.scalar(f"{GLOBAL}.3", ber.integer(180))
    rows.scalar(f"{GLOBAL}.4", ber.text(f"{view.snapshot.hostname}({hardware.serial(view.node)})"))
    for port in view.model.ports:
        fill(
            rows,
            INTERFACE,
            at(view.if_index(port.name)),
            {2: ber.integer(1 if enabled else 2), 6: ber.text(port.name)},
        )
    for position, one in enumerate(cdp_neighbors(view.world, view.node), 1):
        native = one.port.native_vlan if one.port.mode != "routed" else 0
        release = f"Cisco Nexus Operating System (NX-OS) Software, Version {one.release}"
        fill(rows, CACHE, at(view.if_index(one.local), position), {
            3: ber.integer(1), 4: ber.octets(IPv4Address(one.address).packed if one.address else b""),
            5: ber.text(release), 6: ber.text(one.device), 7: ber.text(one.port.name),
            8: ber.text(one.platform),
            9: ber.octets(CAPABILITIES), 11: ber.integer(native), 12: ber.integer(3), 15: ber.gauge32(0),
            17: ber.text(one.name),
        })  # fmt: skip
    return rows
