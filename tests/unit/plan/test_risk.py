"""Every risk mark: a change that carries it, and one beside it that does not."""

from __future__ import annotations

import pytest

from agent.plan.build import build_plan
from agent.plan.plan import Risk

NAMES = {
    "Ethernet1/1": "camera rue Haute 2",
    "Ethernet1/5": "uplink Town hall",
    "192.0.2.2": "carrier Alizé ALI-4100",
    "Vlan120": "gateway Cameras",
}
SWITCH = """\
feature bgp
feature ospf
feature vpc
feature lacp
feature interface-vlan
feature hsrp
username eve password 5 $5$a$b role network-operator
ip access-list OPERATORS
  10 permit tcp 10.66.2.0/24 any eq 22
ip access-list MANAGERS
  10 permit ip 10.66.2.20/32 any
ip access-list OTHERS
  10 permit ip any any
class-map type control-plane match-any COPP-CITY
  match access-group name OTHERS
policy-map type control-plane COPP
  class COPP-CITY
    police cir 100 kbps
snmp-server community city group network-operator
snmp-server community city use-ipv4acl MANAGERS
vlan 1,120,130
vrf context GUEST
vrf context management
  ip route 0.0.0.0/0 10.66.0.254
hardware access-list tcam region racl 512
vpc domain 1
  peer-keepalive destination 10.66.0.2 source 10.66.0.1
interface Vlan120
  no shutdown
  ip address 10.20.1.2/24
  hsrp 1
    ip 10.20.1.1
interface Vlan130
  ip address 10.20.2.2/24
interface Vlan140
  no shutdown
  description nothing here
interface port-channel1
  switchport mode trunk
  switchport trunk allowed vlan 120,130
  vpc peer-link
interface Ethernet1/1
  switchport access vlan 120
  power inline auto max 15400
interface Ethernet1/2
  switchport access vlan 130
  shutdown
interface Ethernet1/3
  switchport mode trunk
  switchport trunk allowed vlan 120,130
  channel-group 1 mode active
interface Ethernet1/4
  switchport mode trunk
interface Ethernet1/5
  no switchport
  ip address 10.66.254.1/31
  ip router ospf CITY area 0.0.0.0
  no shutdown
interface Ethernet1/6
  no switchport
  ip address 192.0.2.1/30
  no shutdown
interface Ethernet1/7
  description siren SIR-7 place du Port 1
  power inline auto max 30000
interface Ethernet1/8
  power inline never
interface loopback0
  ip address 10.66.255.1/32
interface mgmt0
  vrf member management
  ip address 10.66.0.1/24
line vty
  exec-timeout 30
  access-class OPERATORS in
router ospf CITY
  router-id 10.66.255.1
router bgp 64496
  router-id 10.66.255.1
  neighbor 192.0.2.2
    remote-as 64497
    password 3 abc
    address-family ipv4 unicast
      maximum-prefix 2000
"""

Change = tuple[str, str]
"""Text of SWITCH, and what stands there instead."""


def risks(*changes: Change, reached_at: str = "") -> set[Risk]:
    wanted = SWITCH
    for old, new in changes:
        assert wanted.count(old) == 1, old
        wanted = wanted.replace(old, new)
    plan = build_plan("sw-1", SWITCH, wanted, complete=True, names=NAMES, reached_at=reached_at)
    assert plan.steps, "nothing changes"
    return set(plan.risks)


def below(header: str, line: str) -> Change:
    return f"{header}\n", f"{header}\n  {line}\n"


