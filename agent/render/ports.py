"""A port as its switch shows it: what it inherits from its channel, and which default lines are hidden."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.intent.switch import Layer3, Port, Switch
from agent.render.quirks import CLASSES, POE_PORTS, TRAITS, UNTRUSTED, TrafficClass


@dataclass(frozen=True, slots=True)
class PortView:
    """A port with every line decided that depends on defaults; None or empty means a hidden line."""

    port: Port
    layer3: Layer3 | None
    switchport: str | None
    state: str | None
    """``shutdown`` or ``no shutdown``."""
    power: tuple[str, ...]
    storm_control: str | None
    edge: str | None
    marking: str | None
    """Name of the input QoS policy."""
    queuing: str | None
    member: bool


def range_text(numbers: tuple[int, ...]) -> str:
    """VLAN numbers as the switch prints them: sorted, runs joined.

    >>> range_text((30, 10, 11, 12, 1))
    '1,10-12,30'
    """
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in runs)


def inherit(port: Port, channels: dict[int, Port]) -> Port:
    """The port with what NX-OS hands down from its channel to every member, and prints there too."""
    channel = channels.get(port.channel) if port.channel is not None else None
    if channel is None:
        return port
    return replace(
        port,
        mode=channel.mode,
        access_vlan=channel.access_vlan,
        native_vlan=channel.native_vlan,
        trunk_vlans=channel.trunk_vlans,
        mtu=channel.mtu,
        edge=channel.edge,
        peer_link=channel.peer_link,
        root_guard=channel.root_guard,
        storm_control_percent=channel.storm_control_percent,
        layer3=None,
    )


def channel_number(port: Port) -> int:
    """Number in the name of a port-channel.

    >>> channel_number(Port("port-channel10", "uplink"))
    10
    """
    return int(port.name.removeprefix("port-channel"))


def marking_class(port: Port) -> TrafficClass | None:
    """The class that the port's traffic is marked into; None when it is trusted or marked elsewhere.

    Raises KeyError for a class that the city does not have.
    """
    if port.qos_class is not None:
        return {traffic.name: traffic for traffic in CLASSES}[port.qos_class.upper()]
    return UNTRUSTED if port.mode == "access" and not port.trust else None


def _switchport(port: Port, *, switched_by_default: bool) -> str | None:
    if port.mode == "routed":
        return "no switchport" if switched_by_default else None
    if port.mode == "unused":
        return None
    return None if switched_by_default else "switchport"


def _state(port: Port, *, switch: Switch, logical: bool) -> str | None:
    traits = TRAITS[switch.platform]
    up_by_default = logical or (traits.ports_up and port.mode != "routed")
    if port.shutdown == up_by_default:
        return "shutdown" if port.shutdown else "no shutdown"
    return None


def _power(port: Port, model: str) -> tuple[str, ...]:
    if port.name not in POE_PORTS.get(model, ()):
        return ()
    if not port.poe:
        return ("power inline never",)
    lines = []
    if port.poe_max_watts is not None:
        lines.append(f"power inline auto max {round(port.poe_max_watts * 1000)}")
    if port.poe_priority not in (None, "low"):
        lines.append(f"power inline priority {port.poe_priority}")
    return tuple(lines)


def _edge(port: Port) -> str | None:
    if port.peer_link:
        return "spanning-tree port type network"
    if not port.edge:
        return None
    return "spanning-tree port type edge" + (" trunk" if port.mode == "trunk" else "")


def view_port(port: Port, switch: Switch, channels: dict[int, Port]) -> PortView:
    """The port as the templates need it. Raises KeyError for a QoS class that the city does not have."""
    member = port.channel is not None
    port = inherit(port, channels)
    bound = switch.qos and not member and port.mode != "unused"
    traffic = marking_class(port) if bound else None
    sorts = bound and port.trust and TRAITS[switch.platform].qos_groups  # others queue by DSCP unasked
    marking = f"CITY-MARK-{traffic.name}" if traffic else "CITY-CLASSIFY" if sorts else None
    queued = bound and not TRAITS[switch.platform].queuing_on_system
    storm = port.storm_control_percent
    return PortView(
        port=port,
        layer3=port.layer3,
        switchport=_switchport(port, switched_by_default=TRAITS[switch.platform].ports_switched),
        state=_state(port, switch=switch, logical=port.name.startswith("port-channel")),
        power=_power(port, switch.model),
        storm_control=None if storm is None else f"storm-control broadcast level {storm:.2f}",
        edge=_edge(port),
        marking=marking,
        queuing="CITY-OUT" if queued else None,
        member=member,
    )
