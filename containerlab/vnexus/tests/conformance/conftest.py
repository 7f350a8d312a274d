"""One small city with a switch of each release, for clients written by others.

Three switches, routed between (OSPF, BGP, a carrier), each with something on an access port; every answer
that a client gets is held against the world behind it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from napalm.nxos import NXOSDriver
from napalm.nxos_ssh import NXOSSSHDriver

from vnexus import testing
from vnexus.lab import Lab
from vnexus.node import Node
from vnexus.topology import Endpoint, Link, NodeSpec, Topology

collect_ignore = ["judges"]
"""Programs of the judges, for their own environments."""
ROOT = Path(__file__).resolve().parents[4]
NAMES = ("core", "leaf", "hall")
"""NX-OS 7.3 on a Nexus 7000, 9.3 and 10 on Nexus 9000."""


def _common(number: int, access: str, vlan: int) -> tuple[str, ...]:
    return (
        "feature lldp", "feature ospf", "feature bgp", "feature interface-vlan", "feature scp-server",
        "ip domain-name bellerive.example", f"vlan {vlan},130", f"vlan {vlan}", "name CCTV",
        "snmp-server location rue Haute 12", "snmp-server contact noc",
        "snmp-server community city group network-operator",
        "username eve password Look-1-Twice role network-operator",
        f"interface Vlan{vlan}", "no shutdown", f"ip address 10.66.{vlan}.1/24", "ip router ospf CITY area 0",
        "ip ospf passive-interface",
        "interface loopback0", f"ip address 10.1.0.{number}/32", f"ipv6 address 2001:db8:66::{number}/128",
        "ip router ospf CITY area 0", "interface mgmt0", f"ip address 10.66.0.{number}/24",
        f"interface {access}", "switchport", f"switchport access vlan {vlan}", "no shutdown",
        "description camera rue Haute 12", "router ospf CITY", f"router-id 10.1.0.{number}",
    )  # fmt: skip


def _routed(port: str, address: str) -> tuple[str, ...]:
    return (f"interface {port}", "no switchport", "no shutdown", f"ip address {address}",
            "ip ospf network point-to-point", "ip router ospf CITY area 0")  # fmt: skip


def _inside(address: str, description: str) -> tuple[str, ...]:
    return (f"neighbor {address}", "remote-as 65001", f"description {description}",
            "update-source loopback0", "address-family ipv4 unicast", "next-hop-self")  # fmt: skip


CORE = (
    *_common(1, "Ethernet3/7", 120), *_routed("Ethernet3/1", "10.0.12.1/30"),
    *_routed("Ethernet3/2", "10.0.13.1/30"), "ntp master 3", "ntp peer 10.1.0.2",
    "interface Ethernet3/10", "no switchport", "no shutdown", "ip address 203.0.113.2/30",
    "router bgp 65001", "router-id 10.1.0.1", "neighbor 203.0.113.1", "remote-as 64500",
    "description transit", "address-family ipv4 unicast", *_inside("10.1.0.2", "leaf"),
    *_inside("10.1.0.3", "hall"),
)  # fmt: skip
LEAF = (
    *_common(2, "Ethernet1/7", 121), *_routed("Ethernet1/49", "10.0.12.2/30"), "ntp server 10.1.0.1",
    "interface Ethernet1/50", "switchport mode trunk", "switchport trunk allowed vlan 121,130", "no shutdown",
    "router bgp 65001", "router-id 10.1.0.2", *_inside("10.1.0.1", "core"),
)  # fmt: skip
HALL = (
    *_common(3, "Ethernet1/7", 122), *_routed("Ethernet1/49", "10.0.13.2/30"), "ntp server 10.1.0.1",
    "interface Ethernet1/53", "switchport mode trunk", "no shutdown",
    "router bgp 65001", "router-id 10.1.0.3", *_inside("10.1.0.1", "core"),
)  # fmt: skip
STRANGERS = Topology(
    name="strangers",
    nodes=(
        NodeSpec("core", "n7k-7.3", "N7K-C7009", "127.78.1.1", CORE),
        NodeSpec("leaf", "n9k-9.3", "N9K-C93180YC-FX3", "127.78.1.2", LEAF),
        NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", "127.78.1.3", HALL),
    ),
    links=(
        Link("core", "Ethernet3/1", "leaf", "Ethernet1/49"),
        Link("core", "Ethernet3/2", "hall", "Ethernet1/49"),
        Link("leaf", "Ethernet1/50", "hall", "Ethernet1/53"),
    ),
    endpoints=(
        Endpoint("core", "Ethernet3/7", "server", "recorder-1", "00aa.bbcc.0120", "10.66.120.7"),
        Endpoint("leaf", "Ethernet1/7", "server", "recorder-2", "00aa.bbcc.0121", "10.66.121.7"),
        Endpoint("hall", "Ethernet1/7", "camera", "cam-001", "00aa.bbcc.0122", "10.66.122.7", 6.5,
                 transmit_bps=4_000_000, receive_bps=20_000),
        Endpoint("core", "Ethernet3/10", "carrier", "transit", "00aa.bbcc.0009", "203.0.113.1"),
    ),
)  # fmt: skip


@pytest.fixture(scope="session")
def strangers() -> Topology:
    return STRANGERS


@pytest.fixture(scope="session")
def judge() -> Callable[[str, str], Path]:
    """Programs of the environments that ``make judges`` fills: ``judge("ansible", "ansible-playbook")``.

    Without them their tests are skipped; where VNEXUS_JUDGES says ``required`` they fail.
    """

    def program(environment: str, name: str) -> Path:
        file = ROOT / f".venv-{environment}" / "bin" / name
        if not file.exists():
            missing = f"{file} is not there: run 'make judges'"
            if os.environ.get("VNEXUS_JUDGES") == "required":
                pytest.fail(missing)
            pytest.skip(missing)
        return file

    return program


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """The city, two hours old."""
    with testing.running(STRANGERS) as started:
        started.clock.advance(7200)
        yield started


@pytest.fixture(params=NAMES, ids=[spec.profile for spec in STRANGERS.nodes])
def node(lab: Lab, request: pytest.FixtureRequest) -> Iterator[Node]:
    """A switch of each release; its configuration and faults are put back afterwards."""
    switch = lab.nodes[request.param]
    running, startup, files = switch.config.root.copy(), switch.startup, dict(switch.flash.files)
    yield switch
    switch.faults.clear()
    switch.become(running)
    switch.startup = startup
    switch.flash.files.clear()
    switch.flash.files.update(files)


@pytest.fixture(params=["nxos", "nxos_ssh"])
def napalm(lab: Lab, node: Node, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A NAPALM device of either driver."""
    device = open_napalm(lab, node, request.param)
    yield device
    device.close()


@pytest.fixture
def connect_napalm(lab: Lab) -> Iterator[Callable[[Node, str], Any]]:
    """Open a device of one driver; closed afterwards."""
    opened = []

    def connect(node: Node, driver: str) -> Any:
        opened.append(open_napalm(lab, node, driver))
        return opened[-1]

    yield connect
    for device in opened:
        device.close()


def open_napalm(lab: Lab, node: Node, driver: str) -> Any:
    listen = lab.topology.listen
    if driver == "nxos":
        options: dict[str, object] = {"port": listen.nxapi, "transport": "http"}
        device: Any = NXOSDriver(node.spec.address, "admin", "admin", optional_args=options)
    else:
        device = NXOSSSHDriver(node.spec.address, "admin", "admin", optional_args={"port": listen.ssh})
    device.open()
    return device
