"""Facts of Bellerive's switches: a few of each kind, read as an engineer would."""

from __future__ import annotations

from agent.intent.switch import Hsrp, Port, Switch


def port(switch: Switch, name: str) -> Port:
    return next(item for item in (*switch.ports, *switch.channels) if item.name == name)


def test_a_camera_port_is_what_its_kind_says(switches: dict[str, Switch]) -> None:
    camera = port(switches["sw-mairie"], "Ethernet1/1")
    assert camera == Port(
        name="Ethernet1/1",
        profile="camera",
        description="camera CAM-001 rue du Beffroi 1",
        mode="access",
        access_vlan=121,
        edge=True,
        poe=True,
        poe_priority="critical",
        poe_max_watts=15.4,
        qos_class="CCTV",
        storm_control_percent=2,
        max_macs=1,
    )


def test_a_hungry_make_gets_more_power(switches: dict[str, Switch]) -> None:
    assert port(switches["sw-mairie"], "Ethernet1/10").poe_max_watts == 30


def test_a_telephone_has_a_computer_behind_it(switches: dict[str, Switch]) -> None:
    phone = port(switches["sw-gare"], "Ethernet1/21")
    assert (phone.mode, phone.access_vlan, phone.voice_vlan, phone.trust) == ("access", 144, 134, True)


def test_an_access_point_is_a_trunk_with_its_own_network_untagged(switches: dict[str, Switch]) -> None:
    point = port(switches["sw-mairie"], "Ethernet1/41")
    assert (point.mode, point.native_vlan, point.trunk_vlans) == ("trunk", 151, (151, 152, 153))


def test_unused_ports_are_off_and_parked(switches: dict[str, Switch]) -> None:
    spare = port(switches["sw-mairie"], "Ethernet1/48")
    assert (spare.mode, spare.shutdown, spare.access_vlan) == ("unused", True, 999)
    assert port(switches["core-1"], "Ethernet4/48").access_vlan is None


def test_descriptions_are_ascii(switches: dict[str, Switch]) -> None:
    for switch in switches.values():
        texts = [item.description for item in (*switch.ports, *switch.channels)]
        texts += [switch.base.snmp_location, switch.base.banner]
        assert all(text.isascii() and len(text.splitlines()) <= 2 for text in texts)


def test_a_building_hangs_on_both_cores_by_one_vpc(switches: dict[str, Switch]) -> None:
    up = port(switches["sw-mairie"], "port-channel1")
    assert (up.profile, up.vpc, up.mode) == ("uplink", None, "trunk")
    for core in ("core-1", "core-2"):
        down = port(switches[core], "port-channel101")
        assert (down.vpc, down.trunk_vlans, down.root_guard) == (101, up.trunk_vlans, True)
    members = [item.name for item in switches["sw-mairie"].ports if item.channel == 1]
    assert members == ["Ethernet1/49", "Ethernet1/50"]


def test_leaves_hang_back_to_back(switches: dict[str, Switch]) -> None:
    for leaf in ("leaf-1", "leaf-2"):
        up = port(switches[leaf], "port-channel2")
        assert up.vpc == 2
        assert up.trunk_vlans == port(switches["core-1"], "port-channel201").trunk_vlans
    assert switches["leaf-1"].vlans == switches["leaf-2"].vlans
    first, second = switches["leaf-1"].vpc, switches["leaf-2"].vpc
    assert first is not None
    assert second is not None
    assert (first.number, first.role_priority, second.role_priority) == (11, 100, 200)
    assert (first.keepalive_destination, first.keepalive_source) == ("10.66.0.22", "10.66.0.21")


def test_a_pair_of_cores_is_one_root_of_the_tree(switches: dict[str, Switch]) -> None:
    roots = {
        name: switch.stp_priority for name, switch in switches.items() if switch.stp_priority is not None
    }
    assert roots == {"core-1": 4096, "core-2": 4096}


def test_cores_share_gateways_and_the_first_leads(switches: dict[str, Switch]) -> None:
    first, second = switches["core-1"], switches["core-2"]
    for one, two in zip(first.svis, second.svis, strict=True):
        assert one.vlan == two.vlan
        assert one.layer3.address != two.layer3.address
        assert one.layer3.hsrp is not None
        assert two.layer3.hsrp is not None
        assert one.layer3.hsrp.address == two.layer3.hsrp.address
        assert one.layer3.hsrp.priority > two.layer3.hsrp.priority
    cctv = next(svi for svi in first.svis if svi.vlan == 121).layer3
    assert (cctv.address, cctv.vrf, cctv.pim, cctv.acl_in) == ("10.20.1.2/24", "CCTV", True, "CCTV-CENTRE-IN")
    assert cctv.hsrp == Hsrp(1, "10.20.1.1", 110)


