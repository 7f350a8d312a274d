"""BGP sessions one by one."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.bgp import KEEPALIVE_SECONDS, PATH_BYTES, peers_asked, refusal
from vnexus.exec.show.bgp_paths import BgpTable, body_of, path_lines, told
from vnexus.exec.show.names import ago, uptime
from vnexus.facts import BgpPeer

if TYPE_CHECKING:
    from vnexus.node import Node
    from vnexus.world.routing.bgp import Bgp

BGP_PORT = 179
OPEN_BYTES, UPDATE_BYTES, KEEPALIVE_BYTES = 45, 52, 19
"""Sizes of messages (RFC 4271): those of an open with the usual capabilities and of a small update."""
CAPABILITIES = (
    "Dynamic capability: advertised (mp, refresh, gr) received (mp, refresh, gr)",
    "Dynamic capability (old): advertised received", "Route refresh capability (new): advertised received",
    "Route refresh capability (old): advertised received", "4-Byte AS capability: advertised received",
    "Address family IPv4 Unicast: advertised received", "Graceful Restart capability: advertised received",
)  # fmt: skip
RESTART = (
    "Address families advertised to peer:", "  IPv4 Unicast", "Address families received from peer:",
    "  IPv4 Unicast", "Forwarding state preserved by peer for:",
    "Restart time advertised to peer: 120 seconds", "Stale time for routes advertised by peer: 300 seconds",
    "Restart time advertised by peer: 120 seconds",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages of one direction since the session came up."""

    opens: int
    updates: int
    keepalives: int

    @property
    def total(self) -> int:
        return self.opens + self.updates + self.keepalives

    @property
    def octets(self) -> int:
        return self.opens * OPEN_BYTES + self.updates * UPDATE_BYTES + self.keepalives * KEEPALIVE_BYTES


@command("show-ip-bgp-neighbors")
def show_ip_bgp_neighbors(call: Call) -> Output:
    refused = refusal(call)
    if refused is not None:
        return refused
    wanted = call.get("ip")
    found = [(n, p) for n, p in enumerate(peers_asked(call), 3) if wanted in {None, p.address}]
    texts = [_text(call.node, peer, index) for index, peer in found]
    return Output("\n\n".join(texts), rows_of("neighbor", [_row(call.node, peer) for _, peer in found]))


def _bgp(node: Node, vrf: str = "default") -> Bgp:
    return node.world.network().tables.bgp_of(vrf)


def _remote_id(node: Node, peer: BgpPeer) -> str:
    bgp = _bgp(node, peer.vrf)
    other = next(
        (s.other for s in bgp.sessions if s.node == node.spec.name and s.peer.address == peer.address), ""
    )
    return bgp.router_id(other) if other else peer.address


def _kept(node: Node, peer: BgpPeer, prefixes: int) -> Messages:
    """An open and a keepalive, one of these every minute, and an update where there is something to say."""
    if peer.state != "established":
        return Messages(peer.transitions, 0, 0)
    minutes = int((node.world.now() - peer.changed_at) / KEEPALIVE_SECONDS)
    return Messages(peer.transitions, int(prefixes > 0), 1 + minutes)


def _source(node: Node, peer: BgpPeer) -> str | None:
    """``update-source`` of the neighbor."""
    for router in node.config.root.under("router", "bgp"):
        entry = router.section.get("neighbor", peer.address) if router.section else None
        if entry is not None and entry.section is not None:
            return entry.section.value("update-source")
    return None


def _transport(node: Node, peer: BgpPeer) -> list[str]:
    """Whoever has the lower address has called the other."""
    session = next(
        (
            s
            for s in _bgp(node, peer.vrf).sessions
            if s.node == node.spec.name and s.peer.address == peer.address
        ),
        None,
    )
    if session is None:
        return []
    there = IPv4Address(peer.address)
    beside = (
        leg for leg in node.world.network().segments.legs[node.spec.name] if there in leg.address.network
    )
    here = IPv4Address(session.back) if session.back else next((leg.address.ip for leg in beside), there)
    high = 20_000 + zlib.crc32(f"{min(here, there)}-{max(here, there)}".encode()) % 40_000
    local, foreign = (high, BGP_PORT) if here < there else (BGP_PORT, high)
    return ["", f"  Local host: {here}, Local port: {local}", f"  Foreign host: {there}, Foreign port: {foreign}",
            f"  fd = {64 + zlib.crc32(peer.address.encode()) % 64}"]  # fmt: skip


