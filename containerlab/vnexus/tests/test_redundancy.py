"""HSRP, spanning tree, vPC, CDP and ARP follow from what is typed, wired and broken."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

from vnexus.lab import Lab


def rows(lab: Lab, node: str, line: str, name: str) -> list[dict[str, Any]]:
    body = lab.nodes[node].shell("admin").run(line).body or {}
    found = body.get(f"TABLE_{name}", {}).get(f"ROW_{name}", [])
    return found if isinstance(found, list) else [found]


def type_(lab: Lab, node: str, *lines: str) -> None:
    assert lab.nodes[node].merge("\n".join(lines)) == []


def hsrp(lab: Lab, node: str) -> tuple[str, str, str]:
    (row,) = rows(lab, node, "show hsrp all", "grp_detail")
    return row["sh_group_state"], row["sh_active_router_addr"], row["sh_standby_router_addr"]


def test_the_higher_priority_is_active_and_the_other_takes_over(routed: Lab) -> None:
    assert hsrp(routed, "core-1") == ("Active", "local", "10.66.120.3")
    assert hsrp(routed, "core-2") == ("Standby", "10.66.120.2", "local")
    way = routed.world.network().tables.way("edge", "default", IPv4Address("10.66.120.1"))
    assert way.reached
    type_(routed, "core-1", "interface Vlan120", "shutdown")
    assert hsrp(routed, "core-1") == ("Initial", "unknown", "unknown")
    assert hsrp(routed, "core-2") == ("Active", "local", "unknown")


def test_a_vlan_that_no_port_carries_takes_its_member_out(routed: Lab) -> None:
    for port in ("port-channel1", "port-channel10"):
        type_(routed, "core-1", f"interface {port}", "switchport trunk allowed vlan 99")
    assert hsrp(routed, "core-2") == ("Active", "local", "unknown")
    assert hsrp(routed, "core-1")[0] == "Initial"


def roles(lab: Lab, node: str, vlan: int) -> dict[str, str]:
    return {
        row["if_index"]: row["role"] for row in rows(lab, node, f"show spanning-tree vlan {vlan}", "port")
    }


def roots(lab: Lab, node: str) -> dict[str, str]:
    return {
        row["tree_id"]: row["root_port_name"] for row in rows(lab, node, "show spanning-tree root", "tree")
    }


def test_the_lowest_priority_is_root_and_ports_take_their_roles(routed: Lab) -> None:
    assert roots(routed, "core-1")["120"] == "This bridge is root"
    assert roots(routed, "hall")["120"] == "port-channel10"
    assert roles(routed, "core-1", 120) == {"Po1": "designated", "Po10": "designated"}
    assert roles(routed, "core-2", 120)["Po1"] == "root"
    assert roles(routed, "hall", 120) == {"Po10": "root", "Eth1/7": "designated"}
    type_(routed, "core-2", "spanning-tree vlan 120 priority 0")
    assert roots(routed, "core-2")["120"] == "This bridge is root"
    assert roots(routed, "core-1")["120"] == "port-channel1"


def test_a_second_wire_is_blocked_and_takes_over(routed: Lab) -> None:
    for node in ("core-1", "core-2", "hall"):
        type_(routed, node, "no interface port-channel10")
    assert roles(routed, "hall", 120) == {"Eth1/49": "root", "Eth1/50": "alternate", "Eth1/7": "designated"}
    assert (
        "This bridge is the root"
        in routed.nodes["core-1"].shell("admin").run("show spanning-tree vlan 120").text
    )
    routed.world.add_fault("link-cut", {"node": "hall", "port": "Ethernet1/49"})
    assert roles(routed, "hall", 120) == {"Eth1/50": "root", "Eth1/7": "designated"}


def test_a_wire_that_carries_a_vlan_at_one_end_only_is_no_way_to_the_root(routed: Lab) -> None:
    for node in ("core-1", "core-2", "hall"):
        type_(routed, node, "no interface port-channel10")
    type_(routed, "core-1", "interface Ethernet1/2", "switchport trunk allowed vlan 99")
    assert roots(routed, "hall")["120"] == "Ethernet1/50"
    assert roots(routed, "hall")["99"] == "Ethernet1/49"
    type_(routed, "hall", "interface Ethernet1/50", "switchport access vlan 77", "switchport mode access")
    assert roots(routed, "hall")["120"] == "This bridge is root"


def test_ends_that_disagree_are_shown_without_a_crash(routed: Lab) -> None:
    type_(routed, "core-1", "interface Ethernet1/2", "no channel-group", "switchport trunk native vlan 120")
    assert set(roots(routed, "hall")) == set(roots(routed, "core-1")) == {"1", "99", "120"}
    for node in routed.nodes:
        for line in (
            "show spanning-tree",
            "show spanning-tree summary",
            "show vpc",
            "show hsrp brief",
            "show cdp neighbors detail",
            "show ip route vrf all",
            "show ip arp vrf all",
            "show bgp all summary vrf all",
        ):
            assert routed.nodes[node].shell("admin").run(line).text


def vpc(lab: Lab, node: str) -> dict[str, Any]:
    return lab.nodes[node].shell("admin").run("show vpc").body or {}


def test_vpc_compares_both_peers(routed: Lab) -> None:
    first, second = vpc(routed, "core-1"), vpc(routed, "core-2")
    assert (first["vpc-role"], second["vpc-role"]) == ("primary", "secondary")
    assert first["vpc-peer-status"] == second["vpc-peer-status"] == "peer-ok"
    assert first["vpc-peer-keepalive-status"] == "peer-alive"
    (port,) = rows(routed, "core-1", "show vpc", "vpc")
    assert (port["vpc-id"], port["vpc-port-state"], port["vpc-consistency-status"]) == ("10", "1", "SUCCESS")
    type_(routed, "core-2", "interface port-channel10", "switchport trunk native vlan 99")
    (port,) = rows(routed, "core-1", "show vpc", "vpc")
    assert port["vpc-consistency"] == "inconsistent"


def test_vpc_without_its_peer(routed: Lab) -> None:
    type_(routed, "core-2", "interface mgmt0", "shutdown")
    assert vpc(routed, "core-1")["vpc-peer-keepalive-status"] == "suspended"
    assert vpc(routed, "core-1")["vpc-peer-status"] == "peer-ok"
    routed.world.add_fault("power-off", {"node": "core-2"})
    assert vpc(routed, "core-1")["vpc-peer-status"] == "peer-link-down"
    assert vpc(routed, "core-1")["vpc-role"] == "none established"


def test_cdp_needs_both_ends(routed: Lab) -> None:
    seen = rows(routed, "hall", "show cdp neighbors", "cdp_neighbor_brief_info")
    assert [(row["intf_id"], row["port_id"]) for row in seen] == [
        ("Ethernet1/49", "Ethernet1/2"), ("Ethernet1/50", "Ethernet1/2")
    ]  # fmt: skip
    type_(routed, "core-2", "interface Ethernet1/2", "no cdp enable")
    (row,) = rows(routed, "hall", "show cdp neighbors", "cdp_neighbor_brief_info")
    assert row["device_id"].startswith("core-1(")


def test_arp_knows_endpoints_and_switches_and_ages(routed: Lab) -> None:
    def table() -> dict[str, tuple[str, str]]:
        (vrf,) = rows(routed, "core-1", "show ip arp", "vrf")
        return {
            row["ip-addr-out"]: (row["intf-out"], row["time-stamp"]) for row in vrf["TABLE_adj"]["ROW_adj"]
        }

    assert table()["10.66.120.7"][0] == "Vlan120"
    assert table()["10.0.1.2"][0] == "Ethernet1/1"
    assert "203.0.113.1" not in table()
    before = table()["10.66.120.7"][1]
    routed.clock.advance(60)
    assert table()["10.66.120.7"][1] != before
    routed.world.add_fault("endpoint-unplug", {"endpoint": "cam-001"})
    assert "10.66.120.7" not in table()
