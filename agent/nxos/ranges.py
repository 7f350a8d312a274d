"""VLAN lists: ``1,10,20-30`` to numbers and back."""

from __future__ import annotations

from collections.abc import Iterable

from agent.errors import ConfigSyntaxError

ALL_VLANS = frozenset(range(1, 4095))


def parse_vlans(text: str) -> frozenset[int]:
    """Numbers of a VLAN list; raises ConfigSyntaxError when it is not one.

    >>> sorted(parse_vlans("1,10,20-22"))
    [1, 10, 20, 21, 22]
    """
    numbers: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        try:
            low, high = int(first), int(last) if dash else int(first)
        except ValueError:
            raise ConfigSyntaxError(f"{text!r} is not a VLAN list. write it as 1,10,20-30") from None
        if not 0 < low <= high <= 4094:
            raise ConfigSyntaxError(f"{part!r} is not a VLAN range. VLANs run from 1 to 4094")
        numbers.update(range(low, high + 1))
    return frozenset(numbers)


def format_vlans(numbers: Iterable[int]) -> str:
    """The shortest list, as NX-OS writes it: ranges of two numbers keep the dash.

    >>> format_vlans([22, 20, 21, 1, 10, 30, 31])
    '1,10,20-22,30-31'
    """
    parts: list[str] = []
    low = high = None
    for number in sorted(set(numbers)):
        if high is not None and number == high + 1:
            high = number
            continue
        if low is not None:
            parts.append(f"{low}" if low == high else f"{low}-{high}")
        low = high = number
    if low is not None:
        parts.append(f"{low}" if low == high else f"{low}-{high}")
    return ",".join(parts)


def apply_allowed(current: frozenset[int] | None, words: str) -> frozenset[int]:
    """The allowed set after ``switchport trunk allowed vlan WORDS``; None is never set, that is all.

    >>> sorted(apply_allowed(frozenset({10}), "add 20-21"))
    [10, 20, 21]
    """
    verb, _, rest = words.partition(" ")
    match verb:
        case "none":
            return frozenset()
        case "all":
            return ALL_VLANS
        case "add":
            return (ALL_VLANS if current is None else current) | parse_vlans(rest)
        case "remove":
            return (ALL_VLANS if current is None else current) - parse_vlans(rest)
        case "except":
            return ALL_VLANS - parse_vlans(rest)
    return parse_vlans(words)
