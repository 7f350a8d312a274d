"""Wakes those who wait for a moment of world time or for a change."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass

from vnexus.world import World

TICK_SECONDS = 0.05


@dataclass(eq=False, slots=True)
class _Waiting:
    due: float
    changed: Callable[[], bool]
    woken: asyncio.Future[None]


class Pulse:
    """One task per lab, which only runs while somebody waits.

    World time may be pushed ahead from any thread, so the clock is looked at; nobody is told of its steps.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.settled = 0
        """Grows whenever the state of some node was derived anew."""
        self._waiting: set[_Waiting] = set()
        self._task: asyncio.Task[None] | None = None
        world.on_settle.append(self._settle)

    def _settle(self, _nodes: set[str], _at: float) -> None:
        self.settled += 1

    async def wait(self, due: float, changed: Callable[[], bool] = lambda: False) -> None:
        """Return when world time has come to ``due``, or when ``changed`` says so."""
        waiting = _Waiting(due, changed, asyncio.get_running_loop().create_future())
        self._waiting.add(waiting)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._beat(), name="telemetry pulse")
        try:
            await waiting.woken
        finally:
            self._waiting.discard(waiting)

    async def _beat(self) -> None:
        while self._waiting:
            now = self.world.refresh()
            for waiting in list(self._waiting):
                if (waiting.due <= now or waiting.changed()) and not waiting.woken.done():
                    waiting.woken.set_result(None)
            await asyncio.sleep(TICK_SECONDS)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])


NEVER = math.inf
