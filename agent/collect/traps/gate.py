"""Who may speak, and how fast: what is refused here costs microseconds, whatever arrives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

from agent.collect.traps.envelope import is_message


@dataclass(frozen=True, slots=True)
class Limits:
    """Notifications a second, and how many more at once after a quiet time."""

    per_device: float = 50.0
    device_burst: float = 200.0
    overall: float = 300.0
    overall_burst: float = 1500.0
    """300 switches that lose their power at the same moment say so within one burst."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float

    def take(self, now: float, rate: float, burst: float) -> bool:
        self.tokens = min(burst, self.tokens + (now - self.at) * rate)
        self.at = now
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True


@dataclass(slots=True)
class Gate:
    """Decides about each datagram by its sender's address. Memory: one bucket per device of the inventory."""

    senders: Mapping[str, str]
    """Address, as text, to inventory name; a device may have several."""
    clock: Callable[[], float]
    limits: Limits = field(default_factory=Limits)
    whole: Callable[[bytes], bool] = is_message
    """Whether the bytes are worth decoding; asked last."""
    counts: Counter[str] = field(default_factory=Counter)
    """Datagrams by outcome: ``admitted``, ``stranger``, ``malformed``, ``limited``."""
    limited: Counter[str] = field(default_factory=Counter)
    """Datagrams of each device that came too fast."""
    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _overall: _Bucket | None = None

    def admit(self, source: str, data: bytes) -> str | None:
        """Inventory name of the sender when its datagram may go on, else None; counted either way.

        A stranger is refused before its bytes are looked at, a flood before anything is decoded.
        """
        device = self.device(source)
        outcome = "stranger" if device is None else self._judge(device, data)
        self.counts[outcome] += 1
        return device if outcome == "admitted" else None

    def device(self, source: str) -> str | None:
        """Inventory name of whoever has the address; None for a stranger."""
        return self.senders.get(source) or self.senders.get(plain_address(source))

    def _judge(self, device: str, data: bytes) -> str:
        now, limits = self.clock(), self.limits
        bucket = self._buckets.setdefault(device, _Bucket(limits.device_burst, now))
        if self._overall is None:
            self._overall = _Bucket(limits.overall_burst, now)
        if not bucket.take(now, limits.per_device, limits.device_burst) or not self._overall.take(
            now, limits.overall, limits.overall_burst
        ):
            self.limited[device] += 1
            return "limited"
        return "admitted" if self.whole(data) else "malformed"


def plain_address(text: str) -> str:
    """An address in its shortest form: IPv4 out of IPv6, no scope.

    >>> plain_address("::ffff:10.66.0.21"), plain_address("fe80::1%eth0"), plain_address("?")
    ('10.66.0.21', 'fe80::1', '?')
    """
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return text
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
