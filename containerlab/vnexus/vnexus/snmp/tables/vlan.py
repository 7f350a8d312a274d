"""VLANs and who carries them: CISCO-VTP-MIB, CISCO-VLAN-MEMBERSHIP-MIB."""

from __future__ import annotations

from collections.abc import Iterable

from vnexus.facts import InterfaceConfig
from vnexus.snmp import ber
from vnexus.snmp.index import Rows, at
from vnexus.snmp.tables.fill import CISCO, fill
from vnexus.snmp.tables.view import View

VLAN, TRUNK, MEMBER = f"{CISCO}.46.1.3.1.1", f"{CISCO}.46.1.6.1.1", f"{CISCO}.68.1.2.2.1"
OPERATIONAL, ETHERNET = 1, 1
TRUNKING, NOT_TRUNKING = 1, 2
COLUMNS = {4: 0, 17: 1024, 18: 2048, 19: 3072}
"""Bit maps of 1024 VLANs each."""


def vlan_rows(view: View) -> Rows:
    """VLANs of domain 1; a trunk row and a membership row for each switched port."""
    rows = Rows()
    rows.scalar(f"{CISCO}.46.1.1.1", ber.integer(2))
    rows.scalar(f"{CISCO}.46.1.1.2", ber.integer(4094))
    for vlan, name in view.snapshot.config.vlans().items():
        interface = f"Vlan{vlan}"
        svi = view.if_index(interface) if interface in view.states else 0
        fill(rows, VLAN, at(1, vlan), {
            2: ber.integer(OPERATIONAL), 3: ber.integer(ETHERNET), 4: ber.text(name), 5: ber.integer(1500),
            6: ber.octets((100_000 + vlan).to_bytes(4)), 18: ber.integer(svi),
        })  # fmt: skip
    for name, config in view.snapshot.interfaces.items():
        if config.mode == "routed" or not name.startswith(("Ethernet", "port-channel")):
            continue
        tail = at(view.if_index(name))
        _trunk(rows, view, config, name)
        if config.mode == "access":
            fill(
                rows, MEMBER, tail, {1: ber.integer(1), 2: ber.integer(config.access_vlan), 3: ber.integer(2)}
            )
    return rows


def _trunk(rows: Rows, view: View, config: InterfaceConfig, name: str) -> None:
    trunks = config.mode == "trunk"
    carried = config.allowed_vlans if trunks else frozenset[int]()
    values = {number: ber.octets(bitmap(carried, first)) for number, first in COLUMNS.items()}
    fill(rows, TRUNK, at(view.if_index(name)), values | {
        2: ber.integer(1), 3: ber.integer(4), 5: ber.integer(config.native_vlan),
        13: ber.integer(1 if trunks else 2),
        14: ber.integer(TRUNKING if trunks and view.states[name].up else NOT_TRUNKING),
    })  # fmt: skip


def bitmap(vlans: Iterable[int], first: int) -> bytes:
    """128 octets; the highest bit of the first octet is VLAN ``first``.

    >>> bitmap({1, 9}, 0)[:2].hex()
    '4040'
    """
    bits = bytearray(128)
    for vlan in vlans:
        offset = vlan - first
        if 0 <= offset < 1024:
            bits[offset // 8] |= 0x80 >> offset % 8
    return bytes(bits)
