"""``show spanning-tree``: roots, roles and states per VLAN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnexus import hardware
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.names import short_name
from vnexus.world.routing.stp import StpPort, StpVlan
from vnexus.world.wiring import Place

if TYPE_CHECKING:
    from vnexus.node import Node

HELLO, MAX_AGE, FORWARD = "2", "20", "15"


def _vlans(node: Node, only: str | None = None) -> list[StpVlan]:
    tree = node.world.network().spanning_tree
    return [tree.vlan(node.spec.name, v) for v in node.config.vlans() if only is None or str(v) == only]


@command("show-spanning-tree-root")
def show_spanning_tree_root(call: Call) -> Output:
    node = call.node
    rows = [
        {"tree_id": str(seen.vlan), "priority": str(seen.root[0]), "mac_address": hardware.mac_text(seen.root[1]),
         "root_cost": str(seen.root_cost), "hello_time": HELLO, "max_age": MAX_AGE, "forward_delay": FORWARD,
         "root_port_name": seen.root_port or "This bridge is root"}
        for seen in _vlans(node)
    ]  # fmt: skip
    lines = ["                                        Root  Hello Max Fwd",
             "Vlan                   Root ID          Cost  Time  Age Dly  Root Port",
             "---------------- -------------------- ------- ----- --- ---  ----------------"]  # fmt: skip
    lines += [f"VLAN{int(r['tree_id']):04d}         {r['priority']:>5} {r['mac_address']} {r['root_cost']:>7} "
              f"{HELLO:>4} {MAX_AGE:>4} {FORWARD:>3}  {r['root_port_name']:<16}".rstrip() for r in rows]  # fmt: skip
    return Output("\n".join(lines), rows_of("tree", rows))


@command("show-spanning-tree")
def show_spanning_tree(call: Call) -> Output:
    node, wanted = call.node, call.get("1-4094")
    found = [seen for seen in _vlans(node, wanted) if seen.ports or wanted]
    if not found:
        return Output(f"Spanning tree instance(s) for vlan does not exist.{'' if wanted else ' '}".rstrip())
    trees, ports = [], []
    for seen in found:
        trees.append({"tree_id": str(seen.vlan), "tree_protocol": "RSTP", "tree_root_priority": str(seen.root[0]),
                      "tree_designated_root": hardware.mac_text(seen.root[1]),
                      "tree_designated_root_path_cost": str(seen.root_cost),
                      "bridge_priority": str(seen.bridge[0]),
                      "bridge_mac": hardware.mac_text(seen.bridge[1])})  # fmt: skip
        ports += [_row(node, seen, port) for port in seen.ports]
    return Output(
        "\n\n".join(_text(node, seen) for seen in found), {**rows_of("tree", trees), **rows_of("port", ports)}
    )


def _number(node: Node, port: StpPort) -> str:
    """Port identifier: 128 and a number that follows from the interface's index."""
    return _identifier(node, (node.spec.name, port.name))


def _identifier(node: Node, place: Place) -> str:
    """The same for a port of any switch in the tree."""
    owner, name = place
    names = [n for n in node.world.snapshot(owner).interfaces if n.startswith(("Ethernet", "port-channel"))]
    base = 4096 if name.startswith("port-channel") else 1
    number = int(name.removeprefix("port-channel")) - 1 if base == 4096 else names.index(name)
    return f"128.{base + number}"


def _kind(port: StpPort) -> str:
    return "Edge P2p" if port.edge else "P2p"


def _text(node: Node, seen: StpVlan) -> str:
    timers = f"Hello Time  {HELLO}  sec  Max Age {MAX_AGE} sec  Forward Delay {FORWARD} sec"
    lines = [f"VLAN{seen.vlan:04d}", "  Spanning tree enabled protocol rstp", f"  Root ID    Priority    {seen.root[0]}",
             f"             Address     {hardware.mac_text(seen.root[1])}"]  # fmt: skip
    if seen.root_port:
        lines += [f"             Cost        {seen.root_cost}", f"             Port        {seen.root_port}"]
    else:
        lines.append("             This bridge is the root")
    own = seen.bridge[0]
    lines += [f"             {timers}", "",
              f"  Bridge ID  Priority    {own}  (priority {own - seen.vlan} sys-id-ext {seen.vlan})",
              f"             Address     {hardware.mac_text(seen.bridge[1])}", f"             {timers}", "",
              "Interface        Role Sts Cost      Prio.Nbr Type",
              "---------------- ---- --- --------- -------- --------------------------------"]  # fmt: skip
    lines += [f"{short_name(p.name):<16} {p.role:<4} {p.state:<3} {p.cost:<9} {_number(node, p):<8} {_kind(p)} "
              for p in seen.ports]  # fmt: skip
    return "\n".join(lines)


def _row(node: Node, seen: StpVlan, port: StpPort) -> dict[str, str]:
    role = {"Root": "root", "Desg": "designated", "Altn": "alternate"}[port.role]
    return {"tree_id": str(seen.vlan), "if_index": short_name(port.name), "role": role,
            "state": "forwarding" if port.state == "FWD" else "blocking", "cost": str(port.cost),
            "port_id": _number(node, port), "link_type": _kind(port)}  # fmt: skip


