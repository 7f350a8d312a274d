"""BGP4-MIB (RFC 4273): sessions of the default VRF."""

from __future__ import annotations

from ipaddress import IPv4Address

from vnexus.facts import BgpPeer
from vnexus.snmp import ber
from vnexus.snmp.index import Reader, Rows, at, column
from vnexus.snmp.tables.view import View

_PEER = {number: column(f"1.3.6.1.2.1.15.3.1.{number}") for number in (2, 3, 7, 9, 15, 16)}
_STATES = {"idle": 1, "active": 3, "established": 6}


def bgp_rows(view: View) -> Rows:
    """No rows without ``router bgp``."""
    rows = Rows()
    peers = view.world.bgp_peers(view.node)
    if not peers:
        return rows
    rows.scalar("1.3.6.1.2.1.15.1", ber.octets(b"\x10"))
    rows.scalar("1.3.6.1.2.1.15.2", ber.integer(_number(peers[0].local_as)))
    for position, peer in enumerate(peers):
        address = IPv4Address(peer.address)
        tail = at(*address.packed)
        rows.add(_PEER[2], tail, _state(view, position))
        rows.add(_PEER[3], tail, ber.integer(1 if peer.shut else 2))
        rows.add(_PEER[7], tail, ber.tlv(ber.IP_ADDRESS, address.packed))
        rows.add(_PEER[9], tail, ber.integer(_number(peer.remote_as)))
        rows.add(_PEER[15], tail, _transitions(view, position))
        rows.add(_PEER[16], tail, _since(view, position))
    return rows


def _number(text: str) -> int:
    """AS numbers beyond 16 bits are AS_TRANS in this table; ``1.10`` is such a one."""
    return int(text) if text.isdecimal() and int(text) < 65536 else 23456


def _peer(view: View, position: int) -> BgpPeer:
    return view.world.bgp_peers(view.node)[position]


def _state(view: View, position: int) -> Reader:
    return lambda _: ber.integer(_STATES[_peer(view, position).state])


def _transitions(view: View, position: int) -> Reader:
    return lambda _: ber.counter32(_peer(view, position).transitions)


def _since(view: View, position: int) -> Reader:
    return lambda now_us: ber.gauge32(max(0, int(now_us / 1_000_000 - _peer(view, position).changed_at)))
