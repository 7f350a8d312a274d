"""The gRPC doors of a lab: a node listens while its configuration says ``feature grpc``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from grpclib.config import Configuration
from grpclib.protocol import AbstractHandler, H2Protocol
from grpclib.server import Server
from h2.config import H2Configuration

from vnexus.node import Node
from vnexus.servers.certificate import server_context
from vnexus.telemetry.gnmi.messages import Codec
from vnexus.telemetry.gnmi.service import Gnmi
from vnexus.telemetry.pulse import Pulse
from vnexus.telemetry.status import GnmiStatistics

TICK_SECONDS = 0.1
DEFAULT_PORT = 50_051
FIRST_RELEASE = "n9k"
"""A Nexus 7000 with 7.3 has no gNMI."""
_LOG = logging.getLogger(__name__)


class _Connection(H2Protocol):
    """One client."""

    def __init__(self, listener: _Listener, handler: AbstractHandler) -> None:
        config = Configuration().__for_server__()
        super().__init__(handler, config, H2Configuration(client_side=False, header_encoding="ascii"))
        self.listener = listener
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream is all we listen for
        self.transport = transport
        self.listener.enter(self)
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self.listener.leave(self)


class _Listener(Server):
    """grpclib's server, which also hangs up on its clients when it is closed."""

    def __init__(self, service: Gnmi) -> None:
        super().__init__([service], codec=Codec())
        self._open: set[_Connection] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    def _protocol_factory(self) -> H2Protocol:
        return _Connection(self, super()._protocol_factory().handler)

    def enter(self, client: _Connection) -> None:
        self._open.add(client)
        self._empty.clear()

    def leave(self, client: _Connection) -> None:
        self._open.discard(client)
        if not self._open:
            self._empty.set()

    async def cut(self) -> None:
        """Stop listening, drop every connection and wait until they are gone."""
        self.close()
        for client in self._open:
            if client.transport is not None:
                client.transport.abort()
        await self.wait_closed()
        await self._empty.wait()


@dataclass(slots=True)
class Door:
    """What a node listens with."""

    service: Gnmi
    listener: _Listener
    port: int


class Doors:
    """``start`` in the loop of the lab. ``port`` replaces the default where the configuration names none."""

    def __init__(self, nodes: Mapping[str, Node], pulse: Pulse, port: int = 0) -> None:
        self.nodes, self.pulse = nodes, pulse
        self.default = port or DEFAULT_PORT
        self.open: dict[str, Door] = {}
        self.problems: dict[str, str] = {}
        """Why a node that is configured to listen does not."""
        self._seen: dict[str, tuple[int, bool]] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open every door that is configured, and follow the configurations from now on."""
        await self._look()
        self._task = asyncio.create_task(self._follow(), name="gRPC doors")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        for name in list(self.open):
            await self._shut(name)

    def wanted(self, node: Node) -> int:
        """The port that the node is configured to listen on; 0 for none."""
        if not node.spec.profile.startswith(FIRST_RELEASE) or not node.config.feature("grpc"):
            return 0
        said = node.config.root.value("grpc", "port")
        return int(said) if said else self.default

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await self._look()

    async def _look(self) -> None:
        for name, node in self.nodes.items():
            now = (node.config.version, node.world.runs(name))
            if self._seen.get(name) == now:
                continue
            self._seen[name] = now
            port = self.wanted(node) if node.reachable() else 0
            door = self.open.get(name)
            if (door.port if door else 0) != port:
                await self._shut(name)
                await self._listen(node, port)

    async def _listen(self, node: Node, port: int) -> None:
        self.problems.pop(node.spec.name, None)
        if not port:
            return
        statistics = GnmiStatistics(node.clock.now(), port)
        service = Gnmi(node, self.pulse, statistics)
        listener = _Listener(service)
        context = server_context(node.spec.name, node.spec.address, node.clock.now())
        context.set_alpn_protocols(["h2"])
        try:
            await listener.start(node.spec.address, port, ssl=context)
        except OSError as exc:
            self.problems[node.spec.name] = f"port {port}: {exc.strerror}"
            _LOG.warning("%s: gRPC cannot listen on %s:%d: %s", node.spec.name, node.spec.address, port, exc)
            return
        self.open[node.spec.name] = Door(service, listener, port)
        node.telemetry.gnmi = statistics

    async def _shut(self, name: str) -> None:
        door = self.open.pop(name, None)
        if door is not None:
            self.nodes[name].telemetry.gnmi = None
            await door.listener.cut()
