"""The two halves together: typed configuration moves the world, the world shows in SNMP."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vnexus import control_client
from vnexus.lab import Lab
from vnexus.snmp import Agent, ber
from vnexus.snmp.tables import Tables
from vnexus.topology import Endpoint, Link, NodeSpec, Topology
from vnexus.world import Clock

COMMON = ("feature lldp", "snmp-server community city group network-operator")
TOPOLOGY = Topology(
    name="halves",
    nodes=(
        NodeSpec("core", "n7k-7.3", "N7K-C7009", "127.66.99.1", COMMON),
        NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", "127.66.99.2", COMMON),
    ),
    links=(
        Link("hall", "Ethernet1/49", "core", "Ethernet3/1"),
        Link("hall", "Ethernet1/50", "core", "Ethernet3/2"),
    ),
    endpoints=(
        Endpoint("hall", "Ethernet1/7", "camera", "cam-001", "00aa.bbcc.0001", None, 6.5,
                 transmit_bps=4_000_000),
    ),
)  # fmt: skip
OPER = "1.3.6.1.2.1.2.2.1.8."
HALL_UPLINK = 436207616 + 48 * 512
RUNNING, SAVED = "1.3.6.1.4.1.9.9.43.1.1.1.0", "1.3.6.1.4.1.9.9.43.1.1.2.0"


class Asked:
    """A lab without sockets whose agents are asked directly."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0
        self.lab = Lab(TOPOLOGY, clock=Clock(lambda: self.seconds))
        self.world = self.lab.world
        self.agents = {name: Agent(self.world, name) for name in self.lab.nodes}

    def type(self, node: str, *lines: str) -> None:
        assert self.lab.nodes[node].merge("\n".join(lines)) == []

    def get(self, node: str, oid: str, community: bytes = b"city") -> int | bytes | None:
        """Value of one object; None for silence."""
        name = ber.tlv(ber.SEQUENCE, ber.oid(oid) + b"\x05\x00")
        body = ber.integer(1) + ber.integer(0) + ber.integer(0) + ber.tlv(ber.SEQUENCE, name)
        message = ber.tlv(ber.SEQUENCE, ber.integer(1) + ber.octets(community) + ber.tlv(0xA0, body))
        answer = self.agents[node].reply(message)
        if answer is None:
            return None
        value = answer[answer.index(ber.oid(oid)) + len(ber.oid(oid)) :]
        tag, start, end = ber.read_tlv(value, 0, len(value))
        return value[start:end] if tag == ber.OCTETS else int.from_bytes(value[start:end])


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_a_core_is_dark_until_its_ports_are_opened(asked: Asked) -> None:
    assert asked.get("hall", f"{OPER}{HALL_UPLINK}") == 2
    asked.type("core", "interface Ethernet3/1", "no shutdown")
    assert asked.get("hall", f"{OPER}{HALL_UPLINK}") == 1
    assert [n.node for n in asked.world.neighbors("hall")] == ["core"]
    asked.type("core", "hostname coeur")
    assert [n.node for n in asked.world.neighbors("hall")] == ["coeur"]
    assert asked.get("core", "1.3.6.1.2.1.1.5.0") == b"coeur"


def test_a_port_channel_comes_up_as_typed(asked: Asked) -> None:
    asked.type(
        "core",
        "feature lacp",
        "interface Ethernet3/1-2",
        "switchport",
        "channel-group 1 mode active",
        "no shutdown",
    )
    asked.type("hall", "feature lacp", "interface Ethernet1/49-50", "channel-group 7 mode active")
    state = asked.world.oper("hall", "port-channel7")
    assert (state.up, state.speed_mbps) == (True, 20_000)
    asked.type("hall", "interface port-channel7", "shutdown")
    assert not asked.world.oper("core", "port-channel1").up


def test_an_svi_needs_its_vlan_and_a_port(asked: Asked) -> None:
    asked.type("hall", "feature interface-vlan", "interface Vlan120", "no shutdown")
    assert not asked.world.oper("hall", "Vlan120").up
    asked.type("hall", "vlan 120", "interface Ethernet1/7", "switchport access vlan 120")
    assert asked.world.oper("hall", "Vlan120").up
    assert [(mac.vlan, mac.port) for mac in asked.world.macs("hall")] == [(120, "Ethernet1/7")]


