"""What a switch says by gNMI becomes the series that SNMP gives, whatever the encoding."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pygnmi.spec.v080 import gnmi_pb2

from agent.collect.gnmi.reader import Heard, Reader
from agent.collect.streaming.held import Held
from agent.collect.streaming.models import ModelReader, grow_tree
from agent.collect.streaming.rules import standard_rules

COUNTERS = "/interfaces/interface[name=eth1/7]/state/counters"
RX = 'net_interface_receive_bytes_total{device="leaf-1",interface="Ethernet1/7"} '
UP = 'net_interface_up{device="leaf-1",interface="Ethernet1/7"} '
RX_LIGHT = (
    "/components/component[name=Transceiver-eth1/49]/transceiver/physical-channels/channel[index=0]"
    "/state/input-power/instant"
)
RX_LIGHT_SERIES = (
    'net_sensor_dbm{device="leaf-1",sensor="Ethernet1/49 Lane 1 Transceiver Receive Power Sensor",'
    'interface="Ethernet1/49"} '
)


def path_of(text: str) -> Any:
    """A gNMI path; a slash in brackets belongs to a key."""
    made, depth, step = gnmi_pb2.Path(origin="openconfig"), 0, ""
    for letter in text.strip("/") + "/":
        depth += (letter == "[") - (letter == "]")
        if letter != "/" or depth:
            step += letter
            continue
        if step:
            name, *keys = step.replace("]", "").split("[")
            elem = made.elem.add(name=name)
            for key in keys:
                elem.key[key.partition("=")[0]] = key.partition("=")[2]
        step = ""
    return made


def typed(value: object) -> Any:
    kinds = {bool: "bool_val", int: "uint_val", str: "string_val", float: "double_val", bytes: "json_val"}
    return gnmi_pb2.TypedValue(**{kinds[type(value)]: value})


def response(values: dict[str, object], *, prefix: str = "", delete: tuple[str, ...] = ()) -> bytes:
    made = gnmi_pb2.SubscribeResponse()
    made.update.timestamp = 1
    if prefix:
        made.update.prefix.CopyFrom(path_of(prefix))
    for path, value in values.items():
        made.update.update.add(path=path_of(path), val=typed(value))
    made.update.delete.extend(path_of(path) for path in delete)
    return bytes(made.SerializeToString())


class Switch:
    """A reader with what it holds."""

    def __init__(self, limit: int = 1000) -> None:
        self.held = Held("leaf-1", 10, series_limit=limit)
        models = ModelReader(
            grow_tree(standard_rules()), self.held, lambda names: 10 if "counters" in names else None
        )
        self.reader = Reader(self.held, models)

    def says(
        self, values: dict[str, object], *, prefix: str = "", delete: tuple[str, ...] = ()
    ) -> dict[str, float]:
        assert self.reader.read(response(values, prefix=prefix, delete=delete)) is Heard.UPDATE
        return self.shown()

    def shown(self) -> dict[str, float]:
        return {series: value for family in self.held.families().values() for series, value in family.items()}


def test_a_leaf_is_its_series() -> None:
    switch = Switch()
    assert switch.says({f"{COUNTERS}/in-octets": 12}) == {RX: 12}
    assert switch.says({f"{COUNTERS}/in-octets": 0}) == {RX: 0}
    assert switch.held.updates == 2


def test_a_prefix_stands_before_every_path() -> None:
    assert Switch().says({"/state/oper-status": "UP"}, prefix="/interfaces/interface[name=eth1/7]") == {UP: 1}


def test_the_same_path_under_two_prefixes_is_two_leaves() -> None:
    switch = Switch()
    switch.says({"/state/oper-status": "UP"}, prefix="/interfaces/interface[name=eth1/7]")
    shown = switch.says({"/state/oper-status": "DOWN"}, prefix="/interfaces/interface[name=eth1/8]")
    assert shown == {UP: 1, UP.replace("1/7", "1/8"): 0}


@pytest.mark.parametrize(
    ("path", "value", "series", "number"),
    [
        ("/interfaces/interface[name=po10]/state/oper-status", "DOWN",
         'net_interface_up{device="leaf-1",interface="port-channel10"} ', 0),
        ("/interfaces/interface[name=eth1/7]/ethernet/state/port-speed", "openconfig-if-ethernet:SPEED_25GB",
         'net_interface_speed_bytes{device="leaf-1",interface="Ethernet1/7"} ', 3_125_000_000),
        ("/components/component[name=PowerSupply-1]/state/oper-status", "ACTIVE",
         'net_power_supply_up{device="leaf-1",supply="PowerSupply-1"} ', 1),
        ("/components/component[name=Fan-2]/state/oper-status", "INACTIVE",
         'net_fan_up{device="leaf-1",fan="Fan Module-2"} ', 0),
        ("/components/component[name=Sensor-FRONT]/state/temperature/instant", 27.5,
         'net_sensor_celsius{device="leaf-1",sensor="module-1 FRONT",interface=""} ', 27.5),
        (RX_LIGHT, -2.5, RX_LIGHT_SERIES, -2.5),
        ("/system/cpus/cpu[index=ALL]/state/total/instant", 37,
         'net_cpu_utilisation_ratio{device="leaf-1"} ', 0.37),
    ],
)  # fmt: skip
def test_names_and_units_are_those_of_snmp(path: str, value: object, series: str, number: float) -> None:
    assert Switch().says({path: value}) == {series: pytest.approx(number)}


def test_a_lane_without_light_has_no_series() -> None:
    switch = Switch()
    assert switch.says({RX_LIGHT: -3.0}) == {RX_LIGHT_SERIES: -3.0}
    assert switch.says({RX_LIGHT: 0.0}) == {}


@pytest.mark.parametrize("keyed", [True, False], ids=["key in the path", "key in the list"])
def test_a_json_subtree_is_taken_apart(keyed: bool) -> None:
    state = {"openconfig-interfaces:oper-status": "UP", "counters": {"in-octets": "12", "in-fcs-errors": "1"}}
    switch = Switch()
    if keyed:
        shown = switch.says({"/interfaces/interface[name=eth1/7]/state": json.dumps(state).encode()})
    else:
        entry = {"name": "eth1/7", "state": state}
        shown = switch.says({"/interfaces": json.dumps({"interface": [entry]}).encode()})
    assert shown == {UP: 1, RX: 12}
    assert switch.held.problems == {"unknown-leaf": 1}


def test_a_list_of_one_may_come_without_its_list() -> None:
    entry = {"name": "eth1/7", "state": {"oper-status": "UP"}}
    assert Switch().says({"/interfaces": json.dumps({"interface": entry}).encode()}) == {UP: 1}


def test_an_entry_without_its_key_is_counted_and_nobodys() -> None:
    switch = Switch()
    assert (
        switch.says({"/interfaces/interface": json.dumps([{"state": {"oper-status": "UP"}}]).encode()}) == {}
    )
    assert switch.held.problems["no-key"] == 1


def test_a_deleted_leaf_and_a_deleted_entry_take_their_series_away() -> None:
    switch = Switch()
    port = "/interfaces/interface[name=eth1/7]"
    switch.says({f"{port}/state/oper-status": "UP", f"{port}/state/mtu": 9216, f"{COUNTERS}/in-octets": 5})
    assert UP not in switch.says({}, delete=(f"{port}/state/oper-status",))
    assert switch.says({}, delete=(port,)) == {}
    assert switch.says({f"{port}/state/oper-status": "UP"}) == {UP: 1}


def test_a_deleted_entry_leaves_its_neighbours() -> None:
    switch = Switch()
    switch.says({f"/interfaces/interface[name=eth1/{n}]/state/oper-status": "UP" for n in (7, 70)})
    assert switch.says({}, delete=("/interfaces/interface[name=eth1/7]",)) == {UP.replace("1/7", "1/70"): 1}


def test_a_neighbour_is_one_series_of_several_leaves() -> None:
    switch = Switch()
    state = "/lldp/interfaces/interface[name=eth1/49]/neighbors/neighbor[id=1]/state"
    assert switch.says({f"{state}/system-name": "core-1"}) == {}
    series = (
        'net_lldp_neighbor_info{device="leaf-1",interface="Ethernet1/49",neighbor="core-1",'
        'neighbor_interface="Ethernet3/1"} '
    )
    assert switch.says({f"{state}/port-id": "Ethernet3/1"}) == {series: 1}
    assert list(switch.says({f"{state}/system-name": "core-2"})) == [series.replace("core-1", "core-2")]
    assert (
        switch.says({}, delete=("/lldp/interfaces/interface[name=eth1/49]/neighbors/neighbor[id=1]",)) == {}
    )


def test_a_neighbour_goes_with_its_last_leaf() -> None:
    switch = Switch()
    state = "/lldp/interfaces/interface[name=eth1/49]/neighbors/neighbor[id=1]/state"
    leaves = {
        f"{state}/system-name": "core-1",
        f"{state}/chassis-id": "aa",
        f"{state}/port-id": "Ethernet3/1",
    }
    assert len(switch.says(dict(leaves))) == 1
    assert ['neighbor="aa"' in series for series in switch.says({}, delete=(f"{state}/system-name",))] == [
        True
    ]
    assert switch.says({}, delete=(f"{state}/chassis-id", f"{state}/port-id")) == {}
    assert len(switch.says(dict(leaves))) == 1


def test_memory_is_a_ratio_of_two_leaves() -> None:
    shown = Switch().says({"/system/memory/state/used": 25, "/system/memory/state/physical": 100})
    assert shown == {'net_memory_utilisation_ratio{device="leaf-1"} ': 0.25}


@pytest.mark.parametrize("value", ["many", float("nan"), float("inf"), "9" * 5000, True])
def test_a_wrong_value_is_counted_and_its_series_gone(value: object) -> None:
    switch = Switch()
    switch.says({f"{COUNTERS}/in-octets": 5})
    shown = switch.says({f"{COUNTERS}/in-octets": value})
    if value is True:  # a truth is a number
        assert shown == {RX: 1}
    else:
        assert shown == {}
        assert sum(switch.held.problems.values()) == 1


def test_unknown_leaves_are_counted_never_shown() -> None:
    switch = Switch()
    assert switch.says({f"{COUNTERS}/carrier-transitions": 5, "/acl/state/x": "y"}) == {}
    assert switch.held.problems == {"unknown-leaf": 2}


def test_more_series_than_the_limit_are_dropped_and_counted() -> None:
    switch = Switch(limit=10)
    shown = switch.says({f"/interfaces/interface[name=eth1/{n}]/state/mtu": 1500 for n in range(30)})
    assert len(shown) == 10
    assert switch.held.problems["dropped-series"] == 20


def test_paths_that_come_and_go_for_ever_take_no_room() -> None:
    switch = Switch(limit=10)
    for n in range(500):
        name = f"/interfaces/interface[name=eth1/{n}]"
        switch.says({f"{name}/state/mtu": 1500, f"/junk[id={n}]/x": n})
        switch.says({}, delete=(name,))
    assert switch.shown() == {}
    assert switch.reader._paths <= 40
    assert "dropped-series" not in switch.held.problems


@pytest.mark.parametrize(
    "name", ["x" * 300, "eth1/7\nfake 1", "a\x00b"], ids=["too long", "newline", "control character"]
)
def test_a_name_that_is_none_makes_no_series(name: str) -> None:
    assert Switch().says({f"/interfaces/interface[name={name}]/state/mtu": 1500}) == {}


def test_a_path_of_a_megabyte_is_left_out() -> None:
    switch = Switch()
    assert switch.says({"/a" * 300_000: 5}) == {}
    assert switch.held.problems["malformed"] == 1
    assert not switch.reader._slots[b""]


def test_json_that_is_none_or_too_deep_is_counted() -> None:
    switch = Switch()
    for blob in (b"{", b"\xff\xfe", b"[" * 200_000, b'{"interface": ' * 50_000):
        assert switch.says({"/interfaces": blob}) == {}
    assert switch.held.problems["malformed"] == 4


def test_what_is_no_message_is_counted() -> None:
    switch = Switch()
    assert switch.reader.read(b"\xff\xff\xff") is Heard.NOTHING
    assert switch.held.problems == {"malformed": 1}


def test_an_empty_response_is_a_sign_of_life() -> None:
    assert Switch().reader.read(b"") is Heard.NOTHING


def test_the_end_of_the_first_round_is_heard() -> None:
    assert (
        Switch().reader.read(gnmi_pb2.SubscribeResponse(sync_response=True).SerializeToString()) is Heard.SYNC
    )
