"""pyATS, unicon and genie, from an environment of their own: connect, configure, parse, learn."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from vnexus import hardware, testing
from vnexus.lab import Lab
from vnexus.topology import Link, Topology

SCRIPT = Path(__file__).with_name("judges") / "pyats_judge.py"
COMMANDS = (
    "show version", "show inventory", "show module", "show boot", "show feature", "show users",
    "show interface", "show interface status", "show interface brief", "show interface description",
    "show interface switchport", "show interface transceiver details", "show ip interface vrf all",
    "show ip interface brief vrf all", "show ipv6 interface vrf all", "show vlan", "show vrf",
    "show vrf all detail", "show vrf all interface", "show mac address-table", "show ip arp",
    "show ip route vrf all", "show bgp process vrf all", "show bgp vrf all all summary",
    "show bgp vrf all all neighbors", "show bgp vrf all all", "show lldp neighbors detail",
    "show cdp neighbors detail", "show ntp peers", "show ntp peer-status", "show environment",
    "show environment temperature", "show environment power", "show processes", "show processes cpu",
    "show processes memory", "show system resources", "show running-config", "show logging logfile",
    "show ip ospf interface", "show ip ospf neighbors detail", "show ip arp detail vrf all",
    "show spanning-tree summary", "show spanning-tree detail", "show hsrp all", "show access-lists",
    "show ip pim rp", "show ip pim rp vrf all", "show ip pim neighbor", "show ip pim group-range",
    "show ip igmp groups", "show ip igmp snooping", "show ip igmp snooping groups", "show ip mroute vrf all",
    "show lacp system-identifier", "show route-map", "show ip prefix-list", "show terminal",
)  # fmt: skip
"""Of ``show ip ospf`` genie reads numbered processes alone; ours is called CITY, as the city's are."""
CHANNELS = ("show lacp counters", "show lacp neighbor", "show port-channel summary",
            "show port-channel database")  # fmt: skip
"""What says something where there is a channel: on leaf and hall."""
FEATURES = ("interface", "vlan", "vrf", "lldp", "bgp", "routing", "ntp")
"""What genie learns by many commands of its own."""
CONFIGURED = "vlan 301\n name GENIE"
pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class Verdict:
    lab: Lab
    replies: dict[str, dict[str, Any]]

    def of(self, name: str, kind: str, asked: str) -> Any:
        """What genie made of it; fails with what it says when it could not."""
        answer = self.replies[name][kind][asked]
        assert "ok" in answer, f"{name}: {asked}: {answer.get('error')}"
        return answer["ok"]


def _busy(number: int, vlan: int, trunk: tuple[str, ...]) -> tuple[str, ...]:
    """Something for every parser: a gateway, an access list, multicast, a channel."""
    return (
        "feature hsrp", "feature pim", "feature lacp",
        "ip pim rp-address 10.1.0.1 group-list 239.0.0.0/8", "vlan 140",
        "ip access-list WEB", "10 permit tcp 10.0.0.0/8 any eq 80", "20 deny ip any any",
        "ip prefix-list NETS seq 5 permit 10.0.0.0/8 le 24",
        "route-map OUT permit 10", "match ip address prefix-list NETS", "set local-preference 300",
        f"interface Vlan{vlan}", "ip pim sparse-mode", "hsrp version 2", "hsrp 1", f"ip 10.66.{vlan}.254",
        "interface Vlan140", "no shutdown", f"ip address 10.66.140.{number}/24", "ip pim sparse-mode",
        "ip router ospf CITY area 0", *trunk,
    )  # fmt: skip


def busy(city: Topology) -> Topology:
    """The city with more features, and a channel of two cables between leaf and hall."""
    channel = ("switchport mode trunk", "channel-group 5 mode active", "no shutdown")
    bundle = ("interface port-channel5", "switchport mode trunk")
    more = {
        "core": _busy(1, 120, ("interface Ethernet3/1-2", "ip pim sparse-mode")),
        "leaf": _busy(2, 121, ("interface Ethernet1/49", "ip pim sparse-mode", *bundle,
                               "interface Ethernet1/51", *channel, "interface Ethernet1/52", *channel)),
        "hall": _busy(3, 122, ("interface Ethernet1/49", "ip pim sparse-mode", *bundle,
                               "interface Ethernet1/51", *channel, "interface Ethernet1/52", *channel)),
    }  # fmt: skip
    links = (
        Link("leaf", "Ethernet1/51", "hall", "Ethernet1/51"),
        Link("leaf", "Ethernet1/52", "hall", "Ethernet1/52"),
    )
    nodes = tuple(replace(node, startup=(*node.startup, *more[node.name])) for node in city.nodes)
    return replace(city, nodes=nodes, links=(*city.links, *links))


