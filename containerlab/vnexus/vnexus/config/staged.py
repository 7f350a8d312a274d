"""Lines that are kept in a buffer and reach the running configuration all at once.

``configure dual-stage`` takes every line, ``configure session`` those of access lists and their bindings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from vnexus.config.configuration import Configuration
from vnexus.config.session import TAKEN, ConfigSession, Reply
from vnexus.config.tree import Section
from vnexus.grammar.match import Match


@dataclass(frozen=True, slots=True)
class Staged:
    """One line of the buffer: how deep it stands, and the line as the switch writes it."""

    depth: int
    text: str


class VerificationError(Exception):
    """The buffer cannot be committed; the text is what the switch says to the first line it refuses."""


@dataclass(slots=True)
class DraftSession(ConfigSession):
    """``config`` is a copy to type on: only its grammar counts, a line is refused when it cannot be typed."""

    buffer: list[Staged] = field(default_factory=list)
    word: ClassVar[str] = "config"
    """What the prompt says in place of ``config``."""

    @property
    def prompt(self) -> str:
        # A dataclass with slots is made twice: super needs the name.
        inner = super(DraftSession, self).prompt
        return self.word + inner.removeprefix("config").removeprefix("conf")

    def _apply(self, depth: int, found: Match, negated: str, raw: str, text: str) -> Reply:
        line = f"{negated} {found.text}".strip()
        reply = super(DraftSession, self)._apply(depth, found, negated, raw, text)
        if reply.error and reply.caret is not None:
            return reply
        if not found.rule.has("hidden"):
            self.buffer.append(Staged(depth - 1, line))
        return Reply() if reply.error else reply


@dataclass(slots=True)
class StagedSession(DraftSession):
    """Features do not work before they are committed, so their lines are refused until then."""

    word: ClassVar[str] = "config-dual-stage"

    def shown(self) -> list[str]:
        """What ``show configuration`` prints."""
        lines = ["! Cached configuration"]
        for staged in self.buffer:
            lines += ["!"] if staged.depth == 0 else []
            lines.append(" " * staged.depth + staged.text)
        return lines

    def _apply(self, depth: int, found: Match, negated: str, raw: str, text: str) -> Reply:
        line = f"{negated} {found.text}".strip()
        if found.rule.mode == "config" and found.rule.notation.startswith("feature "):
            del self.frames[1:]
            self.buffer.append(Staged(0, line))
            return TAKEN
        return super(StagedSession, self)._apply(depth, found, negated, raw, text)

    def _banner_line(self, raw: str) -> Reply:
        kind = self.banner[0].split()[1] if self.banner else ""
        reply = super(StagedSession, self)._banner_line(raw)
        entry = self.config.root.get("banner", kind)
        if self.banner is None and entry is not None:
            self.buffer.append(Staged(0, entry.text))
        return reply


def verify(
    buffer: list[Staged], work: Configuration, refusal: Callable[[str], str | None]
) -> tuple[Section, list[str]]:
    """Apply the buffer to ``work``, a copy of the running configuration: its tree, and what was said.

    ``refusal`` answers for lines that a fault refuses. Raises VerificationError.
    """
    session = ConfigSession(work)
    said: list[str] = []
    for staged in buffer:
        del session.frames[staged.depth + 1 :]
        refused = refusal(staged.text)
        if refused is not None:
            raise VerificationError(refused)
        reply = session.feed(staged.text)
        if reply.error:
            raise VerificationError(reply.text.splitlines()[-1].removeprefix("ERROR: "))
        said += [reply.text] if reply.text else []
    return work.root, said
