"""What stands between a command and its reply: faults and a busy processor."""

from __future__ import annotations

import asyncio

from vnexus.node import Node

LOOK_SECONDS = 0.05
"""How soon a reply that hangs notices that its fault is gone."""


async def hold(node: Node, line: str) -> bool:
    """Wait as the faults of the node want it; False when the connection is to be cut instead."""
    faults = node.faults
    delay = node.world.burden_seconds(node.spec.name)
    if faults.active:
        if faults.dropped():
            return False
        delay += faults.delay(line)
        while faults.hangs(line):  # noqa: ASYNC110 - a test may take the fault away from any thread
            await asyncio.sleep(LOOK_SECONDS)
    if delay:
        await asyncio.sleep(delay)
    return True
