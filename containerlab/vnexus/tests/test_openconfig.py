"""The model tree says what the CLI and the world say, and what it may say is in its catalogue."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from vnexus.lab import Lab
from vnexus.telemetry.mdt.collection import read_yang
from vnexus.telemetry.openconfig.catalogue import Known, catalogue, known, sampled
from vnexus.telemetry.openconfig.models import openconfig
from vnexus.telemetry.openconfig.view import short_name
from vnexus.telemetry.tree import Leaf, find, leaves, show


def values(lab: Lab, node: str, path: str) -> dict[str, Leaf]:
    """Leaves below a path by their full path."""
    switch = lab.nodes[node]
    with lab.world.moment():
        found = find(openconfig(switch), read_yang(path))
        return {show(exact): leaf for start, below in found for exact, leaf in leaves(below, start)}


def one(lab: Lab, node: str, path: str) -> Leaf:
    (leaf,) = values(lab, node, path).values()
    return leaf


def shown(lab: Lab, node: str, command: str) -> Any:
    output = lab.nodes[node].shell("admin").run(command)
    assert output.body is not None
    return output.body


def rows(body: Any, name: str) -> list[dict[str, Any]]:
    found = body[f"TABLE_{name}"][f"ROW_{name}"]
    return found if isinstance(found, list) else [found]


def test_every_leaf_is_in_the_catalogue(routed: Lab) -> None:
    for node in routed.nodes:
        paths = values(routed, node, "/")
        assert len(paths) > 1000
        assert [path for path in paths if not known(read_yang(path))] == []


def test_every_path_of_the_catalogue_is_filled(routed: Lab) -> None:
    """Somewhere in the lab: a table that promises what no switch has would be seen here."""
    for node, lines in {
        "hall": "feature interface-vlan\ninterface Vlan120\n  no shutdown\n  ip address 10.66.120.9/24",
        "edge": "interface port-channel9\n  switchport access vlan 1",
    }.items():
        assert not routed.nodes[node].merge(lines)
    have = {
        "/".join(step.name for step in read_yang(path))
        for node in routed.nodes
        for path in values(routed, node, "/")
    }
    assert promised(catalogue()) <= have


def promised(node: Known, done: str = "") -> set[str]:
    if not node.below:
        return {done.strip("/")}
    return {path for name, below in node.below.items() for path in promised(below, f"{done}/{name}")}


@pytest.mark.parametrize("node", ["core-1", "edge", "hall"])
def test_interfaces_are_those_of_the_cli(routed: Lab, node: str) -> None:
    for row in rows(shown(routed, node, "show interface"), "interface"):
        if "eth_inbytes" not in row:
            continue
        state = f"/interfaces/interface[name={short_name(row['interface'])}]/state"
        assert one(routed, node, f"{state}/oper-status") == row["state"].upper()
        assert one(routed, node, f"{state}/admin-status") == row["admin_state"].upper()
        assert one(routed, node, f"{state}/counters/in-octets") == int(row["eth_inbytes"])
        assert one(routed, node, f"{state}/counters/out-octets") == int(row["eth_outbytes"])
        assert one(routed, node, f"{state}/mtu") == int(row["eth_mtu"])


def test_addresses(routed: Lab) -> None:
    found = values(routed, "edge", "/interfaces/interface[name=eth1/10]/subinterfaces")
    address = "/interfaces/interface[name=eth1/10]/subinterfaces/subinterface[index=0]/ipv4/addresses/address"
    assert found[f"{address}[ip=203.0.113.2]/state/prefix-length"] == 30
    svi = values(routed, "core-1", "/interfaces/interface[name=vlan120]/routed-vlan/ipv4")
    assert "10.66.120.2" in svi.values()


def test_bgp_is_that_of_the_cli(routed: Lab) -> None:
    body = rows(
        rows(shown(routed, "edge", "show bgp ipv4 unicast summary")["TABLE_vrf"]["ROW_vrf"], "af")[0], "saf"
    )
    neighbors = {row["neighborid"]: row for row in rows(body[0], "neighbor")}
    start = "/network-instances/network-instance/protocols/protocol[identifier=BGP]/bgp/neighbors/neighbor"
    assert len(neighbors) == 3
    for address, row in neighbors.items():
        here = f"{start}[neighbor-address={address}]"
        state = one(routed, "edge", f"{here}/state/session-state")
        assert (state == "ESTABLISHED") == (row["state"] == "Established")
        received = one(routed, "edge", f"{here}/afi-safis/afi-safi/state/prefixes/received")
        assert received == int(row["prefixreceived"])


def test_ospf_is_that_of_the_cli(routed: Lab) -> None:
    body = shown(routed, "core-1", "show ip ospf neighbors")
    told = {row["rid"] for context in rows(body, "ctx") for row in rows(context, "nbr")}
    found = values(routed, "core-1", "/network-instances/network-instance/protocols/protocol/ospfv2")
    full = {path for path, leaf in found.items() if path.endswith("adjacency-state") and leaf == "FULL"}
    assert {path.partition("[router-id=")[2].partition("]")[0] for path in full} == told


def test_lldp_is_that_of_the_cli(routed: Lab) -> None:
    told = {
        (row["l_port_id"], row["chassis_id"])
        for row in rows(shown(routed, "core-1", "show lldp neighbors"), "nbor")
    }
    found = values(routed, "core-1", "/lldp/interfaces/interface/neighbors/neighbor/state/system-name")
    assert len(found) == len(told) == 4
    assert set(found.values()) == {name for _, name in told}


def test_environment_is_that_of_the_world(routed: Lab) -> None:
    number = routed.world.add_fault("fan-fail", {"node": "hall", "fan": 2})
    assert one(routed, "hall", "/components/component[name=Fan-2]/state/oper-status") == "INACTIVE"
    assert one(routed, "hall", "/components/component[name=Fan-1]/state/oper-status") == "ACTIVE"
    routed.world.remove_fault(number)
    drawn = one(routed, "hall", "/components/component[name=PowerSupply-1]/power-supply/state/output-power")
    assert drawn == Decimal(str(round(routed.world.power_supplies("hall")[0].drawn_watts, 2)))
    light = values(
        routed, "core-1", "/components/component[name=Transceiver-eth1/49]/transceiver/physical-channels"
    )
    assert sum(path.endswith("input-power/instant") for path in light) == 4
    sensors = values(routed, "core-1", "/components/component/state/temperature/instant")
    assert [int(leaf) for leaf in sensors.values()] == [  # type: ignore[arg-type]
        int(sensor.value) for sensor in routed.world.sensors("core-1") if sensor.port is None
    ]


def test_members_of_a_port_channel(routed: Lab) -> None:
    found = values(routed, "hall", "/lacp/interfaces/interface[name=po10]/members")
    assert sum(path.endswith("/collecting") and leaf is True for path, leaf in found.items()) == 2
    assert one(routed, "hall", "/interfaces/interface[name=po10]/aggregation/state/member") == (
        "eth1/49",
        "eth1/50",
    )


def test_vlans_and_processor(routed: Lab) -> None:
    vlans = values(routed, "hall", "/network-instances/network-instance[name=default]/vlans/vlan/vlan-id")
    assert list(vlans.values()) == [1, 99, 120]
    assert one(routed, "hall", "/system/cpus/cpu/state/total/instant") == routed.world.cpu_percent("hall")


def test_wildcards_and_any_depth(routed: Lab) -> None:
    assert values(routed, "hall", "/*/interface[name=eth1/7]/state/mtu") == values(
        routed, "hall", "/interfaces/interface[name=eth1/7]/state/mtu"
    )
    anywhere = values(routed, "hall", "/interfaces/.../oper-status")
    assert "/interfaces/interface[name=eth1/7]/state/oper-status" in anywhere
    assert known(read_yang("/interfaces/.../oper-status"))
    assert not known(read_yang("/interfaces/.../porridge"))
    assert not known(read_yang("/interfaces/interface[number=7]"))


def test_what_moves_is_sampled() -> None:
    assert sampled(read_yang("/interfaces/interface/state/counters/in-octets"))
    assert sampled(read_yang("/interfaces"))
    assert not sampled(read_yang("/interfaces/interface/state/oper-status"))
