"""Regular expressions that somebody typed: refused when matching them could take for ever."""

from __future__ import annotations

import re
from re import _constants as sre  # type: ignore[attr-defined]  # the parser of ``re`` has no public name
from re import _parser  # type: ignore[attr-defined]
from typing import Any

MAX_CHARACTERS = 512
MAX_REPEATS = 6
"""Each further endless repetition multiplies the work by the length of the line."""
_ENDLESS = 16
"""A repetition that may happen more often than this counts as endless."""
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)


def compile_typed(text: str, flags: int = 0) -> re.Pattern[str]:
    """The expression. Raises re.error for a wrong one, and for one that could run for hours.

    NX-OS matches in linear time, ``re`` goes back and forth: ``(a+)+$`` would stop the whole lab.

    >>> compile_typed("Ethernet1/[0-9]+|Vlan").search("  Vlan120").group()
    'Vlan'
    >>> compile_typed("(a+)+$")
    Traceback (most recent call last):
    re.error: repetition of a repetition
    """
    if len(text) > MAX_CHARACTERS:
        raise re.error("too long")
    try:
        endless = _endless(_parser.parse(text, flags), inside=False)
        if endless > MAX_REPEATS:
            raise re.error("too many repetitions")
        return re.compile(text, flags)
    except (RecursionError, OverflowError) as exc:
        raise re.error("nested too deeply") from exc


def _endless(parsed: Any, *, inside: bool) -> int:
    """How many repetitions without a small bound there are; ``inside`` one there may be no other."""
    found = 0
    for operation, argument in parsed:
        repeats = operation in _REPEATS and argument[1] > _ENDLESS
        if inside and (repeats or operation in (sre.BRANCH, sre.GROUPREF)):
            raise re.error("repetition of a repetition")
        found += repeats
        for below in _below(argument):
            found += _endless(below, inside=inside or (operation in _REPEATS and argument[1] > 1))
    return found


def _below(argument: Any) -> list[Any]:
    """Expressions inside the argument of an operation."""
    if isinstance(argument, _parser.SubPattern):
        return [argument]
    if isinstance(argument, tuple | list):
        return [inner for one in argument for inner in _below(one)]
    return []
