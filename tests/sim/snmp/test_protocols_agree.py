"""Protocols of the virtual Nexus: what the collector exports is what its world holds, per VRF too."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace

import pytest

from agent import metrics as m
from agent.collect.poll import Clocks, Poll, Poller
from agent.collect.snmp.backend import Community, User
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.tables.load import standard_tables
from vnexus.lab import Lab
from vnexus.snmp import Agent, serve
from vnexus.topology import Endpoint, Link, NodeSpec, Topology
from vnexus.world import Clock

AGENT = (
    "feature lldp", "snmp-server community city group network-operator",
    "snmp-server user moulin network-operator auth sha Auth-pass-1 priv aes-128 Priv-pass-1",
)  # fmt: skip
USER = User("moulin", "sha", "Auth-pass-1", "aes", "Priv-pass-1")


def core(number: int, other: int) -> tuple[str, ...]:
    """One of a vPC pair with HSRP, OSPF, BFD, PIM and NTP."""
    return (
        *AGENT, "feature ospf", "feature hsrp", "feature lacp", "feature interface-vlan", "feature vpc",
        "feature pim", "feature bfd", "feature sla sender", "vlan 99,120",
        f"spanning-tree vlan 1,99,120 priority {4096 * number}", f"ntp server 10.1.0.{other}",
        "vpc domain 10", f"role priority {100 * number}",
        f"peer-keepalive destination 10.66.0.{other} source 10.66.0.{number}",
        "interface Vlan120", "no shutdown", f"ip address 10.66.120.{number + 1}/24",
        "ip router ospf CITY area 0", "ip pim sparse-mode", "hsrp version 2", "hsrp 120",
        f"priority {120 - 10 * number}", "preempt", "ip 10.66.120.1",
        "interface port-channel1", "switchport mode trunk", "vpc peer-link",
        "interface port-channel10", "switchport mode trunk", "vpc 10",
        "interface Ethernet1/49-50", "switchport mode trunk", "channel-group 1 mode active",
        "interface Ethernet1/2", "switchport mode trunk", "channel-group 10 mode active",
        "interface Ethernet1/1", "no switchport", "no shutdown", f"ip address 10.0.{number}.1/30",
        "ip ospf network point-to-point", "ip router ospf CITY area 0", "ip ospf bfd",
        "interface mgmt0", f"ip address 10.66.0.{number}/24",
        "router ospf CITY", f"router-id 10.1.0.{number}",
        "ip sla 10", "udp-jitter 10.0.1.2 16384 num-packets 100", "frequency 30",
        "ip sla schedule 10 life forever start-time now",
        "class-map type qos match-any voice", "match dscp 46", "policy-map type qos MARK", "class voice",
        "set qos-group 5", "class class-default", "set qos-group 0",
        "interface Ethernet1/1", "service-policy type qos input MARK",
    )  # fmt: skip


EDGE = (
    *AGENT, "feature ospf", "feature bgp", "feature bfd", "feature sla responder", "ip sla responder",
    "vrf context BLUE", "snmp-server context blue vrf BLUE", "ntp master 3",
    "interface Ethernet1/1-2", "no switchport", "no shutdown", "ip ospf network point-to-point",
    "interface Ethernet1/1", "ip address 10.0.1.2/30", "ip router ospf CITY area 0", "ip ospf bfd",
    "interface Ethernet1/2", "ip address 10.0.2.2/30", "ip router ospf CITY area 0",
    "interface Ethernet1/10", "no switchport", "no shutdown", "ip address 203.0.113.2/30",
    "interface Ethernet1/11", "no switchport", "no shutdown", "vrf member BLUE",
    "ip address 203.0.113.6/30",
    "interface mgmt0", "ip address 10.66.0.9/24", "router ospf CITY", "router-id 10.1.0.9",
    "router bgp 65001", "router-id 10.1.0.9", "neighbor 203.0.113.1", "remote-as 64500",
    "address-family ipv4 unicast", "maximum-prefix 1000 80",
    "vrf BLUE", "neighbor 203.0.113.5", "remote-as 64501", "address-family ipv4 unicast",
)  # fmt: skip
HALL = (
    *AGENT, "feature lacp", "vlan 99,120", "interface Ethernet1/7", "switchport access vlan 120",
    "interface port-channel10", "switchport mode trunk",
    "interface Ethernet1/49-50", "switchport mode trunk", "channel-group 10 mode active",
)  # fmt: skip
TOPOLOGY = Topology(
    name="protocols",
    nodes=(
        NodeSpec("core-1", "n9k-10", "N9K-C93180YC-FX3", "127.66.97.1", core(1, 2)),
        NodeSpec("core-2", "n9k-10", "N9K-C93180YC-FX3", "127.66.97.2", core(2, 1)),
        NodeSpec("edge", "n9k-10", "N9K-C93180YC-FX3", "127.66.97.9", EDGE),
        NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", "127.66.97.21", HALL),
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
        Endpoint("edge", "Ethernet1/10", "carrier", "north", "00aa.bbcc.0009", "203.0.113.1"),
        Endpoint("edge", "Ethernet1/11", "carrier", "south", "00aa.bbcc.000a", "203.0.113.5"),
    ),
)  # fmt: skip


class Still:
    """A clock that a test moves."""

    seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(scope="module")
def lab() -> Lab:
    made = Lab(TOPOLOGY, clock=Clock(Still()))
    made.clock.advance(600)
    return made


def poll(lab: Lab, node: str, credentials: Community | User = USER) -> Poll:
    """One poll of a node that listens for as long."""

    async def run() -> Poll:
        engine = Engine(random.Random(7))
        port, close = await serve(Agent(lab.world, node), "127.0.0.1", 0)
        backend = OwnBackend(engine, node, ("127.0.0.1", port), credentials)
        clocks = Clocks(time.monotonic, time.time)
        contexts = isinstance(credentials, User)
        try:
            return await Poller(node, backend, standard_tables(), clocks, contexts=contexts).poll(30)
        finally:
            engine.close()
            close()

    outcome = asyncio.run(run())
    assert (outcome.success, outcome.problem, outcome.partial) == (True, "", ())
    return outcome


def series(page: m.Page, metric: m.Metric) -> dict[str, float]:
    return page.families.get(metric.name, {})


def test_vpc_and_port_channels(lab: Lab) -> None:
    page = poll(lab, "core-1").page
    assert page.value(m.VPC_KEEPALIVE, "core-1", "10") == 1
    assert page.value(m.VPC_ROLE, "core-1", "10", "primary") == 1
    assert page.value(m.VPC_DUAL_ACTIVE, "core-1", "10") == 0
    assert page.value(m.VPC_PEER_LINK, "core-1", "10", "port-channel1") == 1
    assert page.value(m.VPC_UP, "core-1", "10", "10", "port-channel10") == 1
    assert page.value(m.VPC_CONSISTENT, "core-1", "10", "10", "port-channel10") == 1
    assert page.value(m.CHANNEL_WIDTH, "core-1", "port-channel1") == 2
    fault = lab.world.add_fault("link-cut", {"node": "core-1", "port": "Ethernet1/50"})
    cut = poll(lab, "core-1").page
    assert cut.value(m.CHANNEL_WIDTH, "core-1", "port-channel1") == 1
    assert cut.value(m.LACP_ACTIVE, "core-1", "Ethernet1/50", "port-channel1") in (0, None)
    lab.world.remove_fault(fault)


def test_routing_between_the_cores_and_the_edge(lab: Lab) -> None:
    page = poll(lab, "core-1").page
    assert page.value(m.HSRP_ACTIVE, "core-1", "Vlan120", "120") == 1
    assert page.value(m.HSRP_COMPLETE, "core-1", "Vlan120", "120") == 1
    assert page.value(m.HSRP_INFO, "core-1", "Vlan120", "120", "10.66.120.1") == 1
    assert page.value(m.OSPF_UP, "core-1", "default", "10.0.1.2") == 1
    assert page.value(m.OSPF_INFO, "core-1", "default", "10.0.1.2", "10.1.0.9") == 1
    assert page.value(m.BFD_UP, "core-1", "Ethernet1/1", "10.0.1.2", "") == 1
    assert page.value(m.PIM_NEIGHBORS, "core-1", "default", "Vlan120") == 1
    assert page.value(m.OSPF_LSAS, "core-1", "default", "0.0.0.0") == 3
    standby = poll(lab, "core-2").page
    assert standby.value(m.HSRP_STATE, "core-2", "Vlan120", "120") == 5
    fault = lab.world.add_fault("link-cut", {"node": "core-1", "port": "Ethernet1/1"})
    lab.clock.advance(60)
    cut = poll(lab, "core-1").page
    assert cut.value(m.OSPF_UP, "core-1", "default", "10.0.1.2") in (0, None)
    assert cut.value(m.BFD_UP, "core-1", "Ethernet1/1", "10.0.1.2", "") in (0, None)
    lab.world.remove_fault(fault)
    lab.clock.advance(60)


def test_sessions_of_a_vrf_are_found_in_its_context(lab: Lab) -> None:
    page = poll(lab, "edge").page
    assert page.value(m.BGP_UP, "edge", "default", "203.0.113.1") == 1
    assert page.value(m.BGP_UP, "edge", "BLUE", "203.0.113.5") == 1
    assert page.value(m.BGP_INFO, "edge", "BLUE", "203.0.113.5", "64501", "65001") == 1
    received = lab.world.network().tables.bgp.received("edge", "203.0.113.1")
    assert page.value(m.BGP_PREFIXES, "edge", "default", "203.0.113.1", "ipv4-unicast") == received
    assert page.value(m.BGP_LIMIT, "edge", "default", "203.0.113.1", "ipv4-unicast") == 1000
    assert page.value(m.BGP_LIMIT_RATIO, "edge", "default", "203.0.113.1", "ipv4-unicast") == 0.8
    flaps = page.value(m.BGP_FLAPS, "edge", "BLUE", "203.0.113.5")
    assert flaps is not None
    fault = lab.world.add_fault("carrier-down", {"endpoint": "south"})
    lab.clock.advance(300)
    lost = poll(lab, "edge").page
    assert lost.value(m.BGP_UP, "edge", "BLUE", "203.0.113.5") == 0
    assert lost.value(m.BGP_UP, "edge", "default", "203.0.113.1") == 1
    lab.world.remove_fault(fault)
    lab.clock.advance(300)
    back = poll(lab, "edge").page
    assert back.value(m.BGP_UP, "edge", "BLUE", "203.0.113.5") == 1
    assert back.value(m.BGP_FLAPS, "edge", "BLUE", "203.0.113.5") == flaps + 1


def test_with_a_community_the_default_vrf_is_seen_and_no_context_is_tried(lab: Lab) -> None:
    page = poll(lab, "edge", Community("city")).page
    assert page.value(m.BGP_UP, "edge", "default", "203.0.113.1") == 1
    assert page.value(m.BGP_UP, "edge", "BLUE", "203.0.113.5") is None


def test_spanning_tree_and_vlans(lab: Lab) -> None:
    core_page, hall = poll(lab, "core-1").page, poll(lab, "hall").page
    assert core_page.value(m.STP_IS_ROOT, "core-1") == 1
    assert hall.value(m.STP_IS_ROOT, "hall") == 0
    root = core_page.value(m.STP_ROOT_BRIDGE, "core-1")
    assert root == hall.value(m.STP_ROOT_BRIDGE, "hall")
    assert hall.value(m.STP_ROLES, "hall", "port-channel10", "root") == 3
    assert hall.value(m.VLANS, "hall", "operational") == 3
    assert hall.value(m.ACCESS_VLAN, "hall", "Ethernet1/7") == 120
    assert hall.value(m.TRUNKING, "hall", "port-channel10") == 1
    assert hall.value(m.MAC_ADDRESSES, "hall", "120") == sum(
        mac.vlan == 120 for mac in lab.world.macs("hall")
    )


def test_quality_clock_and_changes(lab: Lab) -> None:
    page = poll(lab, "core-1").page
    assert page.value(m.SLA_OK, "core-1", "10") == 1
    assert page.value(m.SLA_INFO, "core-1", "10", "", "udp-jitter", "10.0.1.2") == 1
    score = page.value(m.SLA_MOS, "core-1", "10")
    assert score is not None
    assert 1 <= score <= 5
    assert page.value(m.QOS_BYTES, "core-1", "Ethernet1/1", "in", "MARK", "voice") is not None
    assert page.value(m.NTP_SYNCHRONISED, "core-1") is not None
    assert page.value(m.NTP_STRATUM, "edge") is None
    assert page.value(m.SUPERVISOR_ACTIVE, "core-1") == 1
    assert page.value(m.CONFIG_TIMESTAMP, "core-1") is not None
    fault = lab.world.add_fault("clock-skew", {"node": "core-1", "offset_seconds": 100})
    assert poll(lab, "core-1").page.value(m.NTP_SYNCHRONISED, "core-1") == 0
    lab.world.remove_fault(fault)


def test_cdp_and_lldp_name_the_same_neighbours(lab: Lab) -> None:
    page = poll(lab, "hall").page
    assert page.value(m.NEIGHBOR_INFO, "hall", "Ethernet1/49", "core-1", "Ethernet1/2") == 1
    by_cdp = series(page, m.CDP_NEIGHBOR_INFO)
    assert sum('interface="Ethernet1/49",neighbor="core-1"' in one for one in by_cdp) == 1


def test_a_table_with_too_many_rows_is_cut_said_so_and_left_until_its_time(lab: Lab) -> None:
    tables = standard_tables()
    few = tuple(
        replace(group, spans=tuple(replace(span, most_rows=5) for span in group.spans))
        if group.name == "vlans"
        else group
        for group in tables.groups
    )

    async def run() -> list[tuple[tuple[str, ...], int]]:
        engine, now = Engine(random.Random(7)), 1000.0
        port, close = await serve(Agent(lab.world, "hall"), "127.0.0.1", 0)
        backend = OwnBackend(engine, "hall", ("127.0.0.1", port), Community("city"))
        clocks = Clocks(lambda: now, time.time)
        poller = Poller("hall", backend, replace(tables, groups=few), clocks)
        seen = []
        for _ in range(2):
            before = engine.counts.sent
            poll = await poller.poll(30)
            seen.append((poll.partial, engine.counts.sent - before))
            assert "more than 5 rows" in poll.problem
            now += 30
        engine.close()
        close()
        return seen

    (first, many), (second, fewer) = asyncio.run(run())
    assert first == second == ("vlans",)
    assert fewer < many / 2
