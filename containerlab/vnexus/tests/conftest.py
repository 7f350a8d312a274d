"""A small lab for the world's tests: two cores, a leaf, a building switch; configurations in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from vnexus import hardware
from vnexus.facts import InterfaceConfig
from vnexus.lab import Lab as RunningLab
from vnexus.topology import Endpoint, Link, NodeSpec, Topology
from vnexus.world import Clock, World


class Time:
    """A wall clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class MemoryConfig:
    """``facts.ConfigFacts`` over plain values, as a test sets them."""

    model: str
    hostname: str
    clock: Clock
    table: dict[str, InterfaceConfig] = field(default_factory=dict)
    features: set[str] = field(default_factory=lambda: {"lldp"})
    communities: dict[str, str] = field(default_factory=lambda: {"public": "network-operator"})
    names: dict[int, str] = field(default_factory=lambda: {1: "default"})
    text: dict[str, str] = field(default_factory=dict)
    version: int = 1
    changed_at: float = 0.0
    saved_at: float = 0.0

    def __post_init__(self) -> None:
        for port in hardware.model(self.model).ports:
            self.table[port.name] = InterfaceConfig(port.name, admin_up=True)
        self.table["mgmt0"] = InterfaceConfig(
            "mgmt0", admin_up=True, mode="routed", addresses=("10.66.0.1/24",)
        )

    def change(self, name: str, **values: Any) -> None:
        """Change an interface, made when it is new."""
        old = self.table.get(name) or InterfaceConfig(name, admin_up=True)
        self.table[name] = replace(old, **values)
        self.touch()

    def touch(self) -> None:
        self.version += 1
        self.changed_at = self.clock.now()

    def interfaces(self) -> tuple[str, ...]:
        return tuple(self.table)

    def interface(self, name: str) -> InterfaceConfig:
        return self.table[name]

    def vlans(self) -> dict[int, str]:
        return self.names

    def feature(self, name: str) -> bool:
        return name in self.features

    def snmp_communities(self) -> dict[str, str]:
        return self.communities

    def value(self, prefix: str, *path: str) -> str | None:
        return self.text.get(prefix)

    def lines(self, *path: str) -> tuple[str, ...]:
        return tuple(f"{key}{rest}" for key, rest in self.text.items())


TOPOLOGY = Topology(
    name="small",
    nodes=(
        NodeSpec("core-1", "n7k-7.3", "N7K-C7009", "127.66.9.1"),
        NodeSpec("core-2", "n7k-7.3", "N7K-C7009", "127.66.9.2"),
        NodeSpec("leaf-1", "n9k-10", "N9K-C93180YC-FX3", "127.66.9.11"),
        NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", "127.66.9.21"),
    ),
    links=(
        Link("core-1", "Ethernet3/1", "core-2", "Ethernet3/1"),
        Link("hall", "Ethernet1/49", "core-1", "Ethernet3/2"),
        Link("hall", "Ethernet1/50", "core-2", "Ethernet3/2"),
        Link("leaf-1", "Ethernet1/49", "core-1", "Ethernet3/3"),
    ),
    endpoints=(
        Endpoint("hall", "Ethernet1/7", "camera", "cam-001", "00aa.bbcc.0001", "10.66.120.7", 6.5,
                 transmit_bps=4_000_000, receive_bps=20_000),
        Endpoint("hall", "Ethernet1/8", "access-point", "ap-001", "00aa.bbcc.0002", "10.66.121.8", 14.0, 4,
                 transmit_bps=10_000_000, receive_bps=40_000_000),
        Endpoint("hall", "Ethernet1/9", "display", "sign-001", "00aa.bbcc.0003", receive_bps=2_000_000),
        Endpoint("leaf-1", "Ethernet1/1", "server", "recorder-1", "00aa.bbcc.0004",
                 transmit_bps=1_000_000, receive_bps=100_000_000),
    ),
)  # fmt: skip


def _core(number: int, other: int, priority: int) -> tuple[str, ...]:
    """One of two cores: a vPC pair with OSPF, HSRP, iBGP and the root bridge of VLAN 120."""
    return (
        "feature lldp", "feature ospf", "feature bgp", "feature hsrp", "feature lacp",
        "feature interface-vlan", "feature vpc", "vlan 99,120",
        f"spanning-tree vlan 99,120 priority {4096 * number}",
        f"ntp server 10.1.0.{other}",
        "vpc domain 10", f"role priority {priority}",
        f"peer-keepalive destination 10.66.0.{other} source 10.66.0.{number}",
        "interface Vlan99", "no shutdown", f"ip address 10.9.9.{number}/29", "ip router ospf CITY area 0",
        "interface Vlan120", "no shutdown", f"ip address 10.66.120.{number + 1}/24",
        "ip router ospf CITY area 0", "ip ospf passive-interface", "hsrp version 2", "hsrp 120",
        f"priority {120 - 10 * number}", "preempt", "ip 10.66.120.1",
        "interface port-channel1", "switchport mode trunk", "vpc peer-link",
        "interface port-channel10", "switchport mode trunk", "vpc 10",
        "interface Ethernet1/49-50", "switchport mode trunk", "channel-group 1 mode active",
        "interface Ethernet1/2", "switchport mode trunk", "channel-group 10 mode active",
        "interface Ethernet1/1", "no switchport", "no shutdown", f"ip address 10.0.{number}.1/30",
        "ip ospf network point-to-point", "ip router ospf CITY area 0",
        "interface loopback0", f"ip address 10.1.0.{number}/32", "ip router ospf CITY area 0",
        "interface mgmt0", f"ip address 10.66.0.{number}/24",
        "router ospf CITY", f"router-id 10.1.0.{number}",
        "router bgp 65001", f"router-id 10.1.0.{number}", "neighbor 10.1.0.9", "remote-as 65001",
        "update-source loopback0", "address-family ipv4 unicast",
    )  # fmt: skip


