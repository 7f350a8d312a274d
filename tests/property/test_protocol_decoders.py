"""Whatever an agent puts into columns, decoders yield Samples of what they declare, or nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.collect.decoders import DECODERS
from agent.collect.reading import Reading
from agent.collect.snmp.ber import Value, encode_numbers
from agent.collect.tables.load import standard_tables
from agent.collect.tables.table import Group

GROUPS = [group for group in standard_tables().groups if group.decoder]
NUMBERS = st.one_of(st.integers(0, 9), st.sampled_from([16, 255, 436207616, 2**32 - 1]))
INDEXES = st.lists(NUMBERS, min_size=1, max_size=8).map(lambda found: encode_numbers(tuple(found)))
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.integers(-(2**31), 2**64 - 1),
    st.binary(max_size=20),
    st.sampled_from([1, 2, 4, 6, 436207616]),
)


@given(group=st.sampled_from(GROUPS), data=st.data())
def test_decoders_survive_any_column(group: Group, data: st.DataObject) -> None:
    names = [column.name for column in group.columns]
    shared = data.draw(st.lists(INDEXES, min_size=1, max_size=4))
    columns = {
        name: data.draw(st.dictionaries(st.one_of(st.sampled_from(shared), INDEXES), VALUES, max_size=5))
        for name in (*names, "ifName", "dot1dBasePortIfIndex", "cbQosIfIndex", "cbQosPolicyDirection")
    }
    scalars = {column.name: data.draw(VALUES) for column in group.scalars}
    feeds = set(group.feeds)
    for sample in DECODERS[str(group.decoder)](Reading("sw", "nxos", scalars=scalars, columns=columns)):
        assert sample.metric in feeds
        assert len(sample.labels) == len(sample.metric.labels)
        assert isinstance(sample.value, int | float)
