"""One typed line meeting one section: what the effects see and how lines are kept and removed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vnexus.config.tree import Entry, Identity, Section
from vnexus.grammar.match import Match
from vnexus.grammar.table import modes

if TYPE_CHECKING:
    from vnexus.config.configuration import Configuration


class RefusedError(Exception):
    """The switch understands the line and does not take it; the text is its reply."""


class NoSuchWordError(Exception):
    """The line fails at that word after all: the caret goes under it."""

    def __init__(self, index: int, text: str = "% Invalid command at '^' marker.") -> None:
        self.index, self.text = index, text
        super().__init__(text)


@dataclass(slots=True)
class Change:
    """``negated`` is "no" or "default" when the line began so."""

    config: Configuration
    section: Section
    match: Match
    negated: str = ""
    entered: list[Section] = field(default_factory=list)
    """Sections that the line enters."""

    def identity(self) -> Identity:
        if self.match.rule.has("direction"):
            return tuple(p.text for p in self.match.pieces if p.argument is None)
        if self.match.rule.has("each"):
            return tuple(p.text for p in self.match.pieces)
        return self.match.identity

    def keep(self, identity: Identity | None = None, text: str | None = None) -> Entry:
        """Store the line, last value wins, and enter its section when it has one."""
        identity = self.identity() if identity is None else identity
        text = self.match.text if text is None else text
        rule = self.match.rule
        entry = self.section.entries.get(identity)
        if entry is None or entry.text != text or entry.negative:
            below = entry.section if entry else None
            if rule.opens and below is None:
                below = Section(rule.opens, text)
            place = entry.place if entry else self.config.place()
            entry = Entry(rule, identity, text, below, place=place)
            self.put(entry)
        if entry.section is not None:
            self.entered.append(entry.section)
        return entry

    def put(self, entry: Entry) -> None:
        """Store an entry unless it says what is so anyway."""
        if self.config.is_default(entry, self.section):
            self.section.entries.pop(entry.identity, None)
        else:
            self.section.entries[entry.identity] = entry
        self.config.touch()
        self.pass_on(entry.identity)

    def remove(self, identity: Identity | None = None) -> bool:
        """Take a line away; False when it was not there."""
        identity = self.identity() if identity is None else identity
        gone = self.section.entries.pop(identity, None)
        if gone is not None:
            self.config.touch()
            self.pass_on(identity)
        return gone is not None

    def config_line(self, section: Section, line: str) -> Change:
        """Another line to apply in the course of this one; it must be of the grammar."""
        found = modes()[section.mode].match(line)
        assert isinstance(found, Match)  # noqa: S101 - effects write correct lines
        return Change(self.config, section, found)

    def apply(self) -> None:
        """What a line does that has no effect of its own."""
        rule = self.match.rule
        if not self.negated:
            self.keep()
            return
        toggles = self.config.toggle(rule, self.section) is not None or rule.has("both")
        if toggles and self.negated == "no":
            identity = self.identity()
            text = "no " + " ".join(identity)
            self.put(Entry(rule, identity, text, negative=True, place=self.config.place()))
        elif self.remove() and rule.mode == "config" and rule.notation.startswith("feature "):
            self.config.root.drop_feature(rule.notation.removeprefix("feature "))

    def pass_on(self, identity: Identity) -> None:
        """Members of a port-channel follow its switching lines."""
        if self.section.mode != "if-channel" or not self.match.rule.has("inherit"):
            return
        entry = self.section.entries.get(identity)
        for member in self.config.members(self.section.label):
            inherit(member, identity, entry)


def inherit(member: Section, identity: Identity, entry: Entry | None) -> None:
    """Make one line of a member as it is on its port-channel."""
    if entry is None:
        member.entries.pop(identity, None)
        return
    found = modes()["if-ethernet"].match(entry.text.removeprefix("no "), partial=True)
    if isinstance(found, Match):
        member.entries[identity] = Entry(found.rule, identity, entry.text, negative=entry.negative)
