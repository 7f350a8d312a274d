"""Columns to series: cached until the names change."""

from __future__ import annotations

from typing import Any

from agent.collect.columns import Columns
from agent.collect.snmp.ber import Row, encode_numbers, encode_oid
from agent.collect.straight import Families, Straight
from agent.collect.tables.load import standard_tables
from agent.collect.tables.table import INDEX, Column, Group
from agent.metrics import CATALOGUE
from agent.metrics.roll import Tally

GROUPS = {group.name: group for group in standard_tables().groups}
UP, INFO, SPEED = "net_interface_up", "net_interface_info", "net_interface_speed_bytes"
OIDS = {column.name: column.oid for group in GROUPS.values() for column in group.columns}


class Switch:
    """Straight columns of a switch, and what names them."""

    def __init__(self, group: Group = GROUPS["interfaces"]) -> None:
        self.straight, self.info = Straight(group, "sw"), Straight(GROUPS["interface-names"], "sw")
        self.columns = Columns()

    def fill(self, **columns: dict[int, int | bytes]) -> Families:
        rows: dict[str, list[Row]] = {
            name: [(OIDS[name] + encode_numbers((index,)), value) for index, value in values.items()]
            for name, values in columns.items()
        }
        for name in ("ifName", "ifDescr", "ifAlias", "ifType"):
            self.columns.put(name, len(OIDS[name]), rows.get(name, []))
        return self.info.fill(rows, self.columns) | self.straight.fill(rows, self.columns)


def test_a_port_that_moves_to_another_index_keeps_its_name() -> None:
    switch = Switch()
    switch.fill(ifName={1: b"Ethernet1/1", 2: b"Ethernet1/2"}, ifOperStatus={1: 1, 2: 2})
    moved = switch.fill(ifName={1: b"Ethernet1/2", 2: b"Ethernet1/1"}, ifOperStatus={1: 1, 2: 2})
    assert moved[UP] == {
        'net_interface_up{device="sw",interface="Ethernet1/2"} ': 1,
        'net_interface_up{device="sw",interface="Ethernet1/1"} ': 0,
    }


def test_a_new_alias_replaces_the_old_info() -> None:
    switch = Switch()
    switch.fill(ifName={1: b"Ethernet1/1"}, ifAlias={1: b"old"})
    found = switch.fill(ifName={1: b"Ethernet1/1"}, ifAlias={1: b'rue "Haute"'})
    assert list(found[INFO]) == [
        'net_interface_info{device="sw",interface="Ethernet1/1",alias="rue \\"Haute\\""} '
    ]


def test_rows_come_and_go() -> None:
    switch = Switch()
    names = {1: b"Ethernet1/1", 2: b"Ethernet1/2"}
    assert len(switch.fill(ifName=names, ifOperStatus={1: 1})[UP]) == 1
    assert len(switch.fill(ifName=names, ifOperStatus={1: 1, 2: 1})[UP]) == 2
    assert len(switch.fill(ifName=names, ifOperStatus={2: 1})[UP]) == 1


def test_fallbacks_fill_only_what_is_missing() -> None:
    found = Switch().fill(
        ifName={1: b"a"},
        ifDescr={1: b"x", 2: b"b"},
        ifHCInOctets={1: 2**40},
        ifInOctets={1: 7, 2: 8},
    )
    assert found["net_interface_receive_bytes_total"] == {
        'net_interface_receive_bytes_total{device="sw",interface="a"} ': 2**40,
        'net_interface_receive_bytes_total{device="sw",interface="b"} ': 8,
    }


def test_of_rows_with_one_name_the_last_counts() -> None:
    switch = Switch()
    names = {1: b"a", 2: b"b", 3: b"a"}
    found = switch.fill(ifName=names, ifOperStatus={1: 2, 2: 2, 3: 1})
    assert found[UP] == {
        'net_interface_up{device="sw",interface="a"} ': 1,
        'net_interface_up{device="sw",interface="b"} ': 0,
    }


