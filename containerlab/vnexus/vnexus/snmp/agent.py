"""The agent of one node: a datagram in, a datagram out or silence."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from vnexus import hardware
from vnexus.snmp import ber
from vnexus.snmp.ber import BerError
from vnexus.snmp.index import Index, bind
from vnexus.snmp.message import VERSION_1, ErrorStatus, Pdu, Request, read_request, write_response
from vnexus.snmp.secure import Asked, Complaint, Engine, Envelope, Refused, is_version_3, read_envelope
from vnexus.snmp.tables import Tables
from vnexus.snmp.usm import Level, Moment, read_users
from vnexus.world import World
from vnexus.world.faults import SnmpLoss, SnmpSilence, SnmpSlow, SnmpView
from vnexus.world.state import Snapshot

DEFAULT_PACKET = 8000
"""Bytes of the largest reply; ``snmp-server packetsize`` sets another."""
_OVERHEAD = 64
_COMPLAINTS = {complaint.name.lower(): complaint for complaint in Complaint}
_SECURE_OVERHEAD = 220
_MAX_REPETITIONS = 10_000
_SYSTEM_GROUP = "1.3.6.1.2.1.1"


@dataclass(slots=True)
class Statistics:
    """What the agent saw."""

    requests: int = 0
    malformed: int = 0
    bad_community: int = 0
    reports: int = 0
    """Version 3 messages that were refused by the security model."""
    lost: int = 0


class Agent:
    """Answers for one node; ``reply`` never raises, whatever the bytes."""

    def __init__(self, world: World, node: str) -> None:
        self.world, self.node = world, node
        self.statistics = Statistics()
        self._tables = Tables(world, node, self._counter)
        self._random = random.Random(f"{world.seed}/{node}")  # noqa: S311 - loss is a lab fault, not a secret
        self._read: Snapshot | None = None
        self._communities: frozenset[bytes] = frozenset()
        self._limit = DEFAULT_PACKET
        self._enforce_priv = False
        self.on_refused: list[Callable[[], None]] = []
        """Called when somebody does not prove who he is."""
        self.engine = Engine(hardware.engine_id(world.wiring.nodes[node].address), self._engine_time)

    def reply(self, data: bytes) -> bytes | None:
        """The response, or None for silence."""
        try:
            request = read_envelope(data) if is_version_3(data) else read_request(data)
        except BerError:
            self.statistics.malformed += 1
            return None
        with self.world.moment() as now:
            if isinstance(request, Envelope):
                return self._answer_secure(request, int(now * 1_000_000))
            return self._answer(request, int(now * 1_000_000))

    def _answer_secure(self, envelope: Envelope, now_us: int) -> bytes | None:
        if self._silent():
            self.statistics.lost += 1
            return None
        _, limit = self._settings()
        try:
            asked = self.engine.read(envelope)
        except Refused as refused:
            self.statistics.reports += 1
            if refused.complaint in (Complaint.DIGEST, Complaint.USER):
                self._refused()
            return self.engine.report(envelope, refused)
        except BerError:
            self.statistics.malformed += 1
            return None
        self.statistics.requests += 1
        if self._too_weak(asked):
            refusal = write_response(asked.request, asked.request.varbinds, ErrorStatus.AUTHORIZATION_ERROR)
            return self.engine.respond(asked, refusal)
        room = min(limit, envelope.room) - _SECURE_OVERHEAD - len(asked.context)
        index = self._within(asked.context) or self._tables.index()
        return self.engine.respond(asked, self._perform(asked.request, index, now_us, room))

    def _refused(self) -> None:
        for callback in self.on_refused:
            callback()

    def sender(self) -> Engine:
        """The engine with the users as they are configured now."""
        self.world.refresh()
        self._settings()
        return self.engine

    def _too_weak(self, asked: Asked) -> bool:
        """A user with a password must use it; ``globalEnforcePriv`` wants encryption from everybody."""
        level = asked.envelope.level
        return level < (Level.PRIV if self._enforce_priv else min(asked.user.level, Level.AUTH))

    def _engine_time(self) -> Moment:
        up = self.world.now() - self.world.last_boot(self.node)
        return Moment(self.world.boots(self.node), max(0, int(up)) & 0x7FFFFFFF)

    def _answer(self, request: Request, now_us: int) -> bytes | None:
        if self._silent():
            self.statistics.lost += 1
            return None
        communities, limit = self._settings()
        community, _, vlan = request.community.partition(b"@")
        index = self._within(b"vlan-" + vlan) if vlan else self._tables.index()
        if community not in communities or index is None:
            self.statistics.bad_community += 1
            self._refused()
            return None
        self.statistics.requests += 1
        return self._perform(request, index, now_us, limit - _OVERHEAD - len(request.community))

    def _within(self, context: bytes) -> Index | None:
        """What a context shows: ``vlan-N``, or what ``snmp-server context`` maps it to; None for another."""
        if not context:
            return self._tables.index()
        name = context.decode(errors="replace")
        config = self.world.snapshot(self.node).config
        line = next((text for text in config.lines() if text.startswith(f"snmp-server context {name}")), "")
        words = line.split()
        vlan = name.removeprefix("vlan-")
        if name.startswith("vlan-") and vlan.isascii() and vlan.isdecimal():
            known = int(vlan) in self.world.snapshot(self.node).vlans
            return self._tables.context(int(vlan), "default") if known else None
        return self._tables.context(None, words[words.index("vrf") + 1] if "vrf" in words[3:] else "default")

    def _counter(self, name: str) -> int:
        """One of the agent's own counters, for the tables that show them."""
        seen = self.statistics
        if name in _COMPLAINTS:
            return self.engine.counters[_COMPLAINTS[name]]
        asked = seen.requests + seen.malformed + seen.bad_community + seen.reports
        return {
            "in": asked, "out": seen.requests + seen.reports, "community": seen.bad_community,
            "malformed": seen.malformed, "silent": seen.lost,
        }.get(name, 0)  # fmt: skip

    def _perform(self, request: Request, index: Index, now_us: int, room: int) -> bytes:
        """The response; ``room`` is what the variables may take."""
        if self.node in self.world.board.of(SnmpView):
            index = index.below(_SYSTEM_GROUP)
        if request.pdu == Pdu.SET:
            refused = ErrorStatus.READ_ONLY if request.version == VERSION_1 else ErrorStatus.NO_ACCESS
            return write_response(request, request.varbinds, refused, 1 if request.names else 0)
        if request.version == VERSION_1:
            return _answer_v1(request, index, now_us, room)
        if request.pdu == Pdu.GET_BULK:
            return write_response(request, b"".join(_bulk(request, index, now_us, room)))
        varbinds = b"".join((_get if request.pdu == Pdu.GET else _next)(request, index, now_us))
        if len(varbinds) > room:
            return write_response(request, b"", ErrorStatus.TOO_BIG)
        return write_response(request, varbinds)

    def delay_seconds(self) -> float:
        """How long a slow agent lets its clients wait."""
        slow = self.world.board.of(SnmpSlow).get(self.node)
        return (slow.seconds if slow else 0.0) + self.world.burden_seconds(self.node)

    def _silent(self) -> bool:
        world, node = self.world, self.node
        if node in world.board.of(SnmpSilence) or not world.powered(node):
            return True
        loss = world.board.of(SnmpLoss).get(node)
        if loss is not None and self._random.random() * 100 < loss.percent:
            return True
        return not world.answers(node)

    def _settings(self) -> tuple[frozenset[bytes], int]:
        """Communities that may read, and the size of the largest reply."""
        snapshot = self.world.snapshot(self.node)
        if self._read is not snapshot:
            self._read = snapshot
            self._communities = frozenset(name.encode() for name in snapshot.config.snmp_communities())
            lines = snapshot.config.lines()
            self._enforce_priv = "snmp-server globalEnforcePriv" in lines
            self.engine.users = read_users(lines)
            contexts = (line.split()[2] for line in lines if line.startswith("snmp-server context "))
            self.engine.contexts = frozenset(context.encode() for context in contexts)
            size = (snapshot.config.value("snmp-server packetsize ") or "").strip()
            self._limit = int(size) if size.isdecimal() and 484 <= int(size) <= 17382 else DEFAULT_PACKET
        return self._communities, self._limit


