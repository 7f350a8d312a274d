"""Sends what waits in a queue to one receiver, in order, until it takes it."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

import requests

import agent
from agent.errors import StoreError
from agent.export.remote.destination import Destination
from agent.export.remote.queue import DiskQueue, Record
from agent.export.remote.wire import V1, V2, Batch, Group, Writer, unpack_group

SAMPLES_AT_ONCE = 10_000
"""A request is closed when it has so many samples, or when a device would come twice: sent again after a
crash, all of its samples are then equal to what the receiver has, and none is older."""

PAUSES = (0.5, 30.0)
"""Seconds between attempts: first, most; doubled each time, with jitter."""

LONGEST_RETRY_AFTER = 120.0
IDLE_SECONDS = 0.25

log = logging.getLogger(__name__)


class Verdict(Enum):
    """What an answer means."""

    TAKEN = auto()
    AGAIN = auto()
    OLDER = auto()
    """The receiver speaks version 1 only."""
    REFUSED = auto()


def judge(status: int, headers: Mapping[str, str], version: int, *, may_fall_back: bool) -> Verdict:
    """Verdict on an answer, by the specifications of remote write 1.0 and 2.0.

    A receiver that does not know version 2 says 415, or it takes the message for an empty one of version 1
    and says 2xx without counting what it wrote.

    >>> judge(204, {}, 2, may_fall_back=True), judge(503, {}, 1, may_fall_back=False)
    (<Verdict.OLDER: 3>, <Verdict.AGAIN: 2>)
    """
    if 200 <= status < 300:
        counted = any(name.lower() == "x-prometheus-remote-write-samples-written" for name in headers)
        if version == 1 or counted:
            return Verdict.TAKEN
        return Verdict.OLDER if may_fall_back else Verdict.REFUSED
    if status >= 500 or status == 429:
        return Verdict.AGAIN
    if status in {400, 415} and version == 2 and may_fall_back:
        return Verdict.OLDER
    return Verdict.REFUSED


@dataclass(slots=True)
class Sent:
    """Counts since the start."""

    samples: int = 0
    retries: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    at_ms: int = 0
    """Instant of the newest sample that was sent."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    text: str


class Sender:
    """One receiver and its queue."""

    def __init__(
        self,
        destination: Destination,
        queue: DiskQueue,
        secrets: Mapping[str, str],
        chance: random.Random,
    ) -> None:
        self.destination, self.queue = destination, queue
        self.sent = Sent()
        self.version = 1 if destination.protocol == "1" else 2
        self._proven = destination.protocol != "auto"
        self._chance = chance
        self._writer = Writer()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = destination.login(secrets)
        self._session.headers.update(destination.headers(secrets))
        self._session.headers.update(
            {"Content-Encoding": "snappy", "User-Agent": f"moulin/{agent.__version__}"}
        )
        self._told = ""

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; what is not sent then stays in the queue."""
        try:
            while not stop.is_set():
                records, batch = self._gather()
                if not records:
                    await _pause(stop, IDLE_SECONDS)
                elif await self._deliver(batch, stop):
                    for record in records:
                        self.queue.done(record)
        finally:
            self.queue.rewind()
            self._session.close()

    def _gather(self) -> tuple[list[Record], Batch]:
        records: list[Record] = []
        groups: list[Group] = []
        samples = 0
        while samples < SAMPLES_AT_ONCE:
            record = self.queue.read()
            if record is None:
                break
            try:
                group = unpack_group(record.body)
            except ValueError:
                self.sent.dropped["damaged"] += record.samples
                records.append(record)
                continue
            if any(group.target == other.target for other in groups):
                self.queue.back(record)
                break
            records.append(record)
            groups.append(group)
            samples += record.samples
        return records, Batch(tuple(groups))

    async def _deliver(self, batch: Batch, stop: asyncio.Event) -> bool:
        """Send a batch until it is taken or refused; False when told to stop before."""
        pause, most = PAUSES
        while batch.samples:
            answer = await asyncio.to_thread(self._post, batch)
            verdict = judge(answer.status, answer.headers, self.version, may_fall_back=not self._proven)
            if verdict is Verdict.TAKEN:
                self._tell("")
                self._proven = True
                self.sent.samples += batch.samples
                self.sent.at_ms = max(group.at_ms for group in batch.groups)
                return True
            if verdict is Verdict.REFUSED:
                self._tell(f"refused with {answer.status}: {answer.text}")
                self.sent.dropped["refused"] += batch.samples
                return True
            if verdict is Verdict.OLDER:
                self.version, self._proven = 1, True
                log.info("%s: speaks remote write 1.0", self.destination.name)
                continue
            self._tell(f"answers {answer.status}: {answer.text}")
            self.sent.retries += 1
            await _pause(stop, max(_retry_after(answer.headers), pause * self._chance.uniform(0.8, 1.2)))
            if stop.is_set():
                return False
            pause = min(2 * pause, most)
        return True

    def _post(self, batch: Batch) -> _Answer:
        if self.version == 2:
            body, headers = self._writer.write_v2(batch), {"Content-Type": V2, **_version("2.0.0")}
        else:
            body, headers = self._writer.write_v1(batch), {"Content-Type": V1, **_version("0.1.0")}
        try:
            found = self._session.post(
                self.destination.url,
                data=body,
                headers=headers,
                timeout=self.destination.timeout_seconds,
                allow_redirects=False,
            )
        except requests.RequestException as exc:
            return _Answer(599, {}, type(exc).__name__)
        text = " ".join(found.text.split())
        return _Answer(found.status_code, found.headers, text[:200])

    def _tell(self, problem: str) -> None:
        """Say a problem once, and that it is over."""
        if problem and not self._told:
            log.warning("remote write to %s: %s", self.destination.name, problem)
        elif self._told and not problem:
            log.warning("remote write to %s: takes samples again", self.destination.name)
        self._told = problem

    def put(self, body: bytes, samples: int) -> None:
        """Let a packed group wait; counted as dropped when the disk refuses."""
        try:
            self.queue.append(body, samples)
        except StoreError as exc:
            self._tell(str(exc))


def _version(number: str) -> dict[str, str]:
    return {"X-Prometheus-Remote-Write-Version": number}


def _retry_after(headers: Mapping[str, str]) -> float:
    text = headers.get("Retry-After", "")
    return min(float(text), LONGEST_RETRY_AFTER) if text.isdecimal() else 0.0


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
