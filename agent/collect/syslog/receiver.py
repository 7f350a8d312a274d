"""Listens for syslog on UDP and TCP: strangers and floods are refused before a line is read."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from agent.collect.syslog.frames import Frames
from agent.collect.syslog.line import read_line
from agent.collect.syslog.meaning import Heard
from agent.collect.traps.gate import Gate, Limits

LIMITS = Limits(per_device=50.0, device_burst=400.0, overall=500.0, overall_burst=3000.0)
"""Lines a second. A switch that restarts says some hundred at once."""
MAX_CONNECTIONS = 4
"""Of one device."""
TURN_BYTES = 4_096
"""What a connection may say before others have their turn."""


def make_gate(senders: dict[str, str], clock: Callable[[], float], limits: Limits = LIMITS) -> Gate:
    """A gate for lines: anything with a byte in it is worth reading."""
    return Gate(senders, clock, limits, whole=bool)


@dataclass(slots=True)
class Intake:
    """Hands every line of a known device to ``listener``, in the loop."""

    gate: Gate
    listener: Callable[[Heard], None]
    unix: Callable[[], float]
    counts: Counter[str] = field(default_factory=Counter)
    """Admitted ones that are no lines: ``malformed``."""
    _open: Counter[str] = field(default_factory=Counter)
    _server: asyncio.Server | None = None
    _transport: asyncio.DatagramTransport | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def feed(self, source: str, data: bytes) -> None:
        """One datagram, or one line of a connection; whatever is in it, nothing is raised."""
        device = self.gate.admit(source, data)
        if device is None:
            return
        line = read_line(data)
        if line is None:
            self.counts["malformed"] += 1
            return
        self.listener(Heard(device, self.unix(), line))

    async def open(self, datagrams: socket.socket, stream: socket.socket | None) -> None:
        """Listen on bound sockets, which are ours from now on."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: _Ear(self), sock=datagrams)
        if stream is not None:
            self._server = await asyncio.start_server(self._serve, sock=stream, limit=TURN_BYTES)

    def close(self) -> None:
        """Stop listening, end every connection."""
        if self._transport is not None:
            self._transport.close()
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._writers):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        source = str((writer.get_extra_info("peername") or ("?",))[0])
        device = self.gate.device(source)
        if device is None or self._open[device] >= MAX_CONNECTIONS:
            self.gate.counts["stranger" if device is None else "limited"] += 1
            writer.close()
            return
        self._open[device] += 1
        self._writers.add(writer)
        frames = Frames()
        try:
            while data := await reader.read(TURN_BYTES):
                for line in frames.take(data):
                    self.feed(source, line)
                await asyncio.sleep(0)  # a reader whose buffer is full never waits
        except OSError:
            pass  # the connection is gone: its end, in other words
        finally:
            self._open[device] -= 1
            self._writers.discard(writer)
            writer.close()


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._intake.feed(addr[0], data)
