"""IPv6 interfaces."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from vnexus import hardware
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.layer3 import NO_VRF, interface_number, vrf_numbers, wanted_vrfs

if TYPE_CHECKING:
    from vnexus.node import Node


@command("show-ipv6-interface")
def show_ipv6_interface(call: Call) -> Output:
    node, brief = call.node, call.said("brief")
    wanted = wanted_vrfs(call)
    if wanted is None:
        return Output(NO_VRF, error=True)
    blocks, rows = [], []
    for vrf in wanted:
        lines = [f'IPv6 Interface Status for VRF "{vrf}"({vrf_numbers(node)[vrf]})']
        if brief:
            lines.append(
                f"{'Interface':<15} {'IPv6 Address/Link-local Address':<40} {'Interface Status':<17}"
            )
        for name in node.config.interfaces():
            addresses = _addresses(node, name)
            if not addresses or node.config.interface(name).vrf != vrf:
                continue
            lines += _brief(node, name, addresses) if brief else _text(node, name, addresses)
            rows.append(_row(node, name, addresses))
        blocks.append("\n".join(lines))
    return Output("\n\n".join(blocks), rows_of("intf", rows))


def _addresses(node: Node, name: str) -> list[str]:
    section = node.config.section(name)
    if section is None:
        return []
    return [e.identity[2] for e in section.under("ipv6", "address") if "/" in e.identity[2]]


def link_local(node: Node, name: str) -> ipaddress.IPv6Address:
    """``ipv6 link-local`` of the configuration, else made from the MAC address (RFC 4291, appendix A)."""
    section = node.config.section(name)
    typed = section.value("ipv6", "link-local") if section is not None else None
    if typed:
        return ipaddress.IPv6Address(typed)
    mac = hardware.port_mac(node.spec.address, node.spec.model, name).to_bytes(6, "big")
    middle = bytes([mac[0] ^ 2, *mac[1:3], 0xFF, 0xFE, *mac[3:]])
    return ipaddress.IPv6Address(b"\xfe\x80" + bytes(6) + middle)


def _states(node: Node, name: str) -> tuple[str, str]:
    up = "up" if node.world.oper(node.spec.name, name).up else "down"
    return up, "up" if node.config.interface(name).admin_up else "down"


def _brief(node: Node, name: str, addresses: list[str]) -> list[str]:
    up, admin = _states(node, name)
    first = addresses[0].partition("/")[0]
    return [f"{name:<15} {first:<40} {up}/{up}/{admin}", f"{'':<15} {link_local(node, name)}"]


def _groups(node: Node, name: str, addresses: list[str]) -> list[str]:
    """All nodes, all routers and the solicited-node group of each address (RFC 4291, 2.7.1)."""
    own = [link_local(node, name), *(ipaddress.IPv6Interface(a).ip for a in addresses)]
    base = int(ipaddress.IPv6Address("ff02::1:ff00:0"))
    solicited = [str(ipaddress.IPv6Address(base | int(address) & 0xFFFFFF)) for address in own]
    return list(dict.fromkeys(["ff02::2", "ff02::1", *solicited]))


def _text(node: Node, name: str, addresses: list[str]) -> list[str]:
    up, admin = _states(node, name)
    network = ipaddress.IPv6Interface(addresses[0]).network
    return [
        f"{name}, Interface status: protocol-{up}/link-{up}/admin-{admin}, iod: {interface_number(node, name)}",
        "  IPv6 address: ", *[f"    {a} [VALID]" for a in addresses], f"  IPv6 subnet:  {network}",
        f"  IPv6 link-local address: {link_local(node, name)} (default) [VALID]",
        "  IPv6 virtual addresses configured: none", "  IPv6 multicast routing: disabled",
        "  IPv6 report link local: disabled", "  IPv6 Forwarding feature: disabled",
        "  IPv6 multicast groups locally joined:   ",
        f"      {'  '.join(_groups(node, name, addresses))}",
        "  IPv6 multicast (S,G) entries joined: none",
        f"  IPv6 MTU: {node.config.interface(name).mtu} (using link MTU)",
        "  IPv6 unicast reverse path forwarding: none", "  IPv6 load sharing: none ",
        "  IPv6 interface statistics last reset: never",
        "  IPv6 interface RP-traffic statistics: (forwarded/originated/consumed)",
        "    Unicast packets:      0/0/0", "    Unicast bytes:        0/0/0",
        "    Multicast packets:    0/0/0", "    Multicast bytes:      0/0/0",
    ]  # fmt: skip


def _row(node: Node, name: str, addresses: list[str]) -> dict[str, Any]:
    up, admin = _states(node, name)
    return {
        "vrf-name-out": node.config.interface(name).vrf, "intf-name": name, "proto-state": up, "link-state": up,
        "admin-state": admin, "iod": str(interface_number(node, name)),
        "addr": addresses[0] if len(addresses) == 1 else addresses,
        "prefix": str(ipaddress.IPv6Interface(addresses[0]).network),
        "linklocal-addr": str(link_local(node, name)), "mtu": str(node.config.interface(name).mtu),
    }  # fmt: skip
