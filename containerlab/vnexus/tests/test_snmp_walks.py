"""net-snmp walks every kind of node end to end, and what the tables say is what the model says."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from vnexus import hardware
from vnexus.lab import Lab
from vnexus.testing import running
from vnexus.topology import NodeSpec, Topology

pytestmark = pytest.mark.skipif(not shutil.which("snmpbulkwalk"), reason="net-snmp is not installed")

AGENT = (
    "snmp-server community public group network-operator", "snmp-server context blue vrf BLUE",
    "snmp-server context vlan-120", "vrf context BLUE",
    "snmp-server user noc network-operator auth sha Auth-pass-1 priv aes-128 Priv-pass-1",
)  # fmt: skip
SERVICES = {
    "core-1": (
        "feature pim", "feature bfd", "feature sla sender",
        "ip pim rp-address 10.1.0.1 group-list 239.0.0.0/8",
        "interface Vlan120", "ip pim sparse-mode", "interface Ethernet1/1", "ip pim sparse-mode",
        "ip ospf bfd",
        "ip sla 10", "udp-jitter 10.1.0.9 16384 num-packets 100", "frequency 30",
        "ip sla schedule 10 life forever start-time now",
        "class-map type qos match-any voice", "match dscp 46", "policy-map type qos MARK", "class voice",
        "set qos-group 5", "class class-default", "set qos-group 0",
        "interface Ethernet1/1", "service-policy type qos input MARK",
    ),
    "core-2": ("feature pim", "interface Vlan120", "ip pim sparse-mode"),
    "edge": ("feature bfd", "feature sla responder", "ip sla responder", "interface Ethernet1/1",
    "ip ospf bfd"),
    "hall": (),
}  # fmt: skip


@pytest.fixture(scope="module")
def city(routed_topology: Topology) -> Iterator[Lab]:
    """The routed lab with every service, and one bare node of every other model and profile."""
    nodes = [replace(n, startup=n.startup + AGENT + SERVICES[n.name]) for n in routed_topology.nodes]
    for number, model in enumerate(hardware.MODELS):
        profile = "n7k-7.3" if model.startswith("N7K") else "n9k-9.3"
        nodes.append(NodeSpec(f"bare-{number}", profile, model, f"127.66.8.{100 + number}", AGENT[:1]))
    with running(replace(routed_topology, nodes=tuple(nodes))) as lab:
        yield lab


V2, V3 = (
    ("-v2c", "-cpublic"),
    ("-v3", "-lauthPriv", "-unoc", "-aSHA", "-AAuth-pass-1", "-xAES", "-XPriv-pass-1"),
)


def walk(lab: Lab, node: str, *words: str, tool: str = "snmpbulkwalk", oid: str = ".1") -> dict[str, str]:
    """Values by OID; net-snmp itself refuses what does not increase."""
    place = f"{lab.nodes[node].spec.address}:{lab.topology.listen.snmp}"
    limit = ["-Cr25"] if tool == "snmpbulkwalk" else []
    done = subprocess.run(
        [tool, *(words or V2), "-t5", "-On", "-m", "", *limit, place, oid],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    lines = (line.split(" = ", 1) for line in done.stdout.splitlines() if " = " in line)
    return {line[0]: line[1] for line in lines}


def test_every_node_is_walked_to_its_end(city: Lab) -> None:
    for node in city.nodes:
        found = walk(city, node)
        assert len(found) == len(city.agents[node]._tables.index())
        assert "No more variables" in list(found.values())[-1] or len(found) > 300


@pytest.mark.parametrize("words", [V2, V3, (*V3, "-nblue"), (*V3, "-nvlan-120"), ("-v2c", "-cpublic@120")])
def test_every_door_leads_through_the_same_house(city: Lab, words: tuple[str, ...]) -> None:
    assert len(walk(city, "hall", *words)) > 3000


def test_one_by_one_it_is_the_same(city: Lab) -> None:
    group = ".1.3.6.1.4.1.9.9"
    assert walk(city, "core-1", tool="snmpwalk", oid=group).keys() == walk(city, "core-1", oid=group).keys()


CISCO = ".1.3.6.1.4.1.9.9"


@pytest.mark.parametrize(
    ("node", "column"),
    [
        ("core-1", ".1.3.6.1.2.1.10.7.2.1.3"), ("core-1", f"{CISCO}.276.1.1.2.1.9"), ("core-1",
        f"{CISCO}.176.1.1.2"),
        ("core-1", f"{CISCO}.221.1.1.1.1.7"), ("core-1", f"{CISCO}.23.1.2.1.1.6"), ("core-1",
        f"{CISCO}.46.1.3.1.1.4"),
        ("core-1", f"{CISCO}.46.1.6.1.1.14"), ("hall", f"{CISCO}.68.1.2.2.1.2"), ("core-1",
        ".1.3.6.1.2.1.17.2.5"),
        ("core-1", f"{CISCO}.82.1.12.2.1.3"), ("core-1", f"{CISCO}.807.1.4.2.1.4"), ("core-1",
        f"{CISCO}.807.1.1.2.1.2"),
        ("core-1", ".1.2.840.10006.300.43.1.2.1.1.21"), ("core-1", f"{CISCO}.106.1.2.1.1.15"),
        ("core-1", ".1.3.6.1.2.1.14.10.1.6"), ("core-1", ".1.3.6.1.2.1.14.2.1.4"), ("edge",
        f"{CISCO}.187.1.2.5.1.3"),
        ("edge", f"{CISCO}.187.1.2.8.1.1"), ("core-1", ".1.3.6.1.4.1.9.10.137.1.2.1.6"), ("core-1",
        ".1.3.6.1.3.61.1.1.3.1.2"),
        ("core-1", ".1.3.6.1.2.1.85.1.1.1.5"), ("core-1", f"{CISCO}.166.1.15.1.1.6"), ("core-1",
        f"{CISCO}.42.1.2.10.1.1"),
        ("core-1", f"{CISCO}.42.1.5.2.1.42"), ("core-1", f"{CISCO}.168.1.1.2"), ("core-1",
        f"{CISCO}.168.1.2.1.1.21"),
        ("core-1", ".1.3.6.1.2.1.4.22.1.2"), ("core-1", ".1.3.6.1.6.3.15.1.1.5"), ("core-1",
        ".1.3.6.1.2.1.11.1"),
        ("core-1", f"{CISCO}.305.1.1.3"), ("core-1", ".1.3.6.1.2.1.17.7.1.2.1.1.2"), ("core-1",
        f"{CISCO}.468.1.1.1.2"),
    ],
)  # fmt: skip
def test_the_group_is_filled(city: Lab, node: str, column: str) -> None:
    found = walk(city, node, oid=column)
    assert found
    assert all(oid.startswith(f"{column}.") for oid in found)


def test_values_are_those_of_the_model(city: Lab) -> None:
    def one(node: str, column: str) -> list[str]:
        return [value.split(": ", 1)[-1] for value in walk(city, node, oid=column).values()]

    assert one("core-1", f"{CISCO}.106.1.2.1.1.15") == ["6"]
    assert set(one("core-1", ".1.3.6.1.2.1.14.10.1.6")) == {"8"}
    assert one("core-1", f"{CISCO}.807.1.2.1.1.2") == ["2"]
    received = city.world.network().tables.bgp.received("edge", "203.0.113.1")
    assert str(received) in one("edge", f"{CISCO}.187.1.2.8.1.1")
    assert set(one("hall", ".1.2.840.10006.300.43.1.2.1.1.13")) == {
        str(hardware.if_index("N9K-C9348GC-FX3PH", "port-channel10"))
    }
    assert one("core-1", f"{CISCO}.42.1.2.10.1.2") == ["1"]


def test_addresses_are_learned_in_the_context_of_their_vlan(city: Lab) -> None:
    camera = ".1.3.6.1.2.1.17.4.3.1.2.0.170.187.204.0.1"
    column = ".1.3.6.1.2.1.17.4.3.1.2"
    assert camera in walk(city, "hall", "-v2c", "-cpublic@120", oid=column)
    assert camera in walk(city, "hall", *V3, "-nvlan-120", oid=column)
    assert "No Such" in str(walk(city, "hall", oid=column)) or camera not in walk(city, "hall", oid=column)


def test_a_session_of_bfd_names_its_interface_where_a_nexus_5548_does(city: Lab) -> None:
    bfd = ".1.3.6.1.4.1.9.10.137.1.2.1"
    port = hardware.if_index("N9K-C93180YC-FX3", "Ethernet1/1")
    assert [value.split()[-1] for value in walk(city, "edge", oid=f"{bfd}.25").values()] == [str(port)]
    (peer,) = walk(city, "edge", oid=f"{bfd}.14").values()
    assert peer.removeprefix("Hex-STRING: ").split() == ["0A", "00", "01", "01"]


def test_contexts_say_which_vrf_they_show(city: Lab) -> None:
    found = walk(city, "core-1", oid=f"{CISCO}.468.1.1.1.2")
    blue = ".".join(str(byte) for byte in (4, *b"blue"))
    assert found[f"{CISCO}.468.1.1.1.2.{blue}"].endswith('"BLUE"')


def test_a_fault_shows_in_its_group(city: Lab) -> None:
    port = hardware.if_index("N9K-C93180YC-FX3", "Ethernet1/1")
    cause = f"{CISCO}.276.1.1.2.1.9.{port}"
    assert walk(city, "edge", oid=cause)[cause].endswith(" 2")
    fault = city.world.add_fault("link-cut", {"node": "edge", "port": "Ethernet1/1"})
    assert walk(city, "edge", oid=cause)[cause].endswith(" 7")
    assert len(walk(city, "edge", oid=".1.3.6.1.2.1.14.10.1.6")) == 1
    city.world.remove_fault(fault)
    skew = city.world.add_fault("clock-skew", {"node": "core-1", "offset_seconds": 100})
    assert walk(city, "core-1", oid=f"{CISCO}.168.1.1.2")[f"{CISCO}.168.1.1.2.0"].endswith(" 16")
    city.world.remove_fault(skew)


def test_a_broken_supervisor_is_no_longer_ready(city: Lab) -> None:
    """CISCO-RF-MIB cRFStatusPeerUnitState and CISCO-ENTITY-FRU-CONTROL-MIB cefcModuleOperStatus."""
    node = next(spec.name for spec in city.topology.nodes if spec.model.startswith("N7K"))
    peer, modules = ".1.3.6.1.4.1.9.9.176.1.1.4", ".1.3.6.1.4.1.9.9.117.1.2.1.1.2"
    assert list(walk(city, node, oid=peer).values()) == ["INTEGER: 9"]
    number = city.world.add_fault("supervisor-fail", {"node": node})
    try:
        assert list(walk(city, node, oid=peer).values()) == ["INTEGER: 2"]
        assert list(walk(city, node, oid=modules).values()).count("INTEGER: 7") == 1
    finally:
        city.world.remove_fault(number)
    assert list(walk(city, node, oid=peer).values()) == ["INTEGER: 9"]
