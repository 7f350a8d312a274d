"""One mistake each, put into a copy of Bellerive: the finding must name the file, the line and the reason.

``line`` is a text that stands on the expected line of the mutated file. Every case must give that finding and
no other: a mistake must not set off accusations elsewhere.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.intent.load import inspect_city, load_city
from agent.records import InventoryError

INVENTORY = (
    next(p for p in Path(__file__).resolve().parents if (p / "inventory/city.yaml").is_file()) / "inventory"
)


@dataclass(frozen=True)
class Case:
    file: str
    old: str
    new: str
    line: str
    says: str
    hint: str = ""
    more: int = 0
    """Further findings that the same mistake rightly causes."""


CAM1 = "Ethernet1/1: {tag: CAM-001, place: rue du Beffroi 1, model: dome-4k, address: 10.20.1.10}"
VPC_LINK = "      - [core-2:Ethernet3/11, sw-mairie:Ethernet1/50]\n"

CASES = {
    # --- YAML -------------------------------------------------------------------------------------------
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
    # --- shape ------------------------------------------------------------------------------------------
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
    # --- names ------------------------------------------------------------------------------------------
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
    # --- ports ------------------------------------------------------------------------------------------
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
    # --- links ------------------------------------------------------------------------------------------
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
    # --- plan -------------------------------------------------------------------------------------------
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
    # --- people -----------------------------------------------------------------------------------------
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


def mutate(root: Path, case: Case) -> Path:
    shutil.copytree(INVENTORY, root, ignore=shutil.ignore_patterns("schema"))
    path = root / case.file
    text = path.read_text(encoding="utf-8")
    assert case.old in text, f"{case.file} has no {case.old!r} any more"
    path.write_text(text.replace(case.old, case.new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_mistake_is_told_with_file_line_and_reason(case: Case, tmp_path: Path) -> None:
    root = tmp_path / "inventory"
    path = mutate(root, case)
    city, findings = inspect_city(root)
    said = [str(finding) for finding in findings]
    hits = [finding for finding in findings if case.says in finding.problem]
    assert city is None
    assert hits, said
    assert case.hint in hits[0].hint, said
    if case.line:
        numbers = [n for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if case.line in line]
        assert hits[0].place.file == path.as_posix(), said
        assert hits[0].place.line in numbers, said
    assert case.more < 0 or len(findings) == 1 + case.more, said


def test_all_mistakes_are_told_in_one_run_in_order(tmp_path: Path) -> None:
    root = tmp_path / "inventory"
    mutate(root, CASES["unknown key"])
    for name in ("VLAN clash", "freeze ends before it starts", "one-sided vPC", "unknown site"):
        case = CASES[name]
        path = root / case.file
        path.write_text(path.read_text("utf-8").replace(case.old, case.new, 1), encoding="utf-8")
    with pytest.raises(InventoryError) as caught:
        load_city(root)
    findings = caught.value.findings
    assert [f.place for f in findings] == sorted(f.place for f in findings)
    told = "\n".join(f.problem for f in findings)
    for says in ("VLAN clash", "ends before", "one-sided vPC", "unknown site", "unknown key"):
        assert says in told
    assert len(findings) == 5
