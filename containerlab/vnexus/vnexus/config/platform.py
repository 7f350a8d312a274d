"""What the hardware and the release decide before anything is typed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Platform:
    """``ports`` are the physical ports in order, ``poe_ports`` those that can deliver power."""

    profile: str
    model: str
    ports: tuple[str, ...]
    poe_ports: frozenset[str] = frozenset()

    @property
    def modular(self) -> bool:
        """A Nexus 7000: ports are routed and shut down until told otherwise."""
        return self.profile.startswith("n7k")

    @property
    def release(self) -> str:
        """The full version string."""
        return {"n7k-7.3": "7.3(8)D1(1)", "n9k-9.3": "9.3(13)", "n9k-10": "10.3(9)"}.get(
            self.profile, "10.3(9)"
        )

    @property
    def image(self) -> str:
        return {
            "n7k-7.3": "bootflash:/n7000-s2-dk9.7.3.8.D1.1.bin",
            "n9k-9.3": "bootflash:/nxos.9.3.13.bin",
        }.get(self.profile, "bootflash:/nxos64-cs.10.3.9.M.bin")
