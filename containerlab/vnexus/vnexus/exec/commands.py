"""Every module with handlers, imported so that they register."""

from vnexus.exec import checkpoints, files, restart, running, terminal
from vnexus.exec.show import bgp, interface, layer2, layer3, ntp, reach, routes, session, switchport, system

__all__ = [
    "bgp",
    "checkpoints",
    "files",
    "interface",
    "layer2",
    "layer3",
    "ntp",
    "reach",
    "restart",
    "routes",
    "running",
    "session",
    "switchport",
    "system",
    "terminal",
]
