"""A polling process of ``Workers``: ``python -m agent.flows.worker FD``; ends when its line does.

It reads (length, pickle) messages from the process that started it: ``options``, ``targets``, ``run``,
``poll``, ``soon``; and writes (length, JSON): every poll, and its counts every few seconds. Secrets come by
the line, never by the command line or the environment.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import random
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from agent.collect.poll import Clocks, Poll
from agent.export.health import Health
from agent.flows.polling import Polling
from agent.flows.polls import WatchOptions
from agent.flows.workers import write_poll

COUNTS_SECONDS = 2.0


class Worker:
    """Answers one parent."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._polling: Polling | None = None
        self._tasks: set[asyncio.Task[object]] = set()
        self._ports: dict[str, dict[int, str]] = {}
        self._stop = asyncio.Event()

    async def listen(self, reader: asyncio.StreamReader) -> None:
        """Do what is asked until the line ends."""
        try:
            while True:
                size = int.from_bytes(await reader.readexactly(4), "big")
                verb, *arguments = pickle.loads(await reader.readexactly(size))  # noqa: S301  # from our parent
                await self._do(verb, arguments)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self._stop.set()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if self._polling is not None:
                await self._polling.close()

    async def _do(self, verb: str, arguments: list[Any]) -> None:
        if verb == "options":
            await self._open(*arguments)
            return
        polling = self._polling
        if polling is None:
            raise ValueError("the first message is 'options'")
        if verb == "targets":
            polling.set_targets(*arguments)
        elif verb == "run":
            self._start(polling.run(self._stop))
        elif verb == "soon" and polling.knows(arguments[0]):
            polling.poll_soon(*arguments)
        elif verb == "poll" and polling.knows(arguments[0]):
            self._start(self._poll(polling, *arguments))

    async def _open(self, options: WatchOptions) -> None:
        clocks = Clocks(time.monotonic, time.time)
        self._polling = Polling({}, options, Health(), clocks=clocks, chance=random.SystemRandom())
        self._polling.noted = self._send_poll
        await self._polling.open()
        self._start(self._count(self._polling))

    def _start(self, work: Any) -> None:
        task: asyncio.Task[object] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _poll(self, polling: Polling, device: str, only: frozenset[str], number: int) -> None:
        poll = await polling.poll(device, only)
        self._send({"number": number, **write_poll(poll)})

    async def _count(self, polling: Polling) -> None:
        health = polling.health
        while True:
            self._send({"counts": {"packets": health.packets(), "waiting": health.waiting()}})
            await asyncio.sleep(COUNTS_SECONDS)

    def _send_poll(self, poll: Poll) -> None:
        message = write_poll(poll)
        polling = self._polling
        ports = polling.port_names(poll.device) if polling is not None else {}
        if ports != self._ports.get(poll.device, {}):
            message["ports"] = self._ports[poll.device] = ports
        self._send(message)

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        self._writer.write(len(body).to_bytes(4, "big") + body)


async def main(line: int) -> None:
    """Serve the parent at the other end of a socket."""
    loop = asyncio.get_running_loop()
    ignore: Callable[[], None] = lambda: None  # noqa: E731  # the parent tells when to end
    for number in (signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, ignore)
    reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=line))
    await Worker(writer).listen(reader)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
