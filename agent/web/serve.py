"""The watch and its pages together: in this thread until told to stop, or in a thread of their own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import uvicorn

from agent.errors import AgentError, UsageError
from agent.flows.watch import Watch
from agent.web.app import Front, create_app


def read_listen(text: str) -> tuple[str, int]:
    """Host and port of ``HOST:PORT``; port 0 takes a free one.

    >>> read_listen("127.0.0.1:9469"), read_listen("[::1]:0")
    (('127.0.0.1', 9469), ('::1', 0))
    """
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise UsageError(f"--listen {text!r} is not HOST:PORT. write it like 127.0.0.1:9469")
    return host.strip("[]"), int(port)


def open_listener(listen: str) -> socket.socket:
    """A listening socket; raises UsageError when the address is taken or not ours."""
    host, port = read_listen(listen)
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as exc:
        raise UsageError(f"cannot listen on {listen} ({exc.strerror}). choose another with --listen") from exc


class _Server(uvicorn.Server):
    """Leaves the signals to whoever runs the loop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    watch: Watch,
    listener: socket.socket,
    stop: asyncio.Event,
    ready: Callable[[], None] = lambda: None,
    front: Front | None = None,
) -> None:
    """Poll and answer until ``stop`` is set; closes the listener. ``ready`` is called once, at the start."""
    server = _Server(
        uvicorn.Config(
            create_app(watch, front),
            log_level="warning",
            lifespan="off",
            access_log=False,
            timeout_graceful_shutdown=3,
        )
    )
    try:
        await watch.open()
        ready()
        async with asyncio.TaskGroup() as group:
            group.create_task(watch.run(stop))
            answering = group.create_task(server.serve(sockets=[listener]))
            await stop.wait()
            server.should_exit = True
            await answering
    finally:
        await watch.close()
        listener.close()


class RunningWatch:
    """A watch that runs in its own thread; a context manager. ``url`` is where its pages are."""

    def __init__(self, make: Callable[[], Watch], listen: str, front: Front | None = None) -> None:
        self._make, self._front = make, front
        self._listener = open_listener(listen)
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._problem: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        host, port = self._listener.getsockname()[:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the thread; raises what the watch raised when it could not be made."""
        self._thread.start()
        self._ready.wait()
        if self._problem is not None:
            self._thread.join()
            raise self._problem

    def stop(self) -> None:
        """End the watch and wait for its thread; raises what ended it before, if anything did."""
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        if self._problem is not None:
            raise self._problem

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except AgentError as exc:
            self._problem = exc
        finally:
            self._ready.set()

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await serve(self._make(), self._listener, self._stop, self._ready.set, self._front)
