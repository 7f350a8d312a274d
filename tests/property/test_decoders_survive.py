"""Whatever an agent puts into its tables, a decoder makes sound samples of it or none."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.collect.columns import Columns
from agent.collect.decoders import DECODERS
from agent.collect.namers import NAMERS
from agent.collect.reading import Reading
from agent.collect.snmp.ber import ObjectId, Value, encode_numbers, encode_oid
from agent.collect.tables.load import standard_tables

TABLES = standard_tables()
COLUMNS = {column.name for group in TABLES.groups for column in group.columns}
OF_DECODER = {
    group.decoder: sorted({column.name for column in group.columns} | {c.name for c in group.scalars})
    for group in TABLES.groups
    if group.decoder
}
NAMING = ("ifName", "ifDescr", "entPhysicalName", "entPhysicalContainedIn", "entAliasMappingIdentifier")

numbers = st.lists(st.one_of(st.integers(0, 12), st.integers(0, 2**32 - 1)), min_size=1, max_size=5)
indexes = st.one_of(
    st.sampled_from([encode_numbers((n,)) for n in range(1, 5)]),
    st.sampled_from([encode_numbers((n, 1)) for n in range(1, 5)]),
    numbers.map(lambda found: encode_numbers(tuple(found))),
    st.binary(max_size=6),
)
values: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.integers(-3, 20),
    st.integers(-(2**63), 2**64 - 1),
    st.binary(max_size=12),
    st.sampled_from([b"Ethernet1/1", b"CentiAmps @ 12V", b"Gi1/0/1", b"\xff\xfe\x00", b""]),
    st.sampled_from([ObjectId(encode_oid("1.3.6.1.2.1.2.2.1.1.1")), ObjectId(b""), ObjectId(b"\x80")]),
)


def columns_of(names: list[str]) -> st.SearchStrategy[Columns]:
    """Columns as a poller holds them, of rows that an agent may send."""
    rows = {name: st.dictionaries(indexes, values, max_size=5) for name in names}
    return st.fixed_dictionaries({}, optional=rows).map(hold)


def hold(rows: Mapping[str, Mapping[bytes, Value]]) -> Columns:
    columns = Columns()
    for name, found in rows.items():
        columns.put(name, 1, [(b"+" + index, value) for index, value in found.items()])
    return columns


@pytest.mark.parametrize("decoder", sorted(DECODERS))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_decoder_makes_sound_samples_or_none(decoder: str, data: st.DataObject) -> None:
    names = OF_DECODER[decoder]
    platform = data.draw(st.sampled_from(["nxos", "n5k", "ios", "iosxr", ""]))
    scalars = data.draw(st.dictionaries(st.sampled_from(names), values, max_size=6)) if names else {}
    columns = data.draw(columns_of(sorted({*names, *NAMING})))
    reading = Reading("sw", platform, scalars=scalars, columns=columns)
    for sample in DECODERS[decoder](reading):
        assert len(sample.labels) == len(sample.metric.labels)
        assert all(isinstance(label, str) for label in sample.labels)
        assert math.isfinite(sample.value)


@pytest.mark.parametrize("namer", sorted(NAMERS))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(columns=columns_of([*NAMING, "cpeExtPsePortEntPhyIndex", "pethPsePortDetectionStatus"]))
def test_a_namer_names_or_leaves_out(namer: str, columns: Columns) -> None:
    for index, labels in NAMERS[namer].name_rows(Reading("sw", columns=columns)).items():
        assert isinstance(index, bytes)
        assert labels.keys() == NAMERS[namer].labels
        assert all(labels.values())
