"""Messages of remote write, read back by Google's protobuf from the field numbers of the specifications."""

from __future__ import annotations

import math
import struct
from typing import Any

import cramjam
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import given
from hypothesis import strategies as st

from agent import metrics as m
from agent.export.remote.wire import (
    Batch,
    Group,
    Writer,
    pack_group,
    read_series,
    unpack_group,
)
from agent.metrics import name_series, write_series

TARGET = (("instance", "core-1"), ("job", "switches"), ("site", "hall"))
FIELD = descriptor_pb2.FieldDescriptorProto
TYPES = {
    "string": FIELD.TYPE_STRING,
    "double": FIELD.TYPE_DOUBLE,
    "int64": FIELD.TYPE_INT64,
    "uint32": FIELD.TYPE_UINT32,
}
V1 = {
    "Label": [("name", "string", 1, False), ("value", "string", 2, False)],
    "Sample": [("value", "double", 1, False), ("timestamp", "int64", 2, False)],
    "TimeSeries": [("labels", "Label", 1, True), ("samples", "Sample", 2, True)],
    "WriteRequest": [("timeseries", "TimeSeries", 1, True)],
}
V2 = {
    "Sample": V1["Sample"],
    "Metadata": [
        ("type", "uint32", 1, False),
        ("help_ref", "uint32", 3, False),
        ("unit_ref", "uint32", 4, False),
    ],
    "TimeSeries": [
        ("labels_refs", "uint32", 1, True),
        ("samples", "Sample", 2, True),
        ("metadata", "Metadata", 5, False),
    ],
    "Request": [("symbols", "string", 4, True), ("timeseries", "TimeSeries", 5, True)],
}


def make(package: str, messages: dict[str, list[tuple[str, str, int, bool]]], name: str) -> Any:
    file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
    for title, fields in messages.items():
        message = file.message_type.add(name=title)
        for key, kind, number, repeated in fields:
            label = FIELD.LABEL_REPEATED if repeated else FIELD.LABEL_OPTIONAL
            field = message.field.add(name=key, number=number, label=label)
            field.type = TYPES.get(kind, FIELD.TYPE_MESSAGE)
            if kind not in TYPES:
                field.type_name = f".{package}.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}"))


WRITE_REQUEST, REQUEST = make("judge1", V1, "WriteRequest"), make("judge2", V2, "Request")


def open_v1(body: bytes) -> list[tuple[list[tuple[str, str]], float, int]]:
    request = WRITE_REQUEST.FromString(bytes(cramjam.snappy.decompress_raw(body)))
    return [
        ([(label.name, label.value) for label in one.labels], one.samples[0].value, one.samples[0].timestamp)
        for one in request.timeseries
    ]


def open_v2(body: bytes) -> list[tuple[list[tuple[str, str]], float, int]]:
    request = REQUEST.FromString(bytes(cramjam.snappy.decompress_raw(body)))
    assert request.symbols[0] == ""
    assert len(set(request.symbols)) == len(request.symbols)
    found = []
    for one in request.timeseries:
        texts = [request.symbols[ref] for ref in one.labels_refs]
        pairs = list(zip(texts[::2], texts[1::2], strict=True))
        found.append((pairs, one.samples[0].value, one.samples[0].timestamp))
    return found


words = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
values = st.dictionaries(
    st.builds(
        lambda name, labels: write_series(name, labels.items()),
        st.sampled_from(["net_a", "net_b_total", "up"]),
        st.dictionaries(st.sampled_from(["device", "interface", "site", "zone"]), words, max_size=4),
    ),
    st.one_of(st.none(), st.integers(0, 2**53), st.floats(allow_nan=False)),
    max_size=6,
)


@given(values, st.integers(1, 2**42))
def test_both_versions_say_what_was_meant_and_so_does_the_queue(
    shown: dict[str, float | None], at: int
) -> None:
    group = Group(at, TARGET, shown)
    waited = unpack_group(pack_group(group))
    assert waited == group
    expected = [(list(read_series(series, TARGET)), value) for series, value in shown.items()]
    for found in (open_v1(Writer().write_v1(Batch((waited,)))), open_v2(Writer().write_v2(Batch((waited,))))):
        assert [labels for labels, _, _ in found] == [labels for labels, _ in expected]
        assert {moment for _, _, moment in found} <= {at}
        for (labels, value, _), (_, meant) in zip(found, expected, strict=True):
            assert labels == sorted(labels)
            assert len(dict(labels)) == len(labels)
            if meant is None:
                assert struct.pack("<d", value) == struct.pack("<Q", 0x7FF0000000000002) or math.isnan(value)
            else:
                assert value == float(meant)


@pytest.mark.parametrize("write", [Writer().write_v1, Writer().write_v2])
def test_the_stale_marker_has_its_own_bits(write: Any) -> None:
    body = bytes(cramjam.snappy.decompress_raw(write(Batch((Group(5, TARGET, {"up ": None}),)))))
    assert struct.pack("<Q", 0x7FF0000000000002) in body


def test_version_2_carries_type_and_help_of_the_catalogue() -> None:
    series = name_series(m.INTERFACE_RX_BYTES, ("core-1", "Ethernet1/1"))
    body = Writer().write_v2(Batch((Group(5, TARGET, {series: 7, name_series(m.UPTIME, ("core-1",)): 8}),)))
    request = REQUEST.FromString(bytes(cramjam.snappy.decompress_raw(body)))
    found = [(one.metadata.type, request.symbols[one.metadata.help_ref]) for one in request.timeseries]
    assert found == [(1, m.INTERFACE_RX_BYTES.help), (2, m.UPTIME.help)]


def test_a_label_of_the_target_wins_as_in_a_scrape() -> None:
    labels = dict(read_series('net_x{device="a",site="else\\"where\\\\",empty=""} ', TARGET))
    assert labels["site"] == "hall"
    assert labels["exported_site"] == 'else"where\\'
    assert "empty" not in labels


@pytest.mark.parametrize("body", [b"", b"nonsense", bytes(cramjam.snappy.compress_raw(b"[1]\na"))])
def test_what_is_not_a_group_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        unpack_group(body)
