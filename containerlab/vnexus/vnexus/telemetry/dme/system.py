"""``sys``: the top of the tree."""

from __future__ import annotations

from vnexus import hardware
from vnexus.node import Node
from vnexus.telemetry.dme.chassis import chassis, processes
from vnexus.telemetry.dme.control import addresses, bgp, bridge_domains, lldp
from vnexus.telemetry.dme.interfaces import interfaces
from vnexus.telemetry.dme.objects import Attributes, Managed
from vnexus.telemetry.openconfig.view import View


def system(node: Node) -> Managed:
    """To be read inside ``world.moment()``."""
    view = View(node)

    def attributes() -> Attributes:
        up = int(view.world.now() - view.world.booted_at(view.name))
        return {
            "name": view.snapshot.hostname, "serial": hardware.serial(view.name), "systemUpTime": str(up),
            "version": node.release.version, "mode": "unspecified",
        }  # fmt: skip

    def children() -> list[Managed]:
        made = [interfaces(view), chassis(view), processes(view), bridge_domains(view), addresses(view)]
        if view.snapshot.lldp:
            made.append(lldp(view))
        if node.config.feature("bgp"):
            made.append(bgp(view))
        return made

    return Managed("topSystem", "sys", attributes, children)