def _get(request: Request, index: Index, now_us: int) -> list[bytes]:
    varbinds = []
    for name, key in zip(request.names, request.keys, strict=True):
        position = index.find(key)
        if position is not None:
            varbinds.append(index.varbind(position, now_us))
        else:
            varbinds.append(bind(name, ber.NO_SUCH_INSTANCE if index.known(key) else ber.NO_SUCH_OBJECT))
    return varbinds


def _next(request: Request, index: Index, now_us: int) -> list[bytes]:
    varbinds = []
    for name, key in zip(request.names, request.keys, strict=True):
        position = index.after(key)
        if position < len(index):
            varbinds.append(index.varbind(position, now_us))
        else:
            varbinds.append(bind(name, ber.END_OF_MIB))
    return varbinds


def _bulk(request: Request, index: Index, now_us: int, room: int) -> list[bytes]:
    """RFC 3416 §4.2.3; as many bindings as fit."""
    fixed = min(max(request.first, 0), len(request.names))
    repetitions = min(max(request.second, 0), _MAX_REPETITIONS)
    varbinds = _next(request, index, now_us)[:fixed]
    repeating = list(zip(request.names, request.keys, strict=True))[fixed:]
    if len(repeating) == 1 and repetitions:
        varbinds += _run(repeating[0], index, now_us, repetitions)
    elif repeating and repetitions:
        varbinds += _runs(repeating, index, now_us, repetitions, room)
    return _fitting(varbinds, room)


