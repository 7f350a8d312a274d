"""Interface names and VLAN lists as people type them and as the switch writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

KINDS = ("Ethernet", "port-channel", "Vlan", "loopback", "mgmt", "nve", "tunnel", "Null")
_NAME = re.compile(r"([A-Za-z][A-Za-z-]*)\s*([0-9][0-9/.]*)$")
_DIGITS = re.compile(r"([0-9]+)")
_PORT = re.compile(r"[0-9]{1,5}/[0-9]{1,5}(/[0-9]{1,5})?(\.[0-9]{1,10})?")
_CHANNEL, _NUMBER = re.compile(r"[0-9]{1,10}(\.[0-9]{1,10})?"), re.compile(r"[0-9]{1,10}")
_RANGE = re.compile(r"(.*?)([0-9]+)-(?:[A-Za-z-]*(?:[0-9]+/)*)([0-9]+)")
MAX_NAME, MAX_RANGE, MAX_LIST = 64, 8192, 24_576
"""Characters of a name, interfaces of a range, characters of a list: more is no name and no list."""
_INT_DIGITS, MAX_KEPT = 1000, 256
ALL_VLANS = frozenset(range(1, 4095))


def interface_name(text: str) -> str | None:
    """Full name of an interface, or None when it is not one.

    >>> interface_name("eth1/1"), interface_name("int vlan 10"), interface_name("Po 5")
    ('Ethernet1/1', None, 'port-channel5')
    """
    return _interface_name(text) if len(text) <= MAX_NAME else None


@lru_cache(maxsize=8192)
def _interface_name(text: str) -> str | None:
    found = _NAME.match(text.strip())
    if not found:
        return None
    word, number = found[1].lower(), found[2]
    for kind in KINDS:
        if kind.lower().startswith(word):
            return kind + number if _numbered(kind, number) else None
    return None


def _numbered(kind: str, number: str) -> bool:
    form = {"Ethernet": _PORT, "port-channel": _CHANNEL}.get(kind, _NUMBER)
    return form.fullmatch(number) is not None


def interface_range(text: str) -> tuple[str, ...] | None:
    """Names that a range stands for, in the order typed.

    >>> interface_range("Ethernet1/1-3, eth1/7")
    ('Ethernet1/1', 'Ethernet1/2', 'Ethernet1/3', 'Ethernet1/7')
    >>> interface_range("vlan 10-12,20")
    ('Vlan10', 'Vlan11', 'Vlan12', 'Vlan20')
    """
    return _interface_range(text) if len(text) <= MAX_LIST else None


@lru_cache(maxsize=512)
def _interface_range(text: str) -> tuple[str, ...] | None:
    names: list[str] = []
    prefix = ""
    for part in text.replace(" - ", "-").split(","):
        piece = part.strip()
        if piece[:1].isdecimal():
            piece = prefix + piece
        if len(piece) > 2 * MAX_NAME:
            return None
        found = _RANGE.fullmatch(piece)
        first, last = (found[1] + found[2], int(found[3])) if found else (piece, -1)
        name = interface_name(first)
        if name is None:
            return None
        stem = re.sub(r"\d+$", "", name)
        prefix = re.sub(r"[\d/]+$", "", name) if "/" not in piece.removeprefix(prefix) else prefix
        start = int(name.removeprefix(stem))
        stop = last if last >= 0 else start
        if stop < start or len(names) + stop - start > MAX_RANGE:
            return None
        names += [f"{stem}{n}" for n in range(start, stop + 1)]
        prefix = re.match(r"[A-Za-z-]+", name)[0]  # type: ignore[index]  # a name begins with its kind
    return tuple(dict.fromkeys(names))


def vlan_set(text: str) -> frozenset[int] | None:
    """VLAN numbers of ``1,10,20-30``; None when the text is not such a list or leaves 1-4094.

    >>> sorted(vlan_set("1,10-12") or ())
    [1, 10, 11, 12]
    >>> vlan_set("5000") is None
    True
    """
    return _vlan_set(text) if len(text) <= MAX_LIST else None


@lru_cache(maxsize=2048)
def _vlan_set(text: str) -> frozenset[int] | None:
    numbers: set[int] = set()
    for part in text.split(","):
        found = re.fullmatch(r"([0-9]{1,10})(?:-([0-9]{1,10}))?", part.strip())
        if not found:
            return None
        first, last = int(found[1]), int(found[2] or found[1])
        if not 1 <= first <= last <= 4094:
            return None
        numbers.update(range(first, last + 1))
    return frozenset(numbers)


def vlan_text(numbers: Iterable[int]) -> str:
    """The list as the switch writes it.

    >>> vlan_text({1, 10, 11, 12, 20, 21})
    '1,10-12,20-21'
    """
    parts: list[str] = []
    run: list[int] = []
    for number in [*sorted(set(numbers)), -1]:
        if run and number != run[-1] + 1:
            parts.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
            run = []
        run.append(number)
    return ",".join(parts)


def allowed_vlans(value: str) -> frozenset[int]:
    """Numbers of a stored allowed list.

    >>> sorted(allowed_vlans("10,20-21")), allowed_vlans("none")
    ([10, 20, 21], frozenset())
    """
    return frozenset() if value == "none" else vlan_set(value) or frozenset()


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that counts: ``Ethernet1/2`` before ``Ethernet1/10``, 10.0.0.2 before 10.0.0.10."""
    return _natural(text) if len(text) <= MAX_KEPT else _key(text)


@lru_cache(maxsize=32_768)
def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    return _key(text)


def _key(text: str) -> tuple[tuple[int, int, str], ...]:
    return tuple(
        (0, int(part[:_INT_DIGITS]), part[_INT_DIGITS:])
        if part.isascii() and part.isdigit()
        else (1, 0, part)
        for part in _DIGITS.split(text)
        if part
    )
