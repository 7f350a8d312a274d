"""A small lab for the world's tests: two cores, a leaf, a building switch; configurations in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from vnexus import hardware
from vnexus.facts import InterfaceConfig
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
