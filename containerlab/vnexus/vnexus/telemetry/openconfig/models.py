"""The whole OpenConfig tree of a node, and which modules it is made of."""

from __future__ import annotations

from functools import partial

from vnexus.node import Node as Switch
from vnexus.telemetry.openconfig.interfaces import interfaces
from vnexus.telemetry.openconfig.lacp import lacp
from vnexus.telemetry.openconfig.lldp import lldp
from vnexus.telemetry.openconfig.network import network_instances
from vnexus.telemetry.openconfig.platform import components
from vnexus.telemetry.openconfig.system import system
from vnexus.telemetry.openconfig.view import View
from vnexus.telemetry.tree import Branch

MODELS = (
    ("openconfig-interfaces", "2.4.3"),
    ("openconfig-if-ethernet", "2.8.1"),
    ("openconfig-if-aggregate", "2.4.3"),
    ("openconfig-if-ip", "3.0.0"),
    ("openconfig-vlan", "3.2.1"),
    ("openconfig-system", "0.6.0"),
    ("openconfig-platform", "0.12.2"),
    ("openconfig-platform-psu", "0.2.1"),
    ("openconfig-platform-fan", "0.1.1"),
    ("openconfig-platform-cpu", "0.1.1"),
    ("openconfig-platform-transceiver", "0.7.1"),
    ("openconfig-lldp", "0.2.1"),
    ("openconfig-lacp", "1.1.1"),
    ("openconfig-network-instance", "0.11.1"),
    ("openconfig-bgp", "5.2.0"),
    ("openconfig-ospfv2", "0.2.1"),
)
"""Modules and versions that the switch says it has."""
_PARTS = {
    "interfaces": interfaces,
    "system": system,
    "components": components,
    "lldp": lldp,
    "lacp": lacp,
    "network-instances": network_instances,
}


def openconfig(node: Switch) -> Branch:
    """To be read inside ``world.moment()``."""
    view = View(node)
    return {name: partial(make, view) for name, make in _PARTS.items()}
