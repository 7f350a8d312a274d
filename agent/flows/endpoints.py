"""Whether an endpoint lives, by what its switch said last. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from agent.intent.expectation import ExpectedNeighbor, ExpectedPort
from agent.metrics import INTERFACE_UP, POE_WATTS, Page, name_series

_NOTHING: Mapping[str, float] = {}


def is_dark(port: ExpectedPort, page: Page) -> bool:
    """Whether the endpoint is down, unseen, or draws less than it does when it lives."""
    if not is_up(port, page):
        return True
    if port.min_watts is None:
        return False
    watts = page.families.get(POE_WATTS.name, _NOTHING).get(_watts_of(port.device, port.interface))
    return watts is not None and watts < port.min_watts


def is_up(port: ExpectedPort, page: Page) -> bool:
    """Whether the port is up."""
    return page.families.get(INTERFACE_UP.name, _NOTHING).get(_up_of(port.device, port.interface)) == 1


def is_told(port: ExpectedPort, page: Page) -> bool:
    """Whether the switch says anything of the port: a poll that was cut short may not have come to it."""
    return _up_of(port.device, port.interface) in page.families.get(INTERFACE_UP.name, _NOTHING)


def find_cut_off(
    silent: Iterable[str], neighbors: Iterable[ExpectedNeighbor], known: Callable[[str], Page]
) -> frozenset[str]:
    """Of the switches that do not answer, those whose every link is seen down from its far end.

    What hangs on them reaches nobody, whatever it does: that is known, though nobody can ask them.
    """
    quiet = frozenset(silent)
    links: dict[str, list[bool]] = {}
    for link in neighbors:
        if link.neighbor in quiet:
            page = Page() if link.device in quiet else known(link.device)
            seen = page.families.get(INTERFACE_UP.name, _NOTHING).get(_up_of(link.device, link.interface))
            links.setdefault(link.neighbor, []).append(seen == 0)
    return frozenset(device for device, down in links.items() if all(down))


# ten thousand ports are looked at for one page: their series are written once
@lru_cache(maxsize=1 << 17)
def _up_of(device: str, interface: str) -> str:
    return name_series(INTERFACE_UP, (device, interface))


@lru_cache(maxsize=1 << 17)
def _watts_of(device: str, interface: str) -> str:
    return name_series(POE_WATTS, (device, interface))