def test_dhcp_relays_say_in_which_vrf_the_server_lives(switches: dict[str, Switch]) -> None:
    relays = {svi.vlan: svi.layer3.dhcp_relays for svi in switches["core-1"].svis}
    assert relays[141] == ("10.40.1.67", "10.40.1.68")
    assert relays[131] == ("10.40.1.67 use-vrf CITY", "10.40.1.68 use-vrf CITY")
    assert relays[121] == ()


def test_isolation_lets_cameras_reach_recorders_and_nothing_else(switches: dict[str, Switch]) -> None:
    acls = {acl.name: [entry.text for entry in acl.entries] for acl in switches["core-1"].acls}
    cctv, guest = acls["CCTV-CENTRE-IN"], acls["WIFI-GUEST-IN"]
    assert "permit ip 10.20.1.0/24 10.20.30.0/24" in cctv
    assert cctv[-1] == guest[-1] == "deny ip any any log"
    assert [line for line in cctv if line.startswith("permit ip ")] == [
        "permit ip 10.20.1.0/24 10.20.30.0/24"
    ]
    assert guest.index("deny ip 10.90.0.0/18 10.0.0.0/8") < guest.index("permit ip 10.90.0.0/18 any")
    assert guest[0] == "permit udp any eq bootpc any eq bootps"


def test_every_acl_and_route_map_that_is_used_exists(switches: dict[str, Switch]) -> None:
    for switch in switches.values():
        layers = [svi.layer3 for svi in switch.svis] + [p.layer3 for p in switch.ports if p.layer3]
        used = {layer.acl_in for layer in layers} - {None} | {switch.base.snmp_acl, switch.base.vty_acl}
        assert used == {acl.name for acl in switch.acls}
        maps = {
            m for n in (switch.bgp.neighbors if switch.bgp else ()) for m in (n.route_map_in, n.route_map_out)
        }
        assert maps - {None} == {route_map.name for route_map in switch.route_maps}


def test_edges_speak_to_three_carriers_each_and_to_each_other(switches: dict[str, Switch]) -> None:
    for name, other in (("edge-1", "10.66.255.12"), ("edge-2", "10.66.255.11")):
        bgp = switches[name].bgp
        assert bgp is not None
        assert [n.remote_as for n in bgp.neighbors].count(64496) == 1
        assert len([n for n in bgp.neighbors if n.carrier and n.secret and n.max_prefixes]) == 3
        inner = bgp.neighbors[-1]
        assert (inner.address, inner.update_source, inner.next_hop_self) == (other, "loopback0", True)
        assert switches[name].ospf[0].default_originate
    prepended = next(m for m in switches["edge-1"].route_maps if m.name == "TO-CASCADE")
    assert prepended.clauses[0].lines[-1] == "set as-path prepend 64496"


def test_both_ends_of_a_routed_link_are_in_its_prefix(switches: dict[str, Switch]) -> None:
    core, edge = port(switches["core-2"], "Ethernet4/21"), port(switches["edge-1"], "Ethernet1/48")
    assert core.layer3 is not None
    assert edge.layer3 is not None
    assert (core.layer3.address, edge.layer3.address) == ("10.66.254.6/31", "10.66.254.7/31")
    assert core.layer3.ospf_point_to_point


def test_each_core_is_one_rendezvous_point_and_finds_the_other(switches: dict[str, Switch]) -> None:
    first, second = switches["core-1"], switches["core-2"]
    assert first.multicast == second.multicast
    assert first.multicast is not None
    assert ("CCTV", "10.20.255.1", "239.66.0.0/17") in first.multicast.vrf_rendezvous_points
    assert "10.20.255.1/32" in [loopback.layer3.address for loopback in first.loopbacks]
    way = next(vrf for vrf in second.vrfs if vrf.name == "CCTV").static_routes
    assert ("10.20.255.1/32", "10.20.1.2") in way
    assert next(vrf for vrf in first.vrfs if vrf.name == "CCTV").static_routes == ()


def test_camera_vlans_have_a_querier_where_there_is_no_router(switches: dict[str, Switch]) -> None:
    multicast = switches["sw-mairie"].multicast
    assert multicast is not None
    assert dict(multicast.queriers) == {121: "10.20.1.5", 141: "10.40.11.5", 220: "10.40.2.5"}


def test_tenants_reach_the_firewall_and_nobody_else(switches: dict[str, Switch]) -> None:
    core = switches["core-1"]
    vrf = next(vrf for vrf in core.vrfs if vrf.name == "T-LUMEN")
    assert vrf.static_routes == (("0.0.0.0/0", "10.83.0.254"),)
    lines = next([e.text for e in acl.entries] for acl in core.acls if acl.name == "T-LUMEN-IN")
    assert "deny ip 10.83.0.0/24 10.0.0.0/8" in lines
