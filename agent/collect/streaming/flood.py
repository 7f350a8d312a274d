"""How much one device may stream: work is bounded per device, what comes on top is dropped and counted.

A stream that is too fast is read on slowly, so that TCP holds the sender back; what was read meanwhile and
dropped is asked for again once it is calm, for a change that was told once may be among it.
"""

from __future__ import annotations

from dataclasses import dataclass

PAUSE_SECONDS = 0.1
"""After a message that was dropped, nothing is read for so long."""
CALM = 0.5
"""Share of the burst that must be free again before the flood counts as over."""
PROBLEM = "flood"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one device may send a second, and how much more at once: its first answer says everything."""

    messages: float = 2_000.0
    messages_at_once: float = 40_000.0
    bytes: float = 4.0 * (1 << 20)
    bytes_at_once: float = 96.0 * (1 << 20)


@dataclass(slots=True)
class _Bucket:
    rate: float
    most: float
    left: float

    def fill(self, seconds: float) -> None:
        self.left = min(self.most, self.left + seconds * self.rate)


class Allowance:
    """Of one device, over all its streams."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._messages = _Bucket(limits.messages, limits.messages_at_once, limits.messages_at_once)
        self._bytes = _Bucket(limits.bytes, limits.bytes_at_once, limits.bytes_at_once)
        self._at = now
        self._dropped = False

    def take(self, size: int, now: float) -> bool:
        """Whether a message of so many bytes may be read at monotonic second ``now``.

        >>> allowance = Allowance(Limits(messages=10, messages_at_once=2), 0.0)
        >>> [allowance.take(100, 0.0) for _ in range(3)], allowance.take(100, 0.1)
        ([True, True, False], True)
        """
        buckets = (self._messages, self._bytes)
        for bucket in buckets:
            bucket.fill(now - self._at)
        self._at = now
        if min(self._messages.left - 1.0, self._bytes.left) < 0:
            self._dropped = True
            return False
        self._messages.left -= 1.0
        self._bytes.left -= size  # one message may overdraw: it has arrived already
        return True

    def recovered(self) -> bool:
        """Whether a flood is over, told once: what was dropped in it must be asked for again."""
        calm = all(bucket.left >= CALM * bucket.most for bucket in (self._messages, self._bytes))
        if self._dropped and calm:
            self._dropped = False
            return True
        return False
