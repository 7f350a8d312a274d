"""Who listens to what is said to a switch and what it answers: the journal, while a change is under way."""

from __future__ import annotations

from collections.abc import Callable

Hear = Callable[[str, str], None]
"""Called with each thing that was said and the whole reply to it, which may be empty; secrets in clear."""


def unheard(said: str, reply: str) -> None:
    """Nobody listens."""
