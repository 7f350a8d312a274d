"""The front of a switch: one box per port, as it is and as it is meant. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agent.flows.endpoints import is_dark
from agent.intent.expectation import Expectations, ExpectedPort
from agent.metrics import INTERFACE_ADMIN_UP, INTERFACE_UP, POE_WATTS, Page
from agent.web.vitals import by_label

MARKS = {"up": "■", "dark": "✕", "spare": "□", "off": "–"}
BLOCK = 12
"""So many ports stand together on a front, in two rows."""
_PHYSICAL = re.compile(r"Ethernet(\d+)/(\d+)(?:/(\d+))?$")


@dataclass(frozen=True, slots=True)
class Port:
    """One port on the picture."""

    interface: str
    state: str
    """``up``, ``dark`` (meant to be up and is not), ``spare`` (down, nobody minds) or ``off`` (shutdown)."""
    load: float | None
    watts: float | None
    meant: ExpectedPort | None

    @property
    def number(self) -> str:
        """What is printed on the box: ``7`` of ``Ethernet1/7``, ``1/2`` of a breakout."""
        return self.interface.partition("/")[2]

    @property
    def anchor(self) -> str:
        """Id of its line in the table: ``p1-7``."""
        return "p" + re.sub(r"\D+", "-", self.interface.removeprefix("Ethernet"))

    @property
    def mark(self) -> str:
        """The state as a shape; a bolt where power is delivered."""
        return "⚡" if self.state == "up" and self.watts else MARKS[self.state]

    @property
    def words(self) -> str:
        """``Ethernet1/7: up, camera rue Haute 12, 8.4 W``."""
        parts = [self.state]
        if self.meant:
            parts.append(self.meant.words)
        if self.watts:
            parts.append(f"{self.watts:.1f} W")
        if self.load is not None:
            parts.append(f"{self.load:.0%} busy".replace("%", " %"))
        return f"{self.interface}: {', '.join(parts)}"


@dataclass(frozen=True, slots=True)
class Slot:
    """Ports of one module, in the two rows of a faceplate: odd above, even below."""

    slot: int
    ports: tuple[Port, ...]

    @property
    def blocks(self) -> tuple[tuple[tuple[Port, ...], tuple[Port, ...]], ...]:
        """Upper and lower row of each block."""
        return tuple(
            (block[::2], block[1::2])
            for first in range(0, len(self.ports), BLOCK)
            for block in (self.ports[first : first + BLOCK],)
        )


def draw_faceplate(
    device: str, expectations: Expectations, page: Page, load: Mapping[str, float]
) -> tuple[Slot, ...]:
    """Slots of the switch with the ports that it says it has, in natural order."""
    meant = {port.interface: port for port in expectations.ports if port.device == device}
    admin = by_label(page, INTERFACE_ADMIN_UP, "interface")
    slots: dict[int, list[tuple[tuple[int, ...], Port]]] = {}
    for name, up in by_label(page, INTERFACE_UP, "interface").items():
        found = _PHYSICAL.match(name)
        if not found:
            continue
        order = tuple(int(part or 0) for part in found.groups())
        wanted = meant.get(name)
        if up and not (wanted and is_dark(wanted, page)):
            state = "up"
        elif wanted:
            state = "dark"
        else:
            state = "spare" if admin.get(name, 1) else "off"
        port = Port(name, state, load.get(name), page.value(POE_WATTS, device, name), wanted)
        slots.setdefault(order[0], []).append((order, port))
    return tuple(
        Slot(number, tuple(port for _, port in sorted(ports, key=lambda one: one[0])))
        for number, ports in sorted(slots.items())
    )
