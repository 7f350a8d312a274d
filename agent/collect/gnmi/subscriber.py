"""One switch's gNMI stream, kept up: connect, choose, subscribe, read; again after a pause when it ends."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import grpc
import grpc.aio
from google.protobuf.message import DecodeError

from agent.collect.gnmi.choose import Choice, choose
from agent.collect.gnmi.messages import (
    CAPABILITIES,
    CAPABILITY_REQUEST,
    CAPABILITY_RESPONSE,
    JSON,
    SUBSCRIBE,
)
from agent.collect.gnmi.reader import Heard, Reader
from agent.collect.gnmi.trust import Door, Trust, judge
from agent.collect.streaming.flood import PAUSE_SECONDS, PROBLEM, Allowance, Limits
from agent.collect.streaming.held import Held
from agent.collect.streaming.models import Branch, ModelReader
from agent.collect.streaming.rules import Rules, Subscription
from agent.errors import AgentError, DeviceError, LoginRefusedError, NotNexusError, UnreachableError

LARGEST_MESSAGE = 16 * 1024 * 1024
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0
LOGIN_PAUSE_SECONDS = 60.0
"""After a refused login: more often would lock the user out."""
CALL_SECONDS = 20.0
_SILENT_INTERVALS = 3.5
_REFUSED_MODE = frozenset((grpc.StatusCode.UNIMPLEMENTED,))
_REFUSED_PATH = frozenset((grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND))
_log = logging.getLogger(__name__)

OPTIONS = (
    ("grpc.max_receive_message_length", LARGEST_MESSAGE),
    ("grpc.enable_http_proxy", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.enable_retries", 0),
)
Call: TypeAlias = grpc.aio.StreamStreamCall[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Login:
    """Where a switch is and who asks."""

    door: Door
    username: str
    password: str = field(repr=False)

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """As NX-OS wants it: plain, inside TLS."""
        return (("username", self.username), ("password", self.password))


@dataclass(frozen=True, slots=True)
class Around:
    """What subscribers share."""

    rules: Rules
    tree: Branch
    trust: Trust
    interval_seconds: float
    unix: Callable[[], float]
    chance: random.Random
    limits: Limits = field(default_factory=Limits)
    patience_seconds: float = 15.0
    """A stream is never taken for dead before it has been silent for so long."""


class Subscriber:
    """Keeps one stream. ``problem`` is what last ended it, in words; empty while it is up."""

    def __init__(self, login: Login, held: Held, around: Around) -> None:
        self.login, self.held, self._around = login, held, around
        self.problem = ""
        self._choice: Choice | None = None
        """What the switch took last time; None before, and after it refused."""

    async def run(self) -> None:
        """Until cancelled."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._stream()
                self.problem = f"{self.login.door.device}: the switch ended the stream"
            except AgentError as exc:
                self.problem = str(exc)
                if isinstance(exc, LoginRefusedError):
                    pause = LOGIN_PAUSE_SECONDS
            _log.info("%s", self.problem)
            if self.held.synced:
                pause = FIRST_PAUSE_SECONDS
            self.held.up = self.held.synced = False
            self.held.problems["reconnect"] += 1
            await asyncio.sleep(pause * self._around.chance.uniform(0.5, 1.5))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _stream(self) -> None:
        """One connection from beginning to end. Raises DeviceError."""
        door = self.login.door
        credentials, name = await judge(self._around.trust, door, CALL_SECONDS)
        options = [*OPTIONS, *([("grpc.ssl_target_name_override", name)] if name else [])]
        async with grpc.aio.secure_channel(door.place, credentials, options=options) as channel:
            try:
                if self._choice is None:
                    self._choice = await self._capable(channel)
                await self._subscribe(channel, self._choice)
            except grpc.aio.AioRpcError as exc:
                self._choice = await self._other_choice(channel, exc.code())
                raise _translate(door, exc) from exc

    async def _capable(self, channel: grpc.aio.Channel) -> Choice:
        """What to ask for, by Capabilities. Raises NotNexusError when there is nothing in common."""
        ask: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(CAPABILITIES)
        data = await ask(
            CAPABILITY_REQUEST().SerializeToString(), metadata=self.login.metadata, timeout=CALL_SECONDS
        )
        device = self.login.door.device
        try:
            said = CAPABILITY_RESPONSE.FromString(data)
        except DecodeError as exc:
            raise NotNexusError(device, "its Capabilities are no gNMI", hint="check the port") from exc
        models = {model.name for model in said.supported_models}
        encodings = set(said.supported_encodings) or {JSON}
        choice = choose(self._around.rules.subscriptions, models, encodings, self._around.interval_seconds)
        if choice is None:
            raise NotNexusError(
                device, "it has none of the OpenConfig models", hint="enable 'feature openconfig'"
            )
        return choice

    async def _subscribe(self, channel: grpc.aio.Channel, choice: Choice) -> None:
        held = self.held
        models = ModelReader(self._around.tree, held, choice.seconds)
        reader = Reader(held, models)
        call: Call = channel.stream_stream(SUBSCRIBE)(metadata=self.login.metadata)
        held.begin_anew()
        try:
            await call.write(choice.request())
            await self._read(call, reader, max(self._around.patience_seconds, _silence(choice)))
        except TimeoutError as exc:
            raise UnreachableError(
                self.login.door.device,
                "its gNMI stream fell silent",
                hint="check 'show grpc gnmi rpc summary'",
            ) from exc
        finally:
            call.cancel()

    async def _read(self, call: Call, reader: Reader, silence: float) -> None:
        """Until the switch ends it. Raises AioRpcError, TimeoutError when nothing is said any more."""
        held, unix, clock = self.held, self._around.unix, asyncio.get_running_loop().time
        allowance = Allowance(self._around.limits, clock())
        async with asyncio.timeout(silence) as guard:
            moved = clock()
            while isinstance(data := await call.read(), bytes):
                if not allowance.take(len(data), clock()):
                    held.problems[PROBLEM] += 1
                    await asyncio.sleep(PAUSE_SECONDS)
                    continue
                if allowance.recovered():
                    raise UnreachableError(
                        self.login.door.device,
                        "its gNMI stream came too fast and is asked for anew",
                        hint="look for what changes so often",
                    )
                heard = reader.read(data)
                if heard is Heard.GARBAGE:
                    continue
                held.at, held.up, self.problem = unix(), True, ""
                if heard is Heard.SYNC:
                    held.end_anew()
                if (now := clock()) - moved > silence / 8:
                    guard.reschedule(now + silence)
                    moved = now
        code = await call.code()
        if code is not grpc.StatusCode.OK:
            raise grpc.aio.AioRpcError(
                code, await call.initial_metadata(), await call.trailing_metadata(), await call.details()
            )

    async def _other_choice(self, channel: grpc.aio.Channel, code: grpc.StatusCode) -> Choice | None:
        """What to try next after a refusal; the choice that stood when it was no refusal of it."""
        choice = self._choice
        if choice is None:
            return None
        if code in _REFUSED_MODE and choice.sampled() != choice:
            self.held.problems["refused-mode"] += 1
            return choice.sampled()
        if code in _REFUSED_PATH and len(choice.subscriptions) > 1:
            taken = [one for one in choice.subscriptions if await self._takes(channel, choice, one)]
            self.held.problems["refused-path"] += len(choice.subscriptions) - len(taken)
            return Choice(tuple(taken), choice.encoding, choice.interval_seconds) if taken else None
        return choice

    async def _takes(self, channel: grpc.aio.Channel, choice: Choice, one: Subscription) -> bool:
        """Whether the switch takes a path by itself; yes when it has no more than nothing to say."""
        call: Call = channel.stream_stream(SUBSCRIBE)(metadata=self.login.metadata, timeout=CALL_SECONDS)
        try:
            await call.write(choice.probe(one))
            if isinstance(await call.read(), bytes):
                return True
            return (await call.code()) not in _REFUSED_PATH
        except grpc.aio.AioRpcError as exc:
            return exc.code() not in _REFUSED_PATH
        finally:
            call.cancel()


def _silence(choice: Choice) -> float:
    """Seconds after which a stream that says nothing is taken for dead."""
    sampled = [one.seconds or choice.interval_seconds for one in choice.subscriptions if one.mode == "sample"]
    return _SILENT_INTERVALS * min(sampled, default=300.0)


def _translate(door: Door, exc: grpc.aio.AioRpcError) -> DeviceError:
    details = " ".join(str(exc.details() or "").split())[:160]
    code = exc.code()
    if code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED):
        return LoginRefusedError(door.device, "gNMI login refused", hint="check the user and its secret")
    if code is grpc.StatusCode.UNAVAILABLE:
        return UnreachableError(
            door.device, f"no gNMI on {door.place} ({details})", hint="check 'feature grpc'"
        )
    return NotNexusError(door.device, f"gNMI said {code.name}: {details}", hint="check 'show grpc gnmi'")
