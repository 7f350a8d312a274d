"""Names of the tables to functions."""

from __future__ import annotations

from collections.abc import Callable

from vnexus.config.change import Change

Effect = Callable[[Change], str | None]
"""Applies the line; returns what the switch prints, if anything. Raises RefusedError, NoSuchWordError."""


def _plain(change: Change) -> str | None:
    change.apply()
    return None


EFFECTS: dict[str, Effect] = {"": _plain}
"""The empty name is for lines without an effect."""


def effect(name: str) -> Callable[[Effect], Effect]:
    """Register under the name that the tables use."""

    def register(function: Effect) -> Effect:
        EFFECTS[name] = function
        return function

    return register
