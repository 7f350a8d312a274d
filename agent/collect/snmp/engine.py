"""The SNMP v2c engine: one UDP socket per address family and process, answers sorted by request-id.

A request is an ``Exchange``: callbacks for its answer and for its silence, no task and no future of its own,
so that a walk of a hundred packets costs a hundred callbacks. An answer counts only when its request-id, its
source address and its community are those of the request; all else is dropped and counted.
"""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from agent.collect.snmp import ber
from agent.collect.snmp.request import FIRST_ID, LAST_ID
from agent.errors import UnreachableError

Address = tuple[str, int]

TRIES = 4
"""Sends of one request before its agent is called silent."""


@dataclass(slots=True)
class Rtt:
    """Round-trip time of one agent and the retransmission timer made of it (RFC 6298)."""

    smoothed: float = 0.0
    spread: float = 0.0
    least: float = 0.3
    most: float = 5.0
    timeout: float = 1.0

    def learn(self, seconds: float) -> None:
        """Take in one measured round trip."""
        if self.smoothed:
            self.spread += (abs(self.smoothed - seconds) - self.spread) / 4
            self.smoothed += (seconds - self.smoothed) / 8
        else:
            self.smoothed, self.spread = seconds, seconds / 2
        self.timeout = min(max(self.smoothed + 4 * self.spread, self.least), self.most)


@dataclass(slots=True)
class Counts:
    """What passed through the sockets since the start."""

    sent: int = 0
    received: int = 0
    retransmitted: int = 0
    malformed: int = 0
    unexpected: int = 0
    """Answers that nobody waits for: late, from elsewhere, or under another community."""


@dataclass(slots=True)
class Peer:
    """One agent, and what was learnt about it."""

    name: str
    host: str
    port: int
    community: bytes
    rtt: Rtt = field(default_factory=Rtt)
    repetitions: dict[bytes, int] = field(default_factory=dict)
    """Max-repetitions that the agent bears, by first column of a span."""
    deadline: float = float("inf")
    """Time of the loop at which all that is asked ends."""

    def name_in(self, context: str) -> bytes:
        """The community under which a context is asked for."""
        return b"%b@%b" % (self.community, context.encode()) if context else self.community


@dataclass(slots=True)
class Exchange:
    """One request until its answer or its silence; exactly one of the callbacks is called, once."""

    peer: Peer
    build: Callable[[int], bytes]
    on_answer: Callable[[ber.Header, list[ber.Row]], None]
    on_silence: Callable[[str], None]
    context: str = ""
    tries: int = TRIES
    sends: int = 0
    """Sends so far; a request that continues an unanswered one begins with that one's."""
    fresh: bool = True
    """Whether an answer now would be one to the first send: only then it measures the round trip (Karn)."""
    request_id: int = 0
    packet: bytes = b""
    sent_at: float = 0.0
    timer: asyncio.TimerHandle | None = None


class Engine(asyncio.DatagramProtocol):
    """Shared sockets. Make it inside a running loop; ``close()`` ends it."""

    def __init__(self, chance: random.Random) -> None:
        self.counts = Counts()
        self._next_id = chance.randint(FIRST_ID, LAST_ID)
        self._pending: dict[int, Exchange] = {}
        self._transports: dict[socket.AddressFamily, asyncio.DatagramTransport] = {}
        self._opening: dict[socket.AddressFamily, asyncio.Lock] = {}
        self._addresses: dict[tuple[str, int], tuple[socket.AddressFamily, Address]] = {}
        self._loop = asyncio.get_running_loop()
        self.is_open = True

    @property
    def waiting(self) -> int:
        """Requests that have no answer yet."""
        return len(self._pending)

    async def reach(self, peer: Peer) -> None:
        """Resolve the peer's name and open the socket of its family; raises UnreachableError."""
        key = (peer.host, peer.port)
        if key not in self._addresses:
            try:
                found = await self._loop.getaddrinfo(peer.host, peer.port, type=socket.SOCK_DGRAM)
            except OSError as exc:
                raise UnreachableError(
                    peer.name, f"the name {peer.host} does not resolve", hint="check the address"
                ) from exc
            family, *_, address = found[0]
            self._addresses[key] = (family, (str(address[0]), int(address[1])))
        await self._open(self._addresses[key][0])

    async def _open(self, family: socket.AddressFamily) -> None:
        async with self._opening.setdefault(family, asyncio.Lock()):
            if family not in self._transports:
                transport, _ = await self._loop.create_datagram_endpoint(
                    lambda: self,
                    family=family,
                    local_addr=("::" if family == socket.AF_INET6 else "0.0.0.0", 0),
                )
                sock = transport.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
                self._transports[family] = transport

    def send(self, exchange: Exchange) -> None:
        """Send a request under a new request-id; its peer must have been reached."""
        self._next_id = FIRST_ID if self._next_id >= LAST_ID else self._next_id + 1
        exchange.request_id = self._next_id
        exchange.packet = exchange.build(exchange.request_id)
        self._pending[exchange.request_id] = exchange
        self._transmit(exchange)

    def _transmit(self, exchange: Exchange) -> None:
        now = self._loop.time()
        peer = exchange.peer
        wait = min(peer.rtt.timeout * (1 << exchange.sends), peer.rtt.most, peer.deadline - now)
        if wait <= 0:
            self._give_up(exchange, "the deadline has passed")
            return
        exchange.fresh = exchange.sends == 0
        exchange.sends += 1
        exchange.sent_at = now
        family, address = self._addresses[(peer.host, peer.port)]
        self._transports[family].sendto(exchange.packet, address)
        self.counts.sent += 1
        exchange.timer = self._loop.call_later(wait, self._expire, exchange)

    def _expire(self, exchange: Exchange) -> None:
        if self._loop.time() >= exchange.peer.deadline:
            self._give_up(exchange, "the deadline has passed")
        elif exchange.sends >= exchange.tries:
            self._give_up(exchange, f"no answer to {exchange.sends} requests")
        else:
            self.counts.retransmitted += 1
            self._transmit(exchange)

    def _give_up(self, exchange: Exchange, problem: str) -> None:
        self._pending.pop(exchange.request_id, None)
        exchange.on_silence(problem)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """An answer: sorted to its exchange, or dropped and counted."""
        self.counts.received += 1
        try:
            header = ber.read_header(data)
            exchange = self._pending.get(header.request_id)
            if exchange is None or not self._belongs(exchange, header, addr):
                self.counts.unexpected += 1
                return
            rows = ber.read_rows(data, header.at, header.end)
        except ber.BerError:
            self.counts.malformed += 1
            return
        del self._pending[header.request_id]
        if exchange.timer is not None:
            exchange.timer.cancel()
        if exchange.fresh:
            exchange.peer.rtt.learn(self._loop.time() - exchange.sent_at)
        exchange.on_answer(header, rows)

    def _belongs(self, exchange: Exchange, header: ber.Header, addr: tuple[str | Any, int]) -> bool:
        peer = exchange.peer
        return (
            header.kind == ber.RESPONSE
            and header.community == peer.name_in(exchange.context)
            and self._addresses[(peer.host, peer.port)][1] == (addr[0], addr[1])
        )

    def error_received(self, exc: Exception) -> None:
        """ICMP errors come without their request: the timer of the request finds out."""

    def close(self) -> None:
        """Close the sockets; exchanges that wait are told so."""
        self.is_open = False
        for transport in self._transports.values():
            transport.close()
        for exchange in tuple(self._pending.values()):
            if exchange.timer is not None:
                exchange.timer.cancel()
            self._give_up(exchange, "the engine was closed")