@pytest.fixture(scope="module")
def verdict(strangers: Topology, judge: Callable[[str, str], Path]) -> Iterator[Verdict]:
    python = judge("pyats", "python")

    def ask(lab: Lab, name: str) -> dict[str, Any]:
        node = lab.nodes[name]
        request = {
            "hostname": name, "address": node.spec.address, "port": lab.topology.listen.ssh,
            "platform": node.model.family, "user": "admin", "password": "admin",
            "parse": (*COMMANDS, *CHANNELS), "learn": FEATURES, "configure": (CONFIGURED, "bogus line"),
            "execute": ("show clock", "bogus"),
        }  # fmt: skip
        done = subprocess.run(
            [str(python), str(SCRIPT)], input=json.dumps([request]), capture_output=True, text=True,
            timeout=500, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        (answer,) = json.loads(done.stdout.strip().splitlines()[-1])
        assert "ok" in answer, answer.get("error")
        found: dict[str, Any] = answer["ok"]
        return found

    with testing.running(busy(strangers)) as lab, ThreadPoolExecutor(len(lab.nodes)) as pool:
        lab.clock.advance(7200)
        names = list(lab.nodes)
        yield Verdict(lab, dict(zip(names, pool.map(lambda name: ask(lab, name), names), strict=True)))


@pytest.mark.parametrize("command", COMMANDS)
def test_genie_parses(verdict: Verdict, command: str) -> None:
    for name in verdict.lab.nodes:
        assert verdict.of(name, "parsed", command)


@pytest.mark.parametrize("command", CHANNELS)
def test_genie_parses_a_channel(verdict: Verdict, command: str) -> None:
    for name in ("leaf", "hall"):
        assert verdict.of(name, "parsed", command)


def test_what_genie_parsed_of_the_protocols_is_so(verdict: Verdict) -> None:
    for name, node in verdict.lab.nodes.items():
        trees = verdict.of(name, "parsed", "show spanning-tree detail")["rapid_pvst"]["vlans"]
        known = set(node.config.vlans()) - {301}  # what unicon has configured after it had parsed
        world = {vlan: node.world.network().spanning_tree.vlan(name, vlan) for vlan in known}
        assert {int(vlan) for vlan in trees} == {vlan for vlan, seen in world.items() if seen.ports}
        assert {int(v) for v, row in trees.items() if row.get("root_of_the_spanning_tree")} == {
            vlan for vlan, seen in world.items() if seen.ports and not seen.root_port
        }
        groups = verdict.of(name, "parsed", "show hsrp all")
        assert len(groups) == 1
        rows = verdict.of(name, "parsed", "show ip pim neighbor")["vrf"]["default"]["interfaces"]
        multicast = node.world.network().multicast
        assert set(rows) == {p.name for p in multicast.pim_ports(name) if multicast.neighbors(p)}
        neighbors = verdict.of(name, "parsed", "show ip ospf neighbors detail")["vrf"]["default"]
        assert "CITY" in neighbors["address_family"]["ipv4"]["instance"]
        acl = verdict.of(name, "parsed", "show access-lists")["WEB"]["aces"]
        assert {str(number) for number in acl} == {"10", "20"}
    database = verdict.of("hall", "parsed", "show port-channel database")["interfaces"]["Port-channel5"]
    assert set(database["members"]) == {"Ethernet1/51", "Ethernet1/52"}


@pytest.mark.parametrize("feature", FEATURES)
def test_genie_learns(verdict: Verdict, feature: str) -> None:
    for name in verdict.lab.nodes:
        assert verdict.of(name, "learnt", feature)


def test_what_genie_parsed_is_so(verdict: Verdict) -> None:
    for name, node in verdict.lab.nodes.items():
        world = node.world
        platform = verdict.of(name, "parsed", "show version")["platform"]
        assert platform["software"]["system_version"] == node.release.version
        assert platform["hardware"]["device_name"] == name
        chassis = verdict.of(name, "parsed", "show inventory")["name"]["Chassis"]
        assert (chassis["pid"], chassis["serial_number"]) == (node.model.name, hardware.serial(name))
        ports = verdict.of(name, "parsed", "show interface")
        assert {port for port, row in ports.items() if row["oper_status"] == "up"} == {
            port for port in node.config.interfaces() if world.oper(name, port).up
        }
        neighbors = verdict.of(name, "parsed", "show lldp neighbors detail")["interfaces"]
        assert set(neighbors) == {n.local_port for n in world.neighbors(name)}
        sessions = verdict.of(name, "parsed", "show bgp vrf all all neighbors")["neighbor"]
        assert {address: row["session_state"] for address, row in sessions.items()} == {
            peer.address: peer.state for peer in world.bgp_peers(name)
        }


def test_what_genie_learnt_is_so(verdict: Verdict) -> None:
    for name, node in verdict.lab.nodes.items():
        vlans = verdict.of(name, "learnt", "vlan")["vlans"]
        names = {int(number): row["name"] for number, row in vlans.items() if number.isdigit()}
        assert names == node.config.vlans()
        routes = verdict.of(name, "learnt", "routing")["vrf"]["default"]["address_family"]["ipv4"]["routes"]
        assert {"0.0.0.0/0", "10.1.0.1/32", "10.1.0.2/32", "10.1.0.3/32"} <= set(routes)
        assert verdict.of(name, "learnt", "bgp")["instance"]["default"]["bgp_id"] == 65001


def test_unicon_configures_and_hears_a_refusal(verdict: Verdict) -> None:
    for name, node in verdict.lab.nodes.items():
        assert "Invalid" not in verdict.of(name, "configured", CONFIGURED)
        assert node.config.vlans()[301] == "GENIE"
        assert "SubCommandFailure" in verdict.replies[name]["configured"]["bogus line"]["error"]
        assert "UTC" in verdict.of(name, "executed", "show clock")
        assert "SubCommandFailure" in verdict.replies[name]["executed"]["bogus"]["error"]


def test_connecting_changes_the_configuration(verdict: Verdict) -> None:
    """Every login of unicon types ``no logging console`` and two timeouts, unless it is told not to."""
    for node in verdict.lab.nodes.values():
        assert node.config.changed_at > 0
        assert "no logging console" in node.config.lines_of()
