"""Who typed which configuration line: what ``show accounting log`` remembers."""

from __future__ import annotations

from dataclasses import dataclass

KEPT = 1000
"""Lines that a switch remembers."""


@dataclass(frozen=True, slots=True)
class Accounted:
    """``line`` is the terminal, ``result`` is ``SUCCESS`` or ``FAILURE``."""

    at: float
    user: str
    line: str
    command: str
    result: str
