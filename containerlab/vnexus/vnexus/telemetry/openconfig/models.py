"""The whole OpenConfig tree of a node, and which modules it is made of."""

from __future__ import annotations

from functools import partial

from vnexus.node import Node as Switch
from vnexus.telemetry.openconfig.interfaces import interfaces
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
)
"""Modules and versions that the switch says it has."""
_PARTS = {"interfaces": interfaces, "system": system}


def openconfig(node: Switch) -> Branch:
    """To be read inside ``world.moment()``."""
    view = View(node)
    return {name: partial(make, view) for name, make in _PARTS.items()}
