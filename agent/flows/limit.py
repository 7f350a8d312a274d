"""``--limit``: which switches a verb is about."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from agent.errors import UsageError


def choose_names(names: Iterable[str], limit: str) -> tuple[str, ...]:
    """Names that match one of the globs, separated by commas, in their own order.

    Raises UsageError when none does.

    >>> choose_names(["core-1", "leaf-1", "leaf-2"], "leaf-*")
    ('leaf-1', 'leaf-2')
    """
    globs = [glob.strip() for glob in limit.split(",")]
    chosen = tuple(name for name in names if any(fnmatchcase(name, glob) for glob in globs))
    if not chosen:
        raise UsageError(f"no switch matches {limit!r}. names are in hosts.yaml")
    return chosen
