"""A whole lab in one event loop: every node, the world between them, all servers."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Network
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncssh
from aiohttp import web

from vnexus.control import Control, start_control
from vnexus.node import Node
from vnexus.servers.dialout import Dialout
from vnexus.servers.grpc import Doors
from vnexus.servers.notifier import LOOPBACK, Notifier
from vnexus.servers.nxapi import start_nxapi
from vnexus.servers.ssh import host_key, start_ssh
from vnexus.servers.standins import StandIns
from vnexus.snmp.agent import Agent, serve
from vnexus.telemetry.pulse import Pulse
from vnexus.topology import Topology
from vnexus.world import Clock, World
from vnexus.world.journal import Journal

BEAT_SECONDS = 0.5
"""How late a timer of a switch may ring when nobody asks anything."""


class Lab:
    """``async with Lab(topology) as lab:`` listens; leaving closes everything.

    ``only`` names the one node whose doors are opened; the others are there for it to know. ``receivers`` are
    the networks that traps and syslog may go to.

    Raises StartupError for a startup line that is refused, OSError for an address that is taken.
    """

    def __init__(
        self,
        topology: Topology,
        *,
        host_keys: Path | None = None,
        clock: Clock | None = None,
        only: str | None = None,
        receivers: tuple[IPv4Network, ...] = LOOPBACK,
    ) -> None:
        self.topology, self.host_keys = topology, host_keys
        self.clock = clock or Clock()
        self.nodes: dict[str, Node] = {}
        self.only, self.receivers = only, receivers
        self.keys: dict[str, asyncssh.SSHKey] = {}
        self._acceptors: list[asyncssh.SSHAcceptor] = []
        self._runners: list[web.AppRunner] = []
        self._closers: list[Callable[[], None]] = []
        self._stop_control: Callable[[], Awaitable[None]] | None = None
        self._heart: asyncio.Task[None] | None = None
        self._build()

    def _build(self) -> None:
        for spec in self.topology.nodes:
            node = Node(spec, self.clock, self.topology.username, self.topology.password)
            node.boot()
            self.nodes[spec.name] = node
        configs = {name: node.config for name, node in self.nodes.items()}
        self.world = World(self.topology, configs, self.clock, self.topology.seed)
        self.journal = Journal(self.world, self.topology.username)
        for node in self.nodes.values():
            node.connect(self.world)
            node.journal = self.journal
        self.world.listen(self._watch)
        self.world.on_reboot.append(self._restart)
        self.served = {name: node for name, node in self.nodes.items() if self.only in (None, name)}
        self.agents = {name: Agent(self.world, name) for name in self.served}
        self.notifier = Notifier(self.journal, self.served, self.agents, self.receivers)
        self.pulse = Pulse(self.world)
        self.dialout = Dialout(self.served, self.pulse, self.receivers)
        mine = tuple(one for one in self.topology.endpoints if one.node in self.served)
        self.stand_ins = StandIns(self.world, mine)
        self.doors = Doors(self.served, self.pulse, self.topology.listen.grpc)

    def _watch(self, node: str, notice: Callable[[], None]) -> None:
        self.nodes[node].config.on_change = notice

    def _restart(self, name: str) -> None:
        """The node comes up again: its sessions are gone. May be called from any thread."""
        node = self.nodes[name]
        node.reboot()
        node.sessions.clear()
        if self._heart is not None:
            loop = self._heart.get_loop()
            for connection in list(node.connections):
                loop.call_soon_threadsafe(connection.abort)

    async def start(self) -> None:
        """Open every door."""
        listen = self.topology.listen
        for name, node in self.served.items():
            self.keys[name] = host_key(self.topology.name, name, self.host_keys)
            self._acceptors.append(await start_ssh(node, listen.ssh, self.keys[name]))
            secret = hashlib.sha256(f"{self.topology.name}/{name}/{self.topology.password}".encode()).digest()
            self._runners.append(await start_nxapi(node, secret, listen.nxapi, listen.nxapi_https))
            _, close = await serve(self.agents[name], node.spec.address, listen.snmp)
            self._closers.append(close)
        await self.notifier.start()
        await self.doors.start()
        await self.dialout.start()
        await self.stand_ins.start()
        self._heart = asyncio.create_task(self._beat(), name=f"timers of {self.topology.name}")

    async def _beat(self) -> None:
        """Let timers ring although nobody asks."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            if self.world.due() <= self.clock.now():
                self.world.refresh()

    async def control(self, address: str, port: int) -> str:
        """Open the control API (port 0: any); returns its address and port. Raises OSError."""
        faults = {name: node.faults for name, node in self.served.items()}
        api = Control(self.world, faults, self.served)
        bound, self._stop_control = await start_control(api, address, port)
        return f"{address}:{bound}"

    async def stop(self) -> None:
        """Close every door and wait until they are closed."""
        await self.notifier.stop()
        await self.stand_ins.stop()
        await self.dialout.stop()
        await self.doors.stop()
        await self.pulse.stop()
        if self._heart is not None:
            self._heart.cancel()
            await asyncio.wait([self._heart])
        for acceptor in self._acceptors:
            acceptor.close()
        for close in self._closers:
            close()
        if self._stop_control is not None:
            await self._stop_control()
        for node in self.nodes.values():
            await node.hang_up()
        for runner in self._runners:
            await runner.cleanup()
        for acceptor in self._acceptors:
            await acceptor.wait_closed()

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _grpc(self, name: str) -> dict[str, int]:
        door = self.doors.open.get(name)
        return {"grpc": door.port} if door else {}

    def ready(self) -> dict[str, object]:
        """What the outside needs to know: address, ports and host key of each node."""
        listen = self.topology.listen
        secure = {"nxapi_https": listen.nxapi_https} if listen.nxapi_https else {}
        return {
            name: {
                "address": node.spec.address, "ssh": listen.ssh, "nxapi": listen.nxapi, "snmp": listen.snmp,
                **secure, **self._grpc(name),
                "host_key": self.keys[name].export_public_key("openssh").decode().strip(),
            }
            for name, node in self.served.items()
        }  # fmt: skip
