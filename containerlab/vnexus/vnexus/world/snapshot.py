"""A node's configuration as the world reads it: once per version."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from vnexus.facts import ConfigFacts, InterfaceConfig

PoeStatus = Literal["disabled", "searching", "delivering", "fault"]


@dataclass(slots=True)
class Snapshot:
    """A node's configuration as the world reads it: once per version."""

    config: ConfigFacts
    version: int
    hostname: str
    lldp: bool
    interfaces: dict[str, InterfaceConfig]
    vlans: frozenset[int]
    members: dict[str, list[str]] = field(default_factory=dict)
    """Port-channel to its ports."""
    poe: dict[str, PoeStatus] = field(default_factory=dict)

    def effective(self, port: str) -> InterfaceConfig:
        """The configuration that decides about VLANs: that of the port-channel for a member."""
        mine = self.interfaces[port]
        if mine.channel_group is None:
            return mine
        return self.interfaces.get(f"port-channel{mine.channel_group}", mine)


def read_config(config: ConfigFacts) -> Snapshot:
    """Copy what the world needs from a running configuration."""
    interfaces = {name: config.interface(name) for name in config.interfaces()}
    members: dict[str, list[str]] = {}
    for name, interface in interfaces.items():
        if interface.channel_group is not None:
            members.setdefault(f"port-channel{interface.channel_group}", []).append(name)
    return Snapshot(
        config, config.version, config.hostname, config.feature("lldp"), interfaces,
        frozenset(config.vlans()), members,
    )  # fmt: skip
