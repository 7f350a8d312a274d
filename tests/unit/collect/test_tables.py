"""Table files: the shipped ones are sound, and mistakes in others are told with file and place."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.collect.decoders import DECODERS
from agent.collect.snmp.ber import decode_oid, encode_oid
from agent.collect.tables.load import join_columns, load_tables, standard_tables
from agent.collect.tables.table import Column
from agent.records import InventoryError


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
    assert all("5" not in walk for walk in walks)  # ifSpeed is a fallback


def test_columns_of_two_tables_are_never_joined() -> None:
    columns = [Column("a", encode_oid("1.3.6.1.1.2")), Column("b", encode_oid("1.3.6.1.2.3"))]
    assert [len(span.columns) for span in join_columns("x", columns)] == [1, 1]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("groups:\n- [", "mine.yaml:3: broken YAML"),
        ("groups:\n- {group: x, about: y}\n- {group: z, about: y, colums: {}}", "mine.yaml:3: "),
        (
            "groups:\n- group: x\n  about: y\n  scalars:\n    a: {oid: 1.3.6, metric: net_nope}",
            "mine.yaml:5: no metric net_nope",
        ),
        (
            "groups:\n- group: x\n  about: y\n  tables:\n  - {entry: one.two, columns: {}}",
            "mine.yaml:5: ",
        ),
        ("groups:\n- group: x\n  about: y\n  uses: [nobody]", "mine.yaml:4: table group x uses nobody"),
        (
            "groups:\n- {group: x, about: y, platforms: [tin]}",
            "mine.yaml:2: table group x is for platform tin",
        ),
        ("groups:\n- {group: x, about: y, changed_by: moon}", "mine.yaml:2: table group x waits for moon"),
        (
            "groups:\n- group: x\n  about: y\n  scalars:\n    a: {oid: 1.3.6, metric: net_fan_up}",
            "mine.yaml:5: table group x: net_fan_up of a lacks the label fan",
        ),
        ("platforms:\n- {name: p, object_id: 1.3.6, description: '('}", "mine.yaml:2: platform p: "),
        ("metrics:\n- {name: net_fan_up, help: x}", "mine.yaml:2: metric net_fan_up exists already"),
        ("metrics:\n- {name: net_x, help: x, unit: volts}", "mine.yaml:2: net_x does not say its unit"),
        ("metrics:\n- {name: net_x_total, help: x}", "mine.yaml:2: net_x_total: counters"),
    ],
    ids=[
        "yaml",
        "unknown-key",
        "unknown-metric",
        "bad-oid",
        "unknown-group",
        "unknown-platform",
        "unknown-clock",
        "missing-label",
        "bad-pattern",
        "metric-taken",
        "unit-not-in-name",
        "not-a-counter",
    ],
)
def test_mistakes_are_told_in_one_line(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(InventoryError) as caught:
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
