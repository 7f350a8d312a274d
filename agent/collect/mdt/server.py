"""The gRPC server that switches dial: who may speak, how much, and to which device it belongs."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote

import grpc
import grpc.aio
from google.protobuf.message import DecodeError

from agent.collect.mdt.chunks import ChunkError, Chunks
from agent.collect.mdt.messages import ENVELOPE, METHOD, SERVICE
from agent.collect.mdt.reader import FIRST_SECONDS, Reader, WrongNodeError
from agent.collect.source import Holding
from agent.collect.streaming.flood import PAUSE_SECONDS, PROBLEM, Allowance, Limits
from agent.collect.streaming.held import Held
from agent.collect.streaming.models import grow_tree
from agent.collect.streaming.rules import Rules
from agent.errors import UsageError

LARGEST_MESSAGE = 32 * 1024 * 1024
"""Of one piece; a Nexus cuts from 12 MB on, gRPC's own 4 MB would drop the rest without a word."""
STREAMS_PER_DEVICE = 8
CALLS_AT_ONCE = 4096
SILENCE_SECONDS = 900.0
"""A stream that says nothing for so long is hung up; the switch dials again."""
STOP_SECONDS = 1.0

OPTIONS = (
    ("grpc.max_receive_message_length", LARGEST_MESSAGE),
    ("grpc.max_concurrent_streams", STREAMS_PER_DEVICE),
    ("grpc.so_reuseport", 0),
    # a Nexus pings often, also without a call
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 5_000),
    ("grpc.http2.max_ping_strikes", 0),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
)
_NO_ANSWERS: tuple[bytes, ...] = ()
Context: TypeAlias = grpc.aio.ServicerContext[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Sender:
    """A switch that may dial."""

    device: str
    addresses: frozenset[str]
    """From which it comes: its management address."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files of the server; with ``clients``, a switch is known by its certificate, not by its address."""

    certificate: Path
    key: Path
    clients: Path | None = None

    def credentials(self) -> grpc.ServerCredentials:
        """Raises UsageError when a file cannot be read."""
        try:
            pair = (self.key.read_bytes(), self.certificate.read_bytes())
            clients = self.clients.read_bytes() if self.clients else None
        except OSError as exc:
            raise UsageError(f"{exc.filename}: cannot be read ({exc.strerror}). check MOULIN_MDT_…") from exc
        return grpc.ssl_server_credentials([pair], clients, require_client_auth=clients is not None)


@dataclass(slots=True)
class _Device:
    sender: Sender
    held: Held
    reader: Reader
    allowance: Allowance
    streams: int = 0
    gone: bool = False
    """It left the inventory, or is at another address now."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the server is given."""

    rules: Rules
    unix: Callable[[], float]
    certificates: Certificates | None = None
    silence_seconds: float = SILENCE_SECONDS
    limits: Limits = field(default_factory=Limits)


class MdtSource:
    """Receives dial-out telemetry; a source of the watch, and a feed that runs with it."""

    name = "mdt"

    def __init__(self, senders: Collection[Sender], listen: tuple[str, int], around: Around) -> None:
        self.listen, self._around = listen, around
        self.refused: Counter[str] = Counter()
        self._tree = grow_tree(around.rules)
        self._devices: dict[str, _Device] = {}
        self._by_address: dict[str, str] = {}
        self.renew(senders)
        self.ready = asyncio.Event()
        self.port = 0

    def renew(self, senders: Collection[Sender]) -> None:
        """Hear these from now on; streams of those that stay go on, others are hung up at their next word."""
        rules = self._around.rules
        before, self._devices, self._by_address = self._devices, {}, {}
        for sender in senders:
            known = before.get(sender.device)
            if known is None or known.sender != sender:
                held = Held(sender.device, FIRST_SECONDS)
                reader = Reader(frozenset((sender.device,)), rules, self._tree, held)
                known = _Device(sender, held, reader, Allowance(self._around.limits, time.monotonic()))
            else:
                del before[sender.device]
            self._devices[sender.device] = known
            self._by_address.update(dict.fromkeys(sender.addresses, sender.device))
        for device in before.values():
            device.gone = True

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set. Raises UsageError when the address is taken or not ours."""
        server = grpc.aio.server(options=OPTIONS, maximum_concurrent_rpcs=CALLS_AT_ONCE)
        handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.stream_stream_rpc_method_handler(self._serve)
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {METHOD: handler}),))
        host, port = self.listen
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        try:
            if self._around.certificates is None:
                self.port = server.add_insecure_port(place)
            else:
                self.port = server.add_secure_port(place, self._around.certificates.credentials())
        except RuntimeError as exc:
            raise UsageError(f"cannot listen on {place} for telemetry. choose another address") from exc
        try:
            await server.start()
            self.ready.set()
            await stop.wait()
        finally:
            self.ready.clear()
            await server.stop(STOP_SECONDS)

    # --- one call -----------------------------------------------------------------------------------------

    async def _serve(self, requests: AsyncIterator[bytes], context: Context) -> AsyncIterator[bytes]:
        """One stream of one switch; nothing is ever answered."""
        device = self._devices.get(self._identify(context))
        if device is None:
            await self._refuse(context, "stranger", grpc.StatusCode.PERMISSION_DENIED)
        elif device.streams >= STREAMS_PER_DEVICE:
            await self._refuse(context, "too-many", grpc.StatusCode.RESOURCE_EXHAUSTED)
        else:
            device.streams += 1
            device.reader.begin()
            try:
                await self._listen(device, requests, context)
            finally:
                device.streams -= 1
                device.held.up = device.streams > 0
        for answer in _NO_ANSWERS:
            yield answer

    async def _listen(self, device: _Device, requests: AsyncIterator[bytes], context: Context) -> None:
        chunks, unix = Chunks(), self._around.unix
        silence, clock = self._around.silence_seconds, asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(silence) as guard:
                moved = clock()
                async for data in requests:
                    if device.gone:
                        await self._refuse(context, "stranger", grpc.StatusCode.PERMISSION_DENIED)
                    if not device.allowance.take(len(data), time.monotonic()):
                        device.held.problems[PROBLEM] += 1
                        await asyncio.sleep(PAUSE_SECONDS)
                        continue
                    if device.allowance.recovered():
                        # the switch dials again and says everything
                        await self._refuse(context, PROBLEM, grpc.StatusCode.RESOURCE_EXHAUSTED)
                    whole = self._whole(device.held, chunks, data)
                    if whole is not None:
                        device.reader.read(whole, unix())
                    if (now := clock()) - moved > silence / 8:
                        guard.reschedule(now + silence)
                        moved = now
        except TimeoutError:
            device.held.problems["silent"] += 1
        except WrongNodeError:
            await self._refuse(context, "wrong-node", grpc.StatusCode.PERMISSION_DENIED)
        except ChunkError:
            device.held.problems["chunks"] += 1
            await self._refuse(context, "too-large", grpc.StatusCode.RESOURCE_EXHAUSTED)

    @staticmethod
    def _whole(held: Held, chunks: Chunks, data: bytes) -> bytes | None:
        try:
            envelope = ENVELOPE.FromString(data)
        except DecodeError:
            held.problems["malformed"] += 1
            return None
        if envelope.errors:
            held.problems["told-errors"] += 1
        return chunks.add(envelope.ReqId, envelope.data, envelope.totalSize) or None

    async def _refuse(self, context: Context, reason: str, code: grpc.StatusCode) -> None:
        self.refused[reason] += 1
        await context.abort(code, reason)

    def _identify(self, context: Context) -> str:
        """The device of a call; empty for a stranger."""
        certificates = self._around.certificates
        if certificates is not None and certificates.clients is not None:
            said = context.auth_context()
            names = [*said.get("x509_common_name", ()), *said.get("x509_subject_alternative_name", ())]
            found = (name.decode("utf-8", "replace").partition(".")[0] for name in names)
            return next((name for name in found if name in self._devices), "")
        return self._by_address.get(read_peer(context.peer()), "")

    # --- the source ---------------------------------------------------------------------------------------

    def tick(self, moment: float) -> None:
        """Forget what was not said for too long."""
        for device in self._devices.values():
            device.held.tick(moment)

    def held(self) -> list[Held]:
        """What is known of each switch that has ever spoken, and how its stream goes."""
        return [device.held for device in self._devices.values() if device.held.messages]

    def devices(self) -> Collection[str]:
        """Switches that something is held of."""
        return [name for name, device in self._devices.items() if device.held.at]

    def holding(self, device: str) -> Holding | None:
        """Last values of a switch."""
        found = self._devices.get(device)
        return found.held.holding() if found is not None else None


def read_peer(peer: str) -> str:
    """The address of gRPC's ``ipv4:ADDRESS:PORT``; empty for anything else.

    >>> read_peer("ipv4:127.66.0.21:4711"), read_peer("ipv6:%5B::ffff:10.0.0.1%5D:9"), read_peer("unix:x")
    ('127.66.0.21', '10.0.0.1', '')
    """
    kind, _, rest = unquote(peer).partition(":")
    if kind not in {"ipv4", "ipv6"}:
        return ""
    try:
        address = ip_address(rest.rpartition(":")[0].strip("[]"))
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
