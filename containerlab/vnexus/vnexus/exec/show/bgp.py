"""BGP sessions and paths of the default VRF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.bgp_paths import FAMILY, body_of, covering, detail, path_lines, table_of
from vnexus.exec.show.layer3 import NO_VRF, wanted_vrfs
from vnexus.exec.show.names import duration, uptime
from vnexus.exec.show.routes import NO_COMMAND
from vnexus.facts import BgpPeer
from vnexus.world.routing.bgp import Bgp

if TYPE_CHECKING:
    from vnexus.node import Node

KEEPALIVE_SECONDS = 60
PATH_BYTES = 104


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
    """The table, all about one prefix, or all about every prefix."""
    refused = refusal(call)
    if refused is not None:
        return refused
    name = call.get("vrf") or "default"
    table = table_of(call.node, "default" if name == "all" else name)
    asked, prefixes = call.get("net") or call.get("ip"), list(table.prefixes())
    if asked:
        found = covering(asked, prefixes)
        return detail(table, [found]) if found else Output("% Network not in table")
    if call.said("detail"):
        return detail(table, prefixes)
    title = f"BGP routing table information for VRF {table.vrf}, address family {FAMILY}"
    return Output("\n".join([title, *path_lines(table)]), body_of(table))
