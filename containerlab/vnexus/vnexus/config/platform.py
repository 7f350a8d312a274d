"""What the hardware and the release decide before anything is typed."""

from __future__ import annotations

from dataclasses import dataclass

from vnexus import hardware


@dataclass(frozen=True, slots=True)
class Platform:
    """``ports`` are the physical ports in order, ``poe_ports`` those that can deliver power."""

    profile: str
    model: str
    ports: tuple[str, ...]
    poe_ports: frozenset[str] = frozenset()
    engine: bytes = b""
    """The SNMP engine that keys of users are localized to."""

    @property
    def modular(self) -> bool:
        """A Nexus 7000: ports are routed and shut down until told otherwise."""
        return self.profile.startswith("n7k")


def platform_of(profile: str, model: str, engine: bytes = b"") -> Platform:
    """The platform of a hardware model. Raises hardware.UnknownModelError."""
    ports = hardware.model(model).ports
    poe_ports = frozenset(p.name for p in ports if p.poe)
    return Platform(profile, model, tuple(p.name for p in ports), poe_ports, engine)
