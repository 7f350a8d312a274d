"""Every command that automation is known to use answers, on every release, as text and as structure."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from vnexus.exec.shell import Shell
from vnexus.lab import Lab
from vnexus.topology import Topology
from vnexus.world import Clock

PROFILES = {"n7k-7.3": "N7K-C7009", "n9k-9.3": "N9K-C93180YC-FX3", "n9k-10": "N9K-C93180YC-FX3"}
STRUCTURED = (
    "show ip route summary", "show ip route ospf", "show ip route direct", "show ip route ospf-CITY vrf all",
    "show vlan name VLAN0120", "show mac address-table count", "show lldp timers", "show lldp traffic",
    "show lldp interface {port}", "show port-channel usage", "show port-channel capacity",
    "show interface {port} counters detailed", "show interface {port} transceiver",
    "show interface {port} switchport", "show spanning-tree interface port-channel10",
    "show version", "show inventory", "show hostname", "show interface", "show interface {port}",
    "show interface status", "show interface brief", "show interface description",
    "show interface switchport", "show interface transceiver details", "show interface counters",
    "show interface counters detailed", "show interface counters errors", "show interface counters brief",
    "show interface trunk", "show interface capabilities", "show interface snmp-ifindex",
    "show interface mac-address", "show ip interface", "show ip interface vrf all",
    "show ip interface brief", "show ip interface brief vrf all", "show ipv6 interface vrf all",
    "show vlan", "show vlan brief", "show vlan id 120", "show vlan summary", "show vrf", "show vrf all",
    "show vrf detail", "show vrf all detail", "show vrf interface", "show mac address-table", "show ip arp",
    "show ip arp vrf all", "show ip arp detail vrf all", "show ip adjacency", "show forwarding adjacency",
    "show forwarding ipv4 route", "show bgp all summary vrf all", "show ip bgp summary",
    "show bgp process", "show bgp process vrf all", "show ip bgp", "show ip bgp detail",
    "show ip bgp 10.66.120.0/24", "show bgp vrf all ipv4 unicast", "show ip bgp neighbors",
    "show ip bgp neighbors 10.1.0.9", "show ip bgp neighbors 10.1.0.9 advertised-routes",
    "show ip bgp neighbors 10.1.0.9 routes",
    "show ip route", "show ip route vrf all",
    "show ip route 10.1.0.1", "show lldp neighbors", "show lldp neighbors detail", "show cdp neighbors",
    "show cdp neighbors detail", "show ntp peers", "show ntp peer-status", "show environment",
    "show environment temperature", "show environment fan", "show environment power", "show module",
    "show system resources", "show system uptime", "show processes cpu", "show processes memory shared",
    "show feature", "show port-channel summary", "show port-channel database",
    "show port-channel load-balance", "show vpc", "show vpc role", "show vpc peer-keepalive",
    "show vpc consistency-parameters global", "show vpc orphan-ports", "show spanning-tree",
    "show spanning-tree summary", "show spanning-tree root", "show spanning-tree vlan 120",
    "show spanning-tree detail", "show spanning-tree blockedports", "show hsrp", "show hsrp all",
    "show hsrp brief", "show ip ospf", "show ip ospf neighbors", "show ip ospf neighbors detail",
    "show ip ospf interface", "show ip ospf interface brief", "show ip ospf database", "show lacp neighbor",
    "show lacp counters", "show clock", "show users", "show access-lists", "show ip access-lists",
    "show ip prefix-list", "show route-map", "show vdc", "show license usage", "show cores",
    "dir",
)  # fmt: skip
TEXT = (
    "show boot", "show checkpoint summary",
    "show running-config", "show running-config all", "show running-config interface {port}",
    "show running-config interface", "show running-config ntp", "show running-config | section ^interface",
    "show running-config all | incl 'system default switchport'", "show running-config diff",
    "show startup-config", "show hosts", "show license host-id", "show accounting log",
    "show port-channel traffic", "show lacp system-identifier", "show ip as-path-access-list",
    "show configuration session summary", "show logging logfile", "where", "terminal length 0",
    "terminal width 511", "terminal session-timeout 0", "terminal dont-ask", "no terminal dont-ask",
    "ping 10.0.1.2 count 2", "traceroute 10.0.1.2", "copy running-config startup-config", "checkpoint",
    "checkpoint file bootflash:one", "show diff rollback-patch running-config file bootflash:one",
    "rollback running-config file bootflash:one", "show file bootflash:one md5sum",
    "delete bootflash:one no-prompt", "show running-config | count",
)  # fmt: skip
ANNOUNCED = ("router bgp 65001", "address-family ipv4 unicast", "network 10.66.120.0/24")
"""What the core tells its neighbour beside what it has from him."""
NEVER_EMPTY = frozenset(STRUCTURED) - {
    # nothing of that kind is configured or wired in the lab
    "show access-lists", "show ip access-lists", "show ip prefix-list", "show route-map", "show cores",
    "show ipv6 interface vrf all", "show vpc orphan-ports",
    "show spanning-tree blockedports", "show mac address-table", "show users",
}  # fmt: skip


@pytest.fixture(scope="module", params=PROFILES)
def shell(request: pytest.FixtureRequest, routed_topology: Topology) -> Shell:
    """The first core of the lab, at each release; everybody else stays as he is."""
    first, *rest = routed_topology.nodes
    wall = [1_800_000_000.0]
    slot = "Ethernet3/" if request.param == "n7k-7.3" else "Ethernet1/"
    switching = ("system default switchport", "no system default switchport shutdown")
    changed = replace(
        first, profile=request.param, model=PROFILES[request.param],
        startup=(*switching, *(_moved(line, slot) for line in first.startup), *ANNOUNCED),
    )  # fmt: skip
    links = tuple(
        replace(link, a_port=_moved(link.a_port, slot)) if link.a_node == first.name
        else replace(link, b_port=_moved(link.b_port, slot)) if link.b_node == first.name else link
        for link in routed_topology.links
    )  # fmt: skip
    lab = Lab(replace(routed_topology, nodes=(changed, *rest), links=links), clock=Clock(lambda: wall[0]))
    wall[0] += 7200
    return lab.nodes[first.name].shell("admin")


def _moved(line: str, slot: str) -> str:
    """The same port on a line card of 48 ports."""
    text = (
        line.replace("Ethernet1/49", "Ethernet1/47")
        .replace("-50", "-48")
        .replace("Ethernet1/50", "Ethernet1/48")
    )
    return text.replace("Ethernet1/", slot)


def _command(shell: Shell, template: str) -> str:
    return template.format(port=shell.node.config.platform.ports[0])


@pytest.mark.parametrize("template", STRUCTURED)
def test_text_and_structure(shell: Shell, template: str) -> None:
    command = _command(shell, template)
    output = shell.run(command)
    assert not output.error, output.text
    one, many = shell.run(f"{command} | json"), shell.run(f"{command} | json-pretty | no-more")
    assert not one.error, one.text
    body = json.loads(one.text)
    assert json.loads(many.text) == body
    assert "\n" not in one.text
    if template in NEVER_EMPTY:
        assert body
    document = shell.run(f"{command} | xml").text.removesuffix("]]>]]>").encode("iso-8859-1")
    root = ET.fromstring(document)  # noqa: S314 - our own
    leaves = [element for element in root.iter() if not len(element)]
    assert len(leaves) >= len(_leaves(body))


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for below in value.values() for leaf in _leaves(below)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


@pytest.mark.parametrize("template", TEXT)
def test_text(shell: Shell, template: str) -> None:
    if template.startswith("checkpoint file"):
        shell.run("delete bootflash:one no-prompt")
    elif "bootflash:one" in template:
        shell.run("checkpoint file bootflash:one")
    output = shell.run(_command(shell, template))
    assert not output.error, output.text
    assert not output.question


def test_structure_is_refused_where_there_is_none(shell: Shell) -> None:
    for command in ("show running-config", "show accounting log"):
        assert shell.run(f"{command} | json").text.endswith("tructured output unsupported")


def test_values_have_the_types_of_the_release(shell: Shell) -> None:
    row = json.loads(shell.run("show interface mgmt0 | json").text)["TABLE_interface"]["ROW_interface"]
    old = shell.node.spec.profile == "n7k-7.3"
    assert row["eth_bw"] == ("1000000" if old else 1_000_000)
    table = json.loads(shell.run("show ip interface | json").text)["TABLE_intf"]
    assert isinstance(table, list) is old


def test_routes_of_one_protocol(shell: Shell) -> None:
    shown = [line for line in shell.run("show ip route ospf").text.splitlines() if "*via" in line]
    assert shown
    assert all(", ospf-CITY, intra" in line or ", ospf-CITY, type-2" in line for line in shown)


def test_figures_count_what_other_commands_list(shell: Shell) -> None:
    summary = json.loads(shell.run("show ip route summary | json").text)["TABLE_vrf"]["ROW_vrf"]
    listed = shell.run("show ip route | include ubest | count").text
    assert summary["routes"] == listed
    used = json.loads(shell.run("show port-channel usage | json").text)["used"]
    assert used == "1,10"
    assert json.loads(shell.run("show lldp traffic | json").text)["rx_frames"] != "0"


def test_paths_of_bgp_as_text_and_as_structure(shell: Shell) -> None:
    body = json.loads(shell.run("show ip bgp | json").text)
    row = body["TABLE_vrf"]["ROW_vrf"]["TABLE_afi"]["ROW_afi"]["TABLE_safi"]["ROW_safi"]
    prefixes = row["TABLE_rd"]["ROW_rd"]["TABLE_prefix"]["ROW_prefix"]
    marked = [line for line in shell.run("show ip bgp").text.splitlines() if line.startswith("*>")]
    assert {prefix["ipprefix"] for prefix in prefixes} == {line[3:].split()[0] for line in marked}
    own = next(prefix for prefix in prefixes if prefix["ipprefix"] == "10.66.120.0/24")["TABLE_path"][
        "ROW_path"
    ]
    assert (own["bestcode"], own["typecode"], own["ipnexthop"], own["weight"]) == (
        ">",
        "l",
        "0.0.0.0",
        "32768",
    )


def test_process_of_bgp_as_text_and_as_structure(shell: Shell) -> None:
    body = json.loads(shell.run("show bgp process | json").text)
    vrf = body["TABLE_vrf"]["ROW_vrf"]
    text = shell.run("show bgp process").text
    assert f"Number of attribute entries    : {body['attributeentries']}" in text
    assert (str(body["protocoltag"]), vrf["vrf-router-id"], str(vrf["vrf-est-peers"])) == (
        "65001",
        "10.1.0.1",
        "1",
    )
