"""The lab file: what the virtual Nexus is told about Bellerive."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest
import yaml

from agent.intent.city import City
from agent.intent.hardware import MODELS
from agent.intent.lab import lab_topology
from vnexus.topology import Topology, load_topology


@pytest.fixture(scope="module")
def lab(bellerive: City) -> dict[str, Any]:
    return lab_topology(bellerive)


@pytest.fixture(scope="module")
def topology(lab: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Topology:
    file = tmp_path_factory.mktemp("lab") / "lab.yml"
    file.write_text(yaml.safe_dump(lab, allow_unicode=True), encoding="utf-8")
    return load_topology(file, {"VNEXUS_PASSWORD": "from the environment"})


def test_the_virtual_nexus_takes_the_file(topology: Topology) -> None:
    assert (len(topology.nodes), len(topology.links)) == (24, 52)
    assert len(topology.endpoints) == 720 + 31 + 6
    assert topology.password == "from the environment"


def test_a_node_starts_with_name_nxapi_and_management_only(topology: Topology) -> None:
    core = topology.nodes[0]
    assert (core.name, core.profile, core.address) == ("core-1", "n7k-7.3", "127.66.0.1")
    assert core.startup == (
        "hostname core-1",
        "feature nxapi",
        "interface mgmt0",
        "  ip address 10.66.0.1/24",
    )
    assert {node.profile for node in topology.nodes} == {"n7k-7.3", "n9k-9.3", "n9k-10"}


def test_a_camera_draws_power_and_sends_video(topology: Topology) -> None:
    camera = next(item for item in topology.endpoints if item.name == "CAM-001")
    assert (camera.node, camera.port, camera.kind) == ("sw-mairie", "Ethernet1/1", "camera")
    assert (camera.watts, camera.poe_class, camera.address) == (8.4, 3, "10.20.1.10")
    assert camera.transmit_bps == 6_000_000


def test_every_endpoint_lives_above_its_alarm_threshold(bellerive: City, topology: Topology) -> None:
    least = {p.endpoint.tag: bellerive.kinds[p.kind].power for p in bellerive.placed}
    for item in topology.endpoints:
        power = least.get(item.name)
        if power is not None:
            assert item.watts is not None
            assert power.minimum_watts <= item.watts


def test_names_and_macs_are_unique_but_for_the_legs_of_a_server(topology: Topology) -> None:
    assert len({item.name for item in topology.endpoints}) == len(topology.endpoints)
    assert len({item.mac for item in topology.endpoints}) == 720 + 16 + 6


def test_no_port_carries_more_than_it_can(topology: Topology) -> None:
    models = {node.name: MODELS[node.model] for node in topology.nodes}
    for item in topology.endpoints:
        group = models[item.node].find(item.port)
        assert group is not None
        assert max(item.transmit_bps, item.receive_bps) < group.gigabits * 1e9


def test_stations_stand_on_loopback_where_the_switches_do(topology: Topology) -> None:
    assert dict(topology.stations) == {"10.66.2.14": "127.66.2.14", "10.66.2.20": "127.66.2.20"}
    assert not {node.address for node in topology.nodes} & set(topology.stations.values())


def test_every_camera_has_a_group_that_one_recorder_listens_to(bellerive: City, topology: Topology) -> None:
    sends = {item.name: item.sends for item in topology.endpoints if item.sends}
    assert set(sends) == {item.name for item in topology.endpoints if item.kind == "camera"}
    assert len(set(sends.values())) == len(sends)
    assert all(IPv4Address(group) in bellerive.plan.multicast["cctv"].range for group in sends.values())
    joins = {item.name: item.joins for item in topology.endpoints if item.joins and "-leg-" not in item.name}
    assert set(joins) == {"NVR-1", "NVR-2", "NVR-3", "NVR-4"}
    assert sorted(group for groups in joins.values() for group in groups) == sorted(sends.values())


def test_a_city_without_ranges_has_no_groups(bellerive: City) -> None:
    city = replace(bellerive, plan=bellerive.plan.model_copy(update={"multicast": {}}))
    assert [entry for entry in lab_topology(city)["endpoints"] if {"sends", "joins"} & set(entry)] == []
