"""NTP: which servers answer follows from the routes to them."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING

from vnexus.config.tree import Entry
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.reach import round_trip

if TYPE_CHECKING:
    from vnexus.node import Node
    from vnexus.world import World

POLL_SECONDS = 64
UNSYNCHRONISED = 16
MAX_CHAIN = 8


def _associations(node: Node) -> list[Entry]:
    kinds = {("ntp", "server"), ("ntp", "peer")}
    return [entry for entry in node.config.root.ordered() if entry.identity[:2] in kinds]


@command("show-ntp-peers")
def show_ntp_peers(call: Call) -> Output:
    rows = [
        {"PeerIPAddress": e.identity[2], "serv_peer": e.identity[1].capitalize()}
        for e in _associations(call.node)
    ]
    line = "-" * 50
    lines = [line, "  Peer IP Address               Serv/Peer          ", line]
    lines += [f"  {r['PeerIPAddress']:<30}{r['serv_peer']:<10} (configured)" for r in rows]
    return Output("\n".join(lines), rows_of("peers", [{**r, "conf_flag": "(configured)"} for r in rows]))


@command("show-ntp-peer-status")
def show_ntp_peer_status(call: Call) -> Output:
    node = call.node
    entries = _associations(node)
    rows = [_status(node, entry) for entry in entries]
    usable = [
        ("prefer" not in entry.value, int(row["st"]), number)
        for number, (entry, row) in enumerate(zip(entries, rows, strict=True))
        if int(row["st"]) < UNSYNCHRONISED
    ]
    if usable:
        rows[min(usable)[2]]["syncmode"] = "*"
    lines = [f"Total peers : {len(rows)}", "* - selected for sync, + -  peer mode(active), ",
             "- - peer mode(passive), = - polled in client mode ",
             "    remote               local                 st   poll   reach delay   vrf",
             "-" * 79]  # fmt: skip
    lines += [f"{r['syncmode']}{r['remote']:<24} {r['local']:<22}{r['st']:>2} {r['poll']:>6} {r['reach']:>6} "
              f"{r['delay']:>10} {r['vrf']}" for r in rows]  # fmt: skip
    return Output("\n".join(lines), {"totalpeers": str(len(rows)), **rows_of("peersstatus", rows)})


def _status(node: Node, entry: Entry) -> dict[str, str]:
    """One association: ``reach`` is an octal register of the last eight polls."""
    remote, vrf = entry.identity[2], _use_vrf(entry.value)
    stratum, hops, since = _stratum(node.world, node.spec.name, (remote, vrf), 0)
    polls = min(8, int((node.world.now() - since) / POLL_SECONDS)) if stratum < UNSYNCHRONISED else 0
    delay = round_trip(node, remote, hops, 0) / 1000 if hops else 0.0
    return {"syncmode": "+" if entry.identity[1] == "peer" else "=", "remote": remote, "local": "0.0.0.0",
            "st": str(stratum), "poll": str(POLL_SECONDS), "reach": f"{2**polls - 1:o}",
            "delay": f"{delay:.5f}", "vrf": vrf}  # fmt: skip


def _stratum(world: World, node: str, server: tuple[str, str], depth: int) -> tuple[int, int, float]:
    """(stratum, hops, since when it answers): a switch is one step behind its own servers."""
    remote, vrf = server
    silent = (UNSYNCHRONISED, 0, 0.0)
    try:
        goal = IPv4Address(remote)
    except AddressValueError:
        return silent
    network = world.network()
    way, first = network.tables.way(node, vrf, goal), network.tables.resolve(node, vrf, goal)
    if not way.reached or first is None or depth > MAX_CHAIN:
        return silent
    since = max(first[1].since, world.booted_at(node))
    owner = next((leg.node for leg in network.segments.owners.get(goal, ())), None)
    if owner is None:
        return 1, len(way.hops), since
    return min(_own_stratum(world, owner, depth), UNSYNCHRONISED), len(way.hops), since


def _own_stratum(world: World, node: str, depth: int) -> int:
    """Its ``ntp master`` line (8 when it says no more), else one more than the best server's."""
    config = world.configs[node]
    master = config.value("ntp master")
    if master is not None:
        return int(master or 8)
    above = [line.split() for line in config.lines() if line.startswith("ntp server ")]
    strata = [_stratum(world, node, (w[2], _use_vrf(" ".join(w))), depth + 1)[0] for w in above]
    return min(strata, default=UNSYNCHRONISED) + 1


def _use_vrf(value: str) -> str:
    words = value.split()
    return words[words.index("use-vrf") + 1] if "use-vrf" in words else "default"
