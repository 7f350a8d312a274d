"""NAPALM changes a switch of each release: merge, replace, compare, discard, commit, rollback."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from napalm.base.exceptions import MergeConfigException
from napalm.nxos import NXOSDriver

from vnexus import testing
from vnexus.lab import Lab
from vnexus.node import Node
from vnexus.topology import Listen, NodeSpec, Topology

ON_PORT_22 = "127.78.9.22"


def test_merge_compare_commit_rollback(napalm: Any, node: Node) -> None:
    napalm.load_merge_candidate(config="vlan 33\n  name Merged\ninterface loopback9\n  description test\n")
    difference = napalm.compare_config()
    assert "name Merged" in difference
    assert "description test" in difference
    assert 33 not in node.config.vlans()
    napalm.commit_config()
    assert node.config.vlans()[33] == "Merged"
    assert "name Merged" in (node.startup_text() or "")
    napalm.rollback()
    assert 33 not in node.config.vlans()
    assert "loopback9" not in node.config.interfaces()
    assert "name Merged" not in (node.startup_text() or "")


def test_discard_leaves_the_switch_alone(napalm: Any, node: Node) -> None:
    before = node.config.version
    napalm.load_merge_candidate(config="vlan 34")
    assert napalm.compare_config()
    napalm.discard_config()
    assert not napalm.compare_config()
    assert node.config.version == before


def test_commit_confirm_is_not_to_be_had(napalm: Any, node: Node) -> None:
    napalm.load_merge_candidate(config="vlan 35")
    with pytest.raises(NotImplementedError):
        napalm.commit_config(revert_in=60)
    assert 35 not in node.config.vlans()


def test_a_line_that_is_refused_is_rolled_back(napalm: Any, node: Node) -> None:
    napalm.load_merge_candidate(config="vlan 36\nbogus line\n")
    with pytest.raises(MergeConfigException):
        napalm.commit_config()
    assert 36 not in node.config.vlans()


def test_replace_compare_commit_rollback(connect_napalm: Callable[[Node, str], Any], node: Node) -> None:
    """The candidate of a replacement travels by SCP; it must be a checkpoint."""
    device = connect_napalm(node, "nxos_ssh")
    wanted = device._get_checkpoint_file().replace("name CCTV", "name CAMERAS")
    device.load_replace_candidate(config=wanted)
    assert "name CAMERAS" in device.compare_config()
    device.commit_config()
    vlan = next(number for number in node.config.vlans() if 120 <= number <= 122)
    assert node.config.vlans()[vlan] == "CAMERAS"
    assert not device.compare_config()
    device.rollback()
    assert node.config.vlans()[vlan] == "CCTV"


def test_replace_can_be_discarded(connect_napalm: Callable[[Node, str], Any], node: Node) -> None:
    device = connect_napalm(node, "nxos_ssh")
    before = node.config.lines_of()
    device.load_replace_candidate(config=device._get_checkpoint_file().replace("CCTV", "LOST"))
    device.discard_config()
    assert not device.compare_config()
    assert node.config.lines_of() == before


@pytest.fixture(scope="module")
def standard_ports() -> Iterator[Lab]:
    """One switch where the API driver looks for SSH: on port 22, whatever port it was told."""
    try:
        with socket.socket() as probe:
            probe.bind((ON_PORT_22, 22))
    except OSError as exc:
        pytest.skip(f"port 22 of {ON_PORT_22} cannot be opened here: {exc}")
    spec = NodeSpec(
        "hall", "n9k-10", "N9K-C93180YC-FX3", ON_PORT_22, ("feature scp-server", "vlan 120", "name CCTV")
    )
    free = testing.free_ports(ON_PORT_22)
    with testing.running(Topology("standard", (spec,)), Listen(22, free.nxapi, free.snmp)) as lab:
        yield lab


def test_the_api_driver_replaces_over_port_22(standard_ports: Lab) -> None:
    node = standard_ports.nodes["hall"]
    options: dict[str, object] = {"port": standard_ports.topology.listen.nxapi, "transport": "http"}
    device: Any = NXOSDriver(ON_PORT_22, "admin", "admin", optional_args=options)
    device.open()
    device.load_replace_candidate(config=device._get_checkpoint_file().replace("CCTV", "CAMERAS"))
    assert "name CAMERAS" in device.compare_config()
    device.commit_config()
    assert node.config.vlans()[120] == "CAMERAS"
    device.rollback()
    assert node.config.vlans()[120] == "CCTV"
    device.close()
