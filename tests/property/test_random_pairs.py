"""Random realistic configurations: the plan arrives, planning again is empty, the undo comes back."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.nxos.digest import digest_config
from agent.nxos.ranges import format_vlans
from agent.plan.build import build_plan
from tests.property.judge import Judge

VLANS = st.frozensets(st.sampled_from([10, 11, 12, 20, 30, 31, 120, 200]), max_size=6)
WORDS = st.sampled_from(["camera rue Haute", "hot! spare", "uplink  two", "#1 desk"])
FEATURES = ("bgp", "ospf", "interface-vlan", "hsrp", "lacp", "lldp", "pim")
ADDRESSES = ("10.1.1.1/30", "10.1.2.1/30", "10.1.3.1/24")


@st.composite
def layer2(draw: st.DrawFn) -> list[str]:
    lines = []
    if draw(st.booleans()):
        lines.append(f"description {draw(WORDS)}")
    if draw(st.booleans()):
        lines.append("switchport mode trunk")
        if draw(st.booleans()):
            lines.append(f"switchport trunk native vlan {draw(st.sampled_from([10, 20]))}")
        if vlans := draw(VLANS):
            lines.append(f"switchport trunk allowed vlan {format_vlans(vlans)}")
    elif draw(st.booleans()):
        lines.append(f"switchport access vlan {draw(st.sampled_from([10, 20, 120]))}")
        lines.append("spanning-tree port type edge")
    if draw(st.booleans()):
        lines.append("mtu 9216")
    if draw(st.booleans()):
        lines.append("shutdown")
    return lines


@st.composite
def layer3(draw: st.DrawFn, address: str) -> list[str]:
    lines = ["no switchport"]
    if draw(st.booleans()):
        lines.append(f"description {draw(WORDS)}")
    if draw(st.booleans()):
        lines.append(f"vrf member {draw(st.sampled_from(['CCTV', 'VOICE']))}")
    lines.append(f"ip address {address}")
    if draw(st.booleans()):
        lines.append("ip router ospf CITY area 0.0.0.0")
    if draw(st.booleans()):
        lines.append("ip access-group GUARD in")
    if draw(st.booleans()):
        lines.append("no shutdown")
    return lines


@st.composite
def svi(draw: st.DrawFn, number: int) -> list[str]:
    lines = [f"interface Vlan{number}"]
    if draw(st.booleans()):
        lines.append("  no shutdown")
    if draw(st.booleans()):
        lines.append("  vrf member CCTV")
    lines.append(f"  ip address 10.20.{number}.2/24")
    if draw(st.booleans()):
        lines += ["  hsrp version 2", "  hsrp 1", f"    priority {draw(st.sampled_from([90, 110]))}"]
        lines.append(f"    ip 10.20.{number}.1")
    return lines


@st.composite
def access_list(draw: st.DrawFn) -> list[str]:
    entries = draw(
        st.lists(
            st.sampled_from(
                ["permit udp any any eq ntp", "permit tcp any any eq 443", "deny ip 10.0.0.0/8 any"]
            ),
            min_size=1, max_size=4,
        )
    )  # fmt: skip
    return ["ip access-list GUARD", *(f"  {10 * place} {entry}" for place, entry in enumerate(entries, 1))]


@st.composite
def bgp(draw: st.DrawFn) -> list[str]:
    lines = [f"router bgp {draw(st.sampled_from([65000, 65010]))}", "  router-id 10.0.0.1"]
    for peer in draw(st.frozensets(st.sampled_from(["10.1.1.2", "10.1.2.2"]))):
        lines += [f"  neighbor {peer}", f"    remote-as {draw(st.sampled_from([65001, 65002]))}"]
        if draw(st.booleans()):
            lines.append(f"    description {draw(WORDS)}")
        lines.append("    address-family ipv4 unicast")
        if draw(st.booleans()):
            lines.append(f"      maximum-prefix {draw(st.sampled_from([100, 500]))}")
        if draw(st.booleans()):
            lines.append(f"      route-map {draw(st.sampled_from(['IN', 'ALL']))} in")
    return lines


@st.composite
def configs(draw: st.DrawFn) -> str:
    """A configuration in the form of ``show running-config``, always consistent in itself."""
    lines = [f"hostname {draw(st.sampled_from(['sw-1', 'sw-2']))}", *(f"feature {name}" for name in FEATURES)]
    if draw(st.booleans()):
        lines += draw(access_list())
    lines += [
        f"ntp server {ip}" for ip in sorted(draw(st.frozensets(st.sampled_from(["10.9.0.1", "10.9.0.2"]))))
    ]
    if draw(st.booleans()):
        lines.append(f"ip route 10.50.0.0/16 {draw(st.sampled_from(['10.1.1.2', '10.1.2.2']))}")
    vlans = draw(VLANS)
    lines.append(f"vlan {format_vlans(vlans | {1})}")
    for number in sorted(vlans):
        if draw(st.booleans()):
            lines += [f"vlan {number}", f"  name {draw(st.sampled_from(['cctv', 'voice']))}-{number}"]
    lines += draw(
        st.sampled_from([[], ["route-map IN permit 10"], ["route-map IN deny 10", "  match tag 5"]])
    )
    lines += [f"vrf context {name}" for name in ("CCTV", "VOICE")]
    for number in sorted(vlans & {10, 20, 120}):
        if draw(st.booleans()):
            lines += draw(svi(number))
    channel = draw(layer2()) if draw(st.booleans()) else None
    if channel is not None:
        lines += ["interface port-channel1", *(f"  {line}" for line in channel)]
    free = list(ADDRESSES)
    for number in range(1, 4):
        body = (
            draw(layer3(free.pop(draw(st.integers(0, len(free) - 1)))))
            if draw(st.booleans())
            else draw(layer2())
        )
        lines += [f"interface Ethernet1/{number}", *(f"  {line}" for line in body)]
    if channel is not None:
        inherited = [line for line in channel if line.startswith(("switchport", "mtu"))]
        lines += [
            "interface Ethernet1/4",
            *(f"  {line}" for line in inherited),
            "  channel-group 1 mode active",
        ]
    if draw(st.booleans()):
        lines += draw(bgp())
    return "\n".join(lines) + "\n"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(configs(), configs())
def test_plan_reaches_any_configuration_and_its_undo_comes_back(one: str, other: str) -> None:
    judge = Judge("n9k-10")
    judge.load(one)
    start = judge.running()
    plan = build_plan("sw-1", start, other, complete=True)
    judge.take(line for step in plan.steps for line in step.lines)
    reached = judge.running()
    assert build_plan("sw-1", reached, other, complete=True).diff == ()
    assert digest_config(reached) == plan.target
    judge.take(line for step in plan.undo for line in step.lines)
    assert build_plan("sw-1", judge.running(), start, complete=True).diff == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(configs(), configs())
def test_no_step_takes_away_more_than_the_diff_says(one: str, other: str) -> None:
    plan = build_plan("sw-1", one, other, complete=True)
    gone = {line[1:].strip() for line in plan.diff if line.startswith("-")}
    for step in plan.steps:
        for line in step.lines:
            if line.strip().startswith("no vlan "):
                named = set(line.split()[-1].replace("-", ",").split(","))
                assert all(any(text == f"vlan {number}" for text in gone) for number in named)
            if line.strip().startswith("no interface "):
                assert line.strip().removeprefix("no ") in gone
