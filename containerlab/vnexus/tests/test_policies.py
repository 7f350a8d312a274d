"""Route maps and prefix lists filter; OSPF has areas; BGP has VRFs; HSRP keeps who is active."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest

from vnexus.lab import Lab
from vnexus.world.routing.bgp import Bgp
from vnexus.world.routing.policy import PrefixRule

CARRIER = "203.0.113.1"


def type_(lab: Lab, node: str, *lines: str) -> None:
    assert lab.nodes[node].merge("\n".join(lines)) == []


def bgp(lab: Lab) -> Bgp:
    return lab.world.network().tables.bgp


def neighbor(lab: Lab, node: str, address: str, *lines: str) -> None:
    type_(lab, node, "router bgp 65001", f"neighbor {address}", "address-family ipv4 unicast", *lines)


@pytest.mark.parametrize(
    ("text", "prefix", "covered"),
    [
        ("permit 10.0.0.0/8", "10.0.0.0/8", True),
        ("permit 10.0.0.0/8", "10.1.0.0/16", False),
        ("permit 10.0.0.0/8 le 16", "10.1.0.0/16", True),
        ("permit 10.0.0.0/8 ge 24", "10.1.2.0/24", True),
        ("permit 10.0.0.0/8 ge 24 le 25", "10.1.2.0/26", False),
        ("permit 0.0.0.0/0 eq 24", "198.18.1.0/24", True),
    ],
)
def test_prefix_rules_cover_what_their_bounds_say(text: str, prefix: str, covered: bool) -> None:
    assert PrefixRule.read(text.split()).covers(IPv4Network(prefix)) is covered


def test_a_prefix_list_lets_in_what_it_permits(routed: Lab) -> None:
    every = bgp(routed).received("edge", CARRIER)
    type_(routed, "edge", "ip prefix-list DEFAULT seq 5 permit 0.0.0.0/0")
    neighbor(routed, "edge", CARRIER, "prefix-list DEFAULT in")
    assert bgp(routed).received("edge", CARRIER) == 1
    assert bgp(routed).denied("edge", CARRIER) == every - 1
    assert bgp(routed).received("core-1", "10.1.0.9") == 1
    type_(routed, "edge", "no ip prefix-list DEFAULT seq 5")
    type_(routed, "edge", "ip prefix-list DEFAULT seq 5 deny 0.0.0.0/0 le 32")
    assert bgp(routed).received("edge", CARRIER) == 0


def test_a_route_map_sets_what_the_best_path_is_chosen_by(routed: Lab) -> None:
    type_(
        routed,
        "edge",
        "route-map IN permit 10",
        "set local-preference 250",
        "set as-path prepend 64500 64500",
    )
    neighbor(routed, "edge", CARRIER, "route-map IN in")
    path = next(path for path in bgp(routed).paths["edge"].values() if path.sender == CARRIER)
    assert (path.local_preference, path.as_path) == (250, ("64500",) * 3)
    inside = next(path for path in bgp(routed).paths["core-1"].values() if path.sender == "10.1.0.9")
    assert inside.local_preference == 250
    assert "       250 " in routed.nodes["core-1"].shell("admin").run("show ip bgp").text


def test_what_is_told_passes_the_outgoing_map(routed: Lab) -> None:
    type_(routed, "edge", "ip prefix-list NONE seq 5 deny 0.0.0.0/0 le 32", "route-map OUT permit 10",
          "match ip address prefix-list NONE")  # fmt: skip
    neighbor(routed, "edge", "10.1.0.1", "route-map OUT out")
    assert bgp(routed).received("core-1", "10.1.0.9") == 0


def test_a_route_map_that_is_not_there_stops_everything(routed: Lab) -> None:
    neighbor(routed, "edge", CARRIER, "route-map GONE in")
    assert bgp(routed).received("edge", CARRIER) == 0


def test_redistribution_passes_its_route_map(routed: Lab) -> None:
    type_(routed, "edge", "ip route 192.0.2.0/24 Null0", "ip route 198.51.100.0/24 Null0",
          "ip prefix-list ONE seq 5 permit 192.0.2.0/24", "route-map STATIC permit 10",
          "match ip address prefix-list ONE", "router ospf CITY",
          "redistribute static route-map STATIC")  # fmt: skip
    found = {str(route.prefix) for route in routed.world.network().tables.table("core-1", "default")}
    assert "192.0.2.0/24" in found
    assert "198.51.100.0/24" not in found


# -- OSPF areas


def kinds(lab: Lab, node: str) -> dict[str, str]:
    table = lab.world.network().tables.table(node, "default")
    return {str(route.prefix): route.kind for route in table if route.protocol.startswith("ospf")}


def split(lab: Lab) -> None:
    """core-2 moves to area 1 behind the edge, which becomes a border router."""
    for node, port in (("core-2", "Ethernet1/1"), ("edge", "Ethernet1/2")):
        type_(
            lab,
            node,
            f"interface {port}",
            "no ip router ospf CITY area 0.0.0.0",
            "ip router ospf CITY area 1",
        )
    for name in ("Vlan99", "Vlan120", "loopback0"):
        type_(
            lab,
            "core-2",
            f"interface {name}",
            "no ip router ospf CITY area 0.0.0.0",
            "ip router ospf CITY area 1",
        )


def test_other_areas_are_reached_through_the_border(routed: Lab) -> None:
    assert kinds(routed, "core-2")["10.1.0.1/32"] == "intra"
    split(routed)
    assert kinds(routed, "core-2")["10.1.0.1/32"] == "inter"
    assert kinds(routed, "core-1")["10.1.0.2/32"] == "inter"
    ospf = routed.world.network().tables.ospf
    assert [key[0] for key in ospf.routers if ospf.border(key)] == ["edge"]


def test_a_totally_stubby_area_hears_of_a_default_route_only(routed: Lab) -> None:
    split(routed)
    type_(routed, "edge", "router ospf CITY", "area 1 stub no-summary")
    type_(routed, "core-2", "router ospf CITY", "area 1 stub")
    found = kinds(routed, "core-2")
    assert found["0.0.0.0/0"] == "inter"
    assert "10.1.0.1/32" not in found
    assert kinds(routed, "core-1")["10.1.0.2/32"] == "inter"


def test_a_range_sums_an_area_up(routed: Lab) -> None:
    split(routed)
    type_(routed, "edge", "router ospf CITY", "area 0 range 10.1.0.0/24")
    found = kinds(routed, "core-2")
    assert found["10.1.0.0/24"] == "inter"
    assert "10.1.0.1/32" not in found


# -- BGP of another VRF


def test_sessions_and_paths_of_a_vrf_are_its_own(routed: Lab) -> None:
    for node, here, there in (("core-1", 1, 2), ("core-2", 2, 1)):
        type_(routed, node, "vlan 300", "vrf context BLUE", "interface Vlan300", "no shutdown",
              "vrf member BLUE",
              f"ip address 10.30.0.{here}/24", "router bgp 65001", "vrf BLUE", f"router-id 10.30.0.{here}",
              "address-family ipv4 unicast", "network 10.30.0.0/24", f"neighbor 10.30.0.{there}",
              "remote-as 65001", "address-family ipv4 unicast")  # fmt: skip
    (peer,) = [peer for peer in routed.world.bgp_all_peers("core-1") if peer.vrf == "BLUE"]
    assert peer.state == "established"
    assert all(peer.vrf == "default" for peer in routed.world.bgp_peers("core-1"))
    assert routed.world.network().tables.bgp_of("BLUE").received("core-1", "10.30.0.2") == 1
    text = routed.nodes["core-1"].shell("admin").run("show ip bgp summary vrf BLUE").text
    assert "BGP summary information for VRF BLUE" in text
    assert "10.30.0.2" in text
    assert "10.30.0.2" not in routed.nodes["core-1"].shell("admin").run("show ip bgp summary").text


# -- HSRP


def active(lab: Lab, node: str) -> str:
    (view,) = lab.world.network().hsrp.views(node)
    return view.state


def blink(lab: Lab, node: str) -> None:
    for word in ("shutdown", "no shutdown"):
        type_(lab, node, "interface Vlan120", word)
        assert active(lab, node) in {"Initial", "Active", "Standby"}


@pytest.mark.parametrize(("preempt", "after"), [(True, "Active"), (False, "Standby")])
def test_who_comes_back_takes_over_only_with_preempt(routed: Lab, preempt: bool, after: str) -> None:
    assert active(routed, "core-1") == "Active"
    if not preempt:
        type_(routed, "core-1", "interface Vlan120", "hsrp 120", "no preempt")
    blink(routed, "core-1")
    assert active(routed, "core-1") == after
    other: dict[str, Any] = {"Active": "Standby", "Standby": "Active"}
    assert active(routed, "core-2") == other[after]
