"""Load of anything with a plain agent: HOST-RESOURCES-MIB (RFC 2790)."""

from __future__ import annotations

from collections.abc import Iterator

from agent import metrics
from agent.collect.reading import Reading
from agent.collect.snmp.ber import encode_oid
from agent.metrics import Sample

_RAM = encode_oid("1.3.6.1.2.1.25.2.1.2")


def decode_host(reading: Reading) -> Iterator[Sample]:
    """CPU: mean of all processors, of the last minute; memory: the first storage that is RAM."""
    loads = [load for load in reading.column("hrProcessorLoad").values() if isinstance(load, int)]
    if loads:
        yield Sample(metrics.CPU_RATIO, (reading.device,), round(sum(loads) / len(loads) / 100, 6))
    for index, kind in reading.column("hrStorageType").items():
        size, used = reading.number("hrStorageSize", index), reading.number("hrStorageUsed", index)
        if kind == _RAM and size and used is not None and 0 <= used <= size:
            yield Sample(metrics.MEMORY_RATIO, (reading.device,), round(used / size, 6))
            return
