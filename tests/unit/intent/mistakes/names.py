"""Mistakes: names of things that are not there."""

from __future__ import annotations

from tests.unit.intent.mistakes.case import CAM1, Case

CASES = {
    "unknown site": Case(
        "hosts.yaml", "{site: mairie,", "{site: mairei,", "mairei", "unknown site 'mairei'", "mairie"
    ),
    "unknown district": Case(
        "sites.yaml",
        "street: rue Haute 12\n    district: centre",
        "street: rue Haute 12\n    district: center",
        "district: center",
        "unknown district",
    ),
    "unknown switch on a port": Case(
        "services/displays.yaml",
        "  sw-mairie:",
        "  sw-marie:",
        "sw-marie",
        "unknown switch 'sw-marie'",
        "sw-mairie",
    ),
    "unknown switch in a link": Case(
        "links.yaml",
        "routed:\n  - {ends: [core-1:",
        "routed:\n  - {ends: [core-9:",
        "core-9",
        "unknown switch 'core-9'",
    ),
    "unknown group": Case(
        "hosts.yaml",
        "  groups: [carrier-edge]\n  data: {site: datacentre-nord",
        "  groups: [carrier-edg]\n  data: {site: datacentre-nord",
        "carrier-edg]",
        "unknown group 'carrier-edg'",
        more=0,
    ),
    "unknown model of switch": Case(
        "hosts.yaml",
        "management: 10.66.0.101}",
        "management: 10.66.0.101, model: N9K-X}",
        "sw-mairie:",
        "unknown model 'N9K-X'",
    ),
    "unknown power supply": Case(
        "hosts.yaml",
        "management: 10.66.0.1,",
        "power_supplies: [PSU-1], management: 10.66.0.1,",
        "core-1:",
        "unknown power supply 'PSU-1'",
    ),
    "unknown make": Case(
        "services/cctv.yaml",
        CAM1,
        CAM1.replace("dome-4k", "dome-8k"),
        "CAM-001",
        "unknown model 'dome-8k'",
        "dome-4k",
    ),
    "unknown kind": Case(
        "services/doors.yaml", "kind: doors", "kind: dors", "kind: dors", "unknown service kind"
    ),
    "unknown tenant": Case(
        "services/datacentre.yaml",
        "tenant: lumen",
        "tenant: lumina",
        "lumina",
        "unknown tenant 'lumina'",
        more=0,
    ),
    "unknown network": Case(
        "services/datacentre.yaml",
        "networks: [call-servers]\n    address: 10.31.30.11",
        "networks: [call-server]\n    address: 10.31.30.11",
        "[call-server]",
        "unknown network 'call-server'",
        "call-servers",
    ),
    "unknown VRF": Case(
        "addresses.yaml", "vlan: 141, vrf: CITY", "vlan: 141, vrf: VILLE", "vlan: 141", "unknown VRF 'VILLE'"
    ),
    "unknown reach": Case(
        "addresses.yaml",
        "description: Door controllers, reach: [recorders]",
        "description: Door controllers, reach: [recorder]",
        "[recorder]",
        "unknown network",
    ),
    "unknown segment": Case(
        "catalog/displays.yaml",
        "segment: displays",
        "segment: screens",
        "port:",
        "unknown segment 'screens'",
        more=0,
    ),
    "unknown site of a freeze": Case(
        "freezes.yaml", "sites: [mairie]", "sites: [marie]", "[marie]", "unknown site"
    ),
}
