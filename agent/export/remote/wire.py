"""Messages of remote write 1.0 (prometheus.WriteRequest) and 2.0 (io.prometheus.write.v2.Request).

Written by hand from the field numbers of the specifications: a series' labels are encoded once and
remembered, so that a sample costs its twenty bytes. Labels are sorted by name; a series that ended gets the
stale marker, a NaN of its own bits.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import cramjam

from agent.metrics import CATALOGUE, Kind

STALE = struct.pack("<Q", 0x7FF0000000000002)
"""The value that says: this series ended here."""

V1, V2 = "application/x-protobuf", "application/x-protobuf;proto=io.prometheus.write.v2.Request"

_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_ESCAPES = {"\\\\": "\\", r"\"": '"', r"\n": "\n"}
_TYPES = {Kind.COUNTER: 1, Kind.GAUGE: 2}

Labels = tuple[tuple[str, str], ...]


def pack_group(group: Group) -> bytes:
    """The group as it waits in a queue: independent of the version that is spoken when it is sent."""
    head = json.dumps([group.at_ms, group.target])
    lines = [
        f"{series}~" if value is None else f"{series}{value!r}" for series, value in group.values.items()
    ]
    return bytes(cramjam.snappy.compress_raw("\n".join([head, *lines]).encode()))


def unpack_group(body: bytes) -> Group:
    """The group of ``pack_group``. Raises ValueError for anything else."""
    try:
        head, *lines = bytes(cramjam.snappy.decompress_raw(body)).decode().split("\n")
        at_ms, target = json.loads(head)
        values = {}
        for line in lines:
            series, _, value = line.rpartition(" ")
            values[series + " "] = None if value == "~" else float(value)
        return Group(at_ms, tuple((name, value) for name, value in target), values)
    except (cramjam.DecompressionError, TypeError) as exc:
        raise ValueError(f"not a packed group: {exc}") from exc


@dataclass(frozen=True, slots=True)
class Batch:
    """What is sent at once: samples of one instant for each set of target labels."""

    groups: tuple[Group, ...]

    @property
    def samples(self) -> int:
        """How many."""
        return sum(len(group.values) for group in self.groups)


@dataclass(frozen=True, slots=True)
class Group:
    """Samples of one device at one instant."""

    at_ms: int
    target: Labels
    """Labels that all series get, as those of a target do when Prometheus scrapes."""
    values: Mapping[str, float | None]
    """Value by series as the text format writes it; None where the series ended."""


def read_series(series: str, target: Labels) -> Labels:
    """Labels of a series, its name among them, sorted; one that the target has too moves to ``exported_``.

    >>> read_series('a_total{b="c",site="x"} ', (("site", "hall"),))
    (('__name__', 'a_total'), ('b', 'c'), ('exported_site', 'x'), ('site', 'hall'))
    """
    name, _, rest = series.strip().partition("{")
    labels = {"__name__": name, **dict(target)}
    taken = dict(target)
    for key, text in _LABEL.findall(rest):
        value = re.sub(r'\\[\\"n]', lambda found: _ESCAPES[found.group()], text) if "\\" in text else text
        if value:
            labels[f"exported_{key}" if key in taken else key] = value
    return tuple(sorted((key, value) for key, value in labels.items() if value))


def varint(number: int) -> bytes:
    """Protobuf's variable-length integer.

    >>> varint(300).hex()
    'ac02'
    """
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _field(number: int, body: bytes) -> bytes:
    """A length-delimited field."""
    return bytes((number << 3 | 2,)) + varint(len(body)) + body


@dataclass(slots=True)
class Writer:
    """Writes batches; remembers the encoded labels of series that it has seen."""

    most: int = 2_000_000
    """Series that are remembered; then it starts anew."""
    labels: dict[Labels, dict[str, bytes]] = field(default_factory=dict)
    texts: dict[Labels, dict[str, tuple[tuple[str, ...], int, str]]] = field(default_factory=dict)
    known: int = 0

    def write_v1(self, batch: Batch) -> bytes:
        """A snappy-compressed WriteRequest."""
        self._forget_some()
        parts: list[bytes] = []
        for group in batch.groups:
            labels = self.labels.setdefault(group.target, {})
            tail = b"\x10" + varint(group.at_ms)
            size = varint(9 + len(tail))
            for series, value in group.values.items():
                encoded = labels.get(series)
                if encoded is None:
                    encoded = labels[series] = _encode_labels(read_series(series, group.target))
                    self.known += 1
                packed = STALE if value is None else struct.pack("<d", value)
                body = b"".join((encoded, b"\x12", size, b"\x09", packed, tail))
                parts += (b"\x0a", varint(len(body)), body)
        return bytes(cramjam.snappy.compress_raw(b"".join(parts)))

    def write_v2(self, batch: Batch) -> bytes:
        """A snappy-compressed Request: each text once in a table, with type and help of each metric."""
        self._forget_some()
        refs: dict[str, bytes] = {"": b"\0"}
        series = b"".join(self._series_v2(batch.groups, refs))
        table = b"".join(_field(4, text.encode()) for text in refs)
        return bytes(cramjam.snappy.compress_raw(table + series))

    def _series_v2(self, groups: Iterable[Group], refs: dict[str, bytes]) -> Iterator[bytes]:
        def refer(text: str) -> bytes:
            ref = refs.get(text)
            if ref is None:
                ref = refs[text] = varint(len(refs))
            return ref

        for group in groups:
            texts = self.texts.setdefault(group.target, {})
            tail = b"\x10" + varint(group.at_ms)
            head = b"\x12" + varint(9 + len(tail)) + b"\x09"
            for series, value in group.values.items():
                known = texts.get(series)
                if known is None:
                    known = texts[series] = _texts_of(read_series(series, group.target))
                    self.known += 1
                words, kind, about = known
                packed = STALE if value is None else struct.pack("<d", value)
                labels = b"".join([refer(word) for word in words])
                body = b"".join((b"\x0a", varint(len(labels)), labels, head, packed, tail))
                if kind:
                    body += _field(5, bytes((0x08, kind, 0x18)) + refer(about))
                yield b"\x2a" + varint(len(body)) + body

    def _forget_some(self) -> None:
        if self.known > self.most:
            self.labels.clear()
            self.texts.clear()
            self.known = 0


def _encode_labels(labels: Labels) -> bytes:
    return b"".join(_field(1, _field(1, name.encode()) + _field(2, value.encode())) for name, value in labels)


def _texts_of(labels: Labels) -> tuple[tuple[str, ...], int, str]:
    """(names and values in turn, type of the metric or 0, its help)."""
    name = dict(labels)["__name__"]
    words = tuple(text for pair in labels for text in pair)
    if name not in CATALOGUE:
        return words, 0, ""
    return words, _TYPES[CATALOGUE[name].kind], CATALOGUE[name].help
