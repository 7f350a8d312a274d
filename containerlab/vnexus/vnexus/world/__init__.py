"""The world around the configurations: wiring, endpoints, faults, time, and the state that follows."""

from vnexus.world.clock import Clock
from vnexus.world.faults import FaultError
from vnexus.world.world import World

__all__ = ["Clock", "FaultError", "World"]
