"""Port-channels and LACP beyond the summary, and both peers of a vPC domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vnexus import hardware
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.names import short_name
from vnexus.exec.show.vpc import compress_vlans
from vnexus.facts import Oper
from vnexus.world.routing.vpc import VpcView

if TYPE_CHECKING:
    from vnexus.node import Node

_NO_VPC = "ERROR: vPC is not configured"


def _channels(node: Node, wanted: str | None = None) -> list[str]:
    names = [n for n in node.config.interfaces() if n.startswith("port-channel") and "." not in n]
    return [name for name in names if wanted in {None, name}]


def _members(node: Node, channel: str) -> list[str]:
    return [section.label for section in node.config.members(channel)]


@command("show-port-channel-database")
def show_port_channel_database(call: Call) -> Output:
    node = call.node
    lines, rows = [], []
    for channel in _channels(node, call.get("interface")):
        members = _members(node, channel)
        up = [port for port in members if node.world.oper(node.spec.name, port).up]
        oper = node.world.oper(node.spec.name, channel)
        first = f"First operational port is {up[0]}" if up else "First operational port is none"
        rows.append({"interface": channel, "op-ports": str(len(up)), "total-ports": str(len(members)),
                     "first-op-port": up[0] if up else "none",
                     **rows_of("ports", [{"port": port} for port in members])})  # fmt: skip
        lines += [channel, f"    Last membership update is {'successful' if members else 'none'}",
                  f"    {len(members)} ports in total, {len(up)} ports up", f"    {first}",
                  f"    Age of the port-channel is {_age(node, oper)}", *_bundled(node, up)]  # fmt: skip
        for place, port in enumerate(members):
            mode = node.config.interface(port).channel_mode
            state = "up" if port in up else "down"
            head = "    Ports:  " if not place else "            "
            lines.append(
                f"{head}{port} [{mode}{' ' if mode == 'on' else ''}] [{state}]{' *' if up[:1] == [port] else ''}"
            )
        lines.append("")
    return Output("\n".join(lines), rows_of("interface", rows))


def _age(node: Node, oper: Oper) -> str:
    """``0d:02h:31m:22s`` since a port changed its state."""
    seconds = int(node.world.now() - max(oper.changed_at, node.booted_at()))
    hours, rest = divmod(seconds % 86_400, 3600)
    return f"{seconds // 86_400}d:{hours:02d}h:{rest // 60:02d}m:{rest % 60:02d}s"


def _bundled(node: Node, up: list[str]) -> list[str]:
    """The member that came last."""
    if not up:
        return []
    opers = {port: node.world.oper(node.spec.name, port) for port in up}
    last = max(up, key=lambda port: (opers[port].changed_at, up.index(port)))
    return [f"    Time since last bundle is {_age(node, opers[last])}", f"    Last bundled member is {last}"]


@command("show-port-channel-load-balance")
def show_port_channel_load_balance(call: Call) -> Output:
    said = call.node.config.root.value("port-channel", "load-balance") or "src-dst ip-l4port-vlan"
    words = said.removeprefix("ethernet ")
    text = (f"System config:\n  Non-IP: {'src-dst mac' if 'src-dst' in words else words}\n  IP: {words} rotate 0\n\n"
            f"Port Channel Load-Balancing Configuration for all modules:\nModule 1:\n  Non-IP: src-dst mac\n  IP: {words} rotate 0")  # fmt: skip
    return Output(text, {"sys_def_non_ip": "src-dst mac", "sys_def_ip": words})


@command("show-port-channel-traffic")
def show_port_channel_traffic(call: Call) -> Output:
    """How the members share what goes over each bundle, in per cent."""
    node = call.node
    lines = ["NOTE: Clear the port-channel member counters to get accurate statistics", "",
             "ChanId      Port Rx-Ucst Tx-Ucst Rx-Mcst Tx-Mcst Rx-Bcst Tx-Bcst",
             "------ --------- ------- ------- ------- ------- ------- -------"]  # fmt: skip
    kinds = [f"{way}_{kind}" for kind in ("unicast", "multicast", "broadcast") for way in ("rx", "tx")]
    for channel in _channels(node, call.get("interface")):
        members = {port: node.world.counters(node.spec.name, port) for port in _members(node, channel)}
        totals = {kind: sum(getattr(c, kind) for c in members.values()) for kind in kinds}
        for port, counted in members.items():
            shares = [100 * getattr(counted, kind) / totals[kind] if totals[kind] else 0.0 for kind in kinds]
            cells = "".join(f"{f'{share:.2f}%':>8}" for share in shares)
            lines.append(f"{channel.removeprefix('port-channel'):>6} {short_name(port):>9}{cells}")
    return Output("\n".join(lines))


# -- vPC


def _view(call: Call) -> VpcView | None:
    return call.node.world.network().vpc.view(call.node.spec.name)


@command("show-vpc-role")
def show_vpc_role(call: Call) -> Output:
    seen, node = _view(call), call.node
    if seen is None:
        return Output(_NO_VPC, error=True)
    domain = next(iter(node.config.root.under("vpc", "domain"))).section
    assert domain is not None  # noqa: S101 - the line opens a section
    local = _mac_colons(hardware.base_mac(node.spec.address))
    number = int(seen.domain)
    system = f"00:23:04:ee:be:{number % 256:02x}"
    priority = domain.value("role", "priority") or "32667"
    status = {"primary": "primary", "secondary": "secondary"}.get(seen.role, "none established")
    peer = (
        _mac_colons(hardware.base_mac(node.world.wiring.nodes[seen.peer].address))
        if seen.peer
        else "00:00:00:00:00:00"
    )
    fields = {"vPC role": status, "Dual Active Detection Status": "0", "vPC system-mac": domain.value("system-mac") or system,
              "vPC system-priority": domain.value("system-priority") or "32667", "vPC local system-mac": local,
              "vPC local role-priority": priority, "vPC peer system-mac": peer}  # fmt: skip
    lines = ["", "vPC Role status", "-" * 52, *[f"{label:<32}: {value}" for label, value in fields.items()]]
    keys = ("vpc-current-role", "dual-active-detection-status", "vpc-system-mac", "vpc-system-prio", "vpc-local-system-mac",
            "vpc-local-role-prio", "vpc-peer-system-mac")  # fmt: skip
    return Output("\n".join(lines), dict(zip(keys, fields.values(), strict=True)))


def _mac_colons(value: int) -> str:
    text = f"{value:012x}"
    return ":".join(text[i : i + 2] for i in range(0, 12, 2))


@command("show-vpc-keepalive")
def show_vpc_keepalive(call: Call) -> Output:
    seen, node = _view(call), call.node
    if seen is None:
        return Output(_NO_VPC, error=True)
    domain = next(iter(node.config.root.under("vpc", "domain"))).section
    line = (domain.value("peer-keepalive") if domain else None) or ""
    words = line.split()
    said = dict(zip(words[::2], words[1::2], strict=False))
    fields = {"vPC keep-alive status": "peer is alive" if seen.alive else "Suspended (Destination IP not reachable)",
              "--Send status": "Success" if seen.alive else "Failed", "--Receive status": "Success" if seen.alive else "Failed",
              "--Sent on interface": "mgmt0" if said.get("vrf", "management") == "management" else "routed port"}  # fmt: skip
    more = {"Destination": said.get("destination", "-"), "Keepalive interval": f"{said.get('interval', '1000')} msec",
            "Keepalive timeout": f"{said.get('timeout', '5')} seconds",
            "Keepalive hold timeout": f"{said.get('hold-timeout', '3')} seconds",
            "Keepalive vrf": said.get("vrf", "management"), "Keepalive udp port": "3200", "Keepalive tos": "192"}  # fmt: skip
    lines = ["", *[f"{label:<32}: {value}" for label, value in fields.items()], "", "vPC Keep-alive parameters",
             *[f"{'--' + label:<32}: {value}" for label, value in more.items()]]  # fmt: skip
    body = {"vpc-peer-keepalive-status": "peer-alive" if seen.alive else "suspended",
            "vpc-keepalive-destination": more["Destination"], "vpc-keepalive-vrf": more["Keepalive vrf"],
            "vpc-keepalive-udp-port": "3200", "vpc-keepalive-tos": "192"}  # fmt: skip
    return Output("\n".join(lines), body)


@command("show-vpc-consistency")
def show_vpc_consistency(call: Call) -> Output:
    """Type 1 parameters of the switch as both peers have them."""
    seen, node = _view(call), call.node
    if seen is None:
        return Output(_NO_VPC, error=True)
    rows = []
    for name, words, default in (
        ("STP Mode", "spanning-tree mode ", "rapid-pvst"),
        ("STP Loopguard", "spanning-tree loopguard ", "Disabled"),
    ):
        here = _said(node, node.spec.name, words, default)
        there = _said(node, seen.peer, words, default) if seen.peer else "-"
        rows.append(
            {
                "vpc-param-name": name,
                "vpc-param-type": "1",
                "vpc-param-local-val": here,
                "vpc-param-peer-val": there,
            }
        )
    vlans = compress_vlans(node, seen.peer_link) if seen.peer_link else "-"
    rows.append({"vpc-param-name": "Allowed VLANs", "vpc-param-type": "-", "vpc-param-local-val": vlans,
                 "vpc-param-peer-val": vlans if seen.peer else "-"})  # fmt: skip
    lines = ["", "    Legend:", "        Type 1 : vPC will be suspended in case of mismatch", "",
             "Name                        Type  Local Value            Peer Value             ",
             "-------------               ----  ---------------------- -----------------------"]  # fmt: skip
    lines += [f"{r['vpc-param-name']:<27} {r['vpc-param-type']:<5} {r['vpc-param-local-val']:<22} {r['vpc-param-peer-val']}"
              for r in rows]  # fmt: skip
    return Output("\n".join(lines), rows_of("vpc_consistency", rows))


def _said(node: Node, name: str, words: str, default: str) -> str:
    return node.world.snapshot(name).config.value(words) or default


@command("show-vpc-orphans")
def show_vpc_orphans(call: Call) -> Output:
    """Ports of VLANs of the peer-link that belong to no vPC."""
    seen, node = _view(call), call.node
    if seen is None:
        return Output(_NO_VPC, error=True)
    inside = {port.name for port in seen.ports} | {seen.peer_link}
    found: dict[int, list[str]] = {}
    for vlan in node.config.vlans():
        tree = node.world.network().spanning_tree.vlan(node.spec.name, vlan)
        ports = [short_name(port.name) for port in tree.ports if port.name not in inside]
        if ports:
            found[vlan] = ports
    lines = ["Note:", "--------::Going through port database. Please be patient.::--------", "",
             "VLAN           Orphan Ports", "-------        -------------------------"]  # fmt: skip
    lines += [f"{vlan:<15}{', '.join(ports)}" for vlan, ports in found.items()]
    rows: list[dict[str, Any]] = [
        {"vpc-vlan": str(v), "vpc-orphan-ports": ", ".join(p)} for v, p in found.items()
    ]
    return Output("\n".join(lines), rows_of("orphan_ports", rows))