def test_what_is_no_number_is_left_out_and_comes_back() -> None:
    switch, names = Switch(), {1: b"a", 2: b"b", 3: b"c"}
    rx = "net_interface_receive_bytes_total"
    for values, shown in (
        ({1: 1, 2: 2, 3: 3}, {"a": 1, "b": 2, "c": 3}),
        ({1: 1, 2: b"", 3: 3}, {"a": 1, "c": 3}),
        ({1: 4, 2: b"", 3: -5}, {"a": 4, "c": -5}),
        ({1: b"", 2: 2, 3: 2**63}, {"b": 2, "c": 2**63}),
        ({1: 7, 2: 8, 3: 9}, {"a": 7, "b": 8, "c": 9}),
    ):
        found = switch.fill(ifName=names, ifHCInOctets=values)
        assert found[rx] == {f'{rx}{{device="sw",interface="{name}"}} ': one for name, one in shown.items()}


def test_families_of_the_same_rows_share_their_labels() -> None:
    same = {1: 7, 2: 8}
    found = Switch().fill(ifName={1: b"a", 2: b"b"}, ifHCInOctets=same, ifHCOutOctets=same)
    received, sent = (found[f"net_interface_{way}_bytes_total"] for way in ("receive", "transmit"))
    assert isinstance(received, Tally)
    assert isinstance(sent, Tally)
    assert received.parts[0][0] is sent.parts[0][0]


def test_what_nothing_names_is_left_out() -> None:
    assert UP not in Switch().fill(ifOperStatus={1: 1})


def test_made_up_speeds_are_left_out() -> None:
    found = Switch().fill(
        ifName={1: b"Ethernet1/1", 2: b"Vlan10", 3: b"port-channel7"},
        ifType={1: 6, 2: 53, 3: 161},
        ifHighSpeed={1: 10_000, 2: 1000, 3: 20_000},
    )
    assert found[SPEED] == {
        'net_interface_speed_bytes{device="sw",interface="Ethernet1/1"} ': 1_250_000_000,
        'net_interface_speed_bytes{device="sw",interface="port-channel7"} ': 2_500_000_000,
    }


def test_a_row_without_a_name_is_told_once() -> None:
    switch = Switch()
    switch.fill(ifName={1: b"a"}, ifOperStatus={1: 1})
    assert not switch.straight.nameless
    switch.fill(ifName={1: b"a"}, ifOperStatus={1: 1, 2: 1})
    assert switch.straight.nameless
    switch.straight.nameless = False
    switch.fill(ifName={1: b"a"}, ifOperStatus={1: 1, 2: 1})
    assert not switch.straight.nameless


def column_of(values: dict[int, int | bytes], **how: Any) -> list[float]:
    metric = CATALOGUE["net_sensor_celsius"]
    oid = encode_oid("1.3.6.1.4.1.99999.1.1")
    column = Column("x", oid, metric, (("interface", ""),), **how)
    group = Group("g", columns=(column,), index_labels=(("sensor", (INDEX,)),))
    rows: list[Row] = [(oid + encode_numbers((index,)), value) for index, value in values.items()]
    return list(Straight(group, "sw").fill({"x": rows}, Columns()).get(metric.name, {}).values())


def test_ways_to_read_a_value() -> None:
    assert column_of({1: 215, 2: -1}, factor=0.1, absent=frozenset({-1})) == [21.5]
    assert column_of({1: 2476, 2: 3}, factor=0.1) == [247.6, 0.3]
    assert column_of({1: 104}, factor=0.5556, offset=-17.78) == [40.0024]
    assert column_of({1: 5}, factor=1, offset=-1) == [4]
    assert column_of({1: 40_000}, factor=125000) == [5_000_000_000]
    assert column_of({1: b"27 PERCENT", 2: b"none", 3: 40}, in_text=True, factor=0.01) == [0.27, 0.4]
    assert column_of({1: 2, 2: 3, 3: 4}, one_when=frozenset({2, 3})) == [1, 1, 0]
    assert column_of({1: b"warm", 2: 7}) == [7]
