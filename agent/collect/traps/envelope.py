"""The outside of a notification, read before anything is decoded: is it whole, who sealed it, how and when.

pysnmp 7.1 does not hold messages of foreign engines to the time window, nor to the security level of their
user: what it has authenticated is judged once more by what stands here (RFC 3414 §3.2, steps 5 and 7b).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_DEPTH = 12
"""Deepest nesting of a message of version 3 is 7; deeper is a bomb."""
WINDOW_SECONDS = 150
LAST_BOOT = 2**31 - 1
_CONSTRUCTED, _INFORM = 0x20, 0xA6
_VERSIONS = {0: "1", 1: "2c", 3: "3"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands outside of the PDU."""

    version: str
    inform: bool = False
    """Of version 3 only the decrypted PDU tells: False."""
    engine: bytes = b""
    boots: int = 0
    seconds: int = 0
    user: bytes = b""


def read_envelope(data: bytes) -> Envelope | None:
    """The envelope of a message that ``is_message`` finds well-formed; None when it is none of SNMP."""
    outer = read_element(data, 0, len(data))
    parts = list(_elements(data, *outer)) if outer else []
    if len(parts) < 3 or parts[0][0] != 0x02:
        return None
    version = _VERSIONS.get(_number(data, parts[0]), "")
    if version in {"1", "2c"}:
        return Envelope(version, inform=parts[2][0] == _INFORM)
    return _read_secure(data, parts) if version == "3" and len(parts) == 4 else None


def _read_secure(data: bytes, parts: list[tuple[int, int, int]]) -> Envelope | None:
    header = list(_elements(data, *parts[1][1:]))
    inner = read_element(data, parts[2][1], parts[2][2]) if parts[2][0] == 0x04 else None
    security = list(_elements(data, *inner)) if inner else []
    if [part[0] for part in header] != [0x02, 0x02, 0x04, 0x02] or len(security) != 6:
        return None
    if [part[0] for part in security] != [0x04, 0x02, 0x02, 0x04, 0x04, 0x04]:
        return None
    flags = data[header[2][1] : header[2][2]]
    engine, user = data[security[0][1] : security[0][2]], data[security[3][1] : security[3][2]]
    if len(flags) != 1 or len(engine) > 32 or len(user) > 32:
        return None
    boots, seconds = _number(data, security[1]), _number(data, security[2])
    return Envelope("3", engine=engine, boots=boots, seconds=seconds, user=user)


def _elements(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(tag, start, end) of each element between two positions; ends early at one that does not fit."""
    while start < end:
        found = read_element(data, start, end)
        if found is None:
            return
        yield data[start], *found
        start = found[1]


def _number(data: bytes, part: tuple[int, int, int]) -> int:
    return int.from_bytes(data[part[1] : part[2]], signed=True) if 0 < part[2] - part[1] < 6 else -1


@dataclass(slots=True)
class TimeWindow:
    """Clocks of foreign engines, from messages that were authenticated: replayed ones are old."""

    most: int = 5_000
    _known: dict[bytes, tuple[int, int, float]] = field(default_factory=dict)

    def admits(self, envelope: Envelope, now: float) -> bool:
        """Whether the message is of its engine's present (RFC 3414 §3.2 7b); learns from those that are."""
        known = self._known.get(envelope.engine)
        if envelope.boots == LAST_BOOT or envelope.boots < 0 or envelope.seconds < 0:
            return False
        if known is not None:
            boots, seconds, at = known
            if envelope.boots < boots:
                return False
            if envelope.boots == boots and envelope.seconds < seconds + (now - at) - WINDOW_SECONDS:
                return False
        if known is None or (envelope.boots, envelope.seconds) > known[:2]:
            self._known.pop(envelope.engine, None)
            self._known[envelope.engine] = (envelope.boots, envelope.seconds, now)
            if len(self._known) > self.most:
                del self._known[next(iter(self._known))]
        return True


def is_message(data: bytes) -> bool:
    """Whether the bytes are one well-formed BER sequence: lengths fit, nesting is bounded, nothing is left.

    >>> is_message(bytes.fromhex("3003020101")), is_message(bytes.fromhex("30030201")), is_message(b"")
    (True, False, False)
    """
    if not data or data[0] != 0x30:
        return False
    open_ends = [len(data)]
    at = 0
    while open_ends:
        if at == open_ends[-1]:
            open_ends.pop()
            continue
        step = read_element(data, at, open_ends[-1])
        if step is None or len(open_ends) > MAX_DEPTH:
            return False
        start, end = step
        if data[at] & _CONSTRUCTED:
            if len(open_ends) == 1 and end != len(data):
                return False
            open_ends.append(end)
            at = start
        else:
            at = end
    return True


def read_element(data: bytes, at: int, limit: int) -> tuple[int, int] | None:
    """(start, end) of the contents of the element at ``at``; None when it does not fit before ``limit``."""
    if at + 2 > limit or data[at] & 0x1F == 0x1F:
        return None
    size, start = data[at + 1], at + 2
    if size == 0x80:
        return None
    if size > 0x80:
        more = size & 0x7F
        if more > 4 or start + more > limit:
            return None
        size, start = int.from_bytes(data[start : start + more], "big"), start + more
    return (start, start + size) if start + size <= limit else None
