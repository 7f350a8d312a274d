"""OSPF, BGP and routing tables follow from what is typed, wired and broken."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from vnexus.lab import Lab
from vnexus.world.routing.bgp import carrier_prefixes
from vnexus.world.routing.route import Route
from vnexus.world.routing.tables import Tables


def tables(lab: Lab) -> Tables:
    return lab.world.network().tables


def route(lab: Lab, node: str, prefix: str) -> Route:
    return next(r for r in tables(lab).table(node, "default") if r.prefix == IPv4Network(prefix))


def neighbors(lab: Lab, node: str) -> set[tuple[str, str, str, str]]:
    return {
        (n.router_id, n.port.name, n.state, n.role)
        for router in tables(lab).ospf.of(node)
        for n in router.neighbors
    }


def type_(lab: Lab, node: str, *lines: str) -> None:
    assert lab.nodes[node].merge("\n".join(lines)) == []


def say(lab: Lab, node: str, line: str) -> str:
    return lab.nodes[node].shell("admin").run(line).text


def test_adjacencies_have_the_right_ids_ports_and_roles(routed: Lab) -> None:
    assert neighbors(routed, "core-1") == {
        ("10.1.0.9", "Ethernet1/1", "FULL", "-"), ("10.1.0.2", "Vlan99", "FULL", "DR")
    }  # fmt: skip
    assert ("10.1.0.1", "Vlan99", "FULL", "BDR") in neighbors(routed, "core-2")


@pytest.mark.parametrize(
    "lines",
    [
        ("interface Vlan99", "ip router ospf CITY area 1"),
        ("interface Vlan99", "ip ospf hello-interval 5"),
        ("interface Vlan99", "ip ospf passive-interface"),
        ("interface Vlan99", "shutdown"),
        ("interface port-channel1", "switchport trunk allowed vlan 120",
         "interface port-channel10", "switchport trunk allowed vlan 120"),
        ("no feature ospf",),
    ],
)  # fmt: skip
def test_an_adjacency_needs_both_ends_to_agree(routed: Lab, lines: tuple[str, ...]) -> None:
    assert any(port == "Vlan99" for _, port, _, _ in neighbors(routed, "core-2"))
    type_(routed, "core-1", *lines)
    assert not any(port == "Vlan99" for _, port, _, _ in neighbors(routed, "core-2"))


def test_different_mtus_never_become_full(routed: Lab) -> None:
    type_(routed, "core-1", "interface Vlan99", "mtu 9000")
    assert ("10.1.0.2", "Vlan99", "EXSTART", "DR") in neighbors(routed, "core-1")


def test_the_shortest_path_moves_when_a_wire_is_cut(routed: Lab) -> None:
    far = route(routed, "edge", "10.1.0.1/32")
    assert (far.protocol, far.kind, far.metric) == ("ospf-CITY", "intra", 2)
    assert [hop.address for hop in far.hops] == ["10.0.1.1"]
    hall = route(routed, "edge", "10.66.120.0/24")
    assert [hop.address for hop in hall.hops] == ["10.0.1.1", "10.0.2.1"]
    number = routed.world.add_fault("link-cut", {"node": "edge", "port": "Ethernet1/1"})
    assert [hop.address for hop in route(routed, "edge", "10.1.0.1/32").hops] == ["10.0.2.1"]
    routed.world.remove_fault(number)
    assert [hop.address for hop in route(routed, "edge", "10.1.0.1/32").hops] == ["10.0.1.1"]


def test_cost_lines_count(routed: Lab) -> None:
    type_(routed, "edge", "interface Ethernet1/1", "ip ospf cost 500")
    assert [hop.address for hop in route(routed, "edge", "10.66.120.0/24").hops] == ["10.0.2.1"]


def test_the_carriers_prefixes_reach_the_core_over_ibgp(routed: Lab) -> None:
    carrier = routed.topology.endpoints[1]
    count = len(carrier_prefixes(carrier))
    assert tables(routed).bgp.received("edge", "203.0.113.1") == count > 8
    assert tables(routed).bgp.received("core-1", "10.1.0.9") == count
    learnt = route(routed, "core-1", str(carrier_prefixes(carrier)[1]))
    assert (learnt.protocol, learnt.kind, learnt.preference) == ("bgp-65001", "internal", 200)
    assert learnt.hops[0].address == "10.1.0.9"
    assert tables(routed).bgp.received("core-2", "10.1.0.9") == 0
    routed.world.add_fault("endpoint-unplug", {"endpoint": "transit"})
    assert tables(routed).bgp.received("core-1", "10.1.0.9") == 0


def test_the_default_route_of_ospf_lives_with_the_carrier(routed: Lab) -> None:
    default = route(routed, "core-2", "0.0.0.0/0")
    assert (default.protocol, default.kind) == ("ospf-CITY", "type-2")
    routed.world.add_fault("endpoint-unplug", {"endpoint": "transit"})
    assert all(r.prefix.prefixlen for r in tables(routed).table("core-2", "default"))


def test_static_routes_need_a_next_hop_in_a_connected_network(routed: Lab) -> None:
    type_(routed, "edge", "ip route 10.200.0.0/16 10.0.1.1 5", "ip route 10.201.0.0/16 10.77.0.1")
    static = route(routed, "edge", "10.200.0.0/16")
    assert (static.protocol, static.preference) == ("static", 5)
    assert not any(str(r.prefix) == "10.201.0.0/16" for r in tables(routed).table("edge", "default"))


def test_packets_go_hop_by_hop_and_need_a_way_back(routed: Lab) -> None:
    way = tables(routed).way("edge", "default", IPv4Address("10.66.120.7"))
    assert (way.hops, way.reached) == (("10.0.1.1", "10.66.120.7"), True)
    assert "0.00% packet loss" in say(routed, "edge", "ping 10.1.0.1 count 2")
    assert (
        say(routed, "edge", "traceroute 10.66.120.7")
        .splitlines()[2]
        .startswith(" 2  10.66.120.7 (10.66.120.7)")
    )
    assert "No route to host" in say(routed, "hall", "ping 10.1.0.1 count 1")
    assert tables(routed).way("core-2", "default", IPv4Address("8.8.8.8")).hops == (
        "10.0.2.2", "203.0.113.1", "8.8.8.8"
    )  # fmt: skip
    routed.world.add_fault("endpoint-unplug", {"endpoint": "cam-001"})
    assert "100.00% packet loss" in say(routed, "edge", "ping 10.66.120.7 count 2")


def test_ntp_strata_follow_the_servers(routed: Lab) -> None:
    type_(routed, "core-1", "no ntp server 10.1.0.2", "ntp server 10.1.0.9")
    assert lab_rows(routed, "core-1") == {"10.1.0.9": ("*", "3", "377")}
    assert lab_rows(routed, "core-2") == {"10.1.0.1": ("*", "4", "377")}
    routed.world.add_fault("power-off", {"node": "edge"})
    assert lab_rows(routed, "core-1") == {"10.1.0.9": ("=", "16", "0")}


def lab_rows(lab: Lab, node: str) -> dict[str, tuple[str, str, str]]:
    body = lab.nodes[node].shell("admin").run("show ntp peer-status").body or {}
    rows = body["TABLE_peersstatus"]["ROW_peersstatus"]
    rows = rows if isinstance(rows, list) else [rows]
    return {row["remote"]: (row["syncmode"], row["st"], row["reach"]) for row in rows}


def test_nothing_is_derived_until_somebody_asks(routed: Lab) -> None:
    first = routed.world.network()
    assert routed.world.network() is first
    type_(routed, "hall", "interface Ethernet1/9", "description spare")
    assert routed.world.network() is not first
    assert "tables" not in vars(routed.world.network())
