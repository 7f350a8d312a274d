"""Model-driven telemetry of a lab: every node that is configured to sends samples to its collectors."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from vnexus.node import Node
from vnexus.telemetry.mdt.collection import CollectionError, Objects, changes, collect, objects
from vnexus.telemetry.mdt.rows import Collection, Envelope, write_telemetry
from vnexus.telemetry.mdt.settings import Destination, SensorPath, Settings, read_settings
from vnexus.telemetry.mdt.transport import Transport
from vnexus.telemetry.pulse import NEVER, Pulse
from vnexus.telemetry.status import Collected, Session, TelemetryStatus

TICK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Job:
    """Some paths of a subscription that are read together."""

    subscription: str
    paths: tuple[SensorPath, ...]
    seconds: float
    transports: tuple[Transport, ...]


class Sender:
    """The telemetry of one node, for one state of its ``telemetry`` section."""

    def __init__(self, node: Node, pulse: Pulse, settings: Settings) -> None:
        self.node, self.pulse = node, pulse
        self._numbers = 0
        wanted = [one for said in settings.subscriptions for one in said.destinations]
        status = node.telemetry = TelemetryStatus(gnmi=node.telemetry.gnmi)
        self.transports: dict[Destination, Transport] = {}
        for destination in dict.fromkeys(wanted):
            session = Session(
                len(status.sessions), destination.address, destination.port, destination.encoding,
                destination.protocol, tls=destination.certificate is not None,
            )  # fmt: skip
            status.sessions.append(session)
            self.transports[destination] = Transport(node, pulse, destination, settings.chunk, session)
        self.jobs = [
            Job(said.number, one.paths, one.seconds, tuple(self.transports[to] for to in said.destinations))
            for said in settings.subscriptions
            for one in said.samplings
        ]
        for job in self.jobs:
            for path in job.paths:
                status.paths[path.path] = Collected(path.source)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        runs = [one.run() for one in self.transports.values()]
        runs += [
            self._sample(job) if job.seconds else self._watch(job) for job in self.jobs if job.transports
        ]
        self._tasks = [asyncio.create_task(one, name=f"telemetry of {self.node.spec.name}") for one in runs]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    # -- what is due --------------------------------------------------------------------------------

    async def _sample(self, job: Job) -> None:
        """At once when a collector is there, then at every interval."""
        while True:
            await self._someone(job)
            now = self.node.clock.now()
            for path in job.paths:
                self._collect(job, path)
            await self.pulse.wait(now + job.seconds)

    async def _someone(self, job: Job) -> None:
        """Nothing is read while nobody listens."""
        if not _heard(job):
            await self.pulse.wait(NEVER, lambda: _heard(job))

    def _collect(self, job: Job, path: SensorPath) -> None:
        started, count = self.node.clock.now(), self.node.telemetry.paths[path.path]
        try:
            found = collect(self.node, path)
        except CollectionError:
            count.failed += 1
            return
        count.good += 1
        self._send(job, found, started)

    async def _watch(self, job: Job) -> None:
        """Everything once, then what changes."""
        before: dict[SensorPath, Objects] = {}
        while True:
            await self._someone(job)
            for path in job.paths:
                self._events(job, path, before)
            seen = self._state()
            await self.pulse.wait(NEVER, lambda seen=seen: self._state() != seen or not _heard(job))  # type: ignore[misc]
            if not _heard(job):
                before.clear()

    def _state(self) -> tuple[int, int]:
        return self.pulse.settled, self.node.config.version

    def _events(self, job: Job, path: SensorPath, before: dict[SensorPath, Objects]) -> None:
        started, count = self.node.clock.now(), self.node.telemetry.paths[path.path]
        try:
            now = objects(self.node, path)
        except CollectionError:
            count.failed += path not in before
            before.setdefault(path, {})
            return
        if path not in before:
            self._collect(job, path)
        else:
            found = changes(path, before[path], now)
            if found is not None:
                count.good += 1
                self._send(job, found, started)
        before[path] = now

    def _send(self, job: Job, found: Collection, started: float) -> None:
        self._numbers += 1
        node = self.node
        envelope = Envelope(node.config.hostname, job.subscription, self._numbers, started, node.clock.now())
        data = write_telemetry(found, envelope)
        for transport in job.transports:
            transport.put(data)


def _heard(job: Job) -> bool:
    return any(one.connected for one in job.transports)


class Dialout:
    """``start`` in the loop of the lab; it follows the configurations from then on."""

    def __init__(self, nodes: Mapping[str, Node], pulse: Pulse) -> None:
        self.nodes, self.pulse = nodes, pulse
        self.senders: dict[str, tuple[Settings, Sender]] = {}
        self._seen: dict[str, tuple[int, bool]] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._look()
        self._task = asyncio.create_task(self._follow(), name="telemetry")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        for _, sender in self.senders.values():
            await sender.stop()
        self.senders.clear()

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await self._look()

    async def _look(self) -> None:
        for name, node in self.nodes.items():
            now = (node.config.version, node.world.runs(name))
            if self._seen.get(name) != now:
                self._seen[name] = now
                await self._turn(name, node)

    async def _turn(self, name: str, node: Node) -> None:
        """Begin anew when the section says something else or the node has lost or got power."""
        settings = read_settings(node.config.root) if node.reachable() else Settings()
        kept = self.senders.pop(name, None)
        if kept is not None and kept[0] == settings:
            self.senders[name] = kept
            return
        if kept is not None:
            await kept[1].stop()
            node.telemetry = TelemetryStatus(gnmi=node.telemetry.gnmi)
        if settings.subscriptions:
            sender = Sender(node, self.pulse, settings)
            self.senders[name] = (settings, sender)
            sender.start()
