"""The SNMP engine: one UDP socket per address family and process, answers sorted by request-id.

A request is an ``Exchange``: callbacks for its answer and for its silence, no task and no future of its own,
so that a walk of a hundred packets costs a hundred callbacks. An answer counts only when its request-id, its
source address and its community are those of the request, or in v3 when the session believes it; all else is
dropped and counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from agent.collect.snmp import ber
from agent.collect.snmp.envelope import MAX_SIZE, Envelope, read_envelope
from agent.collect.snmp.peer import Peer
from agent.collect.snmp.reports import ENGINE, WINDOW
from agent.collect.snmp.request import FIRST_ID, LAST_ID
from agent.collect.snmp.session import Doubt, Reader, RefusedError, ReportedError, Session
from agent.errors import UnreachableError

Address = tuple[str, int]

TRIES = 4
"""Sends of one request before its agent is called silent."""

SWEEP_SECONDS = 0.02
"""How exactly silence is found out."""

DEADLINE = "the deadline has passed"
_V3 = 3
_NEVER = float("inf")
_AT_ONCE = 64
"""Datagrams that are read in one turn of the loop."""


@dataclass(slots=True)
class Counts:
    """What passed through the sockets since the start."""

    sent: int = 0
    received: int = 0
    retransmitted: int = 0
    malformed: int = 0
    unexpected: int = 0
    """Answers that nobody waits for: late, from elsewhere, or under another community."""
    refused: int = 0
    """SNMPv3 answers that were not believed: digest, engine, time window, security level."""
    reported: int = 0
    """SNMPv3 Reports in place of answers."""


class Silence(NamedTuple):
    """Why there is no answer."""

    problem: str
    hint: str = ""
    final: bool = False
    """Asking again or for less does not help."""
    anew: bool = False
    """The agent's engine must be met again before the next question."""


_CLOSED = Silence("the engine was closed", final=True)


@dataclass(slots=True)
class Exchange:
    """One request until its answer or its silence; exactly one of the callbacks is called, once."""

    peer: Peer
    build: Callable[[int], bytes]
    on_answer: Callable[[ber.Header, Sequence[ber.Row]], None]
    on_silence: Callable[[Silence], None]
    context: str = ""
    read: Reader = ber.read_rows
    """Variable bindings between two positions to rows."""
    tries: int = TRIES
    sends: int = 0
    """Sends so far; a request that continues an unanswered one begins with that one's."""
    fresh: bool = True
    """Whether an answer now would be one to the first send: only then it measures the round trip (Karn)."""
    request_id: int = 0
    packet: bytes = b""
    sent_at: float = 0.0
    due: float = _NEVER
    """When its answer is late."""
    timer: asyncio.TimerHandle | None = None
    """Runs while the packet is held back for the pace."""
    discovers: bool = False
    """Whether it asks for the agent's engine."""
    renewed: bool = False
    """Whether it was already written anew after the agent told its time."""
    reason: Silence | None = None
    """Why no answer was believed, where something came at all."""


