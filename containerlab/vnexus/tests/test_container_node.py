"""A node of a container without its container: arguments, counters, carrier and neighbours in the model."""

from __future__ import annotations

import argparse
from ipaddress import IPv4Interface
from pathlib import Path

import pytest

from vnexus.cli import main
from vnexus.container import command, kernel
from vnexus.container.host import Host, packet
from vnexus.container.meters import ChannelMeter, KernelMeter, KernelMeters, Statistics
from vnexus.lab import Lab
from vnexus.topology import Endpoint, Link, NodeSpec, Topology, TopologyError
from vnexus.world.traffic import RX_BYTES, WIDTH, Load

OWN = IPv4Interface("10.99.0.21/24")
LAB = """\
name: town
credentials: {username: admin, password_env: VNEXUS_PASSWORD}
nodes:
  - {name: hall, profile: n9k-10, model: N9K-C9348GC-FX3PH, address: 10.99.0.9, startup: ["feature lldp"]}
  - {name: core, profile: n7k-7.3, model: N7K-C7009, address: 10.99.0.1}
links:
  - [hall:Ethernet1/49, core:Ethernet3/1]
"""


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers(dest="command"))
    return parser.parse_args(["node", *words])


def test_it_takes_what_vrnetlab_takes(tmp_path: Path) -> None:
    startup = tmp_path / "startup-config.cfg"
    startup.write_text("feature bgp\n\nrouter bgp 65000\n", "utf-8")
    arguments = parse(
        "--username", "eve", "--password", "Secret-1", "--hostname", "leaf1", "--connection-mode", "tc",
        "--trace", "--startup", str(startup),
    )  # fmt: skip
    topology = command.node_topology(arguments, "leaf1", OWN, {})
    assert (topology.username, topology.password) == ("eve", "Secret-1")
    (spec,) = topology.nodes
    assert (spec.name, spec.model, spec.address) == ("leaf1", "N9K-C9300v", "10.99.0.21")
    assert spec.startup == ("feature bgp", "router bgp 65000")
    assert (topology.listen.ssh, topology.listen.nxapi_https, topology.listen.snmp) == (22, 443, 161)


def test_the_environment_says_the_same(tmp_path: Path) -> None:
    environ = {
        "USERNAME": "eve",
        "PASSWORD": "Secret-1",
        "VNEXUS_MODEL": "N7K-C7009",
        "VNEXUS_PROFILE": "n7k-7.3",
    }
    topology = command.node_topology(parse("--startup", str(tmp_path / "none")), "core", OWN, environ)
    assert (topology.username, topology.password) == ("eve", "Secret-1")
    assert topology.nodes[0].profile == "n7k-7.3"
    assert "  ip address 10.99.0.21/24" in topology.nodes[0].startup


def test_a_lab_file_says_who_else_there_is(tmp_path: Path) -> None:
    file = tmp_path / "lab.yml"
    file.write_text(LAB, "utf-8")
    arguments = parse("--lab", str(file), "--startup", str(tmp_path / "none"))
    topology = command.node_topology(arguments, "hall", OWN, {"PASSWORD": "Secret-1"})
    assert {spec.name: spec.address for spec in topology.nodes} == {"hall": "10.99.0.21", "core": "10.99.0.1"}
    assert topology.password == "Secret-1"
    with pytest.raises(TopologyError, match=r"no node 'nobody'. Give --hostname; known are hall, core"):
        command.node_topology(arguments, "nobody", OWN, {})


def test_an_unknown_model_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(TopologyError, match="--model: unknown 'N5K'"):
        command.node_topology(parse("--model", "N5K", "--startup", str(tmp_path / "none")), "x", OWN, {})


def test_the_deployers_mistakes_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clab", "inspect", "-t", str(tmp_path / "none.clab.yml")]) == 1
    assert "none.clab.yml: cannot be read" in capsys.readouterr().err


# -- the kernel's figures


