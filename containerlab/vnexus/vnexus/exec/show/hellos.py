"""What the supervisor sends and hears on an interface: the hellos of OSPF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnexus.exec.show.port import PortView

if TYPE_CHECKING:
    from vnexus.node import Node

HELLO_BYTES = 68
"""An IP packet with the hello of one neighbour (RFC 2328, A.3.2)."""


def software_stats(node: Node, port: PortView) -> list[str]:
    """Lines of ``show ip interface``: sent, received, forwarded, originated, consumed."""
    sent, received, sent_bytes, received_bytes = _hellos(node, port)
    none = "0/0/0/0/0"
    return ["  IP interface software stats: (sent/received/forwarded/originated/consumed)",
            f"    Unicast packets    : {none}", f"    Unicast bytes      : {none}",
            f"    Multicast packets  : {sent}/{received}/0/{sent}/{received}",
            f"    Multicast bytes    : {sent_bytes}/{received_bytes}/0/{sent_bytes}/{received_bytes}",
            f"    Broadcast packets  : {none}", f"    Broadcast bytes    : {none}",
            f"    Labeled packets    : {none}", f"    Labeled bytes      : {none}",
            "  WCCP Redirect outbound: disabled", "  WCCP Redirect inbound: disabled",
            "  WCCP Redirect exclude: disabled"]  # fmt: skip


def _hellos(node: Node, port: PortView) -> tuple[int, int, int, int]:
    """Packets and bytes, sent and received: one in every interval since the port or the neighbour is there."""
    network, name, booted = node.world.network(), node.spec.name, node.booted_at()
    now = node.world.now()
    sent = received = 0
    for router in network.tables.ospf.of(name):
        for own in router.ports:
            if own.name == port.name and own.up and not (own.passive or own.kind == "LOOPBACK"):
                sent += int((now - max(own.since, booted)) / own.timers[0])
        for neighbor in router.neighbors:
            if neighbor.port.name == port.name:
                received += int((now - max(neighbor.since, booted)) / neighbor.other.timers[0])
    return sent, received, sent * HELLO_BYTES, received * HELLO_BYTES
