"""Unmodified NAPALM, both drivers: routing getters agree with the world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from napalm.nxos import NXOSDriver
from napalm.nxos_ssh import NXOSSSHDriver

from vnexus import testing
from vnexus.lab import Lab
from vnexus.topology import Topology
from vnexus.world.routing.bgp import carrier_prefixes


@pytest.fixture(scope="module")
def lab(routed_topology: Topology) -> Iterator[Lab]:
    with testing.running(routed_topology) as started:
        started.clock.advance(7200)
        yield started


def connect(lab: Lab, driver: str, node: str) -> Any:
    listen, address = lab.topology.listen, lab.nodes[node].spec.address
    if driver == "nxos":
        options: dict[str, object] = {"port": listen.nxapi, "transport": "http"}
        device: Any = NXOSDriver(address, "admin", "admin", optional_args=options)
    else:
        device = NXOSSSHDriver(address, "admin", "admin", optional_args={"port": listen.ssh})
    device.open()
    return device


@pytest.fixture(scope="module", params=["nxos", "nxos_ssh"])
def edge(lab: Lab, request: pytest.FixtureRequest) -> Iterator[Any]:
    device = connect(lab, request.param, "edge")
    yield device
    device.close()


@pytest.fixture(scope="module", params=["nxos", "nxos_ssh"])
def core(lab: Lab, request: pytest.FixtureRequest) -> Iterator[Any]:
    device = connect(lab, request.param, "core-1")
    yield device
    device.close()


def test_bgp_neighbors(edge: Any, lab: Lab) -> None:
    table = edge.get_bgp_neighbors()["global"]
    assert table["router_id"] == "10.1.0.9"
    for peer in lab.world.bgp_peers("edge"):
        seen = table["peers"][peer.address]
        assert seen["is_up"] == (peer.state == "established")
        assert seen["is_enabled"] == (not peer.shut)
        assert seen["remote_as"] == int(peer.remote_as)
    received = table["peers"]["203.0.113.1"]["address_family"]["ipv4"]["received_prefixes"]
    assert received == len(carrier_prefixes(lab.topology.endpoints[1]))


def test_arp_table(core: Any, lab: Lab) -> None:
    segments = lab.world.network().segments
    wanted = {
        str(other.address.ip)
        for leg in segments.legs["core-1"]
        if leg.vrf == "default"
        for other in segments.on[leg.segment]
        if other.node != "core-1" and other.address.ip in leg.address.network
    }
    seen = {row["ip"]: row for row in core.get_arp_table()}
    assert wanted | {"10.66.120.7"} <= set(seen)
    assert (seen["10.66.120.7"]["mac"], seen["10.66.120.7"]["interface"]) == ("00:AA:BB:CC:00:01", "Vlan120")
    assert seen["10.66.120.7"]["age"] >= 0


def test_ntp(core: Any) -> None:
    assert list(core.get_ntp_servers()) == ["10.1.0.2"]
    mixed = isinstance(core, NXOSSSHDriver)  # this driver does not tell servers and peers apart
    assert set(core.get_ntp_peers()) == ({"10.1.0.2"} if mixed else set())


def test_lldp_neighbors(core: Any, lab: Lab) -> None:
    seen = {
        (port, row["hostname"], row["port"])
        for port, rows in core.get_lldp_neighbors().items()
        for row in rows
    }
    assert seen == {(n.local_port, n.node, n.port) for n in lab.world.neighbors("core-1")}


def test_network_instances(core: Any) -> None:
    instances = core.get_network_instances()
    assert {"default", "management"} <= set(instances)
    assert "Vlan120" in instances["default"]["interfaces"]["interface"]
    assert "mgmt0" in instances["management"]["interfaces"]["interface"]


def test_environment(core: Any) -> None:
    assert core.get_environment()["memory"]["available_ram"] > 0


def test_ping(core: Any) -> None:
    good = core.ping("203.0.113.2", count=2)["success"]
    assert (good["packet_loss"], len(good["results"])) == (0, 2)
    assert 0 < good["rtt_min"] <= good["rtt_avg"] <= good["rtt_max"]
    assert core.ping("10.66.120.99", count=2)["success"]["packet_loss"] == 2


def test_traceroute(core: Any) -> None:
    hops = core.traceroute("203.0.113.2")["success"]
    assert [hop["probes"][1]["ip_address"] for hop in hops.values()] == ["203.0.113.2"]


def test_interface_counters(lab: Lab) -> None:
    device = connect(lab, "nxos_ssh", "core-1")
    before = lab.world.counters("core-1", "Ethernet1/49")
    seen = device.get_interfaces_counters()["Ethernet1/49"]
    after = lab.world.counters("core-1", "Ethernet1/49")
    assert before.rx_bytes <= seen["rx_octets"] <= after.rx_bytes
    assert before.tx_unicast <= seen["tx_unicast_packets"] <= after.tx_unicast
    assert (seen["rx_errors"], seen["tx_discards"]) == (0, 0)
    device.close()


def test_route_to(lab: Lab) -> None:
    device = connect(lab, "nxos_ssh", "core-1")
    (connected,) = [
        r for r in device.get_route_to("10.66.120.0/24")["10.66.120.0/24"] if r["protocol"] == "direct"
    ]
    assert (connected["outgoing_interface"], connected["routing_table"]) == ("Vlan120", "default")
    (ospf,) = device.get_route_to("10.1.0.9/32")["10.1.0.9/32"]
    assert (ospf["protocol"], ospf["next_hop"], ospf["current_active"]) == ("ospf", "10.0.1.2", True)
    prefix = str(carrier_prefixes(lab.topology.endpoints[1])[1])
    (learnt,) = device.get_route_to(prefix)[prefix]
    attributes = learnt["protocol_attributes"]
    assert (learnt["protocol"], learnt["next_hop"]) == ("bgp", "10.1.0.9")
    assert (attributes["as_path"], attributes["local_as"], attributes["remote_as"]) == ("64500", 65001, 65001)
    assert not device.get_route_to("172.31.0.0/16")
    device.close()
