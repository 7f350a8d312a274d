"""Whatever stands in a table file: tables, or mistakes with file and line; never anything else."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.collect.tables.load import STANDARD, load_tables
from agent.metrics import CATALOGUE
from agent.records import Finding, InventoryError, Place

WORDS = (
    *("groups", "platforms", "metrics", "leave_out", "group", "about", "tables", "entry", "columns"),
    *("number", "metric", "labels", "index_labels", "scalars", "oid", "unless", "also", "info", "feeds"),
    *("name", "help", "1.3.6.1", "net_interface_up", "net_x_total", "interface", "@index", "ifName", "("),
)
leaves = st.one_of(
    st.sampled_from(WORDS), st.integers(-2, 2**40), st.booleans(), st.none(), st.floats(), st.text(max_size=5)
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
    ),
    max_leaves=12,
)
files = st.dictionaries(
    st.sampled_from(["groups", "platforms", "metrics", "leave_out"]),
    st.one_of(st.lists(st.dictionaries(st.sampled_from(WORDS), trees, max_size=5), max_size=2), trees),
    max_size=3,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=files)
def test_a_table_file_is_read_or_refused(tree: object) -> None:
    refused_or_read(json.dumps(tree))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_shipped_file_with_a_line_spoilt_is_read_or_refused(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(sorted(STANDARD.glob("*.yaml"))))
    lines = file.read_text(encoding="utf-8").splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = data.draw(
        st.sampled_from(["", lines[at] + " x", lines[at][2:], "  " + lines[at], lines[at].replace(":", "")])
    )
    refused_or_read("\n".join(lines))


def refused_or_read(text: str) -> None:
    findings: tuple[Finding, ...] = ()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "mine.yaml").write_text(text, encoding="utf-8")
        try:
            load_tables([Path(folder)])
        except InventoryError as error:
            findings = error.findings or (Finding(Place("nowhere"), "no mistake is told", "tell one"),)
        finally:
            for name in tuple(CATALOGUE.guests):
                del CATALOGUE.by_name[name]
            CATALOGUE.guests.clear()
    assert all("mine.yaml" in str(one.place) and one.place.line for one in findings)
