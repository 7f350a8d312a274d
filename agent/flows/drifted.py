"""What somebody's hand has made different from the intent, as a watch found it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drifted:
    """How the running configuration of a switch stood against the intent when it was last compared."""

    device: str
    at: float
    """Unix time of the comparison."""
    user: str = ""
    """Who changed it last, by the switch's accounting log, else by its message; empty where nobody tells."""
    source: str = ""
    """How the change was heard: ``trap``, ``syslog``, ``trap+syslog``, ``poll``."""
    diff: tuple[str, ...] = ()
    """Masked: ``+`` is meant and absent, ``-`` is there and not meant; empty when all is as meant."""
    problem: str = ""
    """Why it could not be compared; then ``diff`` is what was known before."""
    address: str = ""
    """Where that user sat: an address, a terminal."""
    change: int | None = None
    """Number of our own change that it was."""
    heard_at: float = 0.0
    """Unix time at which the change was heard of."""
    authors: tuple[str, ...] = ()
    """Commands that made the difference, masked, with their users, oldest first."""

    @property
    def lines(self) -> int:
        """Differing lines, context not counted."""
        return sum(line[:1] in {"+", "-"} for line in self.diff)

    @property
    def who(self) -> str:
        """User and address in words.

        >>> Drifted("core-1", 0.0, "eve", address="10.66.2.7").who, Drifted("core-1", 0.0).who
        ('eve from 10.66.2.7', 'somebody')
        """
        return f"{self.user} from {self.address}" if self.user and self.address else self.user or "somebody"
