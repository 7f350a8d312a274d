"""``sys/intf``: ports, port-channels, SVIs, loopbacks, mgmt0, and their counters."""

from __future__ import annotations

from functools import partial

from vnexus.facts import Counters, InterfaceConfig
from vnexus.telemetry.dme.objects import Attributes, Managed
from vnexus.telemetry.openconfig.view import View, short_name

_KINDS = {
    "port-channel": ("pcAggrIf", "aggr"),
    "Vlan": ("sviIf", "svi"),
    "loopback": ("l3LbRtdIf", "lb"),
    "mgmt": ("mgmtMgmtIf", "mgmt"),
}
_SPEEDS = {100: "100M", 1000: "1G", 10_000: "10G", 25_000: "25G", 40_000: "40G", 100_000: "100G"}


def interfaces(view: View) -> Managed:
    return Managed("interfaceEntity", "intf", partial(_entity, view), partial(_all, view))


def _entity(view: View) -> Attributes:
    return {"adminSt": "enabled", "operSt": "enabled", "name": view.snapshot.hostname}


def _all(view: View) -> list[Managed]:
    return [_interface(view, config) for name, config in view.snapshot.interfaces.items() if "." not in name]


def _interface(view: View, config: InterfaceConfig) -> Managed:
    for start, (kind, word) in _KINDS.items():
        if config.name.startswith(start):
            return Managed(
                kind, f"{word}-[{short_name(config.name)}]", partial(_logical, view, config),
                partial(_statistics, view, config.name) if start in ("port-channel", "mgmt") else list,
            )  # fmt: skip
    below = partial(_below, view, config)
    return Managed("l1PhysIf", f"phys-[{short_name(config.name)}]", partial(_physical, config), below)


def _physical(config: InterfaceConfig) -> Attributes:
    return {
        "id": short_name(config.name),
        "adminSt": "up" if config.admin_up else "down",
        "descr": config.description,
        "layer": "Layer3" if config.mode == "routed" else "Layer2",
        "mode": "access" if config.mode == "routed" else config.mode,
        "accessVlan": f"vlan-{config.access_vlan}",
        "nativeVlan": f"vlan-{config.native_vlan}",
        "mtu": str(config.mtu),
        "speed": _SPEEDS.get(config.speed_mbps or 0, "auto"),
    }


def _logical(view: View, config: InterfaceConfig) -> Attributes:
    state = view.world.oper(view.name, config.name)
    return {
        "id": short_name(config.name),
        "adminSt": "up" if config.admin_up else "down",
        "descr": config.description,
        "mtu": str(config.mtu),
        "operSt": "up" if state.up else "down",
    }


def _below(view: View, config: InterfaceConfig) -> list[Managed]:
    return [
        Managed("ethpmPhysIf", "phys", partial(_operational, view, config)),
        *_statistics(view, config.name),
    ]


def _operational(view: View, config: InterfaceConfig) -> Attributes:
    state = view.world.oper(view.name, config.name)
    bundle = f"po{config.channel_group}" if config.channel_group is not None else ""
    return {
        "operSt": "up" if state.up else "down",
        "operStQual": "none" if state.up else state.reason,
        "operSpeed": _SPEEDS.get(state.speed_mbps, "unknown"),
        "operMode": "access" if config.mode == "routed" else config.mode,
        "lastLinkStChg": str(int(state.changed_at)),
        "bundleIndex": bundle or "unspecified",
    }


def _statistics(view: View, name: str) -> list[Managed]:
    parts = {
        ("rmonIfHCIn", "dbgIfHCIn"): _in,
        ("rmonIfHCOut", "dbgIfHCOut"): _out,
        ("rmonIfIn", "dbgIfIn"): _faulty_in,
        ("rmonIfOut", "dbgIfOut"): _faulty_out,
        ("rmonEtherStats", "dbgEtherStats"): _ether,
    }
    return [Managed(kind, rn, partial(_read, view, name, make)) for (kind, rn), make in parts.items()]


def _read(view: View, name: str, make: object) -> Attributes:
    assert callable(make)  # noqa: S101 - one of the five functions below
    numbers: dict[str, int] = make(view.world.counters(view.name, name))
    return {key: str(value) for key, value in numbers.items()}


def _in(read: Counters) -> dict[str, int]:
    return {
        "octets": read.rx_bytes, "ucastPkts": read.rx_unicast, "multicastPkts": read.rx_multicast,
        "broadcastPkts": read.rx_broadcast,
    }  # fmt: skip


def _out(read: Counters) -> dict[str, int]:
    return {
        "octets": read.tx_bytes, "ucastPkts": read.tx_unicast, "multicastPkts": read.tx_multicast,
        "broadcastPkts": read.tx_broadcast,
    }  # fmt: skip


def _faulty_in(read: Counters) -> dict[str, int]:
    return {"octets": read.rx_bytes, "errors": read.rx_errors, "discards": read.rx_discards}


def _faulty_out(read: Counters) -> dict[str, int]:
    return {"octets": read.tx_bytes, "errors": read.tx_errors, "discards": read.tx_discards}


def _ether(read: Counters) -> dict[str, int]:
    received = read.rx_unicast + read.rx_multicast + read.rx_broadcast
    sent = read.tx_unicast + read.tx_multicast + read.tx_broadcast
    return {
        "octets": read.rx_bytes + read.tx_bytes, "pkts": received + sent,
        "rXNoErrors": received, "tXNoErrors": sent,
        "multicastPkts": read.rx_multicast + read.tx_multicast,
        "broadcastPkts": read.rx_broadcast + read.tx_broadcast,
    }  # fmt: skip
