"""The calls of gNMI on one switch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from grpclib.const import Cardinality, Handler, Status
from grpclib.exceptions import GRPCError
from grpclib.server import Stream

from vnexus.node import Node
from vnexus.telemetry.gnmi.messages import GNMI
from vnexus.telemetry.gnmi.paths import read_path
from vnexus.telemetry.gnmi.reading import JSON, PROTO, ask, notification, read
from vnexus.telemetry.gnmi.subscription import Subscriber
from vnexus.telemetry.openconfig.models import MODELS
from vnexus.telemetry.pulse import Pulse
from vnexus.telemetry.schema import Message
from vnexus.telemetry.status import GnmiStatistics
from vnexus.telemetry.tree import show

VERSION = "0.5.0"
DEFAULT_CALLS = 8
Call = Stream[Message, Message]


class Gnmi:
    """One node's service; ``pulse`` wakes subscriptions."""

    def __init__(self, node: Node, pulse: Pulse, statistics: GnmiStatistics) -> None:
        self.node, self.pulse, self.statistics = node, pulse, statistics

    def __mapping__(self) -> Mapping[str, Handler]:
        """For grpclib."""
        one, many = Cardinality.UNARY_UNARY, Cardinality.STREAM_STREAM
        calls = {
            "Capabilities": (self._capabilities, one, "CapabilityRequest", "CapabilityResponse"),
            "Get": (self._get, one, "GetRequest", "GetResponse"),
            "Set": (self._set, one, "SetRequest", "SetResponse"),
            "Subscribe": (self._subscribe, many, "SubscribeRequest", "SubscribeResponse"),
        }
        return {
            f"/gnmi.gNMI/{name}": Handler(self._guard(name.lower(), call), kind, GNMI[asked], GNMI[answer])
            for name, (call, kind, asked, answer) in calls.items()
        }

    # -- who is it, and is there room ---------------------------------------------------------------

    def _guard(self, name: str, call: Callable[[Call], Awaitable[None]]) -> Callable[[Call], Awaitable[None]]:
        async def guarded(stream: Call) -> None:
            statistics = self.statistics
            setattr(statistics, name, getattr(statistics, name) + 1)
            if statistics.active >= self._room():
                statistics.errors += 1
                raise GRPCError(Status.RESOURCE_EXHAUSTED, "Max concurrent calls limit is reached")
            statistics.active += 1
            try:
                await self._faults(name)
                self._authenticate(stream)
                await call(stream)
            except GRPCError:
                statistics.errors += 1
                raise
            finally:
                statistics.active -= 1

        return guarded

    def _room(self) -> int:
        said = self.node.config.root.value("grpc", "gnmi", "max-concurrent-calls")
        return int(said) if said else DEFAULT_CALLS

    async def _faults(self, name: str) -> None:
        """A slow switch is slow here too."""
        delay = self.node.faults.delay(f"gnmi {name}") if self.node.faults.active else 0.0
        if delay:
            await asyncio.sleep(delay)

    def _authenticate(self, stream: Call) -> str:
        metadata = stream.metadata
        user, password = (str(metadata.get(key, "")) if metadata else "" for key in ("username", "password"))
        if not user or not self.node.authenticate(user, password):
            raise GRPCError(Status.UNAUTHENTICATED, "Authentication failed")
        return user

    # -- calls ----------------------------------------------------------------------------------------

    async def _capabilities(self, stream: Call) -> None:
        await _request(stream)
        models = [
            GNMI["ModelData"](name=name, organization="OpenConfig working group", version=version)
            for name, version in MODELS
        ]
        answer = GNMI["CapabilityResponse"]
        await stream.send_message(
            answer(supported_models=models, supported_encodings=[JSON, PROTO], gNMI_version=VERSION)
        )

    async def _get(self, stream: Call) -> None:
        """One notification per path. Raises GRPCError (NOT_FOUND) for a path without data."""
        asked = await _request(stream)
        if not asked.path:
            raise GRPCError(Status.INVALID_ARGUMENT, "At least one path is required")
        questions = [ask(*read_path(asked.prefix, path), asked.encoding) for path in asked.path]
        answer = GNMI["GetResponse"]()
        with self.node.world.moment() as now:
            for question in questions:
                values = read(self.node, question)
                if not values:
                    raise GRPCError(Status.NOT_FOUND, f"No data at '{show(question.path)}'")
                answer.notification.append(notification(now, values, question.origin, asked.prefix))
        await stream.send_message(answer)

    async def _set(self, stream: Call) -> None:
        """The OpenConfig models of this switch are read only."""
        await _request(stream)
        user = self._authenticate(stream)
        if self.node.role(user) != "network-admin":
            raise GRPCError(Status.PERMISSION_DENIED, "Permission denied")
        raise GRPCError(Status.UNIMPLEMENTED, "Set is not supported")

    async def _subscribe(self, stream: Call) -> None:
        await Subscriber(self.node, self.pulse, stream).serve()


async def _request(stream: Call) -> Message:
    asked = await stream.recv_message()
    if asked is None:
        raise GRPCError(Status.INVALID_ARGUMENT, "Request is missing")
    return asked