EDGE = (
    "feature lldp", "feature ospf", "feature bgp",
    "interface Ethernet1/1-2", "no switchport", "no shutdown", "ip ospf network point-to-point",
    "ip router ospf CITY area 0",
    "interface Ethernet1/1", "ip address 10.0.1.2/30", "interface Ethernet1/2", "ip address 10.0.2.2/30",
    "interface Ethernet1/10", "no switchport", "no shutdown", "ip address 203.0.113.2/30",
    "interface loopback0", "ip address 10.1.0.9/32", "ip router ospf CITY area 0",
    "interface mgmt0", "ip address 10.66.0.9/24", "ntp master 3",
    "router ospf CITY", "router-id 10.1.0.9", "default-information originate",
    "router bgp 65001", "router-id 10.1.0.9", "neighbor 203.0.113.1", "remote-as 64500",
    "description transit", "address-family ipv4 unicast",
    "neighbor 10.1.0.1", "remote-as 65001", "update-source loopback0", "address-family ipv4 unicast",
    "next-hop-self",
    "neighbor 10.1.0.2", "remote-as 65001", "update-source loopback0", "address-family ipv4 unicast",
    "next-hop-self", "shutdown",
)  # fmt: skip
HALL = (
    "feature lldp", "feature lacp", "vlan 99,120", "interface Ethernet1/7", "switchport access vlan 120",
    "interface port-channel10", "switchport mode trunk",
    "interface Ethernet1/49-50", "switchport mode trunk", "channel-group 10 mode active",
)  # fmt: skip
ROUTED = Topology(
    name="routed",
    nodes=(
        NodeSpec("core-1", "n9k-10", "N9K-C93180YC-FX3", "127.66.8.1", _core(1, 2, 100)),
        NodeSpec("core-2", "n9k-10", "N9K-C93180YC-FX3", "127.66.8.2", _core(2, 1, 200)),
        NodeSpec("edge", "n9k-10", "N9K-C93180YC-FX3", "127.66.8.9", EDGE),
        NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", "127.66.8.21", HALL),
    ),
    links=(
        Link("core-1", "Ethernet1/49", "core-2", "Ethernet1/49"),
        Link("core-1", "Ethernet1/50", "core-2", "Ethernet1/50"),
        Link("core-1", "Ethernet1/1", "edge", "Ethernet1/1"),
        Link("core-2", "Ethernet1/1", "edge", "Ethernet1/2"),
        Link("hall", "Ethernet1/49", "core-1", "Ethernet1/2"),
        Link("hall", "Ethernet1/50", "core-2", "Ethernet1/2"),
    ),
    endpoints=(
        Endpoint("hall", "Ethernet1/7", "camera", "cam-001", "00aa.bbcc.0001", "10.66.120.7", 6.5),
        Endpoint("edge", "Ethernet1/10", "carrier", "transit", "00aa.bbcc.0009", "203.0.113.1"),
        Endpoint("hall", "Ethernet1/9", "display", "sign-1", "00aa.bbcc.0005", "10.66.120.9"),
        Endpoint(
            "hall",
            "Ethernet1/10",
            "phone",
            "phone-1",
            "00aa.bbcc.0006",
            "10.66.121.10",
            transmit_bps=100_000,
            receive_bps=100_000,
        ),
    ),
)


@dataclass
class Lab:
    world: World
    configs: dict[str, MemoryConfig]
    time: Time

    def wait(self, seconds: float) -> None:
        self.time.seconds += seconds


@pytest.fixture
def make_lab() -> Callable[[Topology], Lab]:
    def make(topology: Topology) -> Lab:
        wall = Time()
        clock = Clock(wall)
        configs = {node.name: MemoryConfig(node.model, node.name, clock) for node in topology.nodes}
        return Lab(World(topology, configs, clock), configs, wall)

    return make


@pytest.fixture
def make_small(make_lab: Callable[[Topology], Lab]) -> Callable[[], Lab]:
    return lambda: make_lab(TOPOLOGY)


@pytest.fixture
def lab(make_small: Callable[[], Lab]) -> Lab:
    return make_small()


@pytest.fixture
def get_name() -> bytes:
    """A v2c GetRequest for sysName.0."""
    return bytes.fromhex("302602010104067075626c6963a019020101020100020100300e300c06082b060102010105000500")


@pytest.fixture(scope="session")
def routed_topology() -> Topology:
    """Two cores in a vPC pair with OSPF, HSRP and iBGP, an edge with a carrier, a hall with a camera."""
    return ROUTED


@pytest.fixture
def routed() -> RunningLab:
    """The same, typed in and wired, without sockets."""
    wall = Time()
    lab = RunningLab(ROUTED, clock=Clock(wall))
    wall.seconds += 7200
    return lab
