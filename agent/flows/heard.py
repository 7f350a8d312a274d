"""What the switches of a change say, kept until the journal's next entry about them takes it along."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from agent.device.transport import Transport
from agent.nxos.mask import mask_text
from agent.store.journal import Reply

LONGEST = 2000
"""Characters of a reply that are kept; what a configuration said in full is its digest's affair."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Heard:
    """Replies by switch; worker threads fill it, each for its own switch."""

    clock: Callable[[], datetime] = _now
    waiting: dict[str, list[Reply]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def listening(self, device: str, open_session: Callable[[], Transport]) -> Callable[[], Transport]:
        """The same way to open sessions, to each of which somebody listens from its login on."""

        def opened() -> Transport:
            session = open_session()
            session.hear = partial(self.keep, device)
            return session

        return opened

    def keep(self, device: str, said: str, reply: str) -> None:
        """One more, masked and cut."""
        entry = trim(self.clock(), said, reply)
        with self.lock:
            self.waiting[device].append(entry)

    def take(self, device: str) -> tuple[Reply, ...]:
        """What came since the last time."""
        with self.lock:
            return tuple(self.waiting.pop(device, ()))


def trim(at: datetime, said: str, reply: str) -> Reply:
    r"""The reply without its secrets, and without its end where it is long.

    >>> trim(datetime(2027, 1, 5), "snmp-server community s3cret", " \n").said
    'snmp-server community <hidden>'
    >>> trim(datetime(2027, 1, 5), "show version", "NX-OS" * 1000).cut
    3000
    """
    kept = reply.strip("\n")
    cut = max(len(kept) - LONGEST, 0)
    return Reply(at, mask_text(said[:LONGEST]), mask_text(kept[:LONGEST]).rstrip(), cut)
