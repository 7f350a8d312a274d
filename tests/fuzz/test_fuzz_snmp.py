"""Laws for whatever strangers send: an own error or an answer, in bounded time and memory.

More of it: ``python tests/fuzz/run.py MINUTES``.
"""

from __future__ import annotations

import os
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.collect.snmp.ber import encode_integer, encode_tlv
from agent.collect.snmp.request import write_bulk, write_get
from tests.fuzz.snmp_target import SESSIONS, read

CORPUS = Path(__file__).parent / "corpus" / "snmp"
EXAMPLES = int(os.environ.get("MOULIN_FUZZ", "200"))
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

tags = st.sampled_from((0x02, 0x04, 0x05, 0x06, 0x30, 0x40, 0x41, 0x46, 0x80, 0x82, 0xA2, 0xA5, 0xA8, 0xFF))
trees = st.recursive(
    st.tuples(tags, st.binary(max_size=40)).map(lambda pair: encode_tlv(*pair)),
    lambda inner: st.tuples(tags, st.lists(inner, max_size=6)).map(
        lambda pair: encode_tlv(pair[0], b"".join(pair[1]))
    ),
    max_leaves=30,
)


def seeds() -> list[bytes]:
    """Kept findings, and what we write ourselves."""
    own = [write_bulk(b"public", 0x01020304, b"\x2b\x06\x01", 25), write_get(b"public", 7, [b"\x2b\x06"])]
    own += [session.ask_values("", 0x01020304, [b"\x2b\x06"]) for session in SESSIONS]
    return own + [path.read_bytes() for path in sorted(CORPUS.glob("*"))]


@fuzzed
@given(st.one_of(st.binary(max_size=600), trees))
def test_noise_is_answered_by_an_own_error(data: bytes) -> None:
    read(data)


@fuzzed
@given(
    st.sampled_from(seeds()),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6),
    st.booleans(),
)
def test_damaged_messages_are_answered_by_an_own_error(
    data: bytes, changes: list[tuple[float, int]], cut: bool
) -> None:
    changed = bytearray(data)
    for place, byte in changes:
        if changed:
            changed[int(place * (len(changed) - 1))] = byte
    read(bytes(changed[: len(changed) // 2] if cut else changed))


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*")), ids=lambda path: path.name)
def test_what_was_found_once_stays_mended(path: Path) -> None:
    read(path.read_bytes())


def message(bindings: bytes, community: bytes = b"public") -> bytes:
    pdu = encode_integer(1) * 3 + encode_tlv(0x30, bindings)
    return encode_tlv(0x30, encode_integer(1) + encode_tlv(0x04, community) + encode_tlv(0xA2, pdu))


BOMBS = {
    "many rows": message(encode_tlv(0x30, b"\x06\x01\x2b\x05\x00") * 8000),
    "a long name": message(encode_tlv(0x30, encode_tlv(0x06, b"\x81" * 60_000 + b"\x01") + b"\x05\x00")),
    "a long object id": message(
        encode_tlv(0x30, b"\x06\x01\x2b" + encode_tlv(0x06, b"\x81" * 60_000 + b"\x01"))
    ),
    "a long number": message(encode_tlv(0x30, b"\x06\x01\x2b" + encode_tlv(0x02, b"\x7f" * 60_000))),
    "a long community": message(b"", b"x" * 60_000),
    "deep": b"\x30\x82\xff\x00" * 15_000,
    "a length of four gigabytes": b"\x30\x84\xff\xff\xff\xff" + bytes(60_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little_time_and_memory(name: str) -> None:
    data = BOMBS[name]
    read(data)
    started = time.process_time()
    for _ in range(3):
        read(data)
    spent = (time.process_time() - started) / 3
    tracemalloc.start()
    try:
        read(data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert spent < 0.25, f"{spent:.3f} s of CPU for {len(data)} bytes"
    assert most < 60 * len(data), f"{most} bytes for {len(data)}"
