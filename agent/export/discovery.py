"""HTTP service discovery for Prometheus: every switch of the intent, scraped through ``/probe?target=``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypedDict

from agent.errors import UsageError
from agent.intent.expectation import Target


class Discovered(TypedDict):
    """One entry of the JSON list that Prometheus reads."""

    targets: list[str]
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several equal parts of a city: part ``number`` (from 0) of ``count``."""

    number: int
    count: int

    def holds(self, device: str) -> bool:
        """Whether the device is in this part. Each device is in one part; another count moves few.

        Rendezvous hashing: of all parts, the one whose hash with the device's name is highest. When a part
        is added, only what it takes moves; when the last is removed, only what it had.
        """
        return find_shard(device, self.count) == self.number


def find_shard(device: str, count: int) -> int:
    """Number of the part that has the device.

    >>> [find_shard("core-1", count) for count in (1, 2, 3, 4)]
    [0, 0, 0, 3]
    """
    name = device.encode()
    return max(range(count), key=lambda part: blake2b(name, digest_size=8, key=b"shard%d" % part).digest())


def read_shard(text: str) -> Shard | None:
    """Part of ``i/n``, counted from 0; None for no text. Raises UsageError.

    >>> read_shard("1/3"), read_shard("")
    (Shard(number=1, count=3), None)
    """
    if not text:
        return None
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and int(number) < int(count) <= 1024):
        raise UsageError(f"shard {text!r} is not one of 0/n to n-1/n. write it like shard=0/3")
    return Shard(int(number), int(count))


def discover_targets(targets: Iterable[Target], shard: Shard | None = None) -> list[Discovered]:
    """One entry per switch: its name, and the labels that all of its series get.

    >>> core = Target("core-1", "127.66.0.1", 1161, "ro", "hall", "core", "n7k")
    >>> discover_targets([core])
    [{'targets': ['core-1'], 'labels': {'site': 'hall', 'role': 'core', 'platform': 'n7k'}}]
    """
    return [
        {
            "targets": [target.device],
            "labels": {"site": target.site, "role": target.role, "platform": target.platform},
        }
        for target in targets
        if shard is None or shard.holds(target.device)
    ]
