"""``openconfig-network-instance``: VRFs, VLANs, BGP and OSPF neighbours."""

from __future__ import annotations

from functools import partial

from vnexus.facts import BgpPeer
from vnexus.telemetry.openconfig.view import View, nanoseconds, short_name
from vnexus.telemetry.tree import Branch, Listing, Node, Rows
from vnexus.world.routing.ospf import OspfNeighbor, OspfRouter

_FAMILY = "IPV4_UNICAST"
_ADJACENCY = {"FULL": "FULL", "TWOWAY": "TWO_WAY", "EXSTART": "EXCHANGE_START"}


def network_instances(view: View) -> Branch:
    names = dict.fromkeys(["default", *(one.vrf for one in view.snapshot.interfaces.values())])
    rows: Rows = {(name,): partial(_instance, view, name) for name in names}
    return {"network-instance": Listing(("name",), rows)}


def _instance(view: View, name: str) -> Branch:
    kind = "DEFAULT_INSTANCE" if name == "default" else "L3VRF"
    made: dict[str, Node] = {
        "name": name,
        "state": {"name": name, "type": kind, "enabled": True},
        "protocols": partial(_protocols, view, name),
    }
    if name == "default":
        made["vlans"] = partial(_vlans, view)
    return made


def _vlans(view: View) -> Branch:
    rows: Rows = {
        (str(number),): partial(_vlan, number, name) for number, name in view.node.config.vlans().items()
    }
    return {"vlan": Listing(("vlan-id",), rows)}


def _vlan(number: int, name: str) -> Branch:
    return {"vlan-id": number, "state": {"vlan-id": number, "name": name, "status": "ACTIVE"}}


def _protocols(view: View, vrf: str) -> Branch:
    rows: Rows = {}
    if vrf == "default" and view.world.bgp_peers(view.name):
        rows["BGP", "bgp"] = partial(_bgp, view)
    for router in view.world.network().tables.ospf.of(view.name):
        if router.key[2] == vrf:
            rows["OSPF", router.key[1]] = partial(_ospf, router)
    return {"protocol": Listing(("identifier", "name"), rows)}


# -- BGP ----------------------------------------------------------------------------------------------


def _bgp(view: View) -> Branch:
    peers = view.world.bgp_peers(view.name)
    rows: Rows = {(peer.address,): partial(_peer, view, peer) for peer in peers}
    return {
        "identifier": "BGP",
        "name": "bgp",
        "bgp": {
            "global": {"state": {"as": _number(peers[0].local_as)}},
            "neighbors": {"neighbor": Listing(("neighbor-address",), rows)},
        },
    }


def _peer(view: View, peer: BgpPeer) -> Branch:
    up = peer.state == "established"
    state: dict[str, Node] = {
        "neighbor-address": peer.address,
        "peer-as": _number(peer.remote_as),
        "local-as": _number(peer.local_as),
        "peer-type": "INTERNAL" if peer.local_as == peer.remote_as else "EXTERNAL",
        "description": peer.description,
        "enabled": not peer.shut,
        "session-state": peer.state.upper(),
        "established-transitions": peer.transitions,
    }
    if up:
        state["last-established"] = nanoseconds(peer.changed_at)
    rows: Rows = {(_FAMILY,): partial(_family, view, peer)}
    return {
        "neighbor-address": peer.address,
        "state": state,
        "afi-safis": {"afi-safi": Listing(("afi-safi-name",), rows)},
    }


def _family(view: View, peer: BgpPeer) -> Branch:
    """What is received and sent is counted as ``show bgp … summary`` counts it."""
    up = peer.state == "established"
    table = view.world.network().tables.bgp
    prefixes: Branch = {
        "received": table.received(view.name, peer.address) if up else 0,
        "sent": table.sent(view.name, peer.address) if up else 0,
    }
    return {
        "afi-safi-name": _FAMILY,
        "state": {"afi-safi-name": _FAMILY, "active": up, "prefixes": prefixes},
    }


def _number(text: str) -> int:
    """``1.10`` is 65546 (RFC 5396).

    >>> _number("65001"), _number("1.10")
    (65001, 65546)
    """
    high, _, low = text.rpartition(".")
    return (int(high) << 16 if high else 0) + int(low)


# -- OSPF ---------------------------------------------------------------------------------------------


def _ospf(router: OspfRouter) -> Branch:
    areas = dict.fromkeys(port.area for port in router.ports)
    rows: Rows = {(area,): partial(_area, router, area) for area in areas}
    return {
        "identifier": "OSPF",
        "name": router.key[1],
        "ospfv2": {"areas": {"area": Listing(("identifier",), rows)}},
    }


def _area(router: OspfRouter, area: str) -> Branch:
    rows: Rows = {
        (short_name(port.name),): partial(_port, router, port.name)
        for port in router.ports
        if port.area == area
    }
    return {"identifier": area, "interfaces": {"interface": Listing(("id",), rows)}}


def _port(router: OspfRouter, name: str) -> Branch:
    seen = [one for one in router.neighbors if one.port.name == name]
    rows: Rows = {(one.router_id,): partial(_neighbor, one) for one in seen}
    return {"id": short_name(name), "neighbors": {"neighbor": Listing(("router-id",), rows)}}


def _neighbor(one: OspfNeighbor) -> Branch:
    return {
        "router-id": one.router_id,
        "state": {
            "router-id": one.router_id,
            "priority": one.other.priority,
            "adjacency-state": _ADJACENCY.get(one.state, one.state),
            "last-established-time": nanoseconds(one.since),
        },
    }
