"""The ``feature`` lines that a switch needs: exactly those, in the order in which NX-OS prints them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.intent.switch import Layer3, Port, Switch
from agent.render.quirks import TRAITS


def layers(switch: Switch) -> Iterator[Layer3]:
    """Every routed side of the switch: SVIs, ports, port-channels, loopbacks."""
    yield from (svi.layer3 for svi in switch.svis)
    yield from (port.layer3 for port in (*switch.channels, *switch.ports) if port.layer3 is not None)
    yield from (loopback.layer3 for loopback in switch.loopbacks)


def speaks_pim(switch: Switch) -> bool:
    return any(layer3.pim for layer3 in layers(switch))


def streams(switch: Switch) -> bool:
    """True when the switch dials out telemetry."""
    return TRAITS[switch.platform].telemetry and bool(switch.base.telemetry_receivers)


def _any_port(switch: Switch, wanted: Callable[[Port], bool]) -> bool:
    return any(wanted(port) for port in (*switch.ports, *switch.channels))


FEATURES: tuple[tuple[str, Callable[[Switch], bool]], ...] = (
    ("tacacs+", lambda switch: bool(switch.base.tacacs_servers)),
    ("nxapi", lambda _: True),
    ("scp-server", lambda _: True),
    ("grpc", streams),
    ("ospf", lambda switch: bool(switch.ospf)),
    ("bgp", lambda switch: switch.bgp is not None),
    ("pim", speaks_pim),
    ("interface-vlan", lambda switch: bool(switch.svis)),
    ("hsrp", lambda switch: any(layer3.hsrp for layer3 in layers(switch))),
    ("lacp", lambda switch: _any_port(switch, lambda port: port.channel is not None)),
    ("dhcp", lambda switch: any(layer3.dhcp_relays for layer3 in layers(switch))),
    ("vpc", lambda switch: switch.vpc is not None),
    ("lldp", lambda _: True),
    ("port-security", lambda switch: _any_port(switch, lambda port: port.max_macs is not None)),
    ("telemetry", streams),
)


def features_of(switch: Switch) -> tuple[str, ...]:
    """Names of the features that the content of the switch needs."""
    return tuple(name for name, needed in FEATURES if needed(switch))
