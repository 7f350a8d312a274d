"""Mistakes: ports and links."""

from __future__ import annotations

from tests.unit.intent.mistakes.case import VPC_LINK, Case

CASES = {
    "port used twice across files": Case(
        "services/displays.yaml",
        "Ethernet1/45: {tag: ECR-01",
        "Ethernet1/1: {tag: ECR-01",
        "ECR-01",
        "of sw-mairie is used twice: by displays ECR-01 and cctv CAM-001 (services/cctv.yaml:7)",
    ),
    "camera on an uplink": Case(
        "services/cctv.yaml",
        "    Ethernet1/1: {tag: CAM-001",
        "    Ethernet1/49: {tag: CAM-001",
        "CAM-001",
        "is used twice",
        more=1,
    ),
    "no such port": Case(
        "services/cctv.yaml",
        "    Ethernet1/1: {tag: CAM-001",
        "    Ethernet1/77: {tag: CAM-001",
        "CAM-001",
        "sw-mairie has no port Ethernet1/77 for cctv CAM-001",
        "Ethernet1/1-48",
    ),
    "no such port on a core": Case(
        "links.yaml",
        "core-1:Ethernet3/11,",
        "core-1:Ethernet1/11,",
        "core-1:Ethernet1/11",
        "core-1 has no port Ethernet1/11",
        "Ethernet3/1-48, Ethernet4/1-48",
    ),
    "port without power": Case(
        "services/cctv.yaml",
        "    Ethernet1/1: {tag: CAM-001",
        "    Ethernet1/51: {tag: CAM-001",
        "CAM-001",
        "gives no power to CAM-001",
        "Ethernet1/1-48",
    ),
    "PoE budget": Case(
        "hosts.yaml",
        "management: 10.66.0.101}",
        "management: 10.66.0.101, power_supplies: [NXA-PAC-650W-PE, NXA-PAC-650W-PE]}",
        "sw-mairie:",
        "PoE budget of sw-mairie exceeded: its endpoints may draw 642.6 W, 400 W are there",
    ),
    "make hungrier than its port": Case(
        "catalog/cctv.yaml",
        "dome-4k: {watts: 8.4",
        "dome-4k: {watts: 18.4",
        "dome-4k",
        "dome-4k draws 18.4 W but its port may give 15.4 W",
    ),
    "one-sided vPC": Case(
        "links.yaml",
        VPC_LINK,
        "",
        "  mairie:",
        "one-sided vPC: trunk mairie ends on core-1 but not on its peer core-2",
    ),
    "one-sided vPC of a server": Case(
        "services/datacentre.yaml",
        "ports: [leaf-1:Ethernet1/2, leaf-2:Ethernet1/2]",
        "ports: [leaf-1:Ethernet1/2, leaf-1:Ethernet1/22]",
        "leaf-1:Ethernet1/22",
        "one-sided vPC: both ports of server recorder-1 are on leaf-1",
    ),
    "server on two that are no pair": Case(
        "services/datacentre.yaml",
        "ports: [leaf-1:Ethernet1/2, leaf-2:Ethernet1/2]",
        "ports: [leaf-1:Ethernet1/2, leaf-3:Ethernet1/22]",
        "leaf-3:Ethernet1/22",
        "which are no vPC pair",
        more=1,
    ),
    "two ports without a channel": Case(
        "services/datacentre.yaml",
        "    channel: 12\n",
        "",
        "ports: [leaf-1:Ethernet1/2,",
        "two ports but no channel",
        more=0,
    ),
    "channel used twice": Case(
        "services/datacentre.yaml",
        "leaf-2:Ethernet1/2]\n    channel: 12",
        "leaf-2:Ethernet1/2]\n    channel: 13",
        "channel: 13",
        "port-channel13 of leaf-1 is used",
        more=1,
    ),
    "switch in two pairs": Case(
        "links.yaml",
        "switches: [leaf-3, leaf-4]",
        "switches: [leaf-3, leaf-2]",
        "[leaf-3, leaf-2]",
        "leaf-2 is a member of leaves-nord already",
        more=-1,
    ),
    "vPC domain twice": Case(
        "links.yaml", "domain: 12", "domain: 11", "domain: 11, switches: [leaf-3", "vPC domain 11 is used by"
    ),
    "pair of unlike switches": Case(
        "hosts.yaml",
        "management: 10.66.0.24}",
        'management: 10.66.0.24, release: "9.3"}',
        "",
        "pair leaves-sud mixes models or releases",
    ),
    "routed prefix too large": Case(
        "links.yaml", "10.66.254.10/31", "10.66.254.16/28", "10.66.254.16/28", "no prefix for a routed link"
    ),
    "routing without loopback": Case(
        "hosts.yaml", ", loopback: 10.66.255.1}", "}", "", "core-1 routes but has no", more=0
    ),
    "carrier on a core": Case(
        "services/carriers.yaml",
        "port: edge-1:Ethernet1/1",
        "port: core-1:Ethernet4/40",
        "core-1:Ethernet4/40",
        "carrier alize ends on core-1, which is a core switch",
    ),
    "carrier with our AS": Case(
        "services/carriers.yaml", "asn: 64497", "asn: 64496", "asn: 64496", "our own AS"
    ),
    "prefix limits upside down": Case(
        "services/carriers.yaml",
        "min_prefixes: 1\n    max_prefixes: 2000",
        "min_prefixes: 3000\n    max_prefixes: 2000",
        "min_prefixes: 3000",
        "more than",
    ),
}
