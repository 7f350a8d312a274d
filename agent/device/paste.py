"""Several lines in one turn, and whose reply is whose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

MOST_LINES = 16
MOST_CHARACTERS = 1000
"""A terminal forgets what is typed ahead beyond 4096."""


def handfuls(lines: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Lines in order, as many at a time as a terminal keeps for sure; empty ones are left out.

    >>> [len(hand) for hand in handfuls(["vlan 2"] * 20 + ["", "x" * 1990] + ["vlan 3"])]
    [16, 4, 1, 1]
    """
    hand: list[str] = []
    for line in lines:
        if not line.strip():
            continue
        if hand and (len(hand) == MOST_LINES or sum(map(len, hand)) + len(line) > MOST_CHARACTERS):
            yield tuple(hand)
            hand = []
        hand.append(line)
    if hand:
        yield tuple(hand)


def split_replies(text: str, hand: tuple[str, ...], prompt: re.Pattern[str]) -> tuple[str, ...] | None:
    r"""The reply to each line, from text that has a prompt after each; None when it cannot be told.

    >>> said = "vlan 2\nsw(config-vlan)# name a\nDone\nsw(config-vlan)# "
    >>> split_replies(said, ("vlan 2", "  name a"), re.compile(r"(?:^|\n)sw\S*# ?"))
    ('', 'Done')
    >>> split_replies("vlan 2\nname a\nsw# sw# ", ("vlan 2", "name a"), re.compile(r"(?:^|\n| )sw# ?"))
    """
    turns = prompt.split(text)
    if len(turns) != len(hand) + 1 or turns[-1].strip():
        return None
    replies: list[str] = []
    for line, turn in zip(hand, turns, strict=False):
        echo, _, reply = turn.partition("\n")
        if echo.split() != line.split():
            return None
        replies.append(reply)
    return tuple(replies)
