"""A whole lab in one event loop: every node, the world between them, all servers."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncssh
from aiohttp import web

from vnexus.control import Control, start_control
from vnexus.node import Node
from vnexus.servers.notifier import Notifier
from vnexus.servers.nxapi import start_nxapi
from vnexus.servers.ssh import host_key, start_ssh
from vnexus.snmp.agent import Agent, serve
from vnexus.topology import Topology
from vnexus.world import Clock, World
from vnexus.world.journal import Journal

BEAT_SECONDS = 0.5
"""How late a timer of a switch may ring when nobody asks anything."""


class Lab:
    """``async with Lab(topology) as lab:`` listens; leaving closes everything.

    Raises StartupError for a startup line that is refused, OSError for an address that is taken.
    """

    def __init__(
        self, topology: Topology, *, host_keys: Path | None = None, clock: Clock | None = None
    ) -> None:
        self.topology, self.host_keys = topology, host_keys
        self.clock = clock or Clock()
        self.nodes: dict[str, Node] = {}
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
        self.world.on_reboot.append(self._restart)
        self.agents = {name: Agent(self.world, name) for name in self.nodes}
        self.notifier = Notifier(self.journal, self.nodes, self.agents)

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
        for name, node in self.nodes.items():
            self.keys[name] = host_key(self.topology.name, name, self.host_keys)
            self._acceptors.append(await start_ssh(node, listen.ssh, self.keys[name]))
            secret = hashlib.sha256(f"{self.topology.name}/{name}/{self.topology.password}".encode()).digest()
            self._runners.append(await start_nxapi(node, secret, listen.nxapi, listen.nxapi_https))
            _, close = await serve(self.agents[name], node.spec.address, listen.snmp)
            self._closers.append(close)
        await self.notifier.start()
        self._heart = asyncio.create_task(self._beat(), name=f"timers of {self.topology.name}")

    async def _beat(self) -> None:
        """Let timers ring although nobody asks."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            if self.world.due() <= self.clock.now():
                self.world.refresh()

    async def control(self, address: str, port: int) -> str:
        """Open the control API (port 0: any); returns its address and port. Raises OSError."""
        api = Control(self.world, {name: node.faults for name, node in self.nodes.items()}, self.nodes)
        bound, self._stop_control = await start_control(api, address, port)
        return f"{address}:{bound}"

    async def stop(self) -> None:
        """Close every door and wait until they are closed."""
        await self.notifier.stop()
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

    def ready(self) -> dict[str, object]:
        """What the outside needs to know: address, ports and host key of each node."""
        listen = self.topology.listen
        secure = {"nxapi_https": listen.nxapi_https} if listen.nxapi_https else {}
        return {
            name: {
                "address": node.spec.address, "ssh": listen.ssh, "nxapi": listen.nxapi, "snmp": listen.snmp,
                **secure,
                "host_key": self.keys[name].export_public_key("openssh").decode().strip(),
            }
            for name, node in self.nodes.items()
        }  # fmt: skip
