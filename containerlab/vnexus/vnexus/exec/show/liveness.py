"""BFD: sessions that OSPF asks for at both ends of a link; DHCP snooping, which sees no packets here."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.names import short_name
from vnexus.world.routing.ospf import OspfNeighbor, OspfPort

if TYPE_CHECKING:
    from vnexus.node import Node

_TITLE = (f"{'OurAddr':<16}{'NeighAddr':<16}{'LD/RD':<22}{'RH/RS':<16}{'Holdown(mult)':<18}{'State':<12}{'Int':<22}"
          f"{'Vrf':<33}Type     ")  # fmt: skip
DEFAULT_INTERVAL, DEFAULT_MULTIPLIER = 50, 3


@command("show-bfd-neighbors")
def show_bfd_neighbors(call: Call) -> Output:
    node = call.node
    rows = [
        _row(node, neighbor, router.key[2])
        for router in node.world.network().tables.ospf.of(node.spec.name)
        for neighbor in router.neighbors
        if _wants(node, neighbor.port) and _wants(node, neighbor.other)
    ]
    lines = [_TITLE] if rows else []
    for r in rows:
        discriminators = f"{r['local_disc']}/{r['remote_disc']}"
        lines.append(f"{r['src_ip_addr']:<15} {r['dest_ip_addr']:<15} {discriminators:<21} {'Up':<15} {r['holddown']:<17} "
                     f"{'Up':<11} {r['intf']:<21} {r['vrf_name']:<32} SH")  # fmt: skip
    return Output("\n".join(lines), rows_of("bfdNeighbor", rows))


def _wants(node: Node, port: OspfPort) -> bool:
    """``feature bfd``, and BFD for OSPF on the interface or for the whole process."""
    name = port.key[0]
    config = node.world.snapshot(name).config
    lines = config.lines(f"interface {port.name}")
    whole = "bfd" in config.lines(f"router ospf {port.key[1]}") and "no ip ospf bfd" not in lines
    return config.feature("bfd") and ("ip ospf bfd" in lines or whole)


def _timers(node: Node, port: OspfPort) -> tuple[int, int]:
    config = node.world.snapshot(port.key[0]).config
    words = (config.value("bfd interval ", f"interface {port.name}") or "").split()
    return (int(words[0]), int(words[4])) if len(words) > 4 else (DEFAULT_INTERVAL, DEFAULT_MULTIPLIER)


def _discriminator(port: OspfPort) -> str:
    digest = hashlib.sha256(f"bfd {port.key[0]} {port.name}".encode()).digest()
    return str(0x41000000 + int.from_bytes(digest[:2]))


def _row(node: Node, neighbor: OspfNeighbor, vrf: str) -> dict[str, str]:
    mine, far = _timers(node, neighbor.port), _timers(node, neighbor.other)
    whole = max(mine[0], far[0]) * far[1]
    left = whole - int(max(mine[0], far[0]) * (1 + node.world.wobble(f"bfd {neighbor.port.name}")) / 2)
    return {"src_ip_addr": str(neighbor.port.address.ip), "dest_ip_addr": str(neighbor.other.address.ip),
            "local_disc": _discriminator(neighbor.port), "remote_disc": _discriminator(neighbor.other),
            "remote_state": "Up", "holddown": f"{left}({far[1]})", "cur_state": "Up",
            "intf": short_name(neighbor.port.name), "vrf_name": vrf}  # fmt: skip


_MESSAGES = ("Discover", "Offer", "Request", "Ack", "Release", "Decline", "Inform", "Nack")
_DROPS = ("Received on untrusted port", "Unknown Failure", "Source mac validation failed",
          "Binding entry validation Failed", "Invalid DHCP message type", "Interface error",
          "Tx over trusted port failed", "Trust port not configured", "Vlan validation failure",
          "Insertion of option 82 failed", "Packet Malformed")  # fmt: skip


@command("show-dhcp-snooping-statistics")
def show_dhcp_snooping_statistics(call: Call) -> Output:
    """Endpoints of the lab have their addresses already: there is nothing to count."""
    del call
    rule = "-" * 70 + " "
    rows = [f"{name:<25}{0:<16}{0:<16}{0}" for name in _MESSAGES]
    packets = [f"{f'Total Packets {what}':<49}: {0:>9}" for what in ("Forwarded", "Received", "Dropped")]
    lines = [rule, "Message Type             Rx              Tx           Drops  ", rule, *rows, rule,
             f"{'Total':<22}{0:>4}            {0:>4}            {0:>4}", rule, "DHCP L2 Forwarding:", *packets,
             "Non DHCP:", packets[1], packets[0], packets[2], "DROP:", *[f"{name:<49}: {0:>9}" for name in _DROPS]]  # fmt: skip
    return Output("\n".join(lines))
