"""Models of switches: which ports they have, how fast, and how much power they can hand out."""

from __future__ import annotations

from dataclasses import dataclass

from agent.intent.switch import Platform


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports ``Ethernet<slot>/<first>`` to ``/<last>`` of one kind."""

    slot: int
    first: int
    last: int
    gigabits: int
    poe: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """A chassis. ``idle_watts`` is what it keeps for itself before any power goes out over Ethernet."""

    name: str
    platform: Platform
    groups: tuple[Ports, ...]
    idle_watts: int = 0

    def ports(self) -> tuple[str, ...]:
        """Names of all ports in natural order."""
        return tuple(
            f"Ethernet{g.slot}/{number}" for g in self.groups for number in range(g.first, g.last + 1)
        )

    def find(self, port: str) -> Ports | None:
        """The group that the port belongs to.

        >>> MODELS["N9K-C9348GC-FX3PH"].find("Ethernet1/7")
        Ports(slot=1, first=1, last=48, gigabits=1, poe=True)
        """
        slot, _, number = port.removeprefix("Ethernet").partition("/")
        for group in self.groups:
            if str(group.slot) == slot and number.isdigit() and group.first <= int(number) <= group.last:
                return group
        return None

    def written(self) -> str:
        """Its ports in words, for hints.

        >>> MODELS["N7K-C7009"].written()
        'Ethernet3/1-48, Ethernet4/1-48'
        """
        return ", ".join(f"Ethernet{g.slot}/{g.first}-{g.last}" for g in self.groups)


MODELS = {
    model.name: model
    for model in (
        Model("N7K-C7009", "n7k", (Ports(3, 1, 48, 10), Ports(4, 1, 48, 10))),
        Model("N9K-C93180YC-FX3", "n9k", (Ports(1, 1, 48, 25), Ports(1, 49, 54, 100))),
        Model(
            "N9K-C9348GC-FX3PH",
            "n9k",
            (Ports(1, 1, 48, 1, poe=True), Ports(1, 49, 52, 25), Ports(1, 53, 54, 100)),
            idle_watts=250,
        ),
        Model("N9K-C9300v", "n9k", (Ports(1, 1, 64, 10),)),
    )
}

SUPPLIES = {
    "NXA-PAC-350W-PE2": 350,
    "NXA-PAC-500W-PE": 500,
    "NXA-PAC-650W-PE": 650,
    "NXA-PAC-1100W-PE2": 1100,
    "NXA-PAC-1900W-PE": 1900,
    "N7K-AC-6.0KW": 6000,
}
"""Rated output in watts by product id."""

SIMULATOR_PROFILES = {("n7k", "7.3"): "n7k-7.3", ("n9k", "9.3"): "n9k-9.3"}
"""Virtual Nexus profile by platform and release; other releases of the n9k are ``n9k-10``."""


def simulator_profile(platform: Platform, release: str) -> str:
    """Profile of the virtual Nexus that behaves like the release.

    >>> simulator_profile("n9k", "10.3"), simulator_profile("n7k", "7.3")
    ('n9k-10', 'n7k-7.3')
    """
    return SIMULATOR_PROFILES.get((platform, release), "n9k-10" if platform == "n9k" else "n7k-7.3")


def poe_budget_watts(model: Model, supplies: tuple[str, ...]) -> int:
    """Watts for endpoints with one power supply lost; with a single supply there is none to lose.

    >>> poe_budget_watts(MODELS["N9K-C9348GC-FX3PH"], ("NXA-PAC-1100W-PE2", "NXA-PAC-1100W-PE2"))
    850
    """
    rated = sorted(SUPPLIES.get(name, 0) for name in supplies)
    usable = sum(rated[:-1]) if len(rated) > 1 else sum(rated)
    return max(0, usable - model.idle_watts)
