"""Pieces make their whole, and nothing else; never more than the bounds."""

from __future__ import annotations

import pytest

from agent.collect.mdt.chunks import MOST_OPEN, ChunkError, Chunks


def test_two_wholes_may_be_mixed() -> None:
    chunks = Chunks()
    assert chunks.add(1, b"aa", 4) is None
    assert chunks.add(2, b"xx", 4) is None
    assert chunks.add(1, b"bb", 4) == b"aabb"
    assert chunks.add(2, b"yy", 4) == b"xxyy"
    assert chunks.size == 0


@pytest.mark.parametrize(
    "pieces",
    [
        [(1, b"x" * 10, 101)],
        [(1, b"", -5)],
        [(1, b"aa", 4), (1, b"bbb", 4)],
        [(1, b"aa", 4), (1, b"bb", 5)],
        [(number, b"x", 5) for number in range(MOST_OPEN + 1)],
    ],
    ids=["too large", "negative", "more than announced", "another size", "too many"],
)
def test_what_makes_no_whole_is_refused_and_forgotten(pieces: list[tuple[int, bytes, int]]) -> None:
    chunks = Chunks(largest=100)
    *first, last = pieces
    for piece in first:
        chunks.add(*piece)
    with pytest.raises(ChunkError):
        chunks.add(*last)
    assert chunks.size == 0
