"""Laws of every rendered configuration, whatever the facts."""

from __future__ import annotations

import string
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.intent.switch import (
    Base,
    Bgp,
    BgpNeighbor,
    Hsrp,
    Layer3,
    Multicast,
    Ospf,
    Port,
    Svi,
    Switch,
    Vlan,
    VpcDomain,
    Vrf,
)
from agent.render.env import Templates
from agent.render.render import HiddenSecrets, render_switch

TEMPLATES = Templates(Path(__file__).parents[2] / "templates")
BASE = Base(
    domain="bellerive.example",
    banner="Authorised use only.",
    timezone=("CET", 1, 0),
    name_servers=("10.0.0.53",),
    ntp_servers=("10.0.0.123",),
    syslog_servers=(),
    tacacs_servers=("10.0.0.49",),
    tacacs_secret="tacacs",
    snmp_community="snmp_ro",
    snmp_acl="",
    snmp_contact="noc",
    snmp_location="town hall",
    trap_receivers=(),
    admins=(("admin", "admin", "network-admin"),),
    telemetry_receivers=(("10.0.0.20", 57500),),
)

words = st.text(string.ascii_letters + string.digits + "-!#", min_size=1, max_size=12)
vlan_numbers = st.integers(2, 3967)
addresses = st.builds("10.{}.{}.{}/24".format, *[st.integers(0, 255)] * 3)
layers = st.builds(
    Layer3,
    address=st.none() | addresses,
    vrf=st.none() | st.just("CCTV"),
    ospf=st.none() | st.just(("CITY", "0.0.0.0")),
    ospf_cost=st.none() | st.integers(1, 100),
    ospf_passive=st.booleans(),
    pim=st.booleans(),
    hsrp=st.none() | st.builds(Hsrp, st.integers(1, 4095), st.just("10.0.0.1"), st.integers(1, 255)),
    acl_in=st.none() | words,
    dhcp_relays=st.just(()) | st.just(("10.0.0.67",)),
)


def ports(name: str) -> st.SearchStrategy[Port]:
    return st.builds(
        Port,
        name=st.just(name),
        profile=words,
        description=words | st.just(""),
        mode=st.sampled_from(["access", "trunk", "routed", "unused"]),
        shutdown=st.booleans(),
        access_vlan=st.none() | vlan_numbers,
        voice_vlan=st.none() | vlan_numbers,
        native_vlan=st.none() | vlan_numbers,
        trunk_vlans=st.lists(vlan_numbers, max_size=6, unique=True).map(tuple),
        mtu=st.none() | st.sampled_from([1500, 9216]),
        layer3=st.none() | layers,
        channel=st.none() | st.just(1),
        edge=st.booleans(),
        root_guard=st.booleans(),
        poe=st.booleans(),
        poe_priority=st.none() | st.sampled_from(["critical", "high", "low"]),
        poe_max_watts=st.none() | st.floats(4, 60),
        qos_class=st.none() | st.sampled_from(["REALTIME", "CCTV", "INTERACTIVE", "BULK"]),
        trust=st.booleans(),
        storm_control_percent=st.none() | st.floats(0, 100),
        max_macs=st.none() | st.integers(1, 10),
    )


switches = st.builds(
    Switch,
    name=st.just("sw"),
    role=st.sampled_from(["core", "carrier-edge", "leaf", "building"]),
    platform=st.sampled_from(["n7k", "n9k"]),
    model=st.sampled_from(["N7K-C7009", "N9K-C9348GC-FX3PH"]),
    release=st.just("10.3"),
    site=st.just("s"),
    management_address=st.just("10.66.0.1/24"),
    management_gateway=st.just("10.66.0.254"),
    base=st.just(BASE),
    vlans=st.lists(st.builds(Vlan, vlan_numbers, words), max_size=4, unique_by=lambda vlan: vlan.number).map(
        tuple
    ),
    vrfs=st.just((Vrf("CCTV"),)),
    svis=st.lists(
        st.builds(Svi, vlan_numbers, words, layers), max_size=3, unique_by=lambda svi: svi.vlan
    ).map(tuple),
    ports=st.tuples(*(ports(f"Ethernet1/{number}") for number in range(1, 5))),
    channels=st.just(()) | st.tuples(ports("port-channel1")),
    vpc=st.none() | st.just(VpcDomain(1, 100, "10.66.0.2", "10.66.0.1")),
    stp_priority=st.none() | st.just(4096),
    ospf=st.lists(
        st.builds(Ospf, st.just("CITY"), st.just("10.0.0.1"), st.sampled_from([None, "CCTV"])), max_size=2
    ).map(tuple),
    bgp=st.none()
    | st.just(
        Bgp(65066, "10.0.0.1", ("10.66.0.0/16",), (BgpNeighbor("192.0.2.1", 64500, "c", "c", secret="k"),))
    ),
    multicast=st.none() | st.just(Multicast((("10.0.0.1", "239.0.0.0/8"),), ((120, "10.0.0.2"),))),
    qos=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(switches)
def test_the_text_is_laid_out_as_the_switch_prints_it(switch: Switch) -> None:
    text = render_switch(switch, HiddenSecrets(), TEMPLATES)
    assert text == render_switch(switch, HiddenSecrets(), TEMPLATES)
    assert text.endswith("\n")
    depth = 0
    for line in text.splitlines():
        assert line == line.rstrip()
        if not line:
            continue
        indent = len(line) - len(line.lstrip())
        assert indent % 2 == 0, line
        assert indent <= depth + 2, f"{line!r} has no parent"
        depth = indent


@settings(max_examples=60, deadline=None)
@given(switches)
def test_nothing_is_said_twice_in_a_stanza(switch: Switch) -> None:
    seen: set[tuple[str, str]] = set()
    header = ""
    for line in render_switch(switch, HiddenSecrets(), TEMPLATES).splitlines():
        header = header if line.startswith("  ") else line
        if header.startswith("interface ") and line.strip():
            assert (header, line) not in seen, (header, line)
            seen.add((header, line))