def test_carriers_are_read_as_the_kernel_tells(tmp_path: Path) -> None:
    for name, carrier in (("eth0", "1"), ("eth1", "1"), ("eth12", "0"), ("lo", "1"), ("ethx", "1")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "carrier").write_text(f"{carrier}\n", "ascii")
    assert kernel.read_carriers(tmp_path) == {"eth1": True, "eth12": False}


def totals(rx_bytes: int) -> tuple[int, ...]:
    return (rx_bytes, *(0,) * (WIDTH - 1))


def test_counters_are_the_kernels_and_sums_of_them() -> None:
    figures, now = {"eth1": totals(1000), "eth2": totals(10)}, [0.0]
    statistics = Statistics(lambda: dict(figures), lambda: now[0])
    meters = KernelMeters("hall", statistics, lambda _: ["Ethernet1/1", "Ethernet1/2"])
    meters.plug("Ethernet1/1", "eth1")
    meters.plug("Ethernet1/2", "eth2")
    one, both = meters.meter(("hall", "Ethernet1/1")), meters.meter(("hall", "port-channel1"))
    assert isinstance(one, KernelMeter)
    assert isinstance(both, ChannelMeter)
    assert (one.read(RX_BYTES, 0), both.read(RX_BYTES, 0)) == (1000, 1010)
    meters.sample(now[0])
    figures["eth1"], now[0] = totals(6000), 5.0
    meters.settle(Load({("hall", "Ethernet1/1"): (9,) * WIDTH}), 0)  # the model's opinion does not count
    meters.sample(now[0])
    assert one.rates[RX_BYTES] == 1_000_000  # thousandths of bytes per second
    assert both.rates[RX_BYTES] == 1_000_000
    meters.clear("hall", 0)
    assert one.read(RX_BYTES, 0) == 0
    del figures["eth1"]
    now[0] = 9.0
    assert one.read(RX_BYTES, 0) == 0


def test_a_host_sends_valid_packets() -> None:
    data = packet(Host("camera", "cam-1", "00aa.bbcc.0001", "10.20.1.10", 2_000_000), 1180)
    assert len(data) == 1180 - 14
    words = [int.from_bytes(data[at : at + 2]) for at in range(0, 20, 2)]
    total = sum(words)
    assert (total & 0xFFFF) + (total >> 16) == 0xFFFF  # RFC 791
    assert data[12:16] == bytes((10, 20, 1, 10))


# -- real interfaces in the model

PAIR = Topology(
    "pair",
    (
        NodeSpec("hall", "n9k-10", "N9K-C93180YC-FX3", "127.99.0.21"),
        NodeSpec("core", "n9k-10", "N9K-C93180YC-FX3", "127.99.0.1"),
    ),
    links=(Link("hall", "Ethernet1/1", "core", "Ethernet1/1"),),
)


def test_the_kernel_decides_about_carrier() -> None:
    lab = Lab(PAIR, only="hall")
    world = lab.world
    assert list(lab.served) == ["hall"]
    assert world.oper("hall", "Ethernet1/1").up
    world.carrier["hall", "Ethernet1/1"] = False
    world.touch({"hall"})
    state = world.oper("hall", "Ethernet1/1")
    assert (state.up, state.reason) == (False, "notconnect")
    world.carrier["hall", "Ethernet1/1"] = True
    world.touch({"hall"})
    assert world.oper("hall", "Ethernet1/1").up


def test_what_the_lab_file_does_not_know_is_a_wire() -> None:
    lab = Lab(PAIR, only="hall")
    world = lab.world
    assert not world.oper("hall", "Ethernet1/7").up
    world.wiring.plug(Endpoint("hall", "Ethernet1/7", "wire", "hall eth7", "02aa.bbcc.0007"))
    world.carrier["hall", "Ethernet1/7"] = True
    world.touch({"hall"})
    assert world.oper("hall", "Ethernet1/7").up
    assert world.macs("hall") == ()
