"""The freeze calendar: while it is in force nothing is changed, but for a reason that is written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from agent.errors import FrozenError
from agent.intent.city import City
from agent.intent.freeze import Freeze


def refuse_frozen(city: City, devices: Iterable[str], now: datetime) -> None:
    """Raise FrozenError when a freeze covers the site of one of the switches at ``now``."""
    for device in devices:
        host = city.hosts.get(device)
        for freeze in city.freezes:
            if host is not None and freeze.covers(host.site, now):
                raise _frozen(device, freeze, now)


def refuse_frozen_boxes(city: City, boxes: Mapping[str, str], now: datetime) -> None:
    """The same for boxes by their sites; one of no site is held by any freeze."""
    everywhere = {host.site for host in city.hosts.values()}
    for name, site in boxes.items():
        for freeze in city.freezes:
            if any(freeze.covers(place, now) for place in ({site} if site else everywhere)):
                raise _frozen(name, freeze, now)


def _frozen(device: str, freeze: Freeze, now: datetime) -> FrozenError:
    until = freeze.ends.astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M %Z")
    return FrozenError(
        f"{device}: nothing is changed until {until}: {freeze.reason}. "
        "wait, or say why it cannot wait: --break-glass REASON"
    )
