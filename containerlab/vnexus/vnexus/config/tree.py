"""The tree: sections hold entries, an entry is one line and perhaps the section below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from vnexus.grammar.names import natural
from vnexus.grammar.syntax import Rule

Identity = tuple[str, ...]


@dataclass(eq=False, slots=True)
class Entry:
    """A line as the switch writes it. ``negative`` lines begin with ``no``."""

    rule: Rule
    identity: Identity
    text: str
    section: Section | None = None
    negative: bool = False
    place: int = 0
    """Order of entry, for rules marked @ordered."""

    @property
    def value(self) -> str:
        """What follows the identity."""
        return self.text[len(" ".join(self.identity)) :].strip()

    def key(self) -> tuple[object, ...]:
        """Where the line stands among its siblings."""
        order = self.rule.order + (10_000 if self.negative and self.rule.has("no-last") else 0)
        if self.rule.has("seq") and self.identity[0].isdigit():
            order = 9_999  # numbered lines of a list stand by number, whatever rule each came from
        if self.rule.has("ordered"):
            return (order, ((0, self.place, ""),))
        return (order, natural(" ".join(self.identity)))


@dataclass(eq=False, slots=True)
class Section:
    """The lines of one mode below one header line."""

    mode: str
    label: str = ""
    """Interface name for interface sections, else the header line."""
    entries: dict[Identity, Entry] = field(default_factory=dict)

    def get(self, *identity: str) -> Entry | None:
        return self.entries.get(identity)

    def value(self, *identity: str) -> str | None:
        entry = self.entries.get(identity)
        return None if entry is None or entry.negative else entry.value

    def ordered(self) -> list[Entry]:
        return sorted(self.entries.values(), key=Entry.key)

    def under(self, *start: str) -> Iterator[Entry]:
        """Entries whose identity begins so."""
        size = len(start)
        return (e for e in self.entries.values() if e.identity[:size] == start)

    def copy(self) -> Section:
        """A deep copy; rules are shared."""
        copied = Section(self.mode, self.label)
        for identity, e in self.entries.items():
            below = e.section.copy() if e.section else None
            copied.entries[identity] = Entry(e.rule, e.identity, e.text, below, e.negative, e.place)
        return copied

    def drop_feature(self, feature: str) -> None:
        """Remove every line that exists by the feature only."""
        for identity, entry in list(self.entries.items()):
            if entry.rule.feature == feature:
                del self.entries[identity]
            elif entry.section:
                entry.section.drop_feature(feature)
