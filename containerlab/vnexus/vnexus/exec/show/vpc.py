"""``show vpc``: both peers of a domain compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.names import short_name
from vnexus.exec.show.routes import NO_COMMAND
from vnexus.grammar.names import vlan_text
from vnexus.world.routing.vpc import VpcPort, VpcView

if TYPE_CHECKING:
    from vnexus.node import Node

NOT_CHECKED = "Consistency Check Not Performed"


@command("show-vpc")
def show_vpc(call: Call) -> Output:
    node = call.node
    seen = node.world.network().vpc.view(node.spec.name)
    if seen is None:
        text = "ERROR: vPC is not configured" if node.config.feature("vpc") else NO_COMMAND
        return Output(text, error=True)
    lines = ["Legend:", "                (*) - local vPC is down, forwarding via vPC peer-link", ""]
    lines += [f"{label:<34}: {value}" for label, value in _fields(node, seen).items()]
    lines += ["", "vPC Peer-link status", "-" * 69, "id    Port   Status Active vlans    ",
              "--    ----   ------ -------------------------------------------------"]  # fmt: skip
    peer_rows = []
    if seen.peer_link:
        vlans = compress_vlans(node, seen.peer_link) if seen.peer_link_up else "-"
        state = "up" if seen.peer_link_up else "down"
        lines.append(f"1     {short_name(seen.peer_link):<6} {state:<6} {vlans}")
        peer_rows.append({"peer-link-id": "1", "peerlink-ifindex": short_name(seen.peer_link),
                          "peer-link-port-state": "1" if seen.peer_link_up else "0",
                          "peer-up-vlan-bitset": vlans})  # fmt: skip
    lines += ["", "vPC status", "-" * 76, "Id    Port          Status Consistency Reason                Active vlans",
              "--    ------------  ------ ----------- ------                ---------------"]  # fmt: skip
    rows = []
    for port in seen.ports:
        text, row = _port(node, port)
        lines.append(text)
        rows.append(row)
    return Output("\n".join(lines), {**_body(seen), **rows_of("peerlink", peer_rows), **rows_of("vpc", rows)})


def _fields(node: Node, seen: VpcView) -> dict[str, str]:
    entry = next(iter(node.config.root.under("vpc", "domain")))
    domain = entry.section
    assert domain is not None  # noqa: S101 - the line opens a section
    enabled = {"Peer Gateway": "peer-gateway", "Auto-recovery status": "auto-recovery"}
    consistent = "success" if seen.peer and not seen.reason else "failed"
    why = {} if consistent == "success" else {"Configuration inconsistency reason": seen.reason}
    return {
        "vPC domain id": seen.domain,
        "Peer status": _peer_status(seen),
        "vPC keep-alive status": "peer is alive"
        if seen.alive
        else "Suspended (Destination IP not reachable)",
        "Configuration consistency status": consistent,
        "Per-vlan consistency status": "success",
        **why,
        "Type-2 consistency status": "success" if seen.peer else "failed",
        "vPC role": seen.role,
        "Number of vPCs configured": str(len(seen.ports)),
        **{label: "Enabled" if domain.get(line) else "Disabled" for label, line in enabled.items()},
        "Dual-active excluded VLANs": "-",
        "Graceful Consistency Check": "Enabled",
        "Delay-restore status": f"Timer is off.(timeout = {domain.value('delay', 'restore') or '30'}s)",
        "Delay-restore SVI status": "Timer is off.(timeout = 10s)",
        "Operational Layer3 Peer-router": "Enabled" if domain.get("layer3", "peer-router") else "Disabled",
    }


def _peer_status(seen: VpcView) -> str:
    if seen.peer:
        return "peer adjacency formed ok"
    return "peer adjacency not formed" if seen.peer_link_up else "peer link is down"


def _body(seen: VpcView) -> dict[str, Any]:
    return {
        "vpc-domain-id": seen.domain,
        "vpc-peer-status": "peer-ok" if seen.peer else "peer-link-down",
        "vpc-peer-status-reason": "SUCCESS" if seen.peer else _peer_status(seen),
        "vpc-peer-keepalive-status": "peer-alive" if seen.alive else "suspended",
        "vpc-peer-consistency": "consistent" if seen.peer and not seen.reason else "inconsistent",
        "vpc-role": seen.role,
        "num-of-vpcs": str(len(seen.ports)),
    }


def _port(node: Node, port: VpcPort) -> tuple[str, dict[str, str]]:
    active = compress_vlans(node, port.name) if port.up else "-"
    verdict, words = ("success", "success") if not port.reason else ("failed", port.reason)
    text = (f"{port.number:<5} {short_name(port.name):<13} {'up' if port.up else 'down*':<6} {verdict:<11} "
            f"{words[:21]:<21} {active}")  # fmt: skip
    return text, {"vpc-id": port.number, "vpc-ifindex": short_name(port.name),
                  "vpc-port-state": "1" if port.up else "0",
                  "vpc-consistency": "inconsistent" if port.reason else "consistent",
                  "vpc-consistency-status": port.reason or "SUCCESS", "up-vlan-bitset": active}  # fmt: skip


def compress_vlans(node: Node, name: str) -> str:
    """VLANs of the switch that the port carries."""
    config = node.config.interface(name)
    known = set(node.config.vlans())
    carried = config.allowed_vlans if config.mode == "trunk" else {config.access_vlan}
    return vlan_text(known & carried) or "-"
