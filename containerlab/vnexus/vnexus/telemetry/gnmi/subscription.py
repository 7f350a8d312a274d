"""Subscribe: once, on poll, or as a stream of samples and changes, on the clock of the world."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from grpclib.const import Status
from grpclib.exceptions import GRPCError
from grpclib.server import Stream

from vnexus.node import Node
from vnexus.telemetry.gnmi.messages import GNMI
from vnexus.telemetry.gnmi.paths import read_path, write_path
from vnexus.telemetry.gnmi.reading import Question, Values, ask, notification, read
from vnexus.telemetry.openconfig.catalogue import sampled
from vnexus.telemetry.pulse import NEVER, Pulse
from vnexus.telemetry.schema import Message

STREAM, ONCE, POLL = range(3)
TARGET_DEFINED, ON_CHANGE, SAMPLE = range(3)
MINIMUM_SECONDS, MAXIMUM_SECONDS = 1, 604_800
DEFAULT_SECONDS = 10.0
"""How often leaves are sampled when the client leaves it to the switch."""
_NANOSECONDS = 1_000_000_000


@dataclass(slots=True)
class Feed:
    """One path of a stream. Times are seconds."""

    question: Question
    on_change: bool
    interval: float = DEFAULT_SECONDS
    heartbeat: float = NEVER
    suppress: bool = False
    next: float = 0.0
    next_heartbeat: float = NEVER
    sent: Values = field(default_factory=dict)

    @property
    def due(self) -> float:
        return min(self.next, self.next_heartbeat)


class Subscriber:
    """One Subscribe call of an authenticated user."""

    def __init__(self, node: Node, pulse: Pulse, stream: Stream[Message, Message]) -> None:
        self.node, self.pulse, self.stream = node, pulse, stream
        self.prefix: Message = None
        self.seen: tuple[int, int] = (0, 0)

    async def serve(self) -> None:
        """Until the client leaves. Raises GRPCError."""
        first = await self.stream.recv_message()
        if first is None or first.WhichOneof("request") != "subscribe":
            raise GRPCError(Status.INVALID_ARGUMENT, "The first message must be a subscription list")
        asked = first.subscribe
        self.prefix = asked.prefix
        self._check(asked)
        match asked.mode:
            case m if m == STREAM:
                await self._stream([self._feed(asked, one) for one in asked.subscription], asked.updates_only)
            case m if m == ONCE:
                await self._all(self._questions(asked))
            case m if m == POLL:
                await self._poll(self._questions(asked))
            case _:
                raise GRPCError(Status.INVALID_ARGUMENT, "Invalid subscription mode")

    def _check(self, asked: Message) -> None:
        if not asked.subscription:
            raise GRPCError(Status.INVALID_ARGUMENT, "At least one subscription is required")
        if asked.use_aliases:
            raise GRPCError(Status.UNIMPLEMENTED, "Aliases are not supported")
        if asked.allow_aggregation:
            raise GRPCError(Status.UNIMPLEMENTED, "Aggregation is not supported")
        changes = asked.mode == STREAM and all(one.mode == ON_CHANGE for one in asked.subscription)
        if asked.updates_only and not changes:
            raise GRPCError(Status.INVALID_ARGUMENT, "updates_only is supported with ON_CHANGE only")

    def _questions(self, asked: Message) -> list[Question]:
        return [ask(*read_path(asked.prefix, one.path), asked.encoding) for one in asked.subscription]

    def _feed(self, asked: Message, one: Message) -> Feed:
        question = ask(*read_path(asked.prefix, one.path), asked.encoding)
        mode = one.mode
        if mode == TARGET_DEFINED:
            if not self.node.spec.profile.startswith("n9k-10"):
                raise GRPCError(Status.UNIMPLEMENTED, "TARGET_DEFINED is not supported")
            mode = SAMPLE if sampled(question.path) else ON_CHANGE
        heartbeat = one.heartbeat_interval / _NANOSECONDS if one.heartbeat_interval else NEVER
        if mode == ON_CHANGE:
            return Feed(question, on_change=True, heartbeat=_interval(heartbeat))
        if mode != SAMPLE:
            raise GRPCError(Status.INVALID_ARGUMENT, "Invalid subscription mode")
        seconds = one.sample_interval / _NANOSECONDS if one.sample_interval else DEFAULT_SECONDS
        return Feed(question, on_change=False, interval=_interval(seconds),
                    heartbeat=_interval(heartbeat), suppress=one.suppress_redundant)  # fmt: skip

    # -- once and poll ----------------------------------------------------------------------------------

    async def _all(self, questions: list[Question]) -> None:
        for question in questions:
            await self._send(question, read(self.node, question))
        await self._sync()

    async def _poll(self, questions: list[Question]) -> None:
        """Current values at every poll, and only then."""
        async for request in self.stream:
            if request.WhichOneof("request") != "poll":
                raise GRPCError(Status.INVALID_ARGUMENT, "Only poll messages may follow")
            await self._all(questions)

    # -- stream -----------------------------------------------------------------------------------------

    async def _stream(self, feeds: list[Feed], updates_only: bool) -> None:
        listening = asyncio.create_task(self._listen())
        pushing = asyncio.create_task(self._push(feeds, updates_only=updates_only))
        try:
            done, _ = await asyncio.wait({listening, pushing}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (listening, pushing):
                task.cancel()
            await asyncio.gather(listening, pushing, return_exceptions=True)

    async def _listen(self) -> None:
        """Returns when the client closes its half: it is done; anything else it says is a mistake."""
        async for _ in self.stream:
            raise GRPCError(Status.INVALID_ARGUMENT, "A stream is subscribed to once")

    async def _push(self, feeds: list[Feed], *, updates_only: bool) -> None:
        now = self.node.world.refresh()
        self.seen = self._state()
        for feed in feeds:
            feed.sent = read(self.node, feed.question)
            if not updates_only:
                await self._send(feed.question, feed.sent)
            _plan(feed, now, sampled_now=True, beaten=True)
        await self._sync()
        while True:
            await self.pulse.wait(min(feed.due for feed in feeds), lambda: self._state() != self.seen)
            now, before = self.node.world.refresh(), self.seen
            self.seen = self._state()
            for feed in feeds:
                if feed.on_change:
                    await self._changes(feed, now, moved=before != self.seen)
                elif feed.due <= now:
                    await self._sample(feed, now)

    def _state(self) -> tuple[int, int]:
        """Differs when something on the switch, or what it sees of others, may have changed."""
        return self.pulse.settled, self.node.config.version

    async def _sample(self, feed: Feed, now: float) -> None:
        values = read(self.node, feed.question)
        whole = not feed.suppress or feed.next_heartbeat <= now
        new = values if whole else _differences(feed.sent, values)
        gone = [path for path in feed.sent if path not in values]
        feed.sent = values
        _plan(feed, now, sampled_now=True, beaten=feed.next_heartbeat <= now)
        await self._send(feed.question, new, gone)

    async def _changes(self, feed: Feed, now: float, *, moved: bool) -> None:
        beaten = feed.next_heartbeat <= now
        if not (moved or feed.due <= now):
            return
        values = read(self.node, feed.question)
        new = values if beaten else _differences(feed.sent, values)
        gone = [path for path in feed.sent if path not in values]
        feed.sent = values
        _plan(feed, now, sampled_now=feed.next <= now, beaten=beaten)
        await self._send(feed.question, new, gone)

    # -- messages -----------------------------------------------------------------------------------------

    async def _send(self, question: Question, values: Values, gone: list[tuple] | None = None) -> None:  # type: ignore[type-arg]
        if not values and not gone:
            return
        now = self.node.world.now()
        made = notification(now, values, question.origin, self.prefix)
        made.delete.extend(write_path(path, question.origin) for path in gone or ())
        await self.stream.send_message(GNMI["SubscribeResponse"](update=made))

    async def _sync(self) -> None:
        await self.stream.send_message(GNMI["SubscribeResponse"](sync_response=True))


def _interval(seconds: float) -> float:
    """Raises GRPCError outside of what the switch supports."""
    if seconds != NEVER and not MINIMUM_SECONDS <= seconds <= MAXIMUM_SECONDS:
        raise GRPCError(
            Status.INVALID_ARGUMENT, f"Interval must be from {MINIMUM_SECONDS} to {MAXIMUM_SECONDS} seconds"
        )
    return seconds


def _differences(before: Values, after: Values) -> Values:
    return {path: value for path, value in after.items() if path not in before or before[path] != value}


def _plan(feed: Feed, now: float, *, sampled_now: bool, beaten: bool) -> None:
    """Steps that were missed while the clock was pushed ahead are not made up for."""
    if sampled_now:
        feed.next = now + feed.interval
    if beaten:
        feed.next_heartbeat = now + feed.heartbeat
