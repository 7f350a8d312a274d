"""What crosses borders between rooms: findings and places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from agent.errors import AgentError


class Severity(StrEnum):
    """How bad a finding is. Errors stop a verb; warnings are shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line in a file, 1-based; line 0 means the file as a whole.

    >>> str(Place("inventory/sites.yaml", 12))
    'inventory/sites.yaml:12'
    """

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake or remark: where, what is wrong, what to do next.

    >>> print(Finding(Place("links.yaml", 3), "port used twice", "free one of the two ends"))
    links.yaml:3: port used twice. free one of the two ends
    """

    place: Place
    problem: str
    hint: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}. {self.hint}"


class InventoryError(AgentError):
    """The intent has mistakes; ``findings`` lists all of them, in file and line order."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        first = f"; first: {self.findings[0]}" if self.findings else ""
        super().__init__(f"inventory: {len(self.findings)} mistakes{first}")
