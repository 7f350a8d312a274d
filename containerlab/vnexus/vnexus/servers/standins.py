"""What hangs on the ports, on loopback: cameras, doors and displays that answer while their port is up.

An endpoint of the lab file says what: ``answers: [rtsp/127.20.1.10:10554, echo/127.20.1.10:10007]``.
Unplugged, without power or on a port that is down it is as silent as what is not there: nothing listens.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from vnexus.servers.certificate import server_context
from vnexus.topology import Endpoint
from vnexus.world.faults import EndpointFreeze
from vnexus.world.world import World

REST_SECONDS = 0.05
"""Changes that come together are looked at once."""
MOST_BYTES = 8_192
IDLE_SECONDS = 30.0
_LOG = logging.getLogger(__name__)
Reply = Callable[[bytes], bytes | None]
"""What is heard so far, to the answer; None while it is not enough, empty for none ever."""


def rtsp(heard: bytes) -> bytes | None:
    """To any request: what a camera can do (RFC 2326 §10.1)."""
    if b"\r\n\r\n" not in heard:
        return None
    number = _header(heard, b"cseq") or b"0"
    return b"RTSP/1.0 200 OK\r\nCSeq: " + number + b"\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY\r\n\r\n"


def http(name: str, heard: bytes) -> bytes | None:
    """To any request: a page that says who it is."""
    if b"\r\n\r\n" not in heard:
        return None
    body = f"{name} ok\n".encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\nConnection: close"
    return head.encode() + b"\r\n\r\n" + body


def sip(heard: bytes) -> bytes | None:
    """To a request: 200, with the headers that must come back (RFC 3261 §8.2.6)."""
    if not heard.split(b"\r\n", 1)[0].endswith(b"SIP/2.0"):
        return b""
    kept = (b"via", b"from", b"to", b"call-id", b"cseq")
    lines = [line for line in heard.split(b"\r\n") if line.partition(b":")[0].strip().lower() in kept]
    return b"\r\n".join((b"SIP/2.0 200 OK", *lines, b"Content-Length: 0", b"", b""))


def names(address: str, heard: bytes) -> bytes | None:
    """To a question for an address: the stand-in's own (RFC 1035 §4)."""
    if len(heard) < 17 or heard[2] & 0x80 or heard[4:6] != b"\0\1":
        return b""
    at = 12
    while at < len(heard) and heard[at]:
        at += heard[at] + 1
    question = heard[12 : at + 5]
    record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes(int(part) for part in address.split("."))
    return heard[:2] + b"\x85\x80\0\1\0\1\0\0\0\0" + question + record


def echo(heard: bytes) -> bytes:
    return heard


def silence(_: bytes) -> bytes | None:
    return None


def _header(heard: bytes, name: bytes) -> bytes:
    for line in heard.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.strip().lower() == name:
            return value.strip()[:20]
    return b""


class _Stream(asyncio.Protocol):
    def __init__(self, door: Door, reply: Reply) -> None:
        self.door, self.reply, self.heard = door, reply, b""
        self.transport: asyncio.Transport | None = None
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.door.visitors.add(self.transport)
        self.timer = asyncio.get_running_loop().call_later(IDLE_SECONDS, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        answer = self.reply(self.heard)
        if self.transport is not None and (answer is not None or len(self.heard) > MOST_BYTES):
            self.heard = b""
            self.transport.write(answer or b"")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio gives it
        if self.timer is not None:
            self.timer.cancel()
        if self.transport is not None:
            self.door.visitors.discard(self.transport)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self.reply(data)
        if answer and self.transport is not None:
            self.transport.sendto(answer, addr)


@dataclass(slots=True)
class Door:
    """One address and port, and the ports of switches of which any must be up."""

    address: str
    kind: str
    port: int
    name: str
    places: list[tuple[str, str]] = field(default_factory=list)
    visitors: set[asyncio.Transport] = field(default_factory=set)
    server: asyncio.Server | asyncio.DatagramTransport | None = None

    async def open(self, now: float) -> None:
        """Listen; OSError when somebody else does."""
        loop = asyncio.get_running_loop()
        datagrams: dict[str, Reply] = {"echo": echo, "sip": sip, "dns": partial(names, self.address)}
        if self.kind in datagrams:
            reply = datagrams[self.kind]
            local = (self.address, self.port)
            self.server, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(reply), local_addr=local)
            return
        page: Reply = partial(http, self.name)
        reply = {"rtsp": rtsp, "http": page, "https": page}.get(self.kind, silence)
        secure = server_context(self.name, self.address, now) if self.kind == "https" else None
        self.server = await loop.create_server(
            lambda: _Stream(self, reply), self.address, self.port, ssl=secure
        )

    def close(self) -> None:
        """Stop listening and cut off who is there."""
        if self.server is not None:
            self.server.close()
            self.server = None
        for visitor in tuple(self.visitors):
            visitor.abort()


class StandIns:
    """``start`` in the loop of the lab; the world may settle in any thread."""

    def __init__(self, world: World, endpoints: tuple[Endpoint, ...]) -> None:
        self.world = world
        self.doors: dict[tuple[str, str, int], Door] = {}
        self.taken: list[str] = []
        """What could not be listened on, for somebody else does."""
        for endpoint in endpoints:
            for kind, address, port in endpoint.doors():
                key = (address, kind, port)
                door = self.doors.setdefault(key, Door(*key, endpoint.name))
                door.places.append((endpoint.node, endpoint.port))
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if not self.doors:
            return
        loop = asyncio.get_running_loop()

        def settled(_nodes: set[str], _at: float) -> None:
            loop.call_soon_threadsafe(self._changed.set)

        self.world.on_settle.append(settled)
        await self._look()
        self._task = loop.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        for door in self.doors.values():
            door.close()

    async def _run(self) -> None:
        while True:
            await self._changed.wait()
            await asyncio.sleep(REST_SECONDS)
            self._changed.clear()
            await self._look()

    async def _look(self) -> None:
        self.world.refresh()
        states = {
            node: self.world.states(node) for node in {n for d in self.doors.values() for n, _ in d.places}
        }
        endpoints, frozen = self.world.wiring.endpoint_at, self.world.board.of(EndpointFreeze)
        for door in self.doors.values():
            alive = any(
                states[node][port].up and endpoints[node, port].name not in frozen
                for node, port in door.places
            )
            if alive and door.server is None:
                try:
                    await door.open(self.world.now())
                except OSError as exc:
                    where = f"{door.address}:{door.port}"
                    if where not in self.taken:
                        self.taken.append(where)
                        _LOG.warning("%s does not answer at %s: %s", door.name, where, exc.strerror)
            elif not alive and door.server is not None:
                door.close()
