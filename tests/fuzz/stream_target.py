"""What switches may send over streams, as one function: whatever it is, what is held is sane and bounded."""

from __future__ import annotations

import math

from agent.collect.gnmi.reader import Reader as GnmiReader
from agent.collect.mdt.chunks import ChunkError, Chunks
from agent.collect.mdt.reader import Reader as MdtReader
from agent.collect.mdt.reader import WrongNodeError
from agent.collect.streaming.held import Held
from agent.collect.streaming.models import ModelReader, grow_tree
from agent.collect.streaming.rules import standard_rules
from agent.metrics import CATALOGUE, Kind

RULES = standard_rules()
TREE = grow_tree(RULES)
NODES = frozenset(("sw", "hall", ""))
LIMIT = 200


def read(data: bytes) -> int:
    """Read the bytes by both decoders, twice; how many series came of it."""
    return _read_gnmi(data) + _read_mdt(data)


def _read_gnmi(data: bytes) -> int:
    held = Held("sw", 10, series_limit=LIMIT)
    reader = GnmiReader(held, ModelReader(TREE, held, lambda names: 10 if "counters" in names else None))
    for moment in (1.0, 11.0):
        reader.read(data)
        held.tick(moment)
    return _check(held)


def _read_mdt(data: bytes) -> int:
    held = Held("sw", 30, series_limit=LIMIT)
    reader = MdtReader(NODES, RULES, TREE, held)
    try:
        whole = Chunks().add(1, data, len(data))
        for moment in (1.0, 31.0):
            reader.read(whole or b"", moment)
            held.tick(moment)
    except (ChunkError, WrongNodeError):
        pass
    return _check(held)


def _check(held: Held) -> int:
    shown = held.families()
    for name, family in shown.items():
        for series, value in family.items():
            assert series.startswith(f'{name}{{device="sw"')
            assert "\n" not in series
            assert math.isfinite(value)
            assert value >= 0 or CATALOGUE[name].kind is not Kind.COUNTER
    count = sum(map(len, shown.values()))
    assert count <= LIMIT
    return count
