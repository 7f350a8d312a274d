"""NTP: which servers answer follows from the routes to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnexus.config.tree import Entry
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.world.timekeeping import POLL_SECONDS, NtpPeer, ntp_status

if TYPE_CHECKING:
    from vnexus.node import Node


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
    rows = [_row(peer) for peer in ntp_status(call.node.world, call.node.spec.name).peers]
    lines = [f"Total peers : {len(rows)}", "* - selected for sync, + -  peer mode(active), ",
             "- - peer mode(passive), = - polled in client mode ",
             "    remote               local                 st   poll   reach delay   vrf",
             "-" * 79]  # fmt: skip
    lines += [f"{r['syncmode']}{r['remote']:<24} {r['local']:<22}{r['st']:>2} {r['poll']:>6} {r['reach']:>6} "
              f"{r['delay']:>10} {r['vrf']}" for r in rows]  # fmt: skip
    return Output("\n".join(lines), {"totalpeers": str(len(rows)), **rows_of("peersstatus", rows)})


def _row(peer: NtpPeer) -> dict[str, str]:
    """``reach`` is an octal register of the last eight polls."""
    mark = "*" if peer.selected else "+" if peer.kind == "peer" else "="
    return {"syncmode": mark, "remote": peer.remote, "local": "0.0.0.0",
            "st": str(peer.stratum), "poll": str(POLL_SECONDS), "reach": f"{peer.reach:o}",
            "delay": f"{peer.delay:.5f}", "vrf": peer.vrf}  # fmt: skip


@command("show-ntp-status")
def show_ntp_status(call: Call) -> Output:
    """Of the distribution of NTP's configuration, which this switch does not take part in."""
    del call
    return Output("Distribution : Disabled\nLast operational state: No session",
                  {"distribution": "Disabled", "operational_state": "No session"})  # fmt: skip


@command("show-ntp-statistics-peer")
def show_ntp_statistics_peer(call: Call) -> Output:
    node, wanted = call.node, call.get("host") or ""
    peer = next((p for p in ntp_status(node.world, node.spec.name).peers if p.remote == wanted), None)
    if peer is None:
        return Output(f"No associations found for {wanted}", error=True)
    asked = int((node.world.now() - node.booted_at()) / POLL_SECONDS)
    figures = {"remote host": peer.remote, "local interface": "Unresolved",
               "time last received": f"{int(node.world.now()) % POLL_SECONDS if peer.polls else 0}s",
               "time until next send": f"{POLL_SECONDS - int(node.world.now()) % POLL_SECONDS}s",
               "reachability change": "0s", "packets sent": asked,
               "packets received": asked if peer.polls == 8 else peer.polls, "bad authentication": 0,
               "bogus origin": 0, "duplicate": 0, "bad dispersion": 0, "bad reference time": 0,
               "candidate order": 6 if peer.selected else 0, "offset": f"{peer.offset:.6f}"}  # fmt: skip
    return Output("\n".join(f"{name + ':':<23}{value}" for name, value in figures.items()))
