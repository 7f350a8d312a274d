"""Columns by hand, for tests of decoders."""

from __future__ import annotations

from agent import metrics as m
from agent.collect.reading import Reading
from agent.collect.snmp.ber import Value, encode_numbers
from agent.metrics import Sample


def at(*numbers: int) -> bytes:
    return encode_numbers(numbers)


ONLY = at(0)
PORT, CHANNEL = 436207616, 369098761


def reading(**columns: dict[bytes, Value]) -> Reading:
    """Scalars stand among the columns with the index 0."""
    names: dict[bytes, Value] = {at(PORT): b"Ethernet1/1", at(CHANNEL): b"port-channel10"}
    scalars = {name: values[ONLY] for name, values in columns.items() if list(values) == [ONLY]}
    return Reading("sw", "nxos", scalars=scalars, columns={"ifName": names, **columns})


def values(samples: list[Sample], metric: m.Metric) -> dict[tuple[str, ...], float]:
    return {sample.labels[1:]: sample.value for sample in samples if sample.metric is metric}
