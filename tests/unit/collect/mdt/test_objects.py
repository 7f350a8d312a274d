"""Objects of NX-OS become the series that SNMP gives: nested, in flat lists, and as events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from agent.collect.mdt.messages import FIELD, TELEMETRY
from agent.collect.mdt.reader import Reader, WrongNodeError
from agent.collect.streaming.held import Held
from agent.collect.streaming.models import grow_tree
from agent.collect.streaming.rules import standard_rules

RX = 'net_interface_receive_bytes_total{device="leaf-1",interface="Ethernet1/7"} '
UP = 'net_interface_up{device="leaf-1",interface="Ethernet1/7"} '


def leaf(name: str, value: object) -> Any:
    match value:
        case bool():
            return FIELD(name=name, bool_value=value)
        case int():
            return (
                FIELD(name=name, uint64_value=value) if value >= 0 else FIELD(name=name, sint64_value=value)
            )
        case float():
            return FIELD(name=name, double_value=value)
        case bytes():
            return FIELD(name=name, bytes_value=value)
        case _:
            return FIELD(name=name, string_value=str(value))


def bracket(fields: list[Any]) -> Any:
    return FIELD(fields=fields)


def managed(kind: str, attributes: Mapping[str, object], children: tuple[Any, ...] = ()) -> Any:
    """An object as NX-OS sends it."""
    parts = [FIELD(name="attributes", fields=[bracket([leaf(*pair) for pair in attributes.items()])])]
    if children:
        parts.append(FIELD(name="children", fields=[bracket([child]) for child in children]))
    return FIELD(name=kind, fields=[bracket(parts)])


def message(path: str, content: list[Any], *, node: str = "leaf-1", collection: int = 1) -> bytes:
    keys = FIELD(name="keys", fields=[leaf(path, path)])
    row = FIELD(fields=[keys, FIELD(name="content", fields=content)])
    made = TELEMETRY(node_id_str=node, encoding_path=path, collection_id=collection, data_gpbkv=[row])
    return bytes(made.SerializeToString())


class Switch:
    """A reader with what it holds; every message comes ten seconds after the one before."""

    def __init__(self, limit: int = 1000) -> None:
        self.held = Held("leaf-1", 30, series_limit=limit)
        rules = standard_rules()
        self.reader = Reader(frozenset(("leaf-1",)), rules, grow_tree(rules), self.held)
        self.now = 1000.0
        self.collections = 0

    def says(self, path: str, *objects: Any) -> dict[str, float]:
        self.now += 10
        self.collections += 1
        content = [bracket([one]) for one in objects]
        self.reader.read(message(path, content, collection=self.collections), self.now)
        return self.shown()

    def shown(self) -> dict[str, float]:
        return {series: value for family in self.held.families().values() for series, value in family.items()}


def counters(port: int, octets: object, dn: bool = True) -> Any:
    name = {"dn": f"sys/intf/phys-[eth1/{port}]/dbgIfHCIn"} if dn else {"rn": "dbgIfHCIn"}
    return managed("rmonIfHCIn", {**name, "octets": octets})


@pytest.mark.parametrize("value", ["12", 12, 12.0], ids=["text", "number", "double"])
def test_a_flat_object_is_its_series_whatever_the_type(value: object) -> None:
    assert Switch().says("sys/intf", counters(7, value)) == {RX: 12}


def test_children_take_their_name_from_their_parents() -> None:
    state = managed("ethpmPhysIf", {"rn": "phys", "operSt": "up", "operSpeed": "25G"})
    port = managed("l1PhysIf", {"rn": "phys-[eth1/7]", "mtu": "9216"}, (state, counters(7, "5", dn=False)))
    tree = managed("interfaceEntity", {"dn": "sys/intf", "name": "leaf-1"}, (port,))
    assert Switch().says("sys/intf", tree) == {
        UP: 1,
        RX: 5,
        'net_interface_speed_bytes{device="leaf-1",interface="Ethernet1/7"} ': 3_125_000_000,
        'net_interface_mtu_bytes{device="leaf-1",interface="Ethernet1/7"} ': 9216,
    }


def test_an_attribute_may_name_the_series() -> None:
    sensor = managed(
        "eqptSensor",
        {"dn": "sys/ch/supslot-1/sup/sensor-2", "descr": "BACK", "value": "31", "majorThresh": "70"},
    )
    labels = 'device="leaf-1",sensor="module-1 BACK",interface=""'
    assert Switch().says("sys/ch", sensor) == {
        f"net_sensor_celsius{{{labels}}} ": 31,
        f'net_sensor_threshold{{{labels},bound="high-alarm"}} ': 70,
    }


def test_memory_and_processor() -> None:
    memory = managed("procSysMem", {"dn": "sys/procsys/sysmem", "total": "400", "used": "100", "free": "300"})
    busy = managed("procSysCpuSummary", {"dn": "sys/procsys/syscpusummary", "idle": "62.50"})
    assert Switch().says("sys/procsys", memory, busy) == {
        'net_memory_utilisation_ratio{device="leaf-1"} ': 0.25,
        'net_cpu_utilisation_ratio{device="leaf-1"} ': 0.375,
    }


SESSION_UP = 'net_bgp_session_up{device="leaf-1",vrf="default",peer="192.0.2.1"} '


def session(**attributes: str) -> Any:
    dn = "sys/bgp/inst/dom-default/peer-[192.0.2.1]/ent-[192.0.2.1]"
    return managed("bgpPeerEntry", {"dn": dn, **attributes})


def test_events_change_and_take_back_what_was_said() -> None:
    switch = Switch()
    up, state = SESSION_UP, SESSION_UP.replace("_up{", "_state{")
    assert switch.says("sys/bgp", session(operSt="established", type="ebgp")) == {up: 1, state: 6}
    assert switch.says("sys/bgp", session(status="modified", operSt="idle")) == {up: 0, state: 1}
    assert switch.says("sys/bgp", session(status="modified", type="ibgp")) == {up: 0, state: 1}
    # an event may tell more than the one before
    known = switch.says("sys/bgp", session(status="modified", connEst="3"))
    assert known == {up: 0, state: 1, SESSION_UP.replace("_up{", "_transitions_total{"): 3}
    assert switch.says("sys/bgp", session(status="deleted")) == {}
    assert switch.says("sys/bgp", session(status="created", operSt="established")) == {up: 1, state: 6}


def test_what_events_said_holds_while_the_stream_lives() -> None:
    switch = Switch()
    switch.says("sys/bgp", session(operSt="established"))
    switch.says("sys/bgp", session(status="modified", operSt="idle"))
    for moment in range(0, 3600, 30):
        switch.held.tick(switch.now + moment)
    assert switch.shown()[SESSION_UP] == 0


def test_what_went_while_nobody_listened_is_gone_after_the_next_whole() -> None:
    switch = Switch()
    switch.says("sys/bgp", session(operSt="established"))
    switch.says("sys/bgp", session(status="modified", operSt="idle"))
    switch.reader.begin()
    other = managed(
        "bgpPeerEntry", {"dn": "sys/bgp/inst/dom-default/peer-[192.0.2.9]/ent-[192.0.2.9]", "operSt": "idle"}
    )
    shown = switch.says("sys/bgp", other)
    assert shown
    assert SESSION_UP not in shown


def test_a_deleted_parent_takes_its_children_along() -> None:
    switch = Switch()
    switch.says("sys/intf", counters(7, "5"), counters(70, "6"))
    shown = switch.says(
        "sys/intf", managed("l1PhysIf", {"dn": "sys/intf/phys-[eth1/7]", "status": "deleted"})
    )
    assert shown == {RX.replace("1/7", "1/70"): 6}


def test_the_interval_is_learned_and_silence_ends_a_series() -> None:
    switch = Switch()
    for octets in ("1", "2", "3", "4"):
        assert switch.says("sys/intf", counters(7, octets)) == {RX: int(octets)}
    assert switch.held.interval_seconds == 10
    for second in range(40):
        switch.held.tick(switch.now + second)
    assert switch.shown() == {}


def test_pieces_of_one_collection_do_not_teach_an_interval() -> None:
    switch = Switch()
    for port in range(1, 5):
        switch.reader.read(
            message("sys/intf", [bracket([counters(port, "1")])], collection=7), switch.now + port
        )
    assert len(switch.shown()) == 4
    assert switch.held.interval_seconds == 30


@pytest.mark.parametrize("value", ["many", "", "-5", "1e400", b"\xff", "9" * 100])
def test_a_wrong_value_is_counted_and_its_series_gone(value: object) -> None:
    switch = Switch()
    switch.says("sys/intf", counters(7, "5"))
    assert switch.says("sys/intf", counters(7, value)) == {}
    assert switch.held.problems["wrong-value"] + (value == "-5") == 1


def test_unknown_attributes_and_classes_are_counted() -> None:
    switch = Switch()
    assert switch.says("sys/acl", managed("aclRule", {"dn": "sys/acl/x", "hits": "1"})) == {}
    assert switch.held.problems["unknown-leaf"] == 2
    assert switch.held.updates == 2


def test_another_node_is_refused() -> None:
    with pytest.raises(WrongNodeError):
        Switch().reader.read(message("sys/intf", [], node="leaf-2"), 0)


def test_a_name_with_its_domain_is_the_same_node() -> None:
    switch = Switch()
    switch.reader.read(message("sys/intf", [bracket([counters(7, "5")])], node="leaf-1.example.net"), 5.0)
    assert switch.shown() == {RX: 5}


def test_more_series_than_the_limit_are_dropped_and_counted() -> None:
    switch = Switch(limit=10)
    assert len(switch.says("sys/intf", *(counters(port, "5") for port in range(30)))) == 10
    assert switch.held.problems["dropped-series"] == 20


def test_paths_and_objects_that_never_end_take_no_room() -> None:
    switch = Switch(limit=10)
    for number in range(1000):
        switch.says(f"sys/junk-{number}", managed("x", {"dn": f"sys/junk-{number}/{'y' * 2000}", "a": "1"}))
    assert len(switch.reader._paths) <= 256
    assert len(switch.reader._objects._slots) <= 40


def test_nesting_without_end_is_cut() -> None:
    inner = managed("a", {"rn": "x", "v": "1"})
    for _ in range(20):
        inner = managed("a", {"rn": "x"}, (inner,))
    switch = Switch()
    switch.says("sys/intf", inner)
    assert switch.held.problems["too-deep"] == 1


def test_what_is_no_message_is_counted() -> None:
    switch = Switch()
    switch.reader.read(b"\xff\xff", 5.0)
    assert (switch.held.problems["malformed"], switch.held.at) == (1, 0.0)
