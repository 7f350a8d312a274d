"""EtherLike-MIB (RFC 3635) and the reason of a port's state (CISCO-IF-EXTENSION-MIB)."""

from __future__ import annotations

from vnexus.snmp import ber
from vnexus.snmp.index import Rows, at
from vnexus.snmp.tables.fill import CISCO, fill
from vnexus.snmp.tables.view import View
from vnexus.world import traffic

STATISTICS, PAUSE = "1.3.6.1.2.1.10.7.2.1", "1.3.6.1.2.1.10.7.10.1"
CAUSE, DISABLED = f"{CISCO}.276.1.1.2.1", f"{CISCO}.548.1.3.1.1"
FULL_DUPLEX = 3
CAUSES = {
    "connected": (2, "none"),
    "notconnect": (7, "Link failure or not-connected"),
    "disabled": (12, "Administratively down"),
    "sfpAbsent": (108, "SFP not inserted"),
    "suspnd": (188, "suspended due to no LACP PDUs"),
    "udldUnidir": (5, "UDLD empty echo"),
    "vpcPeerLinkDown": (189, "vPC peerlink is down"),
    "noOperMembers": (76, "No operational members"),
    "vlanDown": (92, "VLAN is down on this interface"),
    "vlanDoesNotExist": (92, "VLAN does not exist"),
}
"""CiscoInterfaceOperCause and its words."""
OTHER = (1, "other")
UDLD = 4


def etherlike_rows(view: View) -> Rows:
    """Physical ports; the cause for every interface."""
    rows = Rows()
    for name, state in view.states.items():
        try:
            number = view.if_index(name)
        except KeyError:
            continue
        tail = at(number)
        cause, words = CAUSES.get(state.reason, OTHER)
        fill(rows, CAUSE, tail, {9: ber.integer(cause), 10: ber.text(words)})
        if state.reason == "udldUnidir":
            fill(rows, DISABLED, at(number, 0), {2: ber.integer(UDLD)})
        if name.startswith("Ethernet") and "." not in name:
            _port(rows, view, name, number)
    return rows


def _port(rows: Rows, view: View, name: str, number: int) -> None:
    meter, tail = view.world.meter(view.node, name), at(number)
    zero = ber.counter32(0)
    fill(rows, STATISTICS, tail, {
        1: ber.integer(number), 2: zero,
        3: lambda now_us: ber.counter32(meter.read(traffic.RX_ERRORS, now_us)),
        4: zero, 5: zero, 6: zero, 7: zero, 8: zero, 9: zero,
        10: lambda now_us: ber.counter32(meter.read(traffic.TX_ERRORS, now_us)),
        11: zero, 13: zero, 16: zero, 18: zero, 19: ber.integer(FULL_DUPLEX),
    })  # fmt: skip
    fill(rows, PAUSE, tail, {1: ber.integer(1), 2: ber.integer(1), 3: zero, 4: zero})