class Engine:
    """Shared sockets. Make it inside a running loop; ``close()`` ends it."""

    def __init__(self, chance: random.Random) -> None:
        self.counts = Counts()
        self.chance = chance
        self._next_id = chance.randint(FIRST_ID, LAST_ID)
        self._pending: dict[int, Exchange] = {}
        self._sockets: dict[socket.AddressFamily, socket.socket] = {}
        self._sweeping: asyncio.TimerHandle | None = None
        self._addresses: dict[tuple[str, int], tuple[socket.AddressFamily, Address]] = {}
        self._loop = asyncio.get_running_loop()
        self.is_open = True

    @property
    def waiting(self) -> int:
        """Requests that have no answer yet."""
        return len(self._pending)

    # -- sockets -----------------------------------------------------------------------------------

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
        self._open(self._addresses[key][0])

    def _open(self, family: socket.AddressFamily) -> None:
        # no transport of asyncio: it reads one datagram per turn of the loop
        if family not in self._sockets:
            sock = socket.socket(family, socket.SOCK_DGRAM)
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            sock.bind(("::" if family == socket.AF_INET6 else "0.0.0.0", 0))
            self._loop.add_reader(sock.fileno(), self._drain, sock)
            self._sockets[family] = sock

    def _drain(self, sock: socket.socket) -> None:
        """Take in what has come, but leave the others of the loop their turn."""
        for _ in range(_AT_ONCE):
            try:
                data, address = sock.recvfrom(MAX_SIZE)
            except OSError:  # nothing more, or an ICMP error without its request: the sweep finds out
                return
            self.take(data, address)

    def close(self) -> None:
        """Close the sockets; exchanges that wait are told so."""
        self.is_open = False
        for sock in self._sockets.values():
            self._loop.remove_reader(sock.fileno())
            sock.close()
        if self._sweeping is not None:
            self._sweeping.cancel()
        for exchange in tuple(self._pending.values()):
            self._give_up(exchange, _CLOSED)

    # -- questions ---------------------------------------------------------------------------------

    def send(self, exchange: Exchange) -> None:
        """Send a request under a new request-id; its peer must have been reached."""
        self._next_id = FIRST_ID if self._next_id >= LAST_ID else self._next_id + 1
        exchange.request_id = self._next_id
        exchange.packet = exchange.build(exchange.request_id)
        self._pending[exchange.request_id] = exchange
        self._pace(exchange)

    def _pace(self, exchange: Exchange) -> None:
        """Send now, or when the agent may be asked again."""
        now = self._loop.time()
        wait = exchange.peer.pace.take(now)
        if wait <= 0:
            self._transmit(exchange)
        else:
            exchange.due = _NEVER
            held_until = min(now + wait, exchange.peer.deadline)
            exchange.timer = self._loop.call_at(held_until, self._transmit, exchange)

    def _transmit(self, exchange: Exchange) -> None:
        now = self._loop.time()
        peer = exchange.peer
        wait = min(peer.rtt.timeout * (1 << exchange.sends), peer.rtt.most, peer.deadline - now)
        if wait <= 0 or not self.is_open:
            self._give_up(exchange, Silence(DEADLINE) if self.is_open else _CLOSED)
            return
        exchange.fresh = exchange.sends == 0
        exchange.sends += 1
        exchange.sent_at = now
        exchange.timer, exchange.due = None, now + wait
        family, address = self._addresses[(peer.host, peer.port)]
        with contextlib.suppress(OSError):  # no room, no route: as if it were lost on the way
            self._sockets[family].sendto(exchange.packet, address)
        self.counts.sent += 1
        if self._sweeping is None:
            self._sweeping = self._loop.call_later(SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        """One timer for all: expire what is due, and come again while something waits."""
        now = self._loop.time()
        for exchange in [one for one in self._pending.values() if one.due <= now]:
            self._expire(exchange)
        self._sweeping = self._loop.call_later(SWEEP_SECONDS, self._sweep) if self._pending else None

    def _expire(self, exchange: Exchange) -> None:
        reason = exchange.reason
        if reason is not None and (reason.final or exchange.sends >= exchange.tries):
            self._give_up(exchange, reason)
        elif self._loop.time() >= exchange.peer.deadline:
            self._give_up(exchange, Silence(DEADLINE))
        elif exchange.sends >= exchange.tries:
            self._give_up(exchange, Silence(f"no answer to {exchange.sends} requests"))
        else:
            exchange.peer.pace.slow()
            self.counts.retransmitted += 1
            self._pace(exchange)

    def _give_up(self, exchange: Exchange, silence: Silence) -> None:
        if exchange.timer is not None:
            exchange.timer.cancel()
        self._pending.pop(exchange.request_id, None)
        dialect = exchange.peer.dialect
        if silence.anew and isinstance(dialect, Session):
            dialect.stale = True
        exchange.on_silence(silence)

    # -- answers -----------------------------------------------------------------------------------

    def take(self, data: bytes, addr: tuple[Any, ...]) -> None:
        """An answer: sorted to its exchange, or dropped and counted."""
        self.counts.received += 1
        try:
            header = ber.read_usual(data)
            if header is None:
                if ber.read_version(data) == _V3:
                    self._take_sealed(read_envelope(data), addr)
                    return
                header = ber.read_header(data)
            exchange = self._pending.get(header.request_id)
            if exchange is None or not self._belongs(exchange, header, addr):
                self.counts.unexpected += 1
                return
            rows = exchange.read(data, header.at, header.end)
        except ber.BerError:
            self.counts.malformed += 1
            return
        self._finish(exchange, header, rows)

    def _belongs(self, exchange: Exchange, header: ber.Header, addr: tuple[Any, ...]) -> bool:
        peer = exchange.peer
        dialect = peer.dialect
        return (
            header.kind == ber.RESPONSE
            and not isinstance(dialect, Session)
            and header.community == dialect.name_in(exchange.context)
            and self._addresses[(peer.host, peer.port)][1] == (addr[0], addr[1])
        )

    def _take_sealed(self, envelope: Envelope, addr: tuple[Any, ...]) -> None:
        """A version 3 message; raises BerError when it turns out to be rubbish inside."""
        exchange = self._pending.get(envelope.message_id)
        peer = exchange.peer if exchange is not None else None
        if exchange is None or peer is None or not isinstance(peer.dialect, Session):
            self.counts.unexpected += 1
            return
        if self._addresses[(peer.host, peer.port)][1] != (addr[0], addr[1]):
            self.counts.unexpected += 1
            return
        session = peer.dialect
        try:
            if exchange.discovers:
                header, rows = session.read_discovery(envelope)
            else:
                header, rows = session.open(envelope, exchange.context, exchange.read)
        except RefusedError as refused:
            self._refuse(exchange, refused.doubt)
        except ReportedError as reported:
            self._note(exchange, session, reported)
        else:
            self._finish(exchange, header, rows)

    def _finish(self, exchange: Exchange, header: ber.Header, rows: Sequence[ber.Row]) -> None:
        del self._pending[exchange.request_id]
        if exchange.timer is not None:
            exchange.timer.cancel()
        peer = exchange.peer
        if exchange.fresh:
            peer.rtt.learn(self._loop.time() - exchange.sent_at)
        peer.pace.quicken()
        exchange.on_answer(header, rows)

    def _refuse(self, exchange: Exchange, doubt: Doubt) -> None:
        """Not believed: the right answer may still come, so the exchange goes on."""
        self.counts.refused += 1
        hint = "compare password and protocols with the device's; if they are right, somebody forges answers"
        if doubt is Doubt.WINDOW:
            hint = "the device lost its boot counter, or old messages are replayed. the next poll starts anew"
        exchange.reason = Silence(doubt.value, hint, anew=doubt is Doubt.WINDOW)

    def _note(self, exchange: Exchange, session: Session, reported: ReportedError) -> None:
        """A Report: a signed one is acted upon, an unsigned one only explains a silence."""
        self.counts.reported += 1
        if reported.report is WINDOW and reported.signed and not exchange.renewed:
            self._renew(exchange)
            return
        report = reported.report.about(session.user.name, session.level_name)
        exchange.reason = Silence(report.problem, report.hint, final=True, anew=reported.report is ENGINE)
        if reported.signed:
            self._give_up(exchange, exchange.reason)

    def _renew(self, exchange: Exchange) -> None:
        """Ask again at once, under the time that the agent has told."""
        if exchange.timer is not None:
            exchange.timer.cancel()
        exchange.renewed = True
        exchange.tries += 1
        exchange.packet = exchange.build(exchange.request_id)
        self._pace(exchange)
