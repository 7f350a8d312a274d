"""Sends what happens: traps, informs and syslog of every node of a lab, to the lab's own networks only."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from vnexus.node import Node
from vnexus.servers import syslog
from vnexus.snmp import ber
from vnexus.snmp.agent import Agent
from vnexus.snmp.informs import Informs, remote_users
from vnexus.snmp.message import VERSION_2C
from vnexus.snmp.notification import (
    Notification,
    Target,
    answered,
    notifications,
    targets,
    write_pdu,
    write_v1,
)
from vnexus.world.events import Event
from vnexus.world.journal import Journal

LOOPBACK = (IPv4Network("127.0.0.0/8"),)
QUEUE = 10_000
TICK_SECONDS = 0.1
LOOK_SHARE = 10
"""After a look at neighbours and groups it rests that many times as long."""
INFORM_SECONDS = 3.0
INFORM_TRIES = 4


@dataclass(slots=True)
class NotifierStatistics:
    """What became of the notifications of a lab."""

    sent: int = 0
    overflowed: int = 0
    """Events that found the queue full."""
    not_loopback: int = 0
    unsendable: int = 0
    """Informs of version 1, users that are not there, too weak, or of another engine."""
    acknowledged: int = 0
    unanswered: int = 0


@dataclass(slots=True)
class _Pending:
    """An inform that waits for its answer."""

    data: bytes
    target: Target
    node: str
    tries: int
    due: float


class _Answers(asyncio.DatagramProtocol):
    def __init__(self, notifier: Notifier) -> None:
        self.notifier = notifier

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:  # noqa: ARG002 - asyncio gives it
        self.notifier.take(data)


class Notifier:
    """``start`` in the loop of the lab; events may come from any thread."""

    def __init__(
        self,
        journal: Journal,
        nodes: Mapping[str, Node],
        agents: Mapping[str, Agent],
        receivers: tuple[IPv4Network, ...] = LOOPBACK,
    ) -> None:
        self.journal, self.world = journal, journal.world
        self.nodes, self.agents, self.receivers = nodes, agents, receivers
        self.statistics = NotifierStatistics()
        self._events: deque[Event] = deque()
        self._sockets: dict[str, asyncio.DatagramTransport] = {}
        self._numbers = itertools.count(1)
        self._waiting: dict[int, _Pending] = {}
        self._audiences: dict[str, tuple[int, list[Target | syslog.Collector]]] = {}
        self._task: asyncio.Task[None] | None = None
        self._rest_until = 0.0
        self._informs = Informs()

    async def start(self) -> None:
        self.journal.listeners.append(self.put)
        for name, agent in self.agents.items():
            agent.on_refused.append(partial(self._refused, name))
            self.put(Event(name, "cold-start", self.world.last_boot(name)))
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        for transport in self._sockets.values():
            transport.close()

    def _refused(self, node: str) -> None:
        self.put(Event(node, "authentication", self.world.now()))

    def put(self, event: Event) -> None:
        """Never waits: what does not fit is counted and lost."""
        if event.node not in self.nodes:
            return
        if len(self._events) >= QUEUE:
            self.statistics.overflowed += 1
        else:
            self._events.append(event)

    async def _run(self) -> None:
        while True:
            curious = [name for name, node in self.nodes.items() if self._audience(node)]
            if curious:
                self.world.refresh()
                self._look(curious)
            while self._events:
                await self._tell(self._events.popleft())
            self._retry()
            await asyncio.sleep(TICK_SECONDS)

    def _look(self, nodes: list[str]) -> None:
        """Look at what switches agree on, never for more than a small part of the time."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._rest_until:
            return
        begun = loop.time()
        self.journal.agreements.look(nodes)
        self._rest_until = loop.time() + LOOK_SHARE * (loop.time() - begun)

    async def _tell(self, event: Event) -> None:
        node = self.nodes.get(event.node)
        if node is None:
            return  # a neighbour that another process plays
        audience = self._audience(node)
        if not audience or not node.reachable():
            return
        wanted = [one for one in audience if isinstance(one, Target)]
        logs = [one for one in audience if isinstance(one, syslog.Collector)]
        started = self.world.last_boot(event.node)
        if wanted and not self._muted(node, event):
            for notification in notifications(event, node.spec.model, node.config.root, started):
                for target in wanted:
                    await self._notify(event.node, notification, target, started)
        interface = self.world.snapshot(event.node).interfaces.get(event.name)
        said = syslog.message(event, _author(node), interface)
        for collector in logs if said else ():
            if said and said.severity <= collector.severity:
                data = syslog.datagram(said, event.at)
                port = self.world.topology.log_port(collector.port)
                await self._send(event.node, data, collector.address, port)

    def _audience(self, node: Node) -> list[Target | syslog.Collector]:
        """Who wants to hear from the node; read once per change of its configuration."""
        config = node.config
        kept = self._audiences.get(node.spec.name)
        if kept is None or kept[0] != config.version:
            kept = (config.version, [*targets(config.root), *syslog.collectors(config.root)])
            self._audiences[node.spec.name] = kept
        return kept[1]

    def _muted(self, node: Node, event: Event) -> bool:
        """``no snmp trap link-status`` on the interface."""
        section = node.config.section(event.name) if event.kind in ("link-up", "link-down") else None
        entry = section.get("snmp", "trap", "link-status") if section else None
        return entry is not None and entry.negative

    async def _notify(self, node: str, notification: Notification, target: Target, started: float) -> None:
        number = next(self._numbers) & 0x7FFFFFFF
        pdu = write_pdu(notification, number, started, inform=target.inform)
        if target.version == "3" and target.inform:
            await self._inform_secure(node, pdu, target, number)
            return
        if target.version == "1":
            data = None if target.inform else write_v1(
                notification, target.name, self.nodes[node].spec.address, started
            )  # fmt: skip
        else:
            data = self._seal(node, pdu, target, number)
        if data is None:
            self.statistics.unsendable += 1
            return
        sent = await self._send(node, data, target.address, self.world.topology.trap_port(target.port))
        if sent and target.inform:
            due = asyncio.get_running_loop().time() + INFORM_SECONDS
            self._waiting[number] = _Pending(data, target, node, 1, due)

    def _seal(self, node: str, pdu: bytes, target: Target, number: int) -> bytes | None:
        if target.version == "2c":
            head = ber.integer(VERSION_2C) + ber.octets(target.name.encode())
            return ber.tlv(ber.SEQUENCE, head + pdu)
        engine = self.agents[node].sender()
        user = engine.users.get(target.name.encode())
        if target.version != "3" or user is None or user.level < target.level:
            return None
        return engine.seal(ber.integer(number), user, target.level, b"", pdu)

    async def _inform_secure(self, node: str, pdu: bytes, target: Target, number: int) -> None:
        """Ask the receiver's engine for its time first, then send what waits for it."""
        remote = remote_users(self.nodes[node].config.lines()).get(target.name.encode())
        if remote is None or remote[0].level < target.level:
            self.statistics.unsendable += 1
            return
        place = (node, target.address, target.port)
        loop = asyncio.get_running_loop()

        def go() -> None:
            if not self._informs.ready(place, remote[1]):
                self.statistics.unsendable += 1  # another engine answered than the one that was configured
                return
            data = self._informs.seal(place, remote, target.level, number, pdu)
            self._waiting[number] = _Pending(data, target, node, 1, loop.time() + INFORM_SECONDS)
            self._sockets[node].sendto(data, self._station(target))
            self.statistics.sent += 1

        if self._informs.ready(place, remote[1]):
            go()
            return
        question = self._informs.ask(place, next(self._numbers) & 0x7FFFFFFF, go)
        if question is not None:
            await self._send(node, question, target.address, self.world.topology.trap_port(target.port))

    async def _send(self, node: str, data: bytes, address: str, port: int) -> bool:
        """False for an address that is not of this machine: a lab never speaks to others."""
        address = self.world.topology.station(address)
        if not self._near(address):
            self.statistics.not_loopback += 1
            return False
        if not 0 < port < 65_536:
            self.statistics.unsendable += 1
            return False
        transport = self._sockets.get(node)
        if transport is None:
            loop = asyncio.get_running_loop()
            local = (self.nodes[node].spec.address, 0)
            transport, _ = await loop.create_datagram_endpoint(lambda: _Answers(self), local_addr=local)
            self._sockets[node] = transport
        transport.sendto(data, (address, port))
        self.statistics.sent += 1
        return True

    def _station(self, target: Target) -> tuple[str, int]:
        """Who stands in for a receiver of the configuration."""
        topology = self.world.topology
        return topology.station(target.address), topology.trap_port(target.port)

    def _near(self, address: str) -> bool:
        try:
            return any(IPv4Address(address) in network for network in self.receivers)
        except AddressValueError:
            return False

    # -- informs ----------------------------------------------------------------------------------

    def take(self, data: bytes) -> None:
        """A datagram that came back."""
        number = self._informs.take(data) or answered(data)
        if number is not None and self._waiting.pop(number, None) is not None:
            self.statistics.acknowledged += 1

    def _retry(self) -> None:
        now = asyncio.get_running_loop().time()
        for number, pending in list(self._waiting.items()):
            if pending.due > now:
                continue
            if pending.tries >= INFORM_TRIES:
                del self._waiting[number]
                self.statistics.unanswered += 1
                continue
            pending.tries += 1
            pending.due = now + INFORM_SECONDS
            self._sockets[pending.node].sendto(pending.data, self._station(pending.target))


def _author(node: Node) -> str:
    """``USER on LINE`` of whoever configured last; the lab's user when nobody has typed yet."""
    last = node.accounting[-1] if node.accounting else None
    return f"{last.user} on {last.line}" if last else node.username