def _run(asked: tuple[bytes, bytes], index: Index, now_us: int, repetitions: int) -> list[bytes]:
    start = index.after(asked[1])
    found = list(index.run(start, min(repetitions, 1 + DEFAULT_PACKET // 10), now_us))
    if len(found) < repetitions and start + len(found) >= len(index):
        last = index.name(len(index) - 1) if found else asked[0]
        found.append(bind(last, ber.END_OF_MIB))
    return found


def _runs(
    asked: list[tuple[bytes, bytes]], index: Index, now_us: int, repetitions: int, room: int
) -> list[bytes]:
    positions = [index.after(key) for _, key in asked]
    names = [name for name, _ in asked]
    size, total = 0, len(index)
    varbinds: list[bytes] = []
    for _ in range(repetitions):
        ended = True
        for which, position in enumerate(positions):
            if position < total:
                ended = False
                varbind = index.varbind(position, now_us)
                positions[which] = position + 1
                if position + 1 == total:
                    names[which] = index.name(position)
            else:
                varbind = bind(names[which], ber.END_OF_MIB)
            varbinds.append(varbind)
            size += len(varbind)
        if ended or size > room:
            break
    return varbinds


def _fitting(varbinds: list[bytes], room: int) -> list[bytes]:
    size = 0
    for count, varbind in enumerate(varbinds):
        size += len(varbind)
        if size > room:
            return varbinds[:count]
    return varbinds


def _answer_v1(request: Request, index: Index, now_us: int, room: int) -> bytes:
    """RFC 1157: the first name that is not there refuses the whole request; Counter64 does not exist."""
    varbinds = []
    for number, key in enumerate(request.keys, 1):
        position = index.find(key) if request.pdu == Pdu.GET else index.after(key)
        while position is not None and position < len(index):
            varbind = index.varbind(position, now_us)
            if not _is_counter64(varbind):
                break
            position = None if request.pdu == Pdu.GET else position + 1
        if position is None or position >= len(index):
            return write_response(request, request.varbinds, ErrorStatus.NO_SUCH_NAME, number)
        varbinds.append(varbind)
    body = b"".join(varbinds)
    if len(body) > room:
        return write_response(request, request.varbinds, ErrorStatus.TOO_BIG)
    return write_response(request, body)


def _is_counter64(varbind: bytes) -> bool:
    _, start, end = ber.read_tlv(varbind, 0, len(varbind))
    _, _, value = ber.read_tlv(varbind, start, end)
    return varbind[value] == ber.COUNTER64


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self.agent.reply(data)
        if answer is None or self.transport is None:
            return
        delay = self.agent.delay_seconds()
        if delay:
            asyncio.get_running_loop().call_later(delay, self._send, answer, addr)
        else:
            self.transport.sendto(answer, addr)

    def _send(self, answer: bytes, addr: tuple[str, int]) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.sendto(answer, addr)


async def serve(agent: Agent, address: str, port: int) -> tuple[int, Callable[[], None]]:
    """Listen on a UDP port (0: any). Returns the port and a function that closes it; raises OSError."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(agent), local_addr=(address, port))
    bound: int = transport.get_extra_info("sockname")[1]
    return bound, transport.close
