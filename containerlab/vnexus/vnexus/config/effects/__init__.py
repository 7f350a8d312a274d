"""What a line does beyond being kept: one function per ``@effect(name)`` of the tables."""

from vnexus.config.effects import interfaces, routing, scheduler, switching, system
from vnexus.config.effects.registry import EFFECTS

__all__ = ["EFFECTS", "interfaces", "routing", "scheduler", "switching", "system"]
