"""Messages that come in pieces, put together within bounds."""

from __future__ import annotations

from dataclasses import dataclass, field

LARGEST_WHOLE = 64 * 1024 * 1024
"""No whole is larger: 12 MB and more is what NX-OS cuts."""
MOST_OPEN = 4
"""Wholes of one stream that may be in pieces at the same time."""


class ChunkError(Exception):
    """Pieces that make no whole: too large, too many, or more than was announced."""


@dataclass(slots=True)
class Chunks:
    """Pieces of one stream by request."""

    largest: int = LARGEST_WHOLE
    _open: dict[int, tuple[int, bytearray]] = field(default_factory=dict)

    def add(self, request: int, data: bytes, total: int) -> bytes | None:
        """The whole when this was its last piece, or was never cut; None while pieces are missing.

        Raises ChunkError; what was there of that whole is forgotten.

        >>> chunks = Chunks()
        >>> chunks.add(1, b"ab", 4), chunks.add(1, b"cd", 4), chunks.add(2, b"whole", 0)
        (None, b'abcd', b'whole')
        """
        if total == 0 or (total == len(data) and request not in self._open):
            return data
        announced, pieces = self._open.pop(request, (total, bytearray()))
        if total != announced or not 0 < total <= self.largest or len(pieces) + len(data) > total:
            raise ChunkError
        pieces += data
        if len(pieces) == total:
            return bytes(pieces)
        if len(self._open) >= MOST_OPEN or sum(len(one) for _, one in self._open.values()) > self.largest:
            self._open.clear()
            raise ChunkError
        self._open[request] = (total, pieces)
        return None

    @property
    def size(self) -> int:
        """Bytes that wait for the rest of their whole."""
        return sum(len(pieces) for _, pieces in self._open.values())
