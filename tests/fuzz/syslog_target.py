"""What may arrive at the syslog port, as one function: whatever it is, the event is sane and bounded."""

from __future__ import annotations

import math

from agent.collect.syslog.frames import Frames
from agent.collect.syslog.known import standard_lexicon
from agent.collect.syslog.line import MAX_BYTES, MAX_TEXT, read_line
from agent.collect.syslog.meaning import Heard, Understanding
from agent.collect.syslog.stamp import zones_of

UNDERSTANDING = Understanding(standard_lexicon(), zones_of("CET", 1))
NOON = 1_795_348_800.0


def read(data: bytes) -> int:
    """Read the bytes as a datagram, and as a stream that comes in pieces; how many lines were understood."""
    return _read_one(data) + sum(_read_one(line) for line in _framed(data))


def _framed(data: bytes) -> list[bytes]:
    whole, pieces, found = Frames().take(data), Frames(), list[bytes]()
    for at in range(0, len(data), 7):
        found += pieces.take(data[at : at + 7])
        assert len(pieces._kept) <= MAX_BYTES
    assert all(len(line) <= MAX_BYTES for line in (*whole, *found))
    if len(data) < MAX_BYTES:
        assert found == whole
    return whole


def _read_one(data: bytes) -> int:
    line = read_line(data)
    if line is None:
        return 0
    assert line.text.isprintable()
    assert len(line.text) <= MAX_TEXT
    assert len(line.host) <= 64
    assert len(line.mnemonic) <= 113
    assert 0 <= line.severity <= 7
    heard = Heard("hall", NOON, line)
    skew = UNDERSTANDING.skew(heard)
    assert skew is None or math.isfinite(skew)
    meaning = UNDERSTANDING.understand(heard)
    if meaning is None:
        return 0
    event = meaning.event
    assert event.at == NOON
    assert len(event.text) <= 200
    assert len(event.interface) <= 80
    assert len(event.fields) <= 32
    assert all(len(value) <= 200 and value.isprintable() for value in event.fields.values())
    assert event.kind in UNDERSTANDING.lexicon.kinds | {"other-log"}
    return 1
