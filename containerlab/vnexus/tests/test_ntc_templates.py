"""Our text parses with ntc-templates: the keys of real recordings, the values of the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from ntc_templates.parse import parse_output

from vnexus import hardware
from vnexus.lab import Lab
from vnexus.topology import Link, Topology
from vnexus.world import Clock
from vnexus.world.routing.bgp import carrier_prefixes

Record = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """``expected`` are values of the record whose ``key`` fields have the given values."""

    command: str
    recording: str
    node: str
    key: dict[str, str]
    expected: Callable[[Lab], Record]


def _stamp(lab: Lab, node: str, port: str) -> str:
    spec = lab.nodes[node].spec
    return hardware.mac_text(hardware.port_mac(spec.address, spec.model, port))


def _count(lab: Lab) -> str:
    return str(len(carrier_prefixes(lab.topology.endpoints[1])))


def _root(lab: Lab) -> str:
    return hardware.mac_text(hardware.base_mac(lab.nodes["core-1"].spec.address))


CASES = (
    Case("show ip route", "show_ip_route", "core-2", {"network": "10.1.0.1", "prefix_length": "32"},
         lambda _: {"vrf": "default", "protocol": "ospf-CITY", "type": "intra", "distance": "110",
                    "nexthop_ip": "10.0.2.2", "nexthop_if": "Eth1/1"}),
    Case("show ip route vrf all", "show_ip_route", "core-1", {"network": "10.66.0.0"},
         lambda _: {"vrf": "management", "protocol": "direct", "nexthop_if": "mgmt0", "metric": "0"}),
    Case("show ip ospf neighbor", "show_ip_ospf_neighbor", "core-2", {"neighbor_id": "10.1.0.1"},
         lambda _: {"ospf_pid": "CITY", "vrf": "default", "state": "FULL/BDR", "ip_address": "10.9.9.1",
                    "interface": "Vlan99"}),
    Case("show ip ospf neighbor", "show_ip_ospf_neighbor", "core-1", {"neighbor_id": "10.1.0.9"},
         lambda _: {"state": "FULL/ -", "ip_address": "10.0.1.2", "interface": "Eth1/1"}),
    Case("show ip ospf interface brief", "show_ip_ospf_interface_brief", "core-1", {"interface": "Eth1/1"},
         lambda _: {"process": "CITY", "area": "0.0.0.0", "state": "P2P", "neighbors_fc": "1",
                    "status": "up"}),
    Case("show ip bgp summary", "show_ip_bgp_summary", "edge", {"bgp_neigh": "203.0.113.1"},
         lambda lab: {"router_id": "10.1.0.9", "local_as": "65001", "neigh_as": "64500",
                      "state_pfxrcd": _count(lab)}),
    Case("show ip bgp summary", "show_ip_bgp_summary", "edge", {"bgp_neigh": "10.1.0.2"},
         lambda _: {"neigh_as": "65001", "state_pfxrcd": "Shut (Admin)"}),
    Case("show ip bgp", "show_ip_bgp", "edge", {"network": "0.0.0.0/0"},
         lambda _: {"next_hop": "203.0.113.1"}),
    Case("show hsrp all", "show_hsrp_all", "core-2", {"interface": "Vlan120"},
         lambda _: {"group_number": "120", "version": "2", "hsrp_router_state": "Standby", "priority": "100",
                    "primary_ipv4_address": "10.66.120.1", "active_ip_address": "10.66.120.2",
                    "active_priority": "110", "standby_router": "local",
                    "virtual_mac_address": "0000.0c9f.f078",
                    "session_name": "hsrp-Vlan120-120"}),
    Case("show spanning-tree root", "show_spanning-tree_root", "hall", {"vlan_id": "VLAN0120"},
         lambda lab: {"priority": "4216", "root_id": _root(lab), "root_port": "port-channel10"}),
    Case("show vpc", "show_vpc", "core-1", {"port": "Po10"}, lambda _: {"id": "10", "status": "up"}),
    Case("show port-channel summary", "show_port-channel_summary", "core-1", {"bundle_name": "Po1"},
         lambda _: {"bundle_status": "SU", "bundle_protocol": "LACP",
                    "member_interface": ["Eth1/49", "Eth1/50"], "member_interface_status": ["P", "P"]}),
    Case("show ip arp", "show_ip_arp", "core-1", {"ip_address": "10.0.1.2"},
         lambda lab: {"mac_address": _stamp(lab, "edge", "Ethernet1/1"), "interface": "Ethernet1/1"}),
    Case("show cdp neighbors", "show_cdp_neighbors", "core-1", {"local_interface": "Eth1/1"},
         lambda _: {"neighbor_name": f"edge({hardware.serial('edge')})", "platform": "N9K-C93180YC-FX3",
                    "neighbor_interface": "Eth1/1", "capabilities": "R S s"}),
    Case("show cdp neighbors detail", "show_cdp_neighbors_detail", "core-1",
         {"local_interface": "Ethernet1/1"},
         lambda _: {"neighbor_name": "edge", "neighbor_interface": "Ethernet1/1",
                    "mgmt_address": "10.66.0.9"}),
    Case("show mac address-table", "show_mac_address-table", "core-1", {"mac_address": "00aa.bbcc.0001"},
         lambda _: {"vlan_id": "120", "ports": "Po10"}),
    Case("show lldp neighbors", "show_lldp_neighbors", "core-1", {"local_interface": "Eth1/1"},
         lambda _: {"neighbor_name": "edge"}),
    Case("show lldp neighbors detail", "show_lldp_neighbors_detail", "core-1", {"local_interface": "Eth1/1"},
         lambda _: {"neighbor_name": "edge", "neighbor_interface": "Ethernet1/1",
                    "mgmt_address": "10.66.0.9"}),
    Case("show ip interface brief", "show_ip_interface_brief", "core-1", {"interface": "Vlan120"},
         lambda _: {"ip_address": "10.66.120.2"}),
    Case("show vlan", "show_vlan", "hall", {"vlan_id": "120"}, lambda _: {"vlan_name": "VLAN0120"}),
    Case("show interface status", "show_interface_status", "hall", {"port": "Eth1/7"},
         lambda _: {"status": "connected", "vlan_id": "120"}),
    Case("show interface transceiver details", "show_interface_transceiver_details", "core-1",
         {"interface": "Ethernet1/1"}, lambda _: {}),
    Case("show interface transceiver", "show_interface_transceiver", "core-1", {"interface": "Ethernet1/1"},
         lambda _: {"status": "present", "type": "SFP-25GBASE-SR", "manufacturer": "CISCO"}),
    Case("dir bootflash:", "dir", "core-1", {"item_name": "kept.cfg"},
         lambda lab: {"size": str(len(lab.nodes["core-1"].flash.read("kept.cfg")))}),
    Case("show access-lists", "show_access-lists", "core-1", {"name": "WEB", "sn": "20"},
         lambda _: {"action": "permit", "protocol": "tcp", "source": "10.0.0.0/8", "destination": "any",
                    "modifier": "eq www [match=0]"}),
    Case("show access-lists", "show_access-lists", "core-1", {"sn": "10"}, lambda _: {"remark": "the web"}),
    Case("show route-map", "show_route-map", "core-1", {"name": "OUT", "seq": "10"},
         lambda _: {"action": "permit", "match_clauses": ["ip address prefix-lists: NETS", "tag: 7"],
                    "set_clauses": ["local-preference 300"]}),
    Case("show ip community-list", "show_ip_community-list", "core-1", {"name": "CITY"},
         lambda _: {"type": "Standard", "seq": "10", "action": "permit", "as": ["65001"], "tag": ["100"]}),
    Case("show bfd neighbors", "show_bfd_neighbors", "core-1", {"our_address": "10.9.9.1"},
         lambda _: {"neighbor_address": "10.9.9.2", "state": "Up", "interface": "Vlan99", "vrf": "default"}),
    Case("show clock", "show_clock", "core-1", {"timezone": "UTC"},
         lambda lab: {"year": "2027", "dayweek": "Fri", "time": lab.nodes["core-1"].stamp()[11:19] + ".000"}),
    Case("show configuration session summary", "show_configuration_session_summary", "core-1",
         {"session_name": "PLANNED"}, lambda _: {"session_owner": "admin"}),
    Case("show environment", "show_environment", "core-1", {}, lambda _: {}),
    Case("show environment temperature", "show_environment_temperature", "core-1", {"sensor": "CPU"},
         lambda _: {"major_threshold": "90", "minor_threshold": "80", "status": "Ok"}),
    Case("show feature", "show_feature", "core-1", {"name": "ospf"}, lambda _: {"state": "enabled"}),
    Case("show feature", "show_feature", "edge", {"name": "hsrp_engine"}, lambda _: {"state": "disabled"}),
    Case("show forwarding adjacency", "show_forwarding_adjacency", "core-1", {"nexthop": "10.0.1.2"},
         lambda lab: {"rewrite": _stamp(lab, "edge", "Ethernet1/1"), "interface": "Ethernet1/1"}),
    Case("show forwarding ipv4 route", "show_forwarding_ipv4_route", "core-1",
         {"ip_address": "10.1.0.9", "prefix_length": "32"},
         lambda _: {"nexthop": ["10.0.1.2"], "interface": ["Ethernet1/1"]}),
    Case("show hostname", "show_hostname", "core-1", {}, lambda _: {"hostname": "core-1"}),
    Case("show interface", "show_interface", "core-1", {"interface": "Ethernet1/1"},
         lambda lab: {"link_status": "up", "mac_address": _stamp(lab, "core-1", "Ethernet1/1"),
                      "ip_address": "10.0.1.1"}),
    Case("show interface brief", "show_interface_brief", "hall", {"interface": "Eth1/7"},
         lambda _: {"vlan_id": "120", "status": "up", "mode": "access"}),
    Case("show interface capabilities", "show_interface_capabilities", "hall", {"interface": "Ethernet1/7"},
         lambda _: {"model": "N9K-C9348GC-FX3PH", "speed": "100,1000,auto", "channel": "yes"}),
    Case("show interface description", "show_interface_description", "core-1", {"port": "Eth1/3"},
         lambda _: {"description": "spare port"}),
    Case("show interface snmp-ifindex", "show_interface_snmp-ifindex", "core-1", {"port": "Eth1/2"},
         lambda _: {"ifmib": "436208128", "ifindex_hex": "0x1a000200"}),
    Case("show interface switchport", "show_interface_switchport", "hall", {"interface": "Ethernet1/7"},
         lambda _: {"access_vlan": "120", "mode": "access"}),
    Case("show inventory", "show_inventory", "core-1", {"name": "Chassis"},
         lambda _: {"pid": "N9K-C93180YC-FX3", "sn": hardware.serial("core-1")}),
    Case("show ip adjacency", "show_ip_adjacency", "core-1", {"ip_address": "10.66.120.7"},
         lambda _: {"mac_address": "00aa.bbcc.0001", "interface": "Vlan120", "source": "arp"}),
    Case("show ip arp detail", "show_ip_arp_detail", "core-1", {"ip_address": "10.66.120.7"},
         lambda _: {"mac_address": "00aa.bbcc.0001", "physical_interface": "port-channel10"}),
    Case("show ip arp detail vrf all", "show_ip_arp_detail_vrf_all", "core-1", {"ip_address": "10.66.0.9"},
         lambda _: {"interface": "mgmt0", "vrf": "management"}),
    Case("show ip dhcp relay address", "show_ip_dhcp_relay_address", "core-1", {"interface": "Vlan120"},
         lambda _: {"relay_address": "10.9.9.9", "vrf": "TOWN"}),
    Case("show ip dhcp snooping statistics", "show_ip_dhcp_snooping_statistics", "core-1", {},
         lambda _: {"dhcp_discover_rx": "0"}),
    Case("show ip interface", "show_ip_interface", "core-1", {"interface": "Vlan120"},
         lambda _: {"primary_ip_address": "10.66.120.2", "primary_ip_subnet": "10.66.120.0/24",
                    "vrf_name": "default", "mtu": "1500", "admin_status": "up",
                    "multicast_groups": "224.0.0.5  224.0.0.6  224.0.0.102  "
                                        "224.0.0.13  224.0.0.2  224.0.0.1"}),
    Case("show ip interface vrf all", "show_ip_interface_vrf_all", "core-1", {"interface": "mgmt0"},
         lambda _: {"vrf": "management", "ip_address": "10.66.0.1", "subnet": "10.66.0.0/24"}),
    Case("show ip bgp neighbors", "show_ip_bgp_neighbors", "edge", {"neighbor": "203.0.113.1"},
         lambda _: {"remote_asn": "64500", "bgp_state": "Established"}),
    Case("show bgp vrf all ipv4 unicast detail", "show_bgp_vrf_all_ipv4_unicast_detail", "edge",
         {"as_path": "64500", "vrf": "default,"},
         lambda _: {"active": "best", "valid": "valid", "path_type": "external", "next_hop": "203.0.113.1",
                    "neighbor": "203.0.113.1", "origin": "IGP", "weight": "0"}),
    Case("show bgp vrf all ipv4 unicast neighbors 203.0.113.1 routes",
         "show_bgp_vrf_all_ipv4_unicast_neighbors_routes", "edge", {"prefix": "0.0.0.0"},
         lambda _: {"prefix_length": "0", "next_hop": "203.0.113.1", "as_path": "64500", "origin": "i",
                    "status": "*", "path_selection": ">", "route_source": "e"}),
    Case("show ip pim group-range vrf all", "show_ip_pim_group-range_vrf_all", "core-1",
         {"group_range": "239.0.0.0/8"},
         lambda _: {"vrf": "default", "mode": "ASM", "rp_address": "10.1.0.1", "origin": "Static"}),
    Case("show ip pim interface brief vrf all", "show_ip_pim_interface_brief_vrf_all", "core-1",
         {"interface": "Vlan120"},
         lambda _: {"vrf": "default", "ip_address": "10.66.120.2", "pim_dr_address": "10.66.120.3",
                    "neighbor_count": "1", "border_interface": "no"}),
    Case("show ip pim neighbor vrf all", "show_ip_pim_neighbor_vrf_all", "core-1", {"interface": "Vlan120"},
         lambda _: {"neighbor": "10.66.120.3", "dr_priority": "1", "bidir_capable": "no"}),
    Case("show ip pim rp vrf all", "show_ip_pim_rp_vrf_all", "edge", {"vrf": "default"},
         lambda _: {"bsr": "disabled", "auto_rp": "disabled"}),
    Case("show ip mroute vrf all", "show_ip_mroutes_vrf_all", "core-1",
         {"group": "239.255.0.1/32", "source": "*"},
         lambda _: {"vrf": "default", "oif_list": ["Vlan120"]}),
    Case("show interface status err-disabled", "show_interface_status_err-disabled", "core-1",
         {"interface": "Eth1/20"},
         lambda _: {"name": "--", "status": "err-disabled", "port_error": "UDLD empty echo"}),
    Case("show ip ospf database", "show_ip_ospf_database", "core-1", {"link_id": "10.1.0.9"},
         lambda _: {"router_id": "10.1.0.1", "adv_router": "10.1.0.9", "process_id": "CITY"}),
    Case("show license usage", "show_license_usage", "core-1", {"feature": "LAN_ENTERPRISE_SERVICES_PKG"},
         lambda _: {"status": "IN USE", "license_count": "1"}),
    Case("show module", "show_module", "core-1", {"module": "1"},
         lambda _: {"ports": "54", "model": "N9K-C93180YC-FX3", "status": "active *"}),
    Case("show nve vni", "show_nve_vni", "core-1", {"vni": "10120"},
         lambda _: {"mcast_group": "239.1.1.1", "state": "Up", "mode": "DP", "type": "L2", "bd_vrf": "120"}),
    Case("show nve vni interface nve 1 detail", "show_nve_vni_interface_nve_1_detail", "core-1",
         {"vni": "10120"},
         lambda _: {"vlan_bd": "120", "vni_state": "Up", "multicast_address": "239.1.1.1"}),
    Case("show processes cpu", "show_processes_cpu", "core-1", {}, lambda _: {}),
    Case("show switching-mode", "show_switching-mode", "core-1", {"module_number": "1"},
         lambda _: {"operational_mode": "Cut-Through"}),
    Case("show vdc", "show_vdc", "core-1", {"vdc_id": "1"},
         lambda _: {"vdc_name": "core-1", "state": "active"}),
    Case("show version", "show_version", "core-1", {},
         lambda _: {"hostname": "core-1", "os": "10.5(2)", "serial": hardware.serial("core-1")}),
    Case("show ip bgp summary vrf all", "show_ip_bgp_summary_vrf", "edge", {"bgp_neigh": "203.0.113.1"},
         lambda lab: {"vrf": "default", "neigh_as": "64500", "state_pfxrcd": _count(lab)}),
    Case("show ipv6 interface brief", "show_ipv6_interface_brief", "core-1", {"interface": "Vlan120"},
         lambda _: {"ipv6_address": "2001:db8:66::2", "status": "up/up", "proto": "up"}),
    Case("show vrf", "show_vrf", "core-1", {"name": "TOWN"}, lambda _: {"id": "3", "state": "Up"}),
    Case("show vrf detail", "show_vrf_detail", "core-1", {"name": "TOWN"}, lambda _: {}),
    Case("show vrf interface", "show_vrf_interface", "core-1", {"interface": "mgmt0"},
         lambda _: {"name": "management", "id": "2"}),
)  # fmt: skip
ABSENT = {
    "show_ip_msdp_summary_vrf_all": "MSDP has configuration only",
    "show_ip_eigrp_neighbors": "EIGRP has configuration only",
    "show_nve_peers": "there is no overlay in the world: the table is always empty",
    "show_l2rib_internal_permanently-frozen-list": "there is no overlay in the world",
    "show_interface_breakout": "no port of the models breaks out",
    "show_fex": "none of the models takes fabric extenders",
    "show_fex_id": "none of the models takes fabric extenders",
    "show_fabricpath_route": "FabricPath is not modelled",
    "show_flogi_database": "none of the models has Fibre Channel ports",
    "show_cts_interface_all": "TrustSec is not modelled",
    "show_cts_interface_brief": "TrustSec is not modelled",
    "show_hardware_internal_bigsur_all-ports_detail": "registers of one ASIC of another family (Nexus 5600)",
}
"""Recorded commands that are not held, and why."""
IDS = [f"{case.node}: {case.command}" for case in CASES]


RICH = (
    "feature dhcp", "feature bfd", "feature nv overlay", "feature vn-segment-vlan-based",
    "ip access-list WEB", "statistics per-entry", "remark the web", "permit tcp 10.0.0.0/8 any eq 80",
    "ip prefix-list NETS seq 5 permit 10.0.0.0/8 le 24",
    "ip community-list standard CITY seq 10 permit 65001:100",
    "route-map OUT permit 10", "match ip address prefix-list NETS", "match tag 7", "set local-preference 300",
    "vrf context TOWN", "vlan 120", "vn-segment 10120",
    "interface Vlan120", "ipv6 address 2001:db8:66::2/64",
    "ip dhcp relay address 10.9.9.9 use-vrf TOWN", "interface Ethernet1/3",
    "description spare port", "interface nve1", "no shutdown", "source-interface loopback0",
    "member vni 10120",    "mcast-group 239.1.1.1",
)  # fmt: skip
"""What core-1 has beside the lines of the shared lab."""


WATCHED = ("feature udld", "interface Ethernet1/20", "switchport", "no shutdown")
PIM = (
    "feature pim",
    "ip pim rp-address 10.1.0.1 group-list 239.0.0.0/8",
    "interface Vlan120",
    "ip pim sparse-mode",
)
SPARE = Link("core-1", "Ethernet1/20", "core-2", "Ethernet1/20")


@pytest.fixture(scope="module")
def rich(routed_topology: Topology) -> Lab:
    """The shared lab two hours after its start, with something of everything."""
    first, second, edge, hall = routed_topology.nodes
    bfd = ("feature bfd", "router ospf CITY", "bfd")
    nodes = (
        replace(first, startup=(*first.startup, *RICH, *PIM, *WATCHED, *bfd)),
        replace(second, startup=(*second.startup, *PIM, *WATCHED, *bfd)),
        replace(edge, startup=(*edge.startup, "feature pim")),
        replace(hall, startup=(*hall.startup, "interface Ethernet1/9", "switchport access vlan 120")),
    )
    wall = [1_800_000_000.0]
    lab = Lab(
        replace(routed_topology, nodes=nodes, links=(*routed_topology.links, SPARE)),
        clock=Clock(lambda: wall[0]),
    )
    shell = lab.nodes["core-1"].shell("admin")
    for line in ("show running-config > bootflash:kept.cfg", "configure session PLANNED"):
        assert not shell.run(line).error
    lab.world.add_fault("link-one-way", {"node": "core-2", "port": "Ethernet1/20"})
    wall[0] += 7200
    return lab


def recordings() -> Path | None:
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared" / "data" / "INDEX.md").is_file():
            return parent / "shared" / "data" / "ntc-templates-cisco_nxos"
    return None


def parsed(lab: Lab, case: Case) -> list[Record]:
    text = lab.nodes[case.node].shell("admin").run(case.command).text
    return parse_output(platform="cisco_nxos", command=case.command, data=text)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_values_agree_with_the_model(rich: Lab, case: Case) -> None:
    found = [r for r in parsed(rich, case) if all(r.get(k) == v for k, v in case.key.items())]
    assert found, parsed(rich, case)
    wanted = case.expected(rich)
    assert {key: found[0].get(key) for key in wanted} == wanted


def _recorded(recording: str) -> list[Record]:
    folder = recordings()
    if folder is None:
        pytest.skip("no recordings beside the repository: shared/data is absent")
    samples = sorted((folder / recording).glob("*.yml"))
    assert samples
    return [r for sample in samples for r in yaml.safe_load(sample.read_text("utf-8"))["parsed_sample"]]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_fields_are_those_of_the_recordings(rich: Lab, case: Case) -> None:
    recorded = _recorded(case.recording)
    keys = {frozenset(record) for record in recorded}
    types = {key: type(value) for record in recorded for key, value in record.items()}
    for record in parsed(rich, case):
        assert frozenset(record) in keys
        assert {key: type(value) for key, value in record.items()} == {key: types[key] for key in record}


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_what_every_recording_fills_is_filled(rich: Lab, case: Case) -> None:
    recorded = _recorded(case.recording)
    always = {key for key in recorded[0] if all(record.get(key) for record in recorded)}
    found = parsed(rich, case)
    assert found
    empty = {key for key in always if not any(record[key] for record in found)}
    assert not empty


def test_every_recorded_command_is_held_or_absent_for_a_reason() -> None:
    folder = recordings()
    if folder is None:
        pytest.skip("no recordings beside the repository: shared/data is absent")
    recorded = {path.name for path in folder.iterdir() if path.is_dir()}
    held = {case.recording for case in CASES}
    assert held & ABSENT.keys() == set()
    assert recorded == held | ABSENT.keys()
