"""Our text parses with ntc-templates: the keys of real recordings, the values of the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from ntc_templates.parse import parse_output

from vnexus import hardware
from vnexus.lab import Lab
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
    Case("show ip interface brief", "show_ip_interface_brief", "core-1", {"interface": "Vlan120"},
         lambda _: {"ip_address": "10.66.120.2"}),
    Case("show vlan", "show_vlan", "hall", {"vlan_id": "120"}, lambda _: {"vlan_name": "VLAN0120"}),
    Case("show interface status", "show_interface_status", "hall", {"port": "Eth1/7"},
         lambda _: {"status": "connected", "vlan_id": "120"}),
    Case("show interface transceiver details", "show_interface_transceiver_details", "core-1",
         {"interface": "Ethernet1/1"}, lambda _: {}),
)  # fmt: skip
IDS = [f"{case.node}: {case.command}" for case in CASES]


def recordings() -> Path | None:
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared" / "data" / "INDEX.md").is_file():
            return parent / "shared" / "data" / "ntc-templates-cisco_nxos"
    return None


def parsed(lab: Lab, case: Case) -> list[Record]:
    text = lab.nodes[case.node].shell("admin").run(case.command).text
    return parse_output(platform="cisco_nxos", command=case.command, data=text)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_values_agree_with_the_model(routed: Lab, case: Case) -> None:
    found = [r for r in parsed(routed, case) if all(r.get(k) == v for k, v in case.key.items())]
    assert found, parsed(routed, case)
    wanted = case.expected(routed)
    assert {key: found[0].get(key) for key in wanted} == wanted


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_fields_are_those_of_the_recordings(routed: Lab, case: Case) -> None:
    folder = recordings()
    if folder is None:
        pytest.skip("no recordings beside the repository: shared/data is absent")
    samples = sorted((folder / case.recording).glob("*.yml"))
    assert samples
    recorded = [r for sample in samples for r in yaml.safe_load(sample.read_text("utf-8"))["parsed_sample"]]
    keys = {frozenset(record) for record in recorded}
    types = {key: type(value) for record in recorded for key, value in record.items()}
    for record in parsed(routed, case):
        assert frozenset(record) in keys
        assert {key: type(value) for key, value in record.items()} == {key: types[key] for key in record}
