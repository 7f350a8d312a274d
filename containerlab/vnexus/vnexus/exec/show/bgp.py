"""BGP sessions and paths of the default VRF."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.layer3 import NO_VRF, wanted_vrfs
from vnexus.exec.show.names import duration, uptime
from vnexus.exec.show.routes import NO_COMMAND
from vnexus.facts import BgpPeer
from vnexus.world.routing.bgp import Bgp, Path

if TYPE_CHECKING:
    from vnexus.node import Node

KEEPALIVE_SECONDS = 60
PATH_BYTES = 104
DEFAULT_PREFERENCE = 100
STATUS = ("Status: s-suppressed, x-deleted, S-stale, d-dampened, h-history, *-valid, >-best",
          "Path type: i-internal, e-external, c-confed, l-local, a-aggregate, r-redist, I-injected",
          "Origin codes: i - IGP, e - EGP, ? - incomplete, | - multipath, & - backup, 2 - best2", "",
          "   Network            Next Hop            Metric     LocPrf     Weight Path")  # fmt: skip


def refusal(call: Call) -> Output | None:
    """Why there is nothing to show."""
    node = call.node
    if not node.config.feature("bgp"):
        return Output(NO_COMMAND, error=True)
    if wanted_vrfs(call) is None:
        return Output(NO_VRF, error=True)
    if not local_as(node):
        return Output("Note: process currently not running")
    return None


def local_as(node: Node) -> str:
    return next((e.identity[2] for e in node.config.root.under("router", "bgp")), "")


def _bgp(node: Node, vrf: str = "default") -> Bgp:
    return node.world.network().tables.bgp_of(vrf)


def peers_asked(call: Call) -> tuple[BgpPeer, ...]:
    """Sessions that the command asks about."""
    asked = wanted_vrfs(call) or ()
    return tuple(peer for peer in call.node.world.bgp_all_peers(call.node.spec.name) if peer.vrf in asked)


def _messages(node: Node, peer: BgpPeer, prefixes: int) -> int:
    """An open and a keepalive, one of these every minute, and an update where there is something to say."""
    if peer.state != "established":
        return 0
    return 2 + int((node.world.now() - peer.changed_at) / KEEPALIVE_SECONDS) + (prefixes > 0)


@command("show-bgp-summary")
def show_bgp_summary(call: Call) -> Output:
    refused = refusal(call)
    if refused is not None:
        return refused
    blocks, rows = [], []
    for vrf in wanted_vrfs(call) or ():
        if vrf != "default" and call.node.spec.name not in _bgp(call.node, vrf).speakers:
            continue
        text, row = _summary(call.node, tuple(peer for peer in peers_asked(call) if peer.vrf == vrf), vrf)
        blocks.append(text)
        rows.append(row)
    return Output("\n\n".join(blocks), rows_of("vrf", rows))


def _summary(node: Node, peers: tuple[BgpPeer, ...], vrf: str) -> tuple[str, dict[str, Any]]:
    bgp, name, own_as = _bgp(node, vrf), node.spec.name, local_as(node)
    paths, networks = len(bgp.paths.get(name, {})), len({prefix for prefix, _ in bgp.paths.get(name, {})})
    capable = sum(peer.state == "established" for peer in peers)
    version = str(paths + 1)
    router = bgp.router_id(name)
    lines = [f"BGP summary information for VRF {vrf}, address family IPv4 Unicast",
             f"BGP router identifier {router}, local AS number {own_as}",
             f"BGP table version is {version}, IPv4 Unicast config peers {len(peers)}, capable peers {capable}",
             f"{networks} network entries and {paths} paths using {paths * PATH_BYTES} bytes of memory",
             "BGP attribute entries [0/0], BGP AS path entries [0/0]",
             "BGP community entries [0/0], BGP clusterlist entries [0/0]", "",
             "Neighbor        V    AS    MsgRcvd    MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd"]  # fmt: skip
    rows = []
    for peer in peers:
        row = _summary_row(node, peer, version)
        rows.append(row)
        said = row["prefixreceived"] if peer.state == "established" else row["state"]
        lines.append(
            f"{peer.address:<15} 4 {peer.remote_as:>5} {row['msgrecvd']:>10} {row['msgsent']:>10} "
            f"{row['neighbortableversion']:>8}    0    0 {uptime(node.world.now() - peer.changed_at):>8} "
            f"{'Shut (Admin)' if peer.shut else said}"
        )
    family = {"safi": "1", "af-name": "IPv4 Unicast", "tableversion": version, "configuredpeers": str(len(peers)),
              "capablepeers": str(capable), "totalnetworks": str(networks), "totalpaths": str(paths),
              "memoryused": str(paths * PATH_BYTES), **rows_of("neighbor", rows)}  # fmt: skip
    return "\n".join(lines), {"vrf-name-out": vrf, "vrf-router-id": router, "vrf-local-as": own_as,
                              **rows_of("af", [{"af-id": "1", **rows_of("saf", [family])}])}  # fmt: skip


def _summary_row(node: Node, peer: BgpPeer, version: str) -> dict[str, str]:
    bgp, name = _bgp(node, peer.vrf), node.spec.name
    received, up = bgp.received(name, peer.address), peer.state == "established"
    return {"neighborid": peer.address, "neighborversion": "4",
            "msgrecvd": str(_messages(node, peer, received)),
            "msgsent": str(_messages(node, peer, bgp.sent(name, peer.address) if up else 0)),
            "neighbortableversion": version if up else "0", "inq": "0", "outq": "0", "neighboras": peer.remote_as,
            "time": duration(node.world.now() - peer.changed_at),
            "state": "Shutdown" if peer.shut else peer.state.capitalize(),
            "prefixreceived": str(received)}  # fmt: skip


@command("show-ip-bgp")
def show_ip_bgp(call: Call) -> Output:
    """The table, or all about one prefix."""
    refused = refusal(call)
    if refused is not None:
        return refused
    node, name = call.node, call.node.spec.name
    vrf = call.get("vrf") or "default"
    vrf = "default" if vrf == "all" else vrf
    bgp = _bgp(node, vrf)
    prefix = call.get("net") or call.get("ip")
    table = sorted(bgp.paths.get(name, {}).values(), key=lambda path: (path.prefix, path.sender))
    if prefix:
        return _entry(node, _covering(prefix, {path.prefix for path in table}), table, vrf)
    title = f"BGP routing table information for VRF {vrf}, address family IPv4 Unicast"
    return Output("\n".join([title, *path_lines(node, table, vrf)]))


def path_lines(node: Node, paths: Sequence[Path], vrf: str = "default") -> list[str]:
    """The table below its first line; the best path of a prefix is marked."""
    bgp, name = _bgp(node, vrf), node.spec.name
    best, shown = bgp.best(name), None
    version = len(bgp.paths.get(name, {})) + 1
    lines = [f"BGP table version is {version}, Local Router ID is {bgp.router_id(name)}", *STATUS]
    for path in paths:
        network = "" if path.prefix == shown else str(path.prefix)
        mark = "*>" if best.get(path.prefix) is path else "* "
        said = path.internal or path.local_preference != DEFAULT_PREFERENCE
        local = str(path.local_preference) if said or not path.sender else ""
        weight, metric = str(path.weight) if path.sender else "32768", str(path.metric or "")
        tail = " ".join([*path.as_path, "?" if path.redistributed else "i"])
        shown = path.prefix
        lines.append(
            f"{mark}{path.letter}{network:<19}{path.next_hop:<20}{metric:>6} {local:>10} {weight:>10} {tail}"
        )
    return lines


def _covering(text: str, prefixes: set[IPv4Network]) -> IPv4Network | None:
    if "/" in text:
        return next((prefix for prefix in prefixes if prefix == IPv4Network(text)), None)
    found = [prefix for prefix in prefixes if IPv4Address(text) in prefix]
    return max(found, key=lambda prefix: prefix.prefixlen, default=None)


def _entry(node: Node, prefix: IPv4Network | None, table: list[Path], vrf: str) -> Output:
    if prefix is None:
        return Output("% Network not in table")
    bgp = _bgp(node, vrf)
    best = bgp.best(node.spec.name).get(prefix)
    paths = [path for path in table if path.prefix == prefix]
    chosen = next((number for number, path in enumerate(paths, 1) if path is best), 0)
    lines = [f"BGP routing table information for VRF {vrf}, address family IPv4 Unicast",
             f"BGP routing table entry for {prefix}, version {table.index(paths[0]) + 2}",
             f"Paths: ({len(paths)} available, best #{chosen})", ""]  # fmt: skip
    words = {"l": "local", "r": "redist", "i": "internal", "e": "external"}
    for path in paths:
        verdict = "path is valid, is best path" if path is best else "path is valid, not best reason: AS Path"
        source = "external to AS" if path.as_path else "internal to AS"
        origin = "incomplete" if path.redistributed else "IGP"
        sender = path.sender or "0.0.0.0"
        weight = path.weight if path.sender else 32768
        metric = f"MED {path.metric}" if path.metric else "MED not set"
        lines += [f"  Path type: {words[path.letter]}, {verdict}, no labeled nexthop, in rib",
                  f"  AS-Path: {' '.join(path.as_path) or 'NONE'} , path sourced {source}",
                  f"    {path.next_hop} (metric 0) from {sender} ({sender})",
                  f"      Origin {origin}, {metric}, localpref {path.local_preference}, weight {weight}", ""]  # fmt: skip
    return Output("\n".join(lines))
