"""Lines out of a TCP stream (RFC 6587): counted octets, or a newline after each. Pure and bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.collect.syslog.line import MAX_BYTES

_COUNT = re.compile(rb"([1-9]\d{0,4}) (?=<)")
_COUNT_BEGINS = re.compile(rb"[1-9]\d{0,4}(?: |$)")


@dataclass(slots=True)
class Frames:
    """Of one connection."""

    _kept: bytes = b""
    _skip: int = 0
    """Octets of a frame that is longer than we read."""

    def take(self, data: bytes) -> list[bytes]:
        r"""Whole lines; what is left waits for more, 8 KiB at most.

        >>> frames = Frames()
        >>> frames.take(b"5 <5>ab4 <5>c<6>d\n<6>"), frames.take(b"e\n")
        ([b'<5>ab', b'<5>c', b'<6>d'], [b'<6>e'])
        """
        found: list[bytes] = []
        rest = self._kept + data
        while rest:
            if self._skip:
                skipped = min(self._skip, len(rest))
                self._skip, rest = self._skip - skipped, rest[skipped:]
                continue
            line, after = self._next(rest)
            if after is None:
                break
            if line:
                found.append(line)
            rest = after
        if len(rest) > MAX_BYTES:  # a line that does not end
            found.append(rest[:MAX_BYTES])
            rest = b""
        self._kept = rest
        return found

    def _next(self, rest: bytes) -> tuple[bytes, bytes | None]:
        counted = _COUNT.match(rest)
        if counted:
            size, start = int(counted[1]), counted.end()
            if size > MAX_BYTES:
                if len(rest) - start < MAX_BYTES:
                    return b"", None
                self._skip = size - MAX_BYTES
                return rest[start : start + MAX_BYTES], rest[start + MAX_BYTES :]
            whole = len(rest) - start >= size
            return rest[start : start + size], rest[start + size :] if whole else None
        if len(rest) < 7 and _COUNT_BEGINS.match(rest):
            return b"", None  # a count whose line has not come yet
        line, newline, after = rest.partition(b"\n")
        return (line.rstrip(b"\r"), after) if newline else (b"", None)
