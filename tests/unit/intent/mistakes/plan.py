"""Mistakes: the plan of numbers, and people."""

from __future__ import annotations

from tests.unit.intent.mistakes.case import Case

CASES = {
    "VLAN clash": Case(
        "addresses.yaml",
        "vlan: 122,",
        "vlan: 121,",
        "description: Cameras Les Rives",
        "VLAN clash: 121 is cctv-centre and cctv-rives",
    ),
    "VLAN clash with parking": Case(
        "addresses.yaml",
        "vlan: 122,",
        "vlan: 999,",
        "vlan: 999,",
        "VLAN clash: 999 is the parking VLAN and cctv-rives",
    ),
    "overlapping prefix": Case(
        "addresses.yaml",
        "10.40.64.0/21",
        "10.40.48.0/20",
        "10.40.48.0/20",
        "overlapping prefix: 10.40.48.0/20 of wifi-staff and 10.40.50.0/24 of wifi-ap",
    ),
    "overlapping routed links": Case(
        "links.yaml",
        "10.66.254.10/31",
        "10.66.254.8/31",
        "edge-1:Ethernet1/53",
        "overlapping prefix: 10.66.254.8/31",
    ),
    "routed link outside of transit": Case(
        "links.yaml",
        "10.66.254.10/31",
        "10.66.200.10/31",
        "10.66.200.10",
        "10.66.200.10/31 is outside of transit",
    ),
    "duplicate address": Case(
        "services/cctv.yaml",
        "10.20.1.11}",
        "10.20.1.10}",
        "CAM-002",
        "duplicate address: 10.20.1.10 is CAM-001 and CAM-002",
    ),
    "duplicate management address": Case(
        "hosts.yaml",
        "10.66.0.102}",
        "10.66.0.101}",
        "mediatheque, management",
        "duplicate address: 10.66.0.101 is sw-mairie and sw-mediatheque",
    ),
    "duplicate hostname": Case(
        "hosts.yaml", "hostname: 127.66.0.102", "hostname: 127.66.0.101", "", "duplicate address"
    ),
    "address outside of its network": Case(
        "services/cctv.yaml",
        "10.20.1.10}",
        "10.20.2.250}",
        "CAM-001",
        "address 10.20.2.250 of CAM-001 is outside of its network 10.20.1.0/24",
    ),
    "address of a router": Case(
        "services/cctv.yaml", "10.20.1.10}", "10.20.1.2}", "CAM-001", "kept for the routers"
    ),
    "management outside": Case(
        "hosts.yaml", "10.66.0.102}", "10.66.7.102}", "10.66.7.102", "outside of 10.66.0.0/24"
    ),
    "no VLAN for a port": Case(
        "addresses.yaml",
        "districts: [rives], reach",
        "districts: [gare], reach",
        "",
        "needs a VLAN 'cctv' at ecole-rives, the plan has none",
        more=3,
    ),
    "gateway in no network": Case(
        "addresses.yaml",
        "gateway: 10.66.231.14",
        "gateway: 10.99.0.1",
        "gateway: 10.99.0.1",
        "gateway 10.99.0.1 is in no network of VRF CITY",
    ),
    "gateway where the routers are": Case(
        "addresses.yaml",
        "gateway: 10.66.231.14",
        "gateway: 10.66.231.2",
        "gateway: 10.66.231.2",
        "gateway 10.66.231.2 of VRF CITY is kept for the routers",
    ),
    "server on the gateway's address": Case(
        "services/datacentre.yaml",
        "    networks: [t-lumen]",
        "    networks: [t-lumen]\n    address: 10.83.0.254",
        "10.83.0.254",
        "duplicate address: 10.83.0.254 is the gateway of T-LUMEN and T-LUM-1",
    ),
    "announced but not there": Case(
        "addresses.yaml",
        "public: [203.0.113.0/24, 198.51.100.0/24]",
        "public: [203.0.113.0/24, 198.51.100.0/25]",
        "public:",
        "198.51.100.0/25 is announced",
    ),
    "network too small": Case(
        "addresses.yaml", "10.66.231.0/28", "10.66.231.12/30", "10.66.231.12/30", "too small", more=1
    ),
    "not multicast": Case(
        "addresses.yaml", "239.66.0.0/17", "10.66.128.0/17", "10.66.128.0", "no multicast groups"
    ),
    "rendezvous point below": Case(
        "addresses.yaml",
        "10.20.255.1, switch: core-1",
        "10.20.255.1, switch: leaf-1",
        "switch: leaf-1",
        "leaf-1 cannot be the rendezvous point",
    ),
    "asset tag twice": Case(
        "services/cctv.yaml", "tag: CAM-002", "tag: CAM-001", "10.20.1.11}", "asset tag CAM-001", more=0
    ),
    "tenants that share a VRF": Case(
        "services/tenants.yaml", "vrf: T-LUMEN", "vrf: T-LYCEE", "vrf: T-LYCEE", "share VRF", more=1
    ),
    "tenant in another's network": Case(
        "services/datacentre.yaml",
        "networks: [t-lumen]",
        "networks: [t-lycee]",
        "",
        "server lumen-1 of tenant lumen would be in network t-lycee",
    ),
    "freeze ends before it starts": Case(
        "freezes.yaml", "2027-03-15T06", "2027-03-10T06", "2027-03-10T06", "ends before it starts"
    ),
}
