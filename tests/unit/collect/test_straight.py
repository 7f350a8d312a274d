"""Columns to series: cached until the names change."""

from __future__ import annotations

from agent.collect.snmp.ber import Row, encode_numbers
from agent.collect.straight import Families, Straight
from agent.collect.tables.load import standard_tables
from agent.collect.tables.table import Group

INTERFACES = next(group for group in standard_tables().groups if group.name == "interfaces")
UP, INFO = "net_interface_up", "net_interface_info"


def rows(group: Group, **columns: dict[int, int | bytes]) -> dict[str, list[Row]]:
    oids = {column.name: column.oid for column in group.columns}
    return {
        name: [(oids[name] + encode_numbers((index,)), value) for index, value in values.items()]
        for name, values in columns.items()
    }


def fill(straight: Straight, **columns: dict[int, int | bytes]) -> Families:
    return straight.fill(rows(INTERFACES, **columns))


def test_a_port_that_moves_to_another_index_keeps_its_name() -> None:
    straight = Straight(INTERFACES, "sw")
    fill(straight, ifName={1: b"Ethernet1/1", 2: b"Ethernet1/2"}, ifOperStatus={1: 1, 2: 2})
    moved = fill(straight, ifName={1: b"Ethernet1/2", 2: b"Ethernet1/1"}, ifOperStatus={1: 1, 2: 2})
    assert moved[UP] == {
        'net_interface_up{device="sw",interface="Ethernet1/2"} ': 1,
        'net_interface_up{device="sw",interface="Ethernet1/1"} ': 0,
    }


def test_a_new_alias_replaces_the_old_info() -> None:
    straight = Straight(INTERFACES, "sw")
    fill(straight, ifName={1: b"Ethernet1/1"}, ifAlias={1: b"old"})
    found = fill(straight, ifName={1: b"Ethernet1/1"}, ifAlias={1: b'rue "Haute"'})
    assert list(found[INFO]) == [
        'net_interface_info{device="sw",interface="Ethernet1/1",alias="rue \\"Haute\\""} '
    ]


def test_rows_come_and_go() -> None:
    straight = Straight(INTERFACES, "sw")
    names = {1: b"Ethernet1/1", 2: b"Ethernet1/2"}
    assert len(fill(straight, ifName=names, ifOperStatus={1: 1})[UP]) == 1
    assert len(fill(straight, ifName=names, ifOperStatus={1: 1, 2: 1})[UP]) == 2
    assert len(fill(straight, ifName=names, ifOperStatus={2: 1})[UP]) == 1


def test_fallbacks_fill_only_what_is_missing() -> None:
    found = fill(
        Straight(INTERFACES, "sw"),
        ifName={1: b"a"},
        ifDescr={1: b"x", 2: b"b"},
        ifHCInOctets={1: 2**40},
        ifInOctets={1: 7, 2: 8},
    )
    assert found["net_interface_receive_bytes_total"] == {
        'net_interface_receive_bytes_total{device="sw",interface="a"} ': 2**40,
        'net_interface_receive_bytes_total{device="sw",interface="b"} ': 8,
    }


def test_what_nothing_names_is_left_out() -> None:
    assert UP not in fill(Straight(INTERFACES, "sw"), ifOperStatus={1: 1})
