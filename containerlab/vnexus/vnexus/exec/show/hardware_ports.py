"""What ports can do and are called: capabilities, indexes, trunks, addresses, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vnexus import hardware
from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.interface import NO_SUCH
from vnexus.exec.show.names import reason, short_name
from vnexus.exec.show.port import PortView, views
from vnexus.grammar.names import vlan_text

if TYPE_CHECKING:
    from vnexus.node import Node

_LINE = "-" * 80


def _found(call: Call) -> list[PortView] | None:
    try:
        return list(views(call.node, call.get("interfaces")))
    except KeyError:
        return None


@command("show-interface-ifindex")
def show_interface_ifindex(call: Call) -> Output:
    """The numbers that SNMP uses."""
    found = _found(call)
    if found is None:
        return Output(NO_SUCH, error=True)
    model = call.node.spec.model
    rows = [{"interface": p.name, "snmp-ifindex": str(hardware.if_index(model, p.name))} for p in found]
    lines = ["", _LINE, "Port             IFMIB Ifindex (hex)", _LINE]
    lines += [f"{short_name(r['interface']):<15} {r['snmp-ifindex']:<10} ({int(r['snmp-ifindex']):#x}{' ' * (int(r['snmp-ifindex']) < 1 << 28)})"
              for r in rows]  # fmt: skip
    return Output("\n".join(lines), rows_of("interface", rows))


_YES_9K = {"Channel": "yes", "Broadcast suppression": "percentage(0-100)", "Flowcontrol": "rx-(off/on/desired),tx-(off/on/desired)",
           "Rate mode": "none", "QOS scheduling": "rx-(none),tx-(4q)", "CoS rewrite": "yes", "ToS rewrite": "yes",
           "SPAN": "yes", "UDLD": "yes", "MDIX": "no", "Link Debounce": "yes", "Link Debounce Time": "yes",
           "dot1Q-tunnel mode": "yes", "Pvlan Trunk capable": "yes", "TDR capable": "no",
           "FabricPath capable": "no", "Port mode": "Routed,Switched", "FEX Fabric": "no", "EEE (efficient-eth)": "no",
           "PFC capable": "yes", "Breakout capable": "no", "FEC capable": "no"}  # fmt: skip
_YES_7K = {**_YES_9K, "QOS scheduling": "rx-(4q1t),tx-(1p7q1t)", "Rate mode": "dedicated",
           "Flowcontrol": "rx-(off/on),tx-(off/on)", "FabricPath capable": "yes", "FEX Fabric": "yes"}  # fmt: skip


@command("show-interface-capabilities")
def show_interface_capabilities(call: Call) -> Output:
    found = _found(call)
    if found is None:
        return Output(NO_SUCH, error=True)
    texts, rows = [], []
    for port in found:
        if port.name in call.node.config.platform.ports:
            facts = _capabilities(call.node, port.name)
            width = 23
            texts.append("\n".join([port.name, *[f"  {k + ':':<{width}}{v}" for k, v in facts.items()], ""]))
            keys = {
                key.split(" (")[0].lower().replace(" ", "_").replace(".", ""): v for key, v in facts.items()
            }
            rows.append({"interface": port.name, **keys})
    return Output("\n".join(texts), rows_of("interface", rows))


def _capabilities(node: Node, name: str) -> dict[str, str]:
    model = node.model
    port = hardware.port(model.name, name)
    assert port is not None  # noqa: S101 - a physical port
    module = next(m for m in model.modules if m.slot == port.slot)
    optic = node.world.optic(node.spec.name, name)
    kind = "Type (Non SFP)" if port.cage is None else "Type (SFP capable)"
    type_word = "10/100/1000BaseT" if port.cage is None else optic.kind if optic else f"{port.cage}-(unknown)"
    speeds = {1000: "100,1000,auto", 10_000: "1000,10000,auto", 25_000: "1000,10000,25000,auto"}
    facts = {"Model": module.part, kind: type_word, "Speed": speeds.get(port.speed_mbps, "40000,100000,auto"),
             "Duplex": "full", "Trunk encap. type": "802.1Q"}  # fmt: skip
    more = dict(_YES_7K if model.family == "n7k" else _YES_9K)
    if port.speed_mbps >= 40_000:
        more["Breakout capable"] = "yes"
    more["FEC capable"] = "yes" if port.speed_mbps >= 25_000 else "no"
    return facts | more


@command("show-interface-err-disabled")
def show_interface_err_disabled(call: Call) -> Output:
    """Ports that an error has shut."""
    rows = [
        {"interface": p.short, "name": p.config.description or "--", "state": "err-disabled", "reason": reason(p.oper)}
        for p in views(call.node) if p.oper.reason.lower().startswith(("err", "udld"))
    ]  # fmt: skip
    lines = [_LINE, "Port         Name               Status             Reason", _LINE]
    lines += [f"{r['interface']:<12} {r['name'][:18]:<18} {r['state']:<18} {r['reason']}" for r in rows]
    return Output("\n".join(lines), rows_of("interface", rows))


@command("show-interface-trunk")
def show_interface_trunk(call: Call) -> Output:
    found = _found(call)
    if found is None:
        return Output(NO_SUCH, error=True)
    node = call.node
    known = set(node.config.vlans())
    trunks = [
        p for p in found if p.config.mode == "trunk" and p.name.startswith(("Ethernet", "port-channel"))
    ]
    tree = node.world.network().spanning_tree
    tables: dict[str, list[str]] = {"status": [], "allowed": [], "active": [], "forwarding": []}
    rows = []
    for port in trunks:
        group = port.config.channel_group
        state = "trnk-bndl" if group is not None else "trunking" if port.oper.up else "not-trunking"
        channel = f"Po{group}" if group is not None else "--"
        carried = sorted(known & port.config.allowed_vlans) if port.oper.up else []
        forwarding = [
            v for v in carried
            if any(p.name == port.name and p.state == "FWD" for p in tree.vlan(node.spec.name, v).ports)
        ]  # fmt: skip
        row = {"interface": port.name, "native": str(port.config.native_vlan), "status": state,
               "portchannel": channel, "trunkallowedvlans": vlan_text(port.config.allowed_vlans) or "none",
               "errvlans": "none", "activevlans": vlan_text(carried) or "none",
               "stpfwd_vlans": vlan_text(forwarding) or "none"}  # fmt: skip
        rows.append(row)
        tables["status"].append(f"{port.short:<14}{row['native']:<8}{state:<15}{channel}")
        tables["allowed"].append(f"{port.short:<14}{row['trunkallowedvlans']}")
        tables["active"].append(f"{port.short:<14}{row['errvlans']}")
        tables["forwarding"].append(f"{port.short:<14}{row['stpfwd_vlans']}")
    titles = {"status": "Port          Native  Status        Port\n              Vlan                  Channel",
              "allowed": "Port          Vlans Allowed on Trunk", "active": "Port          Vlans Err-disabled on Trunk",
              "forwarding": "Port          STP Forwarding"}  # fmt: skip
    lines: list[str] = []
    for key, title in titles.items():
        lines += ["", _LINE, title, _LINE, *tables[key]]
    return Output("\n".join(lines), rows_of("interface", rows))


@command("show-interface-mac")
def show_interface_mac(call: Call) -> Output:
    found = _found(call)
    if found is None:
        return Output(NO_SUCH, error=True)
    rows = [{"interface": p.name, "mac-addr": p.mac, "bia-addr": p.mac} for p in found
            if not p.name.startswith("loopback")]  # fmt: skip
    lines = ["", _LINE, "Interface                  Mac-Address    Burn-in Mac-Address", _LINE]
    lines += [f"{r['interface']:<26} {r['mac-addr']:<14} {r['bia-addr']}" for r in rows]
    return Output("\n".join(lines), rows_of("interface", rows))


@command("show-interface-counters-brief")
def show_interface_counters_brief(call: Call) -> Output:
    """Rates of the last half minute and totals."""
    rows = []
    for p in views(call.node):
        if p.name.startswith(("Ethernet", "port-channel")):
            rates, counted = p.rates, p.counters
            rows.append({"interface": p.name, "eth_inrate1_bits": f"{rates[0] * 8 / 1e9:.2f}", "eth_inframes": _packets(counted, "rx"),
                         "eth_outrate1_bits": f"{rates[1] * 8 / 1e9:.2f}", "eth_outframes": _packets(counted, "tx")})  # fmt: skip
    lines = ["", "-" * 86, "Interface            Input (rate is 30 sec avg)      Output (rate is 30 sec avg)",
             "                     ---------------------------     ---------------------------",
             "                     Rate     Total                  Rate     Total",
             "                     Mbits/s  Frames                 Mbits/s  Frames", "-" * 86]  # fmt: skip
    lines += [f"{r['interface']:<20} {r['eth_inrate1_bits']:<8} {r['eth_inframes']:<22} {r['eth_outrate1_bits']:<8} {r['eth_outframes']}"
              for r in rows]  # fmt: skip
    return Output("\n".join(lines), rows_of("interface", rows))


def _packets(counters: Any, way: str) -> int:
    return sum(int(getattr(counters, f"{way}_{kind}")) for kind in ("unicast", "multicast", "broadcast"))
