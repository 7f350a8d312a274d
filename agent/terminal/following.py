"""What a live view knows of the city: asked again and again, with the age of what it holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from agent.errors import AgentError
from agent.web.told import StatusTold, SwitchInFullTold


class Watching(Protocol):
    """Who is asked; each raises AgentError with one line for people."""

    def status(self) -> StatusTold: ...
    def switch(self, device: str) -> SwitchInFullTold: ...


class Following:
    """Holds ``first``, then what the watch says every ``every_seconds``; ``clock`` gives monotonic seconds.

    All but the questions themselves happens in the loop of ``run``.
    """

    def __init__(
        self, watching: Watching, first: StatusTold, every_seconds: float, clock: Callable[[], float]
    ) -> None:
        self.status = first
        self.full: SwitchInFullTold | None = None
        """The switch that was looked at last."""
        self.device = ""
        """The switch to ask about besides; empty for none."""
        self.problem = ""
        """Why the last question was not answered."""
        self.noted: Callable[[], object] = lambda: None
        """Called after every question."""
        self._watching, self._every, self._clock = watching, every_seconds, clock
        self._told = clock()
        self._nudge = asyncio.Event()

    @property
    def since_seconds(self) -> float:
        """Since the watch told something."""
        return self._clock() - self._told

    def ask(self, device: str) -> None:
        """Ask now, or as soon as the question before is answered; about ``device`` too, from now on."""
        self.device = device
        self._nudge.set()

    async def run(self) -> None:
        """Ask for ever."""
        while True:
            self._nudge.clear()
            await self._ask()
            self.noted()
            try:
                async with asyncio.timeout(self._every):
                    await self._nudge.wait()
            except TimeoutError:
                continue

    async def _ask(self) -> None:
        try:
            self.status = await asyncio.to_thread(self._watching.status)
            if self.device:
                self.full = await asyncio.to_thread(self._watching.switch, self.device)
        except AgentError as exc:
            self.problem = str(exc)
        else:
            self.problem, self._told = "", self._clock()
