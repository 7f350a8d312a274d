"""What was committed in two stages on one node, and the commit that waits to be confirmed."""

from __future__ import annotations

from dataclasses import dataclass, field

from vnexus.config.tree import Section

FIRST = 1_000_000_001
KEPT = 50


@dataclass(frozen=True, slots=True)
class Commit:
    """``before`` and ``after`` are the running configuration as text, ``root`` the tree after it."""

    number: int
    user: str
    client: str
    at: float
    before: list[str]
    after: list[str]
    root: Section


@dataclass(slots=True)
class Trial:
    """A commit that is undone at the end of its timer."""

    number: int
    before: Section
    timer: int = 0


@dataclass(slots=True)
class Commits:
    """The last fifty; they outlive a reload, a trial does not."""

    done: list[Commit] = field(default_factory=list)
    trial: Trial | None = None

    def next_number(self) -> int:
        return self.done[-1].number + 1 if self.done else FIRST

    def add(self, commit: Commit) -> None:
        self.done = [*self.done, commit][-KEPT:]

    def get(self, number: str | None) -> Commit | None:
        return next((commit for commit in self.done if str(commit.number) == number), None)
