"""How the change of one switch ended."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """Every change of a switch ends in exactly one of these."""

    APPLIED = "applied"
    """Sent, read back on a new session, saved."""
    UNCHANGED = "unchanged"
    """Nothing to do."""
    UNDONE = "undone"
    """Something failed; the switch reads as before."""
    REFUSED = "refused"
    """Not touched: no answer, wrong password, stale plan."""
    FAILED = "failed"
    """Left as it is, with a checkpoint; a person must look. ``next`` says what to type."""
    PROTECTED = "protected"
    """Out of our hands with its way back armed: it returns by itself. ``next`` finds out."""
    NOT_STARTED = "not started"
    """Somebody stopped the change before this switch's turn."""


FINE = frozenset({Outcome.APPLIED, Outcome.UNCHANGED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of one switch, for people: ``why`` is one line, ``next`` what to type, both may be empty."""

    device: str
    outcome: Outcome
    why: str = ""
    next: str = ""
    steps: int = 0
    """Steps that the switch accepted."""

    @property
    def fine(self) -> bool:
        return self.outcome in FINE


class Record(Protocol):
    """Where progress is written down; the journal of one change."""

    def note(self, device: str, state: str, **facts: object) -> None:
        """Facts: ``step``, ``detail``, ``checkpoint``, ``protection``. On return it is on the disk; raises
        StoreError.
        """


class Stop:
    """Asked once: no further switch begins. Asked twice: the ones in hand go back too.

    >>> stop = Stop()
    >>> stop.ask(), stop.no_new, stop.go_back
    (1, True, False)
    """

    def __init__(self) -> None:
        self._asked = 0

    def ask(self) -> int:
        """Ask (again); how often it was asked. Safe in a signal handler."""
        self._asked += 1
        return self._asked

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until asked; whether it was asked. Looks every tenth of a second: an Event's lock
        must not be taken in a signal handler.
        """
        end = time.monotonic() + seconds
        while not self._asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))
        return self.no_new

    @property
    def no_new(self) -> bool:
        return self._asked > 0

    @property
    def go_back(self) -> bool:
        return self._asked > 1
