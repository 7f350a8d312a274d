"""``sys/bgp``, ``sys/lldp``, ``sys/bd``, ``sys/mac``: what the switch has learnt and agreed on."""

from __future__ import annotations

from functools import partial

from vnexus.facts import BgpPeer, Mac, Neighbor
from vnexus.telemetry.dme.objects import Attributes, Managed, fixed
from vnexus.telemetry.openconfig.view import View, short_name


def bgp(view: View) -> Managed:
    peers = view.world.bgp_peers(view.name)
    below = [_instance(view, peers)] if peers else []
    return fixed("bgpEntity", "bgp", lambda: below, adminSt="enabled", name=view.snapshot.hostname)


def _instance(view: View, peers: tuple[BgpPeer, ...]) -> Managed:
    router = view.world.network().tables.bgp.router_id(view.name)
    domain = fixed(
        "bgpDom", "dom-default", lambda: [_peer(view, peer) for peer in peers], name="default", rtrId=router
    )
    return fixed("bgpInst", "inst", lambda: [domain], asn=peers[0].local_as, adminSt="enabled")


def _peer(view: View, peer: BgpPeer) -> Managed:
    entry = Managed(
        "bgpPeerEntry", f"ent-[{peer.address}]", partial(_session, peer), partial(_families, view, peer)
    )
    return fixed(
        "bgpPeer", f"peer-[{peer.address}]", lambda: [entry], addr=peer.address, asn=peer.remote_as,
        name=peer.description, adminSt="disabled" if peer.shut else "enabled",
    )  # fmt: skip


def _session(peer: BgpPeer) -> Attributes:
    return {
        "addr": peer.address, "operSt": peer.state, "connEst": str(peer.transitions),
        "lastFlapTs": str(int(peer.changed_at)),
        "type": "ibgp" if peer.local_as == peer.remote_as else "ebgp",
    }  # fmt: skip


def _families(view: View, peer: BgpPeer) -> list[Managed]:
    if peer.state != "established":
        return []
    table = view.world.network().tables.bgp
    received, sent = table.received(view.name, peer.address), table.sent(view.name, peer.address)
    return [
        fixed("bgpPeerAfEntry", "af-[ipv4-ucast]", list, type="ipv4-ucast",
              acceptedPaths=str(received), pfxSent=str(sent))
    ]  # fmt: skip


def lldp(view: View) -> Managed:
    seen: dict[str, list[Neighbor]] = {}
    for neighbor in view.world.neighbors(view.name):
        seen.setdefault(neighbor.local_port, []).append(neighbor)
    ports = [_port(name, found) for name, found in seen.items()]
    instance = fixed("lldpInst", "inst", lambda: ports, sysName=view.snapshot.hostname)
    return fixed("lldpEntity", "lldp", lambda: [instance], name=view.snapshot.hostname)


def _port(name: str, neighbors: list[Neighbor]) -> Managed:
    adjacent = [
        fixed(
            "lldpAdjEp", f"adj-{number}", list, id=str(number), sysName=one.node, chassisIdV=one.chassis,
            portIdV=one.port, portDesc=one.description, mgmtIp=one.address or "unspecified",
        )
        for number, one in enumerate(neighbors, 1)
    ]  # fmt: skip
    return fixed(
        "lldpIf", f"if-[{short_name(name)}]", lambda: adjacent, id=short_name(name), adminSt="enabled"
    )


def bridge_domains(view: View) -> Managed:
    below = [
        fixed("l2BD", f"bd-[vlan-{number}]", list, id=str(number), fabEncap=f"vlan-{number}", name=name,
              adminSt="active", operSt="up")
        for number, name in view.node.config.vlans().items()
    ]  # fmt: skip
    return fixed("bdEntity", "bd", lambda: below, name=view.snapshot.hostname)


def addresses(view: View) -> Managed:
    learnt = [_address(mac) for mac in view.world.macs(view.name)]
    table = fixed("l2MacAddressTable", "table", lambda: learnt, name="default")
    return fixed("macEntity", "mac", lambda: [table], name=view.snapshot.hostname)


def _address(mac: Mac) -> Managed:
    return fixed(
        "l2MacAddressEntry", f"vlan-[vlan-{mac.vlan}]-mac-[{mac.address}]", list, macAddress=mac.address,
        vlan=f"vlan-{mac.vlan}", port=short_name(mac.port), type="primary",
    )  # fmt: skip