def test_power_follows_the_typed_line(asked: Asked) -> None:
    detection, consumption = "1.3.6.1.2.1.105.1.1.1.6.1.7", "1.3.6.1.4.1.9.9.402.1.2.1.9.1.7"
    assert asked.get("hall", detection) == 3
    assert asked.get("hall", consumption) == pytest.approx(6500, rel=0.03)
    asked.type("hall", "interface Ethernet1/7", "power inline never")
    assert asked.get("hall", detection) == 1
    assert asked.get("hall", consumption) == 0


def test_only_communities_of_the_running_configuration_read(asked: Asked) -> None:
    assert asked.get("hall", "1.3.6.1.2.1.1.5.0", b"other") is None
    asked.type("hall", "snmp-server community other group network-operator")
    assert asked.get("hall", "1.3.6.1.2.1.1.5.0", b"other") == b"hall"
    asked.type("hall", "no snmp-server community city group network-operator")
    assert asked.get("hall", "1.3.6.1.2.1.1.5.0") is None


def test_an_unsaved_change_shows_until_it_is_saved(asked: Asked) -> None:
    assert (asked.get("hall", RUNNING), asked.get("hall", SAVED)) == (0, 0)
    asked.seconds += 100
    asked.type("hall", "interface Ethernet1/9", "description x")
    asked.seconds += 50
    assert (asked.get("hall", RUNNING), asked.get("hall", SAVED)) == (10_000, 0)
    asked.lab.nodes["hall"].save()
    assert asked.get("hall", SAVED) == 15_000


def test_a_reboot_forgets_what_was_not_saved(asked: Asked) -> None:
    asked.type("hall", "interface Ethernet1/9", "description x")
    asked.seconds += 1000
    asked.world.reboot("hall", seconds=60)
    assert asked.get("hall", "1.3.6.1.2.1.1.3.0") is None
    asked.seconds += 100
    assert asked.get("hall", "1.3.6.1.2.1.1.3.0") == 4000
    assert asked.world.snapshot("hall").interfaces["Ethernet1/9"].description == ""


CARRIER = Topology(
    name="carriers",
    nodes=(
        NodeSpec("edge-1", "n9k-9.3", "N9K-C93180YC-FX3", "127.66.95.1"),
        NodeSpec("edge-2", "n9k-9.3", "N9K-C93180YC-FX3", "127.66.95.2"),
    ),
    links=(Link("edge-1", "Ethernet1/53", "edge-2", "Ethernet1/53"),),
    endpoints=(Endpoint("edge-1", "Ethernet1/1", "carrier", "alize", "00aa.bbcc.0009", "192.0.2.2"),),
)
EDGE = """
feature bgp
interface loopback0
  ip address 10.66.255.{me}/32
interface Ethernet1/53
  no switchport
  ip address 10.66.254.{me}/24
  no shutdown
router bgp 64496
  neighbor 10.66.255.{other}
    remote-as 64496
    update-source loopback0
"""
UPSTREAM = """
interface Ethernet1/1
  no switchport
  ip address 192.0.2.1/30
  no shutdown
router bgp 64496
  neighbor 192.0.2.2
    remote-as 64497
    description Alize
"""


def test_sessions_follow_wire_address_and_both_configurations() -> None:
    lab = Lab(CARRIER)

    def states(node: str) -> dict[str, str]:
        return {peer.address: peer.state for peer in lab.world.bgp_peers(node)}

    assert lab.nodes["edge-1"].merge(EDGE.format(me=1, other=2) + UPSTREAM) == []
    assert states("edge-1") == {"10.66.255.2": "idle", "192.0.2.2": "established"}
    assert lab.nodes["edge-2"].merge(EDGE.format(me=2, other=1)) == []
    assert states("edge-1") == {"10.66.255.2": "established", "192.0.2.2": "established"}
    assert states("edge-2") == {"10.66.255.1": "established"}
    number = lab.world.add_fault("endpoint-unplug", {"endpoint": "alize"})
    assert states("edge-1")["192.0.2.2"] == "idle"
    lab.world.remove_fault(number)
    carrier = next(peer for peer in lab.world.bgp_peers("edge-1") if peer.address == "192.0.2.2")
    assert (carrier.state, carrier.transitions, carrier.description) == ("established", 2, "Alize")
    lab.world.add_fault("link-cut", {"node": "edge-1", "port": "Ethernet1/53"})
    assert states("edge-2") == {"10.66.255.1": "idle"}
    lab.nodes["edge-1"].merge("router bgp 64496\nneighbor 192.0.2.2\nshutdown")
    assert states("edge-1")["192.0.2.2"] == "idle"


