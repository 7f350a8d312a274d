"""Table files: the shipped ones are sound, and mistakes in others are told with file and place."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.collect.decoders import DECODERS
from agent.collect.snmp.ber import decode_oid, encode_oid
from agent.collect.tables.load import join_columns, load_tables, standard_tables
from agent.collect.tables.table import Column
from agent.errors import UsageError


def test_shipped_tables_name_decoders_and_platforms_that_exist() -> None:
    tables = standard_tables()
    platforms = {platform.name for platform in tables.platforms}
    for group in tables.groups:
        assert group.decoder is None or group.decoder in DECODERS
        assert group.platforms <= platforms
    assert {group.decoder for group in tables.groups} - {None} == DECODERS.keys()


def test_neighbouring_columns_share_a_walk() -> None:
    interfaces = next(group for group in standard_tables().groups if group.name == "interfaces")
    walks = [[decode_oid(oid).rsplit(".", 1)[1] for oid in span.columns] for span in interfaces.spans]
    assert ["6", "7", "8", "9", "10", "11", "12", "13"] in walks
    assert not any("5" in walk for walk in walks)  # ifSpeed is a fallback


def test_columns_of_two_tables_are_never_joined() -> None:
    columns = [Column("a", encode_oid("1.3.6.1.1.2")), Column("b", encode_oid("1.3.6.1.2.3"))]
    assert [len(span.columns) for span in join_columns("x", columns)] == [1, 1]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("groups: [", "mine.yaml: not YAML"),
        ("groups: [{group: x, about: y, colums: {}}]", "mine.yaml: groups.0.colums"),
        (
            "groups: [{group: x, about: y, scalars: {a: {oid: 1.3.6, metric: net_nope}}}]",
            "mine.yaml: no metric net_nope",
        ),
        (
            "groups: [{group: x, about: y, tables: [{entry: one.two, columns: {}}]}]",
            "mine.yaml: groups.0.tables.0.entry",
        ),
        ("groups: [{group: x, about: y, uses: [nobody]}]", "uses nobody"),
        ("platforms: [{name: p, object_id: 1.3.6, description: '('}]", "mine.yaml: "),
    ],
    ids=["yaml", "unknown-key", "unknown-metric", "bad-oid", "unknown-group", "bad-pattern"],
)
def test_mistakes_are_told_in_one_line(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(UsageError) as caught:
        load_tables([tmp_path])
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_table_without_python(tmp_path: Path) -> None:
    (tmp_path / "ups.yaml").write_text(
        "groups:\n"
        "  - group: ups\n"
        "    about: battery temperature of a UPS\n"
        "    index_labels: {sensor: ['@index']}\n"
        "    tables:\n"
        "      - entry: 1.3.6.1.2.1.33.1.2\n"
        "        columns:\n"
        "          upsBatteryTemperature: {number: 7, metric: net_sensor_celsius, labels: {interface: ''}}\n"
    )
    (group,) = load_tables([tmp_path]).groups
    assert group.spans[0].columns == (encode_oid("1.3.6.1.2.1.33.1.2.7"),)
