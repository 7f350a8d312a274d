"""Any label value survives the text format, each series stands once, families stand together."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from agent.export.exposition import END, OPENMETRICS, write_page
from agent.metrics import INTERFACE_INFO, INTERFACE_RX_BYTES, SENSOR_DBM, Page, Sample

words = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
numbers = st.one_of(st.integers(-(2**53), 2**64), st.floats())
samples = st.lists(
    st.one_of(
        st.tuples(words, words, words).map(lambda labels: Sample(INTERFACE_INFO, labels, 1)),
        st.builds(lambda a, b, v: Sample(SENSOR_DBM, (a, b, ""), v), words, words, numbers),
        st.builds(lambda a, b, v: Sample(INTERFACE_RX_BYTES, (a, b), v), words, words, st.integers(0, 2**64)),
    ),
    max_size=12,
)


def same(one: float, two: float) -> bool:
    return one == two or (math.isnan(one) and math.isnan(two))


@given(samples)
def test_what_is_written_is_read_by_prometheus_own_parsers(given_samples: list[Sample]) -> None:
    page = Page()
    wanted: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
    for sample in given_samples:
        page.add(sample)
        labels = tuple(zip(sample.metric.labels, sample.labels, strict=True))
        wanted.setdefault((sample.metric.name, labels), float(sample.value))
    assert len(page) == len(wanted)
    for text, parse in (
        (write_page(page), read_text),
        (write_page(page, OPENMETRICS) + END, read_openmetrics),
    ):
        read = [one for family in parse(text) for one in family.samples]
        found = {(one.name, tuple(one.labels.items())): float(one.value) for one in read}
        assert len(found) == len(read) == len(wanted)
        for key, value in wanted.items():
            assert same(found[key], value)
    heads = [line.split(" ")[2] for line in write_page(page).split("\n") if line.startswith("# TYPE ")]
    assert len(heads) == len(set(heads))
