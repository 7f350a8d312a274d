"""Unmodified NAPALM, both drivers, against a running lab."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from napalm.base.exceptions import MergeConfigException, ReplaceConfigException
from napalm.nxos import NXOSDriver
from napalm.nxos_ssh import NXOSSSHDriver

from vnexus import testing
from vnexus.faults import RollbackFails
from vnexus.lab import Lab
from vnexus.topology import Endpoint, Link, NodeSpec, Topology

HALL, CORE = "127.77.2.1", "127.77.2.2"
STARTUP = (
    "feature lldp", "feature interface-vlan", "ip domain-name bellerive.example", "vlan 120", "name CCTV",
    "snmp-server community city ro", "ntp server 10.66.2.1 use-vrf management",
    "interface Ethernet1/7", "description camera rue Haute 12", "switchport access vlan 120",
    "interface Ethernet1/49", "switchport mode trunk",
    "interface Vlan120", "no shutdown", "ip address 10.66.120.1/24",
    "interface mgmt0", "ip address 10.66.0.21/24",
)  # fmt: skip
TOPOLOGY = Topology(
    "napalm",
    (
        NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", HALL, STARTUP),
        NodeSpec("core-1", "n7k-7.3", "N7K-C7009", CORE,
                 ("feature lldp", "interface Ethernet3/1", "no shutdown")),
    ),
    (Link("hall", "Ethernet1/49", "core-1", "Ethernet3/1"),),
    (Endpoint("hall", "Ethernet1/7", "camera", "cam-001", "00aa.bbcc.0001", "10.66.120.7", 6.5),),
)  # fmt: skip


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with testing.running(TOPOLOGY) as started:
        yield started


def connect(lab: Lab, driver: str, address: str) -> Any:
    listen = lab.topology.listen
    if driver == "nxos":
        options: dict[str, object] = {"port": listen.nxapi, "transport": "http"}
        device: Any = NXOSDriver(address, "admin", "admin", optional_args=options)
    else:
        device = NXOSSSHDriver(address, "admin", "admin", optional_args={"port": listen.ssh})
    device.open()
    return device


@pytest.fixture(params=["nxos", "nxos_ssh"])
def device(lab: Lab, request: pytest.FixtureRequest) -> Iterator[Any]:
    opened = connect(lab, request.param, HALL)
    yield opened
    opened.close()


def test_facts(device: Any) -> None:
    facts = device.get_facts()
    assert (facts["hostname"].partition(".")[0], facts["os_version"]) == ("hall", "10.5(2)")
    assert "C9348GC-FX3PH" in facts["model"]
    assert {"Ethernet1/1", "Ethernet1/54", "Vlan120"} <= set(facts["interface_list"])


def test_interfaces(device: Any) -> None:
    ports = device.get_interfaces()
    camera = ports["Ethernet1/7"]
    assert (camera["is_up"], camera["is_enabled"], camera["mtu"]) == (True, True, 1500)
    assert camera["description"] == "camera rue Haute 12"
    assert not ports["Ethernet1/8"]["is_up"]


def test_addresses(device: Any) -> None:
    addresses = device.get_interfaces_ip()
    assert addresses["Vlan120"]["ipv4"] == {"10.66.120.1": {"prefix_length": 24}}


def test_neighbours(device: Any) -> None:
    assert device.get_lldp_neighbors() == {"Ethernet1/49": [{"hostname": "core-1", "port": "Ethernet3/1"}]}


def test_mac_addresses(device: Any) -> None:
    learnt = [row for row in device.get_mac_address_table() if not row["static"]]
    assert [(row["mac"], row["vlan"]) for row in learnt] == [("00:AA:BB:CC:00:01", 120)]


def test_vlans(device: Any) -> None:
    vlan = device.get_vlans()["120"]
    assert vlan["name"] == "CCTV"
    assert "Ethernet1/7" in vlan["interfaces"]


def test_environment(device: Any) -> None:
    environment = device.get_environment()
    processors = {str(number): figures for number, figures in environment["cpu"].items()}
    assert 0 < processors["0"]["%usage"] < 100
    assert environment["memory"]["available_ram"] > 0


def test_config_users_snmp_ntp(device: Any) -> None:
    config = device.get_config()
    assert "name CCTV" in config["running"]
    assert "name CCTV" in config["startup"]
    assert list(device.get_users()) == ["admin"]
    assert device.get_snmp_information()["community"]["city"]["mode"] == "network-operator"
    assert list(device.get_ntp_servers()) == ["10.66.2.1"]


def test_ping(device: Any) -> None:
    assert device.ping("10.66.120.7")["success"]["packet_loss"] == 0
    assert device.ping("10.99.0.1")["success"]["packet_loss"] == 5


def test_merge_compare_commit_rollback(device: Any, lab: Lab) -> None:
    device.load_merge_candidate(config="vlan 33\n  name Merged\n")
    assert "name Merged" in device.compare_config()
    device.commit_config()
    assert lab.nodes["hall"].config.vlans()[33] == "Merged"
    assert "name Merged" in device.get_config()["startup"]
    device.rollback()
    assert 33 not in lab.nodes["hall"].config.vlans()


def test_discard_leaves_the_switch_alone(device: Any, lab: Lab) -> None:
    before = lab.nodes["hall"].config.version
    device.load_merge_candidate(config="vlan 34")
    device.discard_config()
    assert lab.nodes["hall"].config.version == before


def test_a_rejected_line_is_rolled_back_by_the_api_driver(lab: Lab) -> None:
    device = connect(lab, "nxos", HALL)
    device.load_merge_candidate(config="vlan 35\nbogus line\n")
    with pytest.raises(MergeConfigException):
        device.commit_config()
    assert 35 not in lab.nodes["hall"].config.vlans()
    device.close()


def test_seven_thousand_answers_too(lab: Lab) -> None:
    device = connect(lab, "nxos", CORE)
    assert device.get_facts()["os_version"] == "7.3(8)D1(1)"
    assert device.get_lldp_neighbors()["Ethernet3/1"][0]["hostname"] == "hall"
    assert device.get_environment()["power"]
    device.close()


def test_replace_with_a_checkpoint_file(lab: Lab) -> None:
    """Only the SSH driver can: the other one insists on port 22."""
    device = connect(lab, "nxos_ssh", HALL)
    node = lab.nodes["hall"]
    wanted = device._get_checkpoint_file().replace("name CCTV", "name CAMERAS")
    device.load_replace_candidate(config=wanted)
    assert "name CAMERAS" in device.compare_config()
    device.commit_config()
    assert node.config.vlans()[120] == "CAMERAS"
    device.rollback()
    assert node.config.vlans()[120] == "CCTV"
    device.close()


def test_a_rollback_that_fails_is_told_and_changes_nothing(lab: Lab) -> None:
    device = connect(lab, "nxos_ssh", HALL)
    node = lab.nodes["hall"]
    device.load_replace_candidate(config=device._get_checkpoint_file().replace("name CCTV", "name LOST"))
    number = node.faults.add(RollbackFails())
    with pytest.raises(ReplaceConfigException):
        device.commit_config()
    node.faults.remove(number)
    assert node.config.vlans()[120] == "CCTV"
    device.close()
