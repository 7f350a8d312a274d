"""Laws for whatever switches stream: nothing is raised, what is held is bounded and sane.

More of it: ``python tests/fuzz/run.py MINUTES``; by coverage ``--atheris --streams``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.stream_target import read

CORPUS = Path(__file__).parent / "corpus" / "streams"
FOUND = sorted(CORPUS.glob("*"))
EXAMPLES = int(os.environ.get("MOULIN_FUZZ", "100"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found_once_stays_mended(path: Path) -> None:
    read(path.read_bytes())


def test_the_corpus_reaches_what_is_shown() -> None:
    assert max(read(path.read_bytes()) for path in FOUND) >= 3


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.sampled_from([path.read_bytes() for path in FOUND]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6),
    st.booleans(),
)
def test_damaged_messages_leave_it_sane(data: bytes, changes: list[tuple[float, int]], cut: bool) -> None:
    changed = bytearray(data)
    for place, byte in changes:
        if changed:
            changed[int(place * (len(changed) - 1))] = byte
    read(bytes(changed[: len(changed) // 2] if cut else changed))