def test_sessions_are_in_their_table(asked: Asked) -> None:
    asked.type("hall", "feature bgp", "router bgp 64496", "neighbor 192.0.2.2", "remote-as 64497")
    assert asked.get("hall", "1.3.6.1.2.1.15.3.1.2.192.0.2.2") == 1
    assert asked.get("hall", "1.3.6.1.2.1.15.3.1.9.192.0.2.2") == 64497


LAB_FILE = """
name: process
listen: {ssh: SSH, nxapi: HTTP, snmp: UDP}
nodes:
  - {name: hall, profile: n9k-10, model: N9K-C9348GC-FX3PH, address: 127.66.98.2,
     startup: ["snmp-server community city group network-operator"]}
endpoints:
  - {node: hall, port: Ethernet1/7, kind: camera, name: cam-001, mac: 00aa.bbcc.0001, watts: 6.5}
"""


def free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``vnexus run`` in a process of its own, and the address of its control API."""
    file = tmp_path / "lab.yaml"
    ports = {name: str(free_port("127.66.98.2")) for name in ("SSH", "HTTP", "UDP")}
    file.write_text(re.sub("SSH|HTTP|UDP", lambda found: ports[found[0]], LAB_FILE))
    command = [sys.executable, "-m", "vnexus", "run", str(file), "--control", "127.0.0.1:0"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert running.stdout is not None
    try:
        assert select.select([running.stdout], [], [], 60)[0], "no ready line"
        yield running, json.loads(running.stdout.readline())["control"]
    finally:
        if running.poll() is None:
            running.send_signal(signal.SIGTERM)
        running.communicate(timeout=30)


def vnexus(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vnexus", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_lab_process_takes_faults_from_the_command_line(process: tuple[subprocess.Popen[str], str]) -> None:
    running, control = process
    added = vnexus("fault", "--control", control, "add", "endpoint-unplug", "endpoint=cam-001")
    assert (added.returncode, added.stdout) == (0, "1\n")
    (camera,) = control_client.call(control, "GET", "/endpoints")
    assert (camera["up"], camera["poe"]) == (False, "searching")
    listed = vnexus("fault", "--control", control, "list")
    assert "endpoint-unplug" in listed.stdout
    assert vnexus("fault", "--control", control, "remove", "1").returncode == 0
    assert control_client.call(control, "GET", "/endpoints")[0]["up"]
    before = control_client.call(control, "GET", "/health")["now"]
    assert vnexus("fault", "--control", control, "advance", "86400").returncode == 0
    assert control_client.call(control, "GET", "/health")["now"] >= before + 86400
    refused = vnexus("fault", "--control", control, "add", "earthquake")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("vnexus: unknown fault 'earthquake'")
    assert refused.stderr.count("\n") == 1
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=30) == 0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("fault", "--control", "127.0.0.1:9", "list"), "no lab answers at"),
        (("fault", "--control", "127.0.0.1:9", "add", "heat", "hall"), "write NAME=VALUE"),
        (("run", "/nowhere/lab.yaml"), "cannot be read"),
    ],
)
def test_a_wrong_command_is_one_line(arguments: tuple[str, ...], expected: str) -> None:
    said = vnexus(*arguments)
    assert said.returncode == 2
    assert expected in said.stderr
    assert said.stderr.count("\n") == 1


def recordings() -> list[Path]:
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared" / "data" / "INDEX.md").exists():
            return sorted((parent / "shared" / "data").glob("nxos-labs/*/configs/*/show_running-config.txt"))
    return []


@pytest.mark.skipif(not recordings(), reason="recorded labs (shared/data) are not on this machine")
@pytest.mark.parametrize(
    "file", recordings(), ids=lambda file: f"{file.parent.parent.parent.name}-{file.parent.name}"
)
def test_a_recorded_switch_can_be_walked(file: Path) -> None:
    lines = tuple(file.read_text().splitlines())
    ports = sum(line.startswith("interface Ethernet") and "." not in line for line in lines)
    model = "N9K-C9300v" if ports <= 64 else "N9K-9000v"
    lab = Lab(Topology("recorded", (NodeSpec("n", "n9k-9.3", model, "127.66.97.1", lines),)))
    with lab.world.moment() as now:
        index = Tables(lab.world, "n").index()
        assert index.keys == sorted(set(index.keys))
        assert all(index.varbind(position, int(now * 1e6)) for position in range(len(index)))
    names = {line.split()[1] for line in lines if line.startswith("interface ")}
    assert names <= set(lab.world.states("n"))
