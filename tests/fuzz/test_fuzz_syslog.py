"""Laws for whatever arrives at the syslog port: nothing is raised, what is told is bounded and sane.

More of it: ``python tests/fuzz/run.py MINUTES``; by coverage ``--atheris --syslog``.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.collect.syslog.line import read_line
from tests.fuzz.syslog_target import read

CORPUS = Path(__file__).parent / "corpus" / "syslog"
FOUND = sorted(CORPUS.glob("*"))
EXAMPLES = int(os.environ.get("MOULIN_FUZZ", "100"))
PIECES = (
    b"<189>", b"<", b"1 ", b"- ", b"%", b"%$ VDC-1 %$ ", b"%ETHPORT-5-IF_UP: ", b"-SLOT1", b": ", b"]",
    b'[a b="\\""]', b"2026 Nov 22 12:00:00 UTC", b"last message repeated 9 times",
    b"(message repeated 2 times)",
    b"Interface Ethernet1/7 is up", b"\x00", b"\xff", b"\xe2\x80\xae", b"\n", b"99999 ", b"hall ",
    b"Nbr 1.1.1.1 on Eth1/1 went ", b"A-" * 40,
)  # fmt: skip


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found_once_stays_mended(path: Path) -> None:
    read(path.read_bytes())


def test_the_corpus_reaches_what_is_shown() -> None:
    assert sum(read(path.read_bytes()) for path in FOUND) >= 10


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.sampled_from([path.read_bytes() for path in FOUND]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6),
    st.booleans(),
)
def test_damaged_lines_leave_it_sane(data: bytes, changes: list[tuple[float, int]], cut: bool) -> None:
    changed = bytearray(data)
    for place, byte in changes:
        changed[int(place * (len(changed) - 1))] = byte
    read(bytes(changed[: len(changed) // 2] if cut else changed))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=20)), max_size=12))
def test_pieces_in_any_order_leave_it_sane(pieces: list[bytes]) -> None:
    read(b"".join(pieces))


@pytest.mark.parametrize("piece", [*PIECES, b"%A-A", b"[a=", b"Nov 22 ", b'"'], ids=repr)
def test_the_longest_datagram_costs_milliseconds(piece: bytes) -> None:
    """No pattern looks twice at what it has seen: 64 KiB of anything are read at once."""
    data = b"<189>1 - - - - - " + piece * (65_000 // len(piece))
    begun = time.process_time()
    read(data)
    read_line(data[5:])
    assert time.process_time() - begun < 1.0
