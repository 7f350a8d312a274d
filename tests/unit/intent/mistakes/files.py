"""Mistakes: files that are no YAML, and values that are not of the shape."""

from __future__ import annotations

from tests.unit.intent.mistakes.case import Case

CASES = {
    "broken yaml": Case(
        "sites.yaml", "  rives: Les Rives", "  rives: [Les Rives", "moulins: Les Moulins", "broken YAML"
    ),
    "tab": Case("links.yaml", "  cores: {", "\tcores: {", "\tcores", "broken YAML", "check indent"),
    "duplicate key": Case(
        "sites.yaml",
        "  rives: Les Rives",
        "  rives: Les Rives\n  rives: Autre",
        "rives: Autre",
        "written twice",
    ),
    "half a point": Case(
        "sites.yaml",
        "    latitude: 0.0221\n",
        "",
        "  mairie:",
        "latitude and longitude go together",
    ),
    "same port twice in a file": Case(
        "services/cctv.yaml",
        "    Ethernet1/2: {tag: CAM-002",
        "    Ethernet1/1: {tag: CAM-002",
        "tag: CAM-002",
        "key 'Ethernet1/1' is written twice (first on line 7)",
        "a port can be used once",
    ),
    "anchor in itself": Case(
        "sites.yaml",
        "districts:\n",
        "districts: &loop\n  loop: *loop\n",
        "districts: &loop",
        "an anchor",
        more=1,
    ),
    "date that is none": Case(
        "freezes.yaml", "2027-03-13T18", "2027-02-30T18", "2027-02-30", "cannot be read", more=1
    ),
    "unknown key": Case(
        "services/cctv.yaml",
        "{tag: CAM-001, place",
        "{tag: CAM-001, plaec: x, place",
        "CAM-001",
        "unknown key 'plaec'",
        "did you mean 'place'?",
    ),
    "team that is not there": Case(
        "catalog/cctv.yaml", "owner: video", "owner: vidoe", "owner: vidoe", "unknown team", "'video'"
    ),
    "team of a service that is not there": Case(
        "city.yaml",
        "datacentre: {owner: datacentre,",
        "datacentre: {owner: nobody,",
        "owner: nobody",
        "unknown team 'nobody'",
        "declare it in city.yaml",
    ),
    "works at a site that is not there": Case(
        "windows.yaml", "sites: [piscine]}", "sites: [pisicne]}", "pisicne", "unknown site", "'piscine'"
    ),
    "works that end before they start": Case(
        "windows.yaml", "ends: 2027-02-09T12", "ends: 2027-02-08T12", "2027-02-08T12", "end before they start"
    ),
    "quiet window of the whole city": Case(
        "windows.yaml",
        "services: [carriers]}",
        "services: [carriers], quiet: true}",
        "quiet: true",
        "would silence the whole city",
    ),
    "unknown key at the top": Case(
        "city.yaml", "domain: ", "domian: x\ndomain: ", "domian", "unknown key 'domian'"
    ),
    "unknown key in catalogue": Case(
        "catalog/cctv.yaml",
        "  max_macs: 1",
        "  max_mac: 1",
        "max_mac:",
        "unknown key 'max_mac'",
        "'max_macs'",
    ),
    "unknown host data": Case(
        "hosts.yaml",
        "loopback: 10.66.255.1}",
        "lopback: 10.66.255.1}",
        "10.66.255.1}",
        "unknown key 'lopback'",
        "'loopback'",
        more=0,
    ),
    "password in a file": Case(
        "defaults.yaml",
        "username: admin",
        "username: admin\npassword: oops",
        "password: oops",
        "unknown key 'password'",
        "MOULIN_SECRET_",
    ),
    "missing key": Case(
        "services/cctv.yaml",
        "{tag: CAM-001, place: rue du Beffroi 1, ",
        "{tag: CAM-001, ",
        "CAM-001",
        "key 'place' is missing",
    ),
    "wrong type": Case(
        "addresses.yaml",
        "vlan: 121,",
        "vlan: camera,",
        "vlan: camera",
        "vlan 'camera' is wrong",
        "write a whole number",
    ),
    "vlan out of range": Case(
        "addresses.yaml", "vlan: 121,", "vlan: 4000,", "vlan: 4000", "vlan 4000 is wrong"
    ),
    "release as a number": Case(
        "groups.yaml", '"7.3"', "7.3", "release: 7.3", "release 7.3 is wrong", "quotes", more=0
    ),
    "bad address": Case(
        "services/cctv.yaml", "10.20.1.10}", "10.20.1.310}", "10.20.1.310", "address '10.20.1.310'"
    ),
    "host bits in a prefix": Case(
        "addresses.yaml", "10.20.1.0/24", "10.20.1.7/24", "10.20.1.7/24", "10.20.1.7/24", "10.20.1.0/24"
    ),
    "bad cable end": Case(
        "links.yaml",
        "core-1:Ethernet3/11,",
        "core-1 Ethernet3/11,",
        "core-1 Ethernet3/11",
        "a cable end is written switch:EthernetX/Y",
    ),
    "bad port name": Case(
        "services/cctv.yaml",
        "    Ethernet1/1: {tag: CAM-001",
        "    Eth1/1: {tag: CAM-001",
        "CAM-001",
        "'Eth1/1' is not a good name",
    ),
    "naive time": Case(
        "freezes.yaml",
        "2027-03-13T18:00:00+01:00",
        "2027-03-13T18:00:00",
        "ends: 2027-03-15T06:00:00+01:00",
        "starts",
        "add the time zone",
    ),
    "watts upside down": Case(
        "catalog/cctv.yaml",
        "minimum_watts: 3,",
        "minimum_watts: 30,",
        "minimum_watts: 30",
        "minimum_watts is more than maximum_watts",
    ),
    "list where a mapping belongs": Case(
        "services/tenants.yaml",
        "    quota_mbps: 500",
        "    quota_mbps: [500]",
        "quota_mbps: [500]",
        "quota_mbps [500] is wrong",
    ),
    "alert with an unknown word": Case(
        "catalog/wifi.yaml",
        "{tag} down at {place}",
        "{tag} down at {street}",
        "{street}",
        "no {street} to fill in; there are tag, place, site, switch",
    ),
}
