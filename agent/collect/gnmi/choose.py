"""What to subscribe to on a switch, and how, by what it says that it can. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from agent.collect.gnmi.messages import (
    JSON,
    JSON_IETF,
    ON_CHANGE,
    ONCE,
    PROTO,
    SAMPLE,
    STREAM,
    SUBSCRIBE_REQUEST,
    TARGET_DEFINED,
    write_path,
)
from agent.collect.streaming.rules import Step, Subscription
from agent.collect.streaming.wire import Message

_NANOSECONDS = 1_000_000_000
HEARTBEAT_SECONDS = 300
"""How often a switch repeats what it says on change, so that a lost word does not stand for ever."""
UNWATCHED_SECONDS = 30.0
"""Sample interval of what was meant to come on change, on a release that cannot."""
_MODES = {"sample": SAMPLE, "on_change": ON_CHANGE, "target_defined": TARGET_DEFINED}
ENCODINGS = (PROTO, JSON_IETF, JSON)
"""Best first: PROTO has a path and a type per leaf, JSON comes as subtrees."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked of one switch."""

    subscriptions: tuple[Subscription, ...]
    encoding: int
    interval_seconds: float
    """Of samples that have no interval of their own."""

    def seconds(self, names: tuple[str, ...]) -> float | None:
        """How often the leaf with these elements is sampled; None when it is said on change."""
        best: tuple[int, float | None] = (0, self.interval_seconds)
        for one in self.subscriptions:
            start = tuple(step.name for step in one.path)
            if len(start) > best[0] and names[: len(start)] == start:
                best = len(start), (one.seconds or self.interval_seconds) if one.mode == "sample" else None
        return best[1]

    def sampled(self) -> Choice:
        """The same for a release without ON_CHANGE or TARGET_DEFINED."""
        return replace(
            self,
            subscriptions=tuple(
                one if one.mode == "sample" else replace(one, mode="sample", seconds=UNWATCHED_SECONDS)
                for one in self.subscriptions
            ),
        )

    def request(self) -> bytes:
        """The subscription as one stream: a Nexus counts calls, and takes eight."""
        return _write(self, STREAM)

    def probe(self, subscription: Subscription) -> bytes:
        """Ask once for one path, to learn whether the switch takes it."""
        return _write(replace(self, subscriptions=(subscription,)), ONCE)


def _write(choice: Choice, mode: int) -> bytes:
    made: Message = SUBSCRIBE_REQUEST()
    made.subscribe.mode, made.subscribe.encoding = mode, choice.encoding
    for one in choice.subscriptions:
        asked = made.subscribe.subscription.add(path=write_path(one.path))
        if mode == ONCE:
            continue
        asked.mode = _MODES[one.mode]
        if one.mode == "sample":
            asked.sample_interval = int((one.seconds or choice.interval_seconds) * _NANOSECONDS)
        else:
            asked.heartbeat_interval = HEARTBEAT_SECONDS * _NANOSECONDS
    return bytes(made.SerializeToString())


def choose(
    subscriptions: tuple[Subscription, ...],
    models: Collection[str],
    encodings: Collection[int],
    interval_seconds: float,
) -> Choice | None:
    """What of the subscriptions the switch has the model for; None when none, or no encoding, is left.

    Augmentations (``openconfig-if-ethernet``) that a switch does not list are taken to be there when the
    model that they extend is: releases differ in what they list.
    """
    wanted = tuple(one for one in subscriptions if one.model in models or _root(one.path) in models)
    encoding = next((one for one in ENCODINGS if one in encodings), None)
    if not wanted or encoding is None:
        return None
    return Choice(wanted, encoding, interval_seconds)


def _root(path: tuple[Step, ...]) -> str:
    name = {"components": "platform", "network-instances": "network-instance"}.get(path[0].name, path[0].name)
    return f"openconfig-{name}"
