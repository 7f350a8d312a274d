"""Exit codes of every verb."""

from __future__ import annotations

from enum import IntEnum

from agent.errors import AgentError, ConfigSyntaxError, RenderError, UsageError
from agent.records import InventoryError


class Exit(IntEnum):
    """What the shell gets."""

    OK = 0
    CRASH = 1
    USAGE = 2
    """A wrong argument, a bad inventory, a template that fails: mend the input."""
    CHANGES = 3
    """``plan`` or ``drift`` found work to do."""
    FAILED = 4
    """A device or a check failed."""


def exit_for(error: AgentError) -> Exit:
    """The code of an expected failure.

    >>> exit_for(UsageError("no such file"))
    <Exit.USAGE: 2>
    """
    if isinstance(error, UsageError | InventoryError | RenderError | ConfigSyntaxError):
        return Exit.USAGE
    return Exit.FAILED
