"""For tests beside a lab that runs in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from vnexus.lab import Lab


def inside(lab: Lab, action: Callable[[], Any]) -> Any:
    """Do it in the lab's thread; returns what it returns."""

    async def act() -> Any:
        return action()

    assert lab._heart is not None
    return asyncio.run_coroutine_threadsafe(act(), lab._heart.get_loop()).result(30)


def wait_for(true: Callable[[], Any], seconds: float = 60.0) -> None:
    """Until the lab has come so far: it moves within a tenth of a second. Raises TimeoutError."""
    pause = asyncio.Event()

    async def wait() -> None:
        while not true():
            try:
                await asyncio.wait_for(pause.wait(), 0.02)
            except TimeoutError:
                continue

    asyncio.run(asyncio.wait_for(wait(), seconds))
