"""``openconfig-interfaces`` with its Ethernet, aggregation, VLAN and IP parts."""

from __future__ import annotations

from functools import partial
from ipaddress import IPv4Interface

from vnexus import hardware
from vnexus.facts import InterfaceConfig, Oper
from vnexus.telemetry.openconfig.view import View, nanoseconds, short_name
from vnexus.telemetry.tree import Branch, Listing, Node, Rows

_TYPES = (
    ("port-channel", "ieee8023adLag"),
    ("Vlan", "propVirtual"),
    ("loopback", "softwareLoopback"),
    ("nve", "tunnel"),
)
_SPEEDS = {
    10: "SPEED_10MB", 100: "SPEED_100MB", 1_000: "SPEED_1GB", 10_000: "SPEED_10GB", 25_000: "SPEED_25GB",
    40_000: "SPEED_40GB", 100_000: "SPEED_100GB",
}  # fmt: skip


def interfaces(view: View) -> Branch:
    """``/interfaces``: every interface but subinterfaces, which are below their port."""
    names = [name for name in view.snapshot.interfaces if "." not in name]
    rows: Rows = {(short_name(name),): partial(_interface, view, name) for name in names}
    return {"interface": Listing(("name",), rows)}


def _interface(view: View, name: str) -> Branch:
    config = view.snapshot.interfaces[name]
    made: dict[str, Node] = {
        "name": short_name(name),
        "config": _said(config),
        "state": partial(_state, view, config),
    }
    if name.startswith("Vlan"):
        made["routed-vlan"] = {"state": {"vlan": int(name[4:])}, "ipv4": _ipv4(config)}
        return made
    made["subinterfaces"] = partial(_subinterfaces, view, config)
    if name.startswith("port-channel"):
        made["aggregation"] = partial(_aggregation, view, config)
    if name.startswith(("Ethernet", "mgmt")):
        made["ethernet"] = partial(_ethernet, view, config)
    return made


def _said(config: InterfaceConfig) -> dict[str, Node]:
    return {
        "name": short_name(config.name),
        "type": next((word for start, word in _TYPES if config.name.startswith(start)), "ethernetCsmacd"),
        "mtu": config.mtu,
        "description": config.description,
        "enabled": config.admin_up,
    }


def _oper(view: View, name: str) -> Oper:
    return view.world.oper(view.name, name)


def _status(view: View, config: InterfaceConfig) -> dict[str, Node]:
    state = _oper(view, config.name)
    return {
        "admin-status": "UP" if config.admin_up else "DOWN",
        "oper-status": "UP" if state.up else "DOWN",
        "last-change": nanoseconds(state.changed_at),
    }


def _state(view: View, config: InterfaceConfig) -> Branch:
    return {
        **_said(config),
        "ifindex": hardware.if_index(view.node.spec.model, config.name),
        **_status(view, config),
        "counters": partial(_counters, view, config.name),
    }


def _counters(view: View, name: str) -> Branch:
    read = view.world.counters(view.name, name)
    return {
        "in-octets": read.rx_bytes,
        "in-pkts": read.rx_unicast + read.rx_multicast + read.rx_broadcast,
        "in-unicast-pkts": read.rx_unicast,
        "in-multicast-pkts": read.rx_multicast,
        "in-broadcast-pkts": read.rx_broadcast,
        "in-errors": read.rx_errors,
        "in-discards": read.rx_discards,
        "out-octets": read.tx_bytes,
        "out-pkts": read.tx_unicast + read.tx_multicast + read.tx_broadcast,
        "out-unicast-pkts": read.tx_unicast,
        "out-multicast-pkts": read.tx_multicast,
        "out-broadcast-pkts": read.tx_broadcast,
        "out-errors": read.tx_errors,
        "out-discards": read.tx_discards,
        "last-clear": nanoseconds(view.world.booted_at(view.name)),
    }


def _subinterfaces(view: View, config: InterfaceConfig) -> Branch:
    """Index 0 is the port itself, as OpenConfig has it."""
    below = f"{config.name}."
    found = [name for name in view.snapshot.interfaces if name.startswith(below)]
    named = {0: config, **{int(name[len(below) :]): view.snapshot.interfaces[name] for name in found}}
    rows: Rows = {(str(index),): partial(_subinterface, view, index, one) for index, one in named.items()}
    return {"subinterface": Listing(("index",), rows)}


def _subinterface(view: View, index: int, config: InterfaceConfig) -> Branch:
    return {
        "index": index,
        "state": {
            "index": index,
            "name": short_name(config.name),
            "description": config.description,
            "enabled": config.admin_up,
            **_status(view, config),
        },
        "ipv4": _ipv4(config),
    }


def _ipv4(config: InterfaceConfig) -> Branch:
    rows: Rows = {}
    for position, text in enumerate(config.addresses):
        address = IPv4Interface(text)
        state: Branch = {
            "ip": str(address.ip),
            "prefix-length": address.network.prefixlen,
            "type": "SECONDARY" if position else "PRIMARY",
        }
        rows[str(address.ip),] = partial(dict, {"ip": str(address.ip), "state": state})
    return {"addresses": {"address": Listing(("ip",), rows)}}


def _ethernet(view: View, config: InterfaceConfig) -> Branch:
    spec = view.node.spec
    mac = f"{hardware.port_mac(spec.address, spec.model, config.name):012x}"
    state: dict[str, Node] = {
        "mac-address": ":".join(mac[at : at + 2] for at in range(0, 12, 2)),
        "auto-negotiate": config.speed_mbps is None,
        "port-speed": _SPEEDS.get(_oper(view, config.name).speed_mbps, "SPEED_UNKNOWN"),
    }
    if config.channel_group is not None:
        state["aggregate-id"] = f"po{config.channel_group}"
    made: dict[str, Node] = {"state": state}
    if config.mode != "routed":
        made["switched-vlan"] = {"state": _switched(config)}
    return made


def _aggregation(view: View, config: InterfaceConfig) -> Branch:
    members = view.snapshot.members.get(config.name, [])
    modes = {view.snapshot.interfaces[name].channel_mode for name in members}
    state: dict[str, Node] = {
        "lag-type": "STATIC" if modes == {"on"} else "LACP",
        "lag-speed": _oper(view, config.name).speed_mbps,
        "member": tuple(short_name(name) for name in members),
    }
    made: dict[str, Node] = {"state": state}
    if config.mode != "routed":
        made["switched-vlan"] = {"state": _switched(config)}
    return made


def _switched(config: InterfaceConfig) -> Branch:
    if config.mode == "access":
        return {"interface-mode": "ACCESS", "access-vlan": config.access_vlan}
    return {
        "interface-mode": "TRUNK",
        "native-vlan": config.native_vlan,
        "trunk-vlans": tuple(_ranges(sorted(config.allowed_vlans))),
    }


def _ranges(numbers: list[int]) -> list[str]:
    """``1..10`` as OpenConfig writes ranges.

    >>> _ranges([1, 2, 3, 9])
    ['1..3', '9']
    """
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return [str(first) if first == last else f"{first}..{last}" for first, last in found]
