"""The same news twice is one event: informs that were retried, Cisco's and IETF's trap of one link."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from agent.collect.traps.meaning import Meaning


@dataclass(slots=True)
class Repeats:
    """Remembers the last kind of each story for a while."""

    window_seconds: float = 10.0
    most: int = 20_000
    """Stories that are remembered; the oldest goes first."""
    _last: OrderedDict[tuple[str, ...], tuple[str, float]] = field(default_factory=OrderedDict)

    def is_new(self, meaning: Meaning) -> bool:
        """False when the story (device, subject, what it is about) was told in the same way just now.

        Down, up and down again are three events however fast they come; down, down is one.
        """
        event = meaning.event
        about = (event.interface, event.fields.get("peer", ""), event.fields.get("part", ""))
        key = (event.device, meaning.subject, *about)
        telling = event.kind
        if meaning.subject == event.kind:  # no story: the values are part of it
            telling = repr(sorted(event.fields.items()))
        before = self._last.pop(key, None)
        if before is not None and before[0] == telling and event.at - before[1] < self.window_seconds:
            self._last[key] = before
            return False
        self._last[key] = (telling, event.at)
        if len(self._last) > self.most:
            self._last.popitem(last=False)
        return True

    def __len__(self) -> int:
        return len(self._last)
