"""How a Nexus treats what is typed: ranges, sets, sequences, defaults, secrets, order, refusals."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vnexus.config.configuration import Configuration
from vnexus.config.patch import patch
from vnexus.config.platform import platform_of
from vnexus.config.session import ConfigSession
from vnexus.grammar.names import ALL_VLANS, vlan_set, vlan_text

NINE, SEVEN, POE = "N9K-C93180YC-FX3", "N7K-C7009", "N9K-C9348GC-FX3PH"


def switch(model: str = NINE) -> Configuration:
    profile = "n7k-7.3" if model == SEVEN else "n9k-10"
    return Configuration(platform_of(profile, model), lambda: 1.0)


def type_in(config: Configuration, text: str) -> list[str]:
    """Everything the switch says to these lines."""
    session = ConfigSession(config)
    return [reply.text for line in text.strip().splitlines() if (reply := session.feed(line)).text]


def accept(config: Configuration, text: str) -> None:
    assert type_in(config, text) == []


def stanza(config: Configuration, header: str) -> list[str]:
    """Lines below a header at top level."""
    lines = config.lines_of()
    below: list[str] = []
    for line in lines[lines.index(header) + 1 :]:
        if not line.startswith(" "):
            break
        below.append(line.strip())
    return below


def test_vlan_list_and_stanzas_are_one_set() -> None:
    config = switch()
    accept(config, "vlan 1,10,20-22\nvlan 10\n name CCTV\nvlan 30\nno vlan 21")
    assert "vlan 1,10,20,22,30" in config.lines_of()
    assert stanza(config, "vlan 10") == ["name CCTV"]
    assert config.vlans() == {1: "default", 10: "CCTV", 20: "VLAN0020", 22: "VLAN0022", 30: "VLAN0030"}


def test_vlan_one_and_reserved_ones_are_refused() -> None:
    config = switch()
    assert type_in(config, "no vlan 1") == ["ERROR: Deletion of VLAN 1 is not allowed"]
    assert type_in(config, "vlan 4000") == ["ERROR: VLAN range is reserved for internal use"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("switchport trunk allowed vlan 10,20", "10,20"),
        ("switchport trunk allowed vlan 10\nswitchport trunk allowed vlan add 30,11", "10-11,30"),
        ("switchport trunk allowed vlan 10-20\nswitchport trunk allowed vlan remove 12-19", "10-11,20"),
        ("switchport trunk allowed vlan except 2-4094", "1"),
        ("switchport trunk allowed vlan none", "none"),
        ("switchport trunk allowed vlan none\nswitchport trunk allowed vlan add 7", "7"),
        ("switchport trunk allowed vlan 5\nswitchport trunk allowed vlan all", None),
        ("switchport trunk allowed vlan add 5", None),
        ("switchport trunk allowed vlan remove 5", "1-4,6-4094"),
        ("switchport trunk allowed vlan 5\nno switchport trunk allowed vlan", None),
    ],
)
def test_allowed_list_is_a_set(typed: str, kept: str | None) -> None:
    config = switch()
    accept(config, "interface Ethernet1/1\nswitchport mode trunk\n" + typed)
    expected = ["switchport mode trunk"] + ([f"switchport trunk allowed vlan {kept}"] if kept else [])
    assert stanza(config, "interface Ethernet1/1") == expected


vlans = st.frozensets(st.integers(1, 4094), min_size=1, max_size=12)
steps = st.lists(st.tuples(st.sampled_from(["", "add ", "remove ", "except "]), vlans), max_size=6)


@settings(deadline=None)
@given(steps)
def test_allowed_list_follows_set_algebra(typed: list[tuple[str, frozenset[int]]]) -> None:
    config = switch()
    model = ALL_VLANS
    lines = ["interface Ethernet1/1", "switchport mode trunk"]
    for word, numbers in typed:
        lines.append(f"switchport trunk allowed vlan {word}{vlan_text(numbers)}")
        model = {"": numbers, "add ": model | numbers, "remove ": model - numbers,
                 "except ": ALL_VLANS - numbers}[word]  # fmt: skip
    accept(config, "\n".join(lines))
    assert config.interface("Ethernet1/1").allowed_vlans == model


@settings(deadline=None)
@given(vlans)
def test_vlan_text_and_back(numbers: frozenset[int]) -> None:
    assert vlan_set(vlan_text(numbers)) == numbers


@settings(deadline=None)
@given(st.lists(vlans, max_size=4), st.lists(vlans, max_size=4))
def test_a_patch_leads_there_and_back(old: list[frozenset[int]], new: list[frozenset[int]]) -> None:
    start, goal = switch(), switch()
    for config, ports in ((start, old), (goal, new)):
        for number, numbers in enumerate(ports, 1):
            accept(config, f"vlan {vlan_text(n for n in numbers if n < 3968) or 1}")
            accept(
                config, f"interface Ethernet1/{number}\nswitchport trunk allowed vlan {vlan_text(numbers)}"
            )
    there, back = patch(start, goal), patch(goal, start)
    accept(start, "\n".join(there))
    assert start.lines_of() == goal.lines_of()
    accept(start, "\n".join(back))
    assert patch(goal, start) == back
    assert patch(start, start) == []


def test_defaults_are_hidden_and_shown_by_all() -> None:
    config = switch()
    accept(
        config,
        "interface Ethernet1/1\nno shutdown\nmtu 1500\nswitchport access vlan 1\nswitchport mode access",
    )
    assert config.interface_lines("Ethernet1/1") == ["interface Ethernet1/1"]
    everything = [line.strip() for line in config.interface_lines("Ethernet1/1", full=True)]
    assert {"no shutdown", "mtu 1500", "switchport", "switchport access vlan 1"} <= set(everything)


@pytest.mark.parametrize(
    ("model", "port", "routed", "up"),
    [(NINE, "Ethernet1/1", False, True), (SEVEN, "Ethernet3/1", True, False), (NINE, "mgmt0", True, True)],
)
def test_platform_decides_defaults(model: str, port: str, routed: bool, up: bool) -> None:
    facts = switch(model).interface(port)
    assert (facts.mode == "routed", facts.admin_up) == (routed, up)


def test_system_default_switchport_moves_the_defaults() -> None:
    config = switch()
    accept(config, "system default switchport shutdown\nno system default switchport")
    assert config.interface("Ethernet1/1").mode == "routed"
    assert not config.interface("Ethernet1/1").admin_up
    accept(config, "interface Ethernet1/1\nswitchport")
    assert stanza(config, "interface Ethernet1/1") == ["switchport"]


def test_a_routed_port_of_a_9k_waits_for_no_shutdown() -> None:
    config = switch()
    accept(config, "interface eth1/1\nno switchport\nip address 10.0.0.1 255.255.255.252")
    assert not config.interface("Ethernet1/1").admin_up
    accept(config, "interface Ethernet 1/1\nno shut")
    assert stanza(config, "interface Ethernet1/1") == [
        "no switchport",
        "ip address 10.0.0.1/30",
        "no shutdown",
    ]


def test_changing_the_role_takes_the_other_roles_lines() -> None:
    config = switch()
    accept(
        config,
        "interface Ethernet1/1\nswitchport access vlan 10\nno switchport\nip address 10.0.0.1/24\nswitchport",
    )
    assert stanza(config, "interface Ethernet1/1") == []


def test_lines_of_the_other_role_are_not_there() -> None:
    config = switch()
    said = type_in(
        config, "interface Ethernet1/1\nip address 10.0.0.1/24\nno switchport\nswitchport mode trunk"
    )
    assert said == [
        "   ^\n% Invalid command at '^' marker.",
        "           ^\n% Invalid command at '^' marker.",
    ]


def test_sequences_count_in_tens_and_fives() -> None:
    config = switch()
    accept(config, """
        ip access-list CCTV
          permit udp 10.66.20.9 0.0.0.255 any eq 123
          25 deny tcp any host 10.0.0.1 range 22 23
          permit ip any any
        ip prefix-list P permit 10.0.0.0/8
        ip prefix-list P permit 172.16.0.0/12 le 24
        """)  # fmt: skip
    assert stanza(config, "ip access-list CCTV") == [
        "10 permit udp 10.66.20.0/24 any eq ntp", "25 deny tcp any host 10.0.0.1 range 22 telnet",
        "35 permit ip any any",
    ]  # fmt: skip
    assert [line for line in config.lines_of() if "prefix-list" in line] == [
        "ip prefix-list P seq 5 permit 10.0.0.0/8", "ip prefix-list P seq 10 permit 172.16.0.0/12 le 24",
    ]  # fmt: skip


def test_a_sequence_number_is_used_once() -> None:
    config = switch()
    lines = "ip access-list A\n10 permit ip any any\n10 permit ip any any\n10 deny ip any any"
    assert type_in(config, lines) == ["ERROR: Duplicate sequence number"]
    accept(config, "ip access-list A\nno 10")
    assert stanza(config, "ip access-list A") == []


def test_secrets_are_hashed_anew_each_time() -> None:
    config = switch()
    accept(config, "username noc password 0 Secret-1 role network-admin")
    first = config.root.value("username", "noc")
    accept(config, "username noc password 0 Secret-1 role network-admin")
    second = config.root.value("username", "noc")
    assert first is not None
    assert second is not None
    assert first.startswith("password 5 $5$")
    assert first.endswith("  role network-admin")
    assert first != second
    assert "Secret-1" not in "\n".join(config.lines_of())
    assert any(
        line.startswith("snmp-server user noc network-admin auth md5 0x") for line in config.lines_of()
    )


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ('tacacs-server key 0 "abc"', 'tacacs-server key 7 "nop"'),
        ('tacacs-server key 7 "nop"', 'tacacs-server key 7 "nop"'),
        ("snmp-server community city ro", "snmp-server community city group network-operator"),
        ("ntp server 10.0.0.1 prefer use-vrf management", "ntp server 10.0.0.1 prefer use-vrf management"),
        ("ip route 10.1.0.0 255.255.0.0 10.0.0.1", "ip route 10.1.0.0/16 10.0.0.1"),
        ("route-map R", "route-map R permit 10"),
        ("class-map match-any C", "class-map type qos match-any C"),
        ("policy-map P", "policy-map type qos P"),
        ("mac address-table aging-time 120", "mac address-table aging-time 120"),
        ("int po5", "interface port-channel5"),
    ],
)
def test_lines_are_written_in_the_switchs_words(line: str, kept: str) -> None:
    config = switch()
    accept(config, f"feature tacacs+\n{line}")
    assert kept in config.lines_of()


def test_vrf_change_takes_the_addresses() -> None:
    config = switch()
    accept(config, "vrf context A\nvrf context B\ninterface Ethernet1/7\nno switchport\nvrf member A\n"
                   "ip address 10.0.0.1/24\nip address 10.0.1.1/24 secondary")  # fmt: skip
    said = type_in(config, "interface Ethernet1/7\nvrf member B")
    assert said == ["Warning: Deleted all L3 config on interface Ethernet1/7"]
    assert stanza(config, "interface Ethernet1/7") == ["no switchport", "vrf member B"]
    accept(config, "interface Ethernet1/7\nvrf member B")


def test_members_follow_their_port_channel() -> None:
    config = switch()
    accept(config, """
        feature lacp
        interface port-channel10
          switchport mode trunk
          switchport trunk allowed vlan 10,20
        interface Ethernet1/1-2
          channel-group 10 mode active
        interface port-channel10
          switchport trunk allowed vlan add 30
        """)  # fmt: skip
    expected = [
        "switchport mode trunk",
        "switchport trunk allowed vlan 10,20,30",
        "channel-group 10 mode active",
    ]
    assert stanza(config, "interface Ethernet1/1") == stanza(config, "interface Ethernet1/2") == expected


def test_a_port_that_differs_may_not_join() -> None:
    config = switch()
    accept(config, "feature lacp\ninterface port-channel10\nswitchport mode trunk\ninterface Ethernet1/1\n"
                   "switchport access vlan 5")  # fmt: skip
    joined = "interface Ethernet1/1\nchannel-group 10 mode active"
    assert type_in(config, joined) == ["command failed: port not compatible [port access VLAN]"]
    accept(config, "interface Ethernet1/1\nchannel-group 10 force mode active")
    assert stanza(config, "interface Ethernet1/1") == [
        "switchport mode trunk",
        "channel-group 10 mode active",
    ]


def test_features_gate_their_lines_and_take_them_along() -> None:
    config = switch()
    assert type_in(config, "interface Vlan10") == [f"{' ' * 10}^\n% Invalid command at '^' marker."]
    accept(config, "feature ospf")
    assert type_in(config, "router bgp 65000") == [f"{' ' * 7}^\n% Invalid command at '^' marker."]
    accept(
        config,
        "feature interface-vlan\ninterface Vlan10\nip address 10.0.0.1/24\nfeature bgp\nrouter bgp 65000",
    )
    accept(config, "no feature interface-vlan\nno feature bgp")
    assert not [line for line in config.lines_of() if "Vlan" in line or "bgp" in line]
    assert type_in(config, "no router bgp 65000")


def test_physical_interfaces_are_reset_not_removed() -> None:
    config = switch()
    accept(config, "interface Ethernet1/5\ndescription x")
    assert type_in(config, "no interface Ethernet1/5")
    accept(config, "default interface Ethernet1/5")
    assert stanza(config, "interface Ethernet1/5") == []
    assert type_in(config, "interface Ethernet9/1") == [f"{' ' * 10}^\nInvalid range at '^' marker."]


def test_banner_is_one_value() -> None:
    config = switch()
    accept(config, "banner motd #\nWelcome to Bellerive!\n\n! no comment\n  indented\n#\nhostname next")
    body = ["banner motd #", "Welcome to Bellerive!", "", "! no comment", "  indented", "#"]
    lines = config.lines_of()
    assert lines[lines.index(body[0]) :][: len(body)] == body
    assert config.hostname == "next"
    accept(config, "banner motd 'one line'")
    assert "banner motd 'one line'" in config.lines_of()


def test_hostname_is_the_vdcs_name() -> None:
    config = switch()
    accept(config, "hostname a\nvdc a id 1\nlimit-resource vlan minimum 16 maximum 4094\nhostname b")
    assert config.lines_of()[:2] == ["hostname b", "vdc b id 1"]


def test_one_bgp_per_switch() -> None:
    config = switch()
    accept(
        config,
        "feature bgp\nrouter bgp 65000\nneighbor 10.0.0.1 remote-as 65001\naddress-family ipv4 unicast",
    )
    assert type_in(config, "router bgp 65001") == ["BGP is already running; AS is 65000"]
    assert stanza(config, "router bgp 65000") == [
        "neighbor 10.0.0.1",
        "remote-as 65001",
        "address-family ipv4 unicast",
    ]


def test_power_lines_are_for_ports_that_have_power() -> None:
    assert type_in(switch(NINE), "interface Ethernet1/1\npower inline never")
    config = switch(POE)
    accept(config, "interface Ethernet1/1\npower inline max 15400\npower inline priority critical")
    facts = config.interface("Ethernet1/1")
    assert (facts.poe_max_milliwatts, facts.poe_priority, facts.poe_enabled) == (15400, "critical", True)
    assert type_in(config, "interface Ethernet1/49\npower inline never")


@pytest.mark.parametrize(
    ("line", "problem", "column"),
    [
        ("vlam 10", "Invalid", 0),
        ("vlan", "Incomplete", 4),
        ("i", "Ambiguous", 0),
        ("hostname", "Incomplete", 8),
        ("ip route 10.0.0.0/8", "Incomplete", 19),
        ("vlan 10 foo", "Invalid", 5),
        ("feature nonsense", "Invalid", 8),
        ("spanning-tree mode pvst", "Invalid", 19),
        ("  frobnicate", "Invalid", 2),
        ("no frobnicate", "Invalid", 3),
    ],
)
def test_the_caret_stands_under_the_word(line: str, problem: str, column: int) -> None:
    reply = ConfigSession(switch()).feed(line)
    assert reply.text == f"{' ' * column}^\n% {problem} command at '^' marker."


def test_edge_ports_warn_once() -> None:
    config = switch()
    first = type_in(config, "interface Ethernet1/1\nspanning-tree port type edge")
    assert len(first) == 1
    assert first[0].startswith("Warning: Edge port type (portfast)")
    accept(config, "interface Ethernet1/1\nspanning-tree port type edge")


def test_removing_a_vrf_frees_its_ports() -> None:
    config = switch()
    accept(
        config, "vrf context A\ninterface Ethernet1/1\nno switchport\nvrf member A\nip address 10.0.0.1/24"
    )
    accept(config, "no vrf context A")
    assert stanza(config, "interface Ethernet1/1") == ["no switchport"]
    assert type_in(config, "no vrf context management") == ["ERROR: Cannot delete VRF management"]


def test_facts_are_read_from_the_tree() -> None:
    config = switch()
    accept(config, "snmp-server community city group network-operator\nsnmp-server location rue Haute 12\n"
                   "interface mgmt0\nip address 10.66.0.1/24")  # fmt: skip
    assert config.snmp_communities() == {"city": "network-operator"}
    assert config.value("snmp-server location ") == "rue Haute 12"
    assert config.value("ip address ", "interface mgmt0") == "10.66.0.1/24"
    assert config.lines("interface mgmt0") == ("ip address 10.66.0.1/24",)
    assert config.value("snmp-server contact ") is None
