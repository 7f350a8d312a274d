"""One connection that a switch dials out on."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address
from typing import TypeVar

from grpclib.client import Channel, Stream
from grpclib.config import Configuration
from grpclib.const import Cardinality
from grpclib.encoding.base import CodecBase
from grpclib.exceptions import GRPCError, ProtocolError, StreamTerminatedError
from grpclib.protocol import H2Protocol

from vnexus.exec.files import FlashError
from vnexus.node import Node
from vnexus.telemetry.mdt.rows import MDT, cut
from vnexus.telemetry.mdt.settings import Destination
from vnexus.telemetry.pulse import Pulse
from vnexus.telemetry.schema import Message
from vnexus.telemetry.status import Session

METHOD = "/mdt_dialout.gRPCMdtDialout/MdtDialout"
QUEUE = 256
"""Messages that wait for a slow collector; the oldest is lost when one more comes."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0
T = TypeVar("T")


class _Codec(CodecBase):
    __content_subtype__ = "proto"

    def encode(self, message: Message, message_type: type[T]) -> bytes:  # noqa: ARG002 - grpclib's signature
        return bytes(message.SerializeToString())

    def decode(self, data: bytes, message_type: type[T]) -> bytes:  # noqa: ARG002 - as encode
        """What collectors answer is not looked at."""
        return data


class _Protocol(H2Protocol):
    """A connection that tells when it is gone."""

    def __init__(self, made: H2Protocol) -> None:
        super().__init__(made.handler, made.config, made.h2_config)
        self.transport: asyncio.BaseTransport | None = None
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self.gone.set_result(None)

    async def hang_up(self) -> None:
        if isinstance(self.transport, asyncio.Transport) and not self.gone.done():
            self.transport.abort()
            await self.gone


class _Channel(Channel):
    """A channel that leaves from the address of its switch."""

    def __init__(self, source: str, destination: Destination, context: ssl.SSLContext | None) -> None:
        name = destination.certificate[1] if destination.certificate else None
        config = Configuration(ssl_target_name_override=name)
        super().__init__(destination.address, destination.port, ssl=context, codec=_Codec(), config=config)
        self._source, self._target_name = source, name
        self._made: _Protocol | None = None

    async def _create_connection(self) -> H2Protocol:
        """As grpclib's own, with an address to leave from."""
        loop = asyncio.get_running_loop()
        _, self._made = await loop.create_connection(
            lambda: _Protocol(self._protocol_factory()), self._host, self._port, ssl=self._ssl,
            server_hostname=self._target_name if self._ssl is not None else None,
            local_addr=(self._source, 0),
        )  # fmt: skip
        return self._made

    async def leave(self) -> None:
        """Close, and wait until the connection is gone."""
        self.close()
        if self._made is not None:
            await self._made.hang_up()


class Transport:
    """Keeps one connection and sends what it is given; connects again when it is lost."""

    def __init__(
        self, node: Node, pulse: Pulse, destination: Destination, chunk: int, session: Session
    ) -> None:
        self.node, self.pulse, self.destination, self.session = node, pulse, destination, session
        self.chunk = chunk
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE)
        self._number = 0

    @property
    def connected(self) -> bool:
        return self.session.status == "Connected"

    def put(self, data: bytes) -> None:
        """Never waits; without a connection the message is an error that is counted."""
        if not self.connected:
            self._fail(self.session.problem)
            return
        if self._queue.full():
            self._queue.get_nowait()
            self._fail("queue full", lost=False)
        self._queue.put_nowait(data)

    def _fail(self, problem: str, *, lost: bool = True) -> None:
        self.session.errors += 1
        self.session.last_error_at = self.node.clock.now()
        self.session.problem = problem
        if lost:
            self.session.status = "Transmit Error"

    async def run(self) -> None:
        """Until it is cancelled."""
        refusal = refusal_of(self.destination)
        if refusal:
            self._fail(refusal)
            return
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                context = self._context()
                pause = await self._talk(context, pause)
            except (OSError, FlashError, GRPCError, ProtocolError, StreamTerminatedError) as exc:
                self._fail(str(exc) or type(exc).__name__)
            await self.pulse.wait(self.node.clock.now() + pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _context(self) -> ssl.SSLContext | None:
        """Raises FlashError and ssl.SSLError (an OSError) for a certificate that is not there or not one."""
        if self.destination.certificate is None:
            return None
        authority = self.node.flash.read(self.destination.certificate[0])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=authority.decode("ascii", "replace"))
        context.set_alpn_protocols(["h2"])
        return context

    async def _talk(self, context: ssl.SSLContext | None, pause: float) -> float:
        """Send until the connection is lost; the pause before the next try."""
        args = MDT["MdtDialoutArgs"]
        channel = _Channel(self.node.spec.address, self.destination, context)
        try:
            async with channel.request(METHOD, Cardinality.STREAM_STREAM, args, bytes) as stream:
                await stream.send_request()
                pause = FIRST_PAUSE_SECONDS
                self._greet()
                await self._send(stream)
        finally:
            self.session.status = "Idle" if self.connected else self.session.status
            self._drain()
            await channel.leave()
        return pause

    def _greet(self) -> None:
        self.session.status, self.session.problem = "Connected", ""
        self.session.connected_at = self.node.clock.now()

    def _drain(self) -> None:
        while not self._queue.empty():
            self._queue.get_nowait()

    async def _send(self, stream: Stream[Message, bytes]) -> None:
        """Returns when the collector ends the call. Raises what grpclib raises when it goes away."""
        sending = asyncio.create_task(self._empty_queue(stream))
        listening = asyncio.create_task(_listen(stream))
        try:
            done, _ = await asyncio.wait({sending, listening}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            self._fail("the collector ended the call")
        finally:
            sending.cancel()
            listening.cancel()
            await asyncio.gather(sending, listening, return_exceptions=True)

    async def _empty_queue(self, stream: Stream[Message, bytes]) -> None:
        while True:
            await self._send_one(stream, await self._queue.get())

    async def _send_one(self, stream: Stream[Message, bytes], data: bytes) -> None:
        self._number += 1
        for piece in self._pieces(data):
            await stream.send_message(piece)
        self.session.sent += 1
        self.session.bytes_sent += len(data)
        self.session.last_sent_at = self.node.clock.now()

    def _pieces(self, data: bytes) -> Iterator[Message]:
        return cut(data, self._number, self.chunk)


async def _listen(stream: Stream[Message, bytes]) -> None:
    async for _ in stream:
        pass


def refusal_of(destination: Destination) -> str:
    """Why the lab does not dial there; empty when it does.

    >>> refusal_of(Destination("1", "192.0.2.1", 57500, "gRPC", "GPB"))
    'not a loopback address'
    """
    if not destination.supported:
        return f"{destination.protocol} with {destination.encoding} is not supported"
    try:
        loopback = IPv4Address(destination.address).is_loopback
    except AddressValueError:
        loopback = False
    if not loopback:
        return "not a loopback address"
    return "" if 0 < destination.port < 65_536 else "no such port"