FIRES: dict[str, tuple[Risk, Change]] = {
    "mgmt0 gets another address": (Risk.MANAGEMENT, ("10.66.0.1/24", "10.66.0.9/24")),
    "way to the operators": (Risk.MANAGEMENT, ("10.66.0.254", "10.66.0.253")),
    "sessions end sooner": (Risk.MANAGEMENT, ("exec-timeout 30", "exec-timeout 5")),
    "a login goes": (Risk.MANAGEMENT, ("username eve password 5 $5$a$b role network-operator\n", "")),
    "login by AAA": (Risk.MANAGEMENT, ("vlan 1,", "aaa authentication login default group X\nvlan 1,")),
    "peer-link channel": (Risk.PEER_LINK, ("  vpc peer-link\n", "")),
    "peer-link member": (Risk.PEER_LINK, ("  channel-group 1 mode active\n", "")),
    "vpc keepalive": (Risk.PEER_LINK, ("destination 10.66.0.2", "destination 10.66.0.3")),
    "vpc off": (Risk.PEER_LINK, ("feature vpc\n", "")),
    "neighbour goes": (Risk.ROUTING, ("", "")),
    "neighbour's key": (Risk.ROUTING, ("    password 3 abc\n", "")),
    "neighbour's prefixes": (Risk.ROUTING, ("maximum-prefix 2000", "maximum-prefix 20")),
    "router id": (Risk.ROUTING, ("ospf CITY\n  router-id 10.66.255.1", "ospf CITY\n  router-id 10.9.9.9")),
    "routed link down": (Risk.ROUTING, ("0.0.0.0\n  no shutdown", "0.0.0.0\n  shutdown")),
    "routed link, other frames": (Risk.ROUTING, below("interface Ethernet1/5", "mtu 9216")),
    "routed link, OSPF silent": (Risk.ROUTING, below("interface Ethernet1/5", "ip ospf passive-interface")),
    "link to a BGP neighbour": (Risk.ROUTING, ("ip address 192.0.2.1/30", "ip address 192.0.2.9/30")),
    "BGP off": (Risk.ROUTING, ("feature ospf\n", "")),
    "gateway off": (Risk.GATEWAY, ("Vlan120\n  no shutdown", "Vlan120\n  shutdown")),
    "gateway moves": (Risk.GATEWAY, ("10.20.1.2/24", "10.20.1.7/24")),
    "HSRP address moves": (Risk.GATEWAY, ("    ip 10.20.1.1\n", "    ip 10.20.1.9\n")),
    "HSRP goes": (Risk.GATEWAY, ("  hsrp 1\n    ip 10.20.1.1\n", "")),
    "VLAN goes": (Risk.VLAN_REMOVAL, ("vlan 1,120,130", "vlan 1,120")),
    "VLAN off a trunk that had all": (
        Risk.VLAN_REMOVAL,
        below("interface Ethernet1/4", "switchport trunk allowed vlan 120"),
    ),
    "trunk becomes access": (
        Risk.VLAN_REMOVAL,
        ("Ethernet1/4\n  switchport mode trunk", "Ethernet1/4\n  switchport access vlan 120"),
    ),
    "VRF goes": (Risk.VRF_REMOVAL, ("vrf context GUEST\n", "")),
    "camera's port off": (Risk.POWER_CUT, below("interface Ethernet1/1", "shutdown")),
    "camera gets less": (Risk.POWER_CUT, ("power inline auto max 15400", "power inline auto max 4000")),
    "camera gets nothing": (Risk.POWER_CUT, ("power inline auto max 15400", "power inline never")),
    "what the intent forgot": (
        Risk.POWER_CUT,
        ("  description siren SIR-7 place du Port 1\n  power inline auto max 30000\n", ""),
    ),
    "port down": (Risk.PORT_DOWN, below("interface Ethernet1/4", "shutdown")),
    "SVI goes": (Risk.PORT_DOWN, ("interface Vlan140\n  no shutdown\n  description nothing here\n", "")),
    "feature goes": (Risk.FEATURE_REMOVAL, ("feature hsrp\n", "")),
    "who may open a session": (Risk.CONTROL_PLANE, ("  access-class OPERATORS in\n", "")),
    "list before sessions": (Risk.CONTROL_PLANE, ("tcp 10.66.2.0/24 any", "tcp 10.0.0.0/8 any")),
    "list before SNMP": (Risk.CONTROL_PLANE, ("permit ip 10.66.2.20/32", "permit ip 10.66.2.21/32")),
    "list in CoPP": (Risk.CONTROL_PLANE, ("10 permit ip any any", "10 permit ip 10.0.0.0/8 any")),
    "CoPP itself": (Risk.CONTROL_PLANE, ("police cir 100 kbps", "police cir 10 kbps")),
    "tables cut anew": (Risk.RELOAD, ("racl 512", "racl 256")),
}  # fmt: skip

