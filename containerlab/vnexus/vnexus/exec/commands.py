"""Every module with handlers, imported so that they register."""

from vnexus.exec import checkpoints, dual_stage, files, replace, restart, running, scheduler, terminal
from vnexus.exec.show import interface, layer2, layer3, session, switchport, system

__all__ = [
    "checkpoints",
    "dual_stage",
    "files",
    "interface",
    "layer2",
    "layer3",
    "replace",
    "restart",
    "running",
    "scheduler",
    "session",
    "switchport",
    "system",
    "terminal",
]
