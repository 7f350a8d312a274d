"""The freeze calendar: while it is in force nothing is changed, but for a reason that is written down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from agent.errors import FrozenError
from agent.intent.city import City


def refuse_frozen(city: City, devices: Iterable[str], now: datetime) -> None:
    """Raise FrozenError when a freeze covers the site of one of the switches at ``now``."""
    for device in devices:
        host = city.hosts.get(device)
        for freeze in city.freezes:
            if host is not None and freeze.covers(host.site, now):
                until = freeze.ends.astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M %Z")
                raise FrozenError(
                    f"{device}: nothing is changed until {until}: {freeze.reason}. "
                    "wait, or say why it cannot wait: --break-glass REASON"
                )


def refuse_all_frozen(city: City, devices: Iterable[str], now: datetime) -> None:
    """The same for boxes that the city has no site for: any freeze in force holds them too."""
    sites = {host.site for host in city.hosts.values()}
    for freeze in city.freezes:
        if any(freeze.covers(site, now) for site in sites):
            until = freeze.ends.astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M %Z")
            raise FrozenError(
                f"{', '.join(devices)}: nothing is changed until {until}: {freeze.reason}. "
                "wait, or say why it cannot wait: --break-glass REASON"
            )