SILENT: dict[str, tuple[Risk, Change]] = {
    "label of mgmt0": (Risk.MANAGEMENT, below("interface mgmt0", "description out of band")),
    "another SVI": (Risk.MANAGEMENT, ("10.20.2.2/24", "10.20.2.7/24")),
    "label of the peer-link": (Risk.PEER_LINK, below("interface port-channel1", "description to leaf-2")),
    "another trunk": (Risk.PEER_LINK, below("interface Ethernet1/4", "shutdown")),
    "a neighbour that comes": (
        Risk.ROUTING,
        (
            "  neighbor 192.0.2.2\n",
            "  neighbor 192.0.2.66\n    remote-as 64999\n    password 3 x\n  neighbor 192.0.2.2\n",
        ),
    ),
    "a switched port down": (Risk.ROUTING, below("interface Ethernet1/4", "shutdown")),
    "label of a routed link": (Risk.ROUTING, below("interface Ethernet1/5", "description to core-2")),
    "a gateway that was off": (Risk.GATEWAY, ("10.20.2.2/24", "10.20.2.7/24")),
    "SVI without address": (Risk.GATEWAY, ("Vlan140\n  no shutdown", "Vlan140\n  shutdown")),
    "VLAN comes": (Risk.VLAN_REMOVAL, ("vlan 1,120,130", "vlan 1,120,130,140")),
    "VLAN on a trunk": (
        Risk.VLAN_REMOVAL,
        ("allowed vlan 120,130\n  channel-group", "allowed vlan 120,130,140\n  channel-group"),
    ),
    "VRF comes": (Risk.VRF_REMOVAL, ("vrf context GUEST\n", "vrf context GUEST\nvrf context NEW\n")),
    "port without power off": (Risk.POWER_CUT, below("interface Ethernet1/8", "shutdown")),
    "camera gets more": (Risk.POWER_CUT, ("power inline auto max 15400", "power inline auto max 30000")),
    "camera renamed": (Risk.POWER_CUT, below("interface Ethernet1/1", "description camera CAM-9 quai 1")),
    "port that was down": (
        Risk.PORT_DOWN,
        ("1/2\n  switchport access vlan 130\n  shutdown", "1/2\n  no switchport\n  shutdown"),
    ),
    "feature comes": (Risk.FEATURE_REMOVAL, ("feature hsrp\n", "feature hsrp\nfeature lldp\n")),
    "list of users": (Risk.CONTROL_PLANE, below("interface Ethernet1/6", "ip access-group X in")),
    "other hardware": (Risk.RELOAD, ("vlan 1,", "hardware qos ns-buffer-profile mesh\nvlan 1,")),
}  # fmt: skip


@pytest.mark.parametrize("case", FIRES)
def test_it_is_marked(case: str) -> None:
    risk, change = FIRES[case]
    if case == "neighbour goes":
        start = SWITCH.index("  neighbor 192.0.2.2")
        change = (SWITCH[start:], "")
    assert risk in risks(change)


@pytest.mark.parametrize("case", SILENT)
def test_it_is_not_marked(case: str) -> None:
    risk, change = SILENT[case]
    assert risk not in risks(change)


def test_every_mark_is_proved_both_ways() -> None:
    assert {risk for risk, _ in FIRES.values()} == set(Risk)
    assert {risk for risk, _ in SILENT.values()} == set(Risk)


def test_management_is_where_we_come_in() -> None:
    """In-band: the SVI that holds the address that we use is the management path."""
    change = ("10.20.2.2/24", "10.20.2.7/24")
    assert Risk.MANAGEMENT in risks(change, reached_at="10.20.2.2")


def test_who_is_hit_is_named() -> None:
    wanted = SWITCH.replace("vlan 1,120,130", "vlan 1,130").replace("    password 3 abc\n", "")
    plan = build_plan("sw-1", SWITCH, wanted, complete=True, names=NAMES)
    touched = {name for step in plan.steps for name in step.touches}
    assert touched == {"camera rue Haute 2", "carrier Alizé ALI-4100"}


def test_what_the_intent_no_longer_knows_is_called_by_its_label() -> None:
    wanted = SWITCH.replace("  description siren SIR-7 place du Port 1\n  power inline auto max 30000\n", "")
    (step,) = build_plan("sw-1", SWITCH, wanted, complete=True, names=NAMES).steps
    assert step.touches == ("siren place du Port 1",)
    assert step.meaning == ("siren place du Port 1 (Ethernet1/7) goes back to the factory state of a port",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            ("Ethernet1/1\n  switchport access vlan 120", "Ethernet1/1\n  switchport access vlan 130"),
            "camera rue Haute 2 (Ethernet1/1) moves to VLAN 130, from VLAN 120",
        ),
        (below("interface Ethernet1/1", "shutdown"), "camera rue Haute 2 (Ethernet1/1) is switched off"),
        (("vlan 1,120,130", "vlan 1,130"), "VLAN 120 goes; in it now: camera rue Haute 2"),
        (("    password 3 abc\n", ""), "the BGP session with carrier Alizé ALI-4100 gets another key"),
        (
            ("    ip 10.20.1.1\n", "    ip 10.20.1.9\n"),
            "gateway Cameras (Vlan120): the gateway address of hosts changes",
        ),
        (("racl 512", "racl 256"), "the switch must be reloaded to cut its tables anew"),
        (("10 permit ip any any", "10 deny ip any any"), "the access list OTHERS changes"),
    ],
)  # fmt: skip
def test_a_step_says_what_it_means(change: Change, words: str) -> None:
    plan = build_plan("sw-1", SWITCH, SWITCH.replace(*change), complete=True, names=NAMES)
    assert words in [clause for step in plan.steps for clause in step.meaning]
