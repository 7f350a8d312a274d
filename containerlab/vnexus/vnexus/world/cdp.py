"""CDP between switches: both ends run it unless they are told not to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vnexus import hardware
from vnexus.facts import ConfigFacts, InterfaceConfig
from vnexus.world.world import World

TIMER, HOLD = 60, 180


@dataclass(frozen=True, slots=True)
class CdpNeighbor:
    local: str
    name: str
    serial: str
    platform: str
    release: str
    port: InterfaceConfig
    address: str
    seconds_left: int

    @property
    def device(self) -> str:
        return f"{self.name}({self.serial})"


def _speaks(config: ConfigFacts, port: str) -> bool:
    return "no cdp enable" not in config.lines() and "no cdp enable" not in config.lines(f"interface {port}")


def cdp_neighbors(world: World, here: str) -> Iterator[CdpNeighbor]:
    """In the order of the ports."""
    mine, deaf = world.configs[here], world.deaf()
    for port in mine.interfaces():
        far = world.wiring.far.get((here, port))
        if far is None or (here, port) in deaf or not world.oper(here, port).up or not _speaks(mine, port):
            continue
        other, far_port = far
        config = world.configs[other]
        if not world.oper(other, far_port).up or not _speaks(config, far_port):
            continue
        spec = world.wiring.nodes[other]
        management = config.interface("mgmt0").addresses
        heard = int(world.now() - world.oper(other, far_port).changed_at) % TIMER
        yield CdpNeighbor(
            port, config.hostname, hardware.serial(other), spec.model,
            hardware.RELEASES[spec.profile].version,
            config.interface(far_port), management[0].partition("/")[0] if management else "", HOLD - heard,
        )  # fmt: skip
