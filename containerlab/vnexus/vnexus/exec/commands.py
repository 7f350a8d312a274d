"""Every module with handlers, imported so that they register."""

from vnexus.exec import checkpoints, files, restart, running, terminal
from vnexus.exec.show import (
    bgp,
    cdp,
    counters,
    hsrp,
    interface,
    layer2,
    layer3,
    ntp,
    reach,
    routes,
    session,
    stp,
    switchport,
    system,
    vpc,
)

__all__ = [
    "bgp",
    "cdp",
    "checkpoints",
    "counters",
    "files",
    "hsrp",
    "interface",
    "layer2",
    "layer3",
    "ntp",
    "reach",
    "restart",
    "routes",
    "running",
    "session",
    "stp",
    "switchport",
    "system",
    "terminal",
    "vpc",
]