def _text(node: Node, peer: BgpPeer, index: int) -> str:
    bgp, name, up = _bgp(node, peer.vrf), node.spec.name, peer.state == "established"
    age = node.world.now() - peer.changed_at
    received, sent = bgp.received(name, peer.address), bgp.sent(name, peer.address) if up else 0
    into, out = _kept(node, peer, received), _kept(node, peer, sent)
    version = len(bgp.paths.get(name, {})) + 1
    beat = int(age) % KEEPALIVE_SECONDS
    timer = f"expiry due {ago(KEEPALIVE_SECONDS - beat)}" if up else "not running"
    link, source = "ibgp" if peer.local_as == peer.remote_as else "ebgp", _source(node, peer)
    state = f"{peer.state.capitalize()}, {'up' if up else 'down'} for {uptime(age)}"
    lines = [f"BGP neighbor is {peer.address}, remote AS {peer.remote_as}, {link} link, Peer index {index}"]
    lines += [f"  Description: {peer.description}"] if peer.description else []
    lines += [f"  BGP version 4, remote router ID {_remote_id(node, peer) if up else '0.0.0.0'}",
              "  Neighbor vrf: default",
              f"  BGP state = {state}" + (", shut for administrative reasons" if peer.shut else "")]  # fmt: skip
    lines += [f"  Using {source} as update source for this peer"] if source else []
    lines += [f"  Last read {ago(beat) if up else 'never'}, hold time = 180, keepalive interval is 60 seconds",
              f"  Last written {ago(beat) if up else 'never'}, keepalive timer {timer}",
              f"  Received {into.total} messages, 0 notifications, 0 bytes in queue",
              f"  Sent {out.total} messages, 0 notifications, 0 bytes in queue",
              f"  Connections established {peer.transitions}, dropped {max(0, peer.transitions - up)}",
              "  Last reset by us never, due to No error", "  Last reset by peer never, due to No error", ""]  # fmt: skip
    if up:
        lines += ["  Neighbor capabilities:", *(f"  {line}" for line in CAPABILITIES), "",
                  "  Graceful Restart Parameters:", *(f"  {line}" for line in RESTART), ""]  # fmt: skip
    lines += ["  Message statistics:", "                              Sent               Rcvd",
              *_statistics(out, into), "", "  For address family: IPv4 Unicast",
              f"  BGP table version {version}, neighbor version {version if up else 0}",
              f"  {received} accepted paths consume {received * PATH_BYTES} bytes of memory",
              f"  {sent} sent paths", *(_transport(node, peer) if up else [])]  # fmt: skip
    return "\n".join(lines)


def _statistics(out: Messages, into: Messages) -> list[str]:
    rows = (("Opens", out.opens, into.opens), ("Notifications", 0, 0), ("Updates", out.updates, into.updates),
            ("Keepalives", out.keepalives, into.keepalives), ("Route Refresh", 0, 0), ("Capability", 0, 0),
            ("Total", out.total, into.total), ("Total bytes", out.octets, into.octets),
            ("Bytes in queue", 0, 0))  # fmt: skip
    return [f"  {title + ':':<15} {sent:>15} {received:>18}" for title, sent, received in rows]


def _row(node: Node, peer: BgpPeer) -> dict[str, Any]:
    bgp, name, up = _bgp(node, peer.vrf), node.spec.name, peer.state == "established"
    received, sent = bgp.received(name, peer.address), bgp.sent(name, peer.address) if up else 0
    return {
        "neighbor": peer.address, "remoteas": peer.remote_as, "link": "ibgp" if peer.local_as == peer.remote_as
        else "ebgp", "description": peer.description, "version": "4",
        "remote-id": _remote_id(node, peer) if up else "0.0.0.0", "state": peer.state.capitalize(),
        "up": "true" if up else "false", "elapsedtime": uptime(node.world.now() - peer.changed_at),
        "connsestablished": str(peer.transitions), "connsdropped": str(max(0, peer.transitions - up)),
        "holdtime": "180", "keepalivetime": "60",
        "msgrecvd": str(_kept(node, peer, received).total), "msgsent": str(_kept(node, peer, sent).total),
        "acceptedpaths": str(received), "sentpaths": str(sent),
    }  # fmt: skip


@command("show-bgp-neighbor-routes")
def show_bgp_neighbor_routes(call: Call) -> Output:
    """What one neighbour has told, or is told."""
    refused = refusal(call)
    if refused is not None:
        return refused
    node, address = call.node, call.get("ip") or ""
    peer = next((peer for peer in peers_asked(call) if peer.address == address), None)
    if peer is None:
        return Output(f"No such neighbor {address}", error=True)
    title = f"Peer {address} routes for address family IPv4 Unicast:"
    if call.said("received-routes"):
        return Output(f"{title}\nInbound soft reconfiguration for IPv4 Unicast not performed on {address}")
    bgp = _bgp(node, peer.vrf)
    if call.said("advertised-routes"):
        known = told(bgp, node.spec.name, address)
        wanted = [path for prefix, path in bgp.best(node.spec.name).items() if prefix in known]
    else:
        wanted = [path for path in bgp.paths.get(node.spec.name, {}).values() if path.sender == address]
    table = BgpTable(node, peer.vrf, tuple(sorted(wanted, key=lambda path: path.prefix)))
    return Output("\n".join([title, *path_lines(table)]), body_of(table))
