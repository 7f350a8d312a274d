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
        self.subscribers: dict[str, Subscriber] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._running = False
        self.renew(logins)

    def renew(self, logins: Iterable[Login]) -> None:
        """Stream from these from now on. A stream whose login is the same goes on; others end or begin."""
        wanted = {login.door.device: login for login in logins}
        for device, one in list(self.subscribers.items()):
            if wanted.get(device) != one.login:
                del self.subscribers[device]
                if task := self._tasks.pop(device, None):
                    task.cancel()
        for device in wanted.keys() - self.subscribers.keys():
            held = Held(device, self._around.interval_seconds)
            self.subscribers[device] = Subscriber(wanted[device], held, self._around)
            self._start(device)

    def _start(self, device: str) -> None:
        if self._running:
            self._tasks[device] = asyncio.create_task(self.subscribers[device].run(), name=f"gnmi {device}")

    async def run(self, stop: asyncio.Event) -> None:
        """Keep all streams until ``stop`` is set."""
        self._running = True
        for device in self.subscribers:
            self._start(device)
        try:
            await stop.wait()
        finally:
            self._running = False
            tasks = [self._tasks.pop(device) for device in list(self._tasks)]
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