@command("show-spanning-tree-blocked")
def show_spanning_tree_blocked(call: Call) -> Output:
    node = call.node
    rows = []
    for seen in _vlans(node):
        ports = [short_name(port.name) for port in seen.ports if port.state == "BLK"]
        if ports:
            rows.append({"tree_id": str(seen.vlan), "blocked_ports": ", ".join(ports)})
    count = sum(len(row["blocked_ports"].split(", ")) for row in rows)
    lines = [
        "Name                 Blocked Interfaces List",
        "-------------------- ------------------------------------",
    ]
    lines += [f"VLAN{int(row['tree_id']):04d}             {row['blocked_ports']}" for row in rows]
    lines += ["", f"Number of blocked ports (segments) in the system : {count}"]
    return Output("\n".join(lines), {**rows_of("tree", rows), "blocked_count": str(count)})


@command("show-spanning-tree-detail")
def show_spanning_tree_detail(call: Call) -> Output:
    node = call.node
    texts, rows = [], []
    for seen in _vlans(node, call.get("1-4094")):
        if not seen.ports:
            continue  # a VLAN that no port carries takes no part
        own, mac = seen.bridge[0], hardware.mac_text(seen.bridge[1])
        lines = [f" VLAN{seen.vlan:04d} is executing the rstp compatible Spanning Tree protocol",
                 f"  Bridge Identifier has priority {own - seen.vlan}, sysid {seen.vlan}, address {mac}",
                 f"  Configured hello time {HELLO}, max age {MAX_AGE}, forward delay {FORWARD}"]  # fmt: skip
        if seen.root_port:
            lines += [f"  Current root has priority {seen.root[0]}, address {hardware.mac_text(seen.root[1])}",
                      f"  Root port is {seen.root_port}, cost of root path is {seen.root_cost}"]  # fmt: skip
        else:
            lines.append("  We are the root of the spanning tree")
        lines += _changes(node, seen)
        for port in seen.ports:
            row = {**_row(node, seen, port), "port_id": _number(node, port)}
            where = f"{_number(node, port).partition('.')[2]} ({port.name}) of VLAN{seen.vlan:04d}"
            lines += ["", f" Port {where} is {row['role']} {row['state']}",
                      f"   Port path cost {port.cost}, Port priority 128, Port Identifier {row['port_id']}",
                      f"   Designated root has priority {seen.root[0]}, address {hardware.mac_text(seen.root[1])}",
                      *_port_lines(node, seen, port)]  # fmt: skip
            rows.append(row)
        texts.append("\n".join(lines))
    return Output("\n\n".join(texts), rows_of("port", rows))


def _age(node: Node, name: str) -> float:
    """Seconds since a port came to its state."""
    return node.world.now() - max(node.world.oper(node.spec.name, name).changed_at, node.booted_at())


def _changes(node: Node, seen: StpVlan) -> list[str]:
    """Ports that are no edge have each changed the topology once, when they came up."""
    inner = [port for port in seen.ports if not port.edge]
    last = min(inner, key=lambda port: _age(node, port.name), default=None)
    ago = _clock(_age(node, last.name) if last else node.world.now() - node.booted_at())
    return ["  Topology change flag not set, detected flag not set",
            f"  Number of topology changes {len(inner)} last change occurred {ago} ago",
            *([f"          from {last.name}"] if last else []),
            "  Times:  hold 1, topology change 35, notification 2",
            f"          hello {HELLO}, max age {MAX_AGE}, forward delay {FORWARD} ",
            "  Timers: hello 0, topology change 0, notification 0"]  # fmt: skip


def _clock(seconds: float) -> str:
    """Hours, minutes and seconds, however many hours these are.

    >>> _clock(511_333)
    '142:02:13'
    """
    return f"{int(seconds) // 3600}:{int(seconds) % 3600 // 60:02d}:{int(seconds) % 60:02d}"


def _port_lines(node: Node, seen: StpVlan, port: StpPort) -> list[str]:
    """Who speaks for the wire, and what was said: a hello every two seconds, by the designated end."""
    tree = node.world.network().spanning_tree
    place = tree.designated(node.spec.name, port)
    there = tree.vlan(place[0], seen.vlan)
    hellos = int(_age(node, port.name) // int(HELLO))
    sent, received = (hellos, 0) if port.role == "Desg" else (1, hellos)
    return [f"   Designated bridge has priority {there.bridge[0]}, address {hardware.mac_text(there.bridge[1])}",
            f"   Designated port id is {_identifier(node, place)}, designated path cost {there.root_cost}",
            "   Timers: message age 0, forward delay 0, hold 0",
            f"   Number of transitions to forwarding state: {int(port.state == 'FWD')}",
            *(["   The port type is edge"] if port.edge else []), "   Link type is point-to-point by default",
            f"   BPDU: sent {sent}, received {received}"]  # fmt: skip


@command("show-spanning-tree-interface")
def show_spanning_tree_interface(call: Call) -> Output:
    """One port in every VLAN that it carries."""
    node, wanted = call.node, call.get("interface")
    found = [(seen, port) for seen in _vlans(node) for port in seen.ports if port.name == wanted]
    if not found:
        return Output(f"No spanning tree information available for {wanted}")
    lines = ["", "Vlan             Role Sts Cost      Prio.Nbr Type",
             "---------------- ---- --- --------- -------- --------------------------------"]  # fmt: skip
    lines += [f"VLAN{seen.vlan:04d}{'':9}{port.role:<4} {port.state:<3} {port.cost:<9} {_number(node, port):<8} {_kind(port)} "
              for seen, port in found]  # fmt: skip
    return Output("\n".join(lines), rows_of("port", [_row(node, seen, port) for seen, port in found]))
