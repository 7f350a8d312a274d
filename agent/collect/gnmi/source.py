"""gNMI as a source of the watch: a subscriber for each switch that the inventory gives a gNMI port."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable

from agent.collect.gnmi.subscriber import Around, Login, Subscriber
from agent.collect.source import Holding
from agent.collect.streaming.held import Held


class GnmiSource:
    """Streams of all switches; a source of the watch, and a feed that runs with it."""

    name = "gnmi"

    def __init__(self, logins: Iterable[Login], around: Around) -> None:
        self._around = around
        self.subscribers = {
            login.door.device: Subscriber(login, Held(login.door.device, around.interval_seconds), around)
            for login in logins
        }

    async def run(self, stop: asyncio.Event) -> None:
        """Keep all streams until ``stop`` is set."""
        tasks = [
            asyncio.create_task(one.run(), name=f"gnmi {device}") for device, one in self.subscribers.items()
        ]
        try:
            await stop.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def tick(self, moment: float) -> None:
        """Forget what was not said for too long."""
        for one in self.subscribers.values():
            one.held.tick(moment)

    def held(self) -> Iterable[Held]:
        """What is known of each switch, and how its stream goes."""
        return [one.held for one in self.subscribers.values()]

    def devices(self) -> Collection[str]:
        """Switches that something is held of."""
        return [device for device, one in self.subscribers.items() if one.held.at]

    def holding(self, device: str) -> Holding | None:
        """Last values of a switch."""
        one = self.subscribers.get(device)
        return one.held.holding() if one is not None else None
