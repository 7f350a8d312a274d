"""Every rule of the baseline: a change that makes it fire, and the city as it is, on which it is silent.

One table: name of the rule, a switch, and a change of the switch's rendered configuration. The city must keep
every rule before the change, and exactly that rule must be broken after it, on exactly that switch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from agent.check.baseline import baseline
from agent.check.comply import Policy, check_compliance
from agent.check.config import Config
from agent.check.rule import Rule, Scene, Whole
from agent.intent.expand import expand_switches
from agent.intent.hardware import SUPPLIES
from agent.intent.load import load_city
from agent.intent.policy import Subject as Source
from agent.render.env import Templates
from agent.render.render import HiddenSecrets, render_switch

ROOT = Path(__file__).parents[3]
Edit = Callable[[str], str]


def without(line: str) -> Edit:
    """The first such line goes."""

    def edit(text: str) -> str:
        rows = text.split("\n")
        rows.remove(next(row for row in rows if row.strip().startswith(line)))
        return "\n".join(rows)

    return edit


def with_line(line: str) -> Edit:
    return lambda text: f"{text}{line}\n"


def swap(old: str, new: str) -> Edit:
    def edit(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return edit


CASES: dict[str, tuple[str, Edit]] = {
    "aaa-login": ("core-1", without("aaa authentication login default")),
    "aaa-accounting": ("core-1", without("aaa accounting")),
    "no-telnet": ("leaf-1", with_line("feature telnet")),
    "no-plain-nxapi": ("leaf-1", with_line("nxapi http port 80")),
    "ssh-login-attempts": ("sw-mairie", swap("ssh login-attempts 2", "ssh login-attempts 10")),
    "password-strength": ("sw-mairie", with_line("no password strength-check")),
    "hashed-passwords": ("sw-mairie", with_line("username eve password 0 clear role network-operator")),
    "hashed-keys": ("sw-mairie", with_line('tacacs-server host 10.66.2.49 key 0 "clear"')),
    "idle-sessions-end": ("sw-mairie", swap("exec-timeout 30", "exec-timeout 0")),
    "login-banner": (
        "sw-mairie",
        lambda text: text.partition("banner motd")[0] + "ssh " + text.partition("\nssh ")[2],
    ),
    "management-access-list": ("sw-mairie", without("access-class")),
    "management-in-its-own-vrf": ("sw-mairie", without("vrf member management")),
    "two-time-servers": ("sw-mairie", without("ntp server")),
    "log-server": ("sw-mairie", without("logging server")),
    "log-milliseconds": ("sw-mairie", without("logging timestamp")),
    "snmp-no-write": ("sw-mairie", swap("group network-operator", "group network-admin")),
    "snmp-not-well-known": (
        "sw-mairie",
        lambda text: text.replace("snmp-server community <hidden>", "snmp-server community public"),
    ),
    "snmp-has-an-access-list": ("sw-mairie", without("snmp-server community <hidden> use-ipv4acl")),
    "bpdu-guard-on-edge-ports": (
        "sw-mairie",
        lambda text: without("spanning-tree bpduguard enable")(
            text.replace("spanning-tree port type edge bpduguard default\n", "")
        ),
    ),
    "storm-control-on-cameras": ("sw-mairie", without("storm-control broadcast")),
    "one-address-on-street-ports": ("sw-mairie", without("switchport port-security")),
    "trunks-are-pruned": ("sw-police", without("switchport trunk allowed vlan")),
    "trunks-leave-vlan-1": ("sw-police", without("switchport trunk native vlan")),
    "redirects-off-where-hsrp-speaks": ("core-1", without("no ip redirects")),
    "control-plane-is-policed": ("core-1", with_line("copp profile lenient")),
    "carriers-authenticate": ("edge-1", without("password 0")),
    "carriers-are-limited": ("edge-1", without("maximum-prefix")),
    "carriers-are-filtered": ("edge-1", without("route-map FROM-ALIZE in")),
    "carrier-ports-refuse-spoofing": ("edge-1", without("ip access-group")),
    "ospf-is-silent-to-users": ("core-1", without("passive-interface default")),
    "ospf-neighbours-authenticate": (
        "leaf-1",
        with_line("interface Vlan40\n  ip router ospf CITY area 0.0.0.0"),
    ),
    "guests-stay-outside": ("core-1", without("ip access-group WIFI-GUEST-IN in")),
    "unused-ports-off": ("sw-mairie", swap("power inline never\n  shutdown", "power inline never")),
    "access-ports-leave-vlan-1": ("sw-mairie", without("switchport access vlan")),
    "vlan-1-has-no-gateway": (
        "core-1",
        with_line("interface Vlan1\n  ip address 10.99.0.1/24\n  no shutdown"),
    ),
    "links-agree-on-mtu": (
        "sw-mairie",
        swap("  description uplink mairie", "  mtu 9216\n  description uplink mairie"),
    ),
    "vpc-peers-agree": ("core-1", without("peer-gateway")),
    "tenants-stay-apart": ("core-1", swap("vrf member T-LUMEN", "vrf member CITY")),
}
SOMETIMES_MORE: dict[str, set[str]] = {
    "unused-ports-off": {"access-ports-leave-vlan-1"},
    "ospf-is-silent-to-users": {"ospf-neighbours-authenticate"},
}


@cache
def city_whole(source: Source = "wanted") -> Whole:
    city = load_city(ROOT / "inventory")
    templates = Templates(ROOT / "templates")
    scenes = {}
    for name, switch in expand_switches(city).items():
        text = render_switch(switch, HiddenSecrets(), templates)
        if source == "running":  # as a switch shows it: hashed
            text = text.replace("password 0 ", "password 5 ").replace("key 0 ", "key 7 ")
        scenes[name] = Scene(switch, Config(text), source)
    return Whole(city, scenes)


def text_of(name: str) -> str:
    switch = city_whole().scenes[name].switch
    return render_switch(switch, HiddenSecrets(), Templates(ROOT / "templates"))


def broken(whole: Whole, source: Source) -> set[tuple[str, str]]:
    """(rule, switch) of every breach that nobody answers for."""
    policy = Policy(baseline(), whole.city.policy.exceptions, date(2026, 11, 22))
    report = check_compliance(policy, {source: whole})
    return {(breach.rule.name, breach.fault.switch) for breach in report.open}


def test_every_rule_has_a_case() -> None:
    intent_only = {"power-has-a-margin"}
    assert CASES.keys() | intent_only == baseline().keys()
    assert len(baseline()) >= 35


@pytest.mark.parametrize("source", ["wanted", "running"])
def test_the_city_complies(source: Source) -> None:
    assert broken(city_whole(source), source) == set()


@pytest.mark.parametrize("name", CASES)
def test_a_rule_fires_on_its_fault_and_on_nothing_else(name: str) -> None:
    switch, edit = CASES[name]
    rule = baseline()[name]
    source: Source = rule.on[0]
    whole = city_whole(source)
    scene = replace(whole.scenes[switch], config=Config(edit(text_of(switch))))
    if source == "running":
        hashed = edit(text_of(switch).replace("password 0 ", "password 5 ").replace("key 0 ", "key 7 "))
        scene = replace(whole.scenes[switch], config=Config(hashed))
    found = broken(replace(whole, scenes={**whole.scenes, switch: scene}), source)
    assert name in {rule for rule, _ in found}, found
    assert {rule for rule, _ in found} <= {name} | SOMETIMES_MORE.get(name, set())


def test_a_budget_without_margin_is_found() -> None:
    whole = city_whole()
    host = whole.city.hosts["sw-mairie"]
    small = replace(host, power_supplies=("NXA-PAC-1100W-PE2",) * 2)
    asked = 850 * 0.95
    kind = whole.city.kinds["cctv"]
    assert kind.power is not None
    kinds = dict(whole.city.kinds)
    cameras = len([item for item in whole.city.placed_on["sw-mairie"] if item.kind == "cctv"])
    others = _promised(whole, "sw-mairie") - cameras * 15.4
    watts = (asked - others) / cameras
    power = kind.power.model_copy(update={"maximum_watts": watts})
    models = {name: make.model_copy(update={"maximum_watts": None}) for name, make in kind.models.items()}
    kinds["cctv"] = kind.model_copy(update={"power": power, "models": models})
    city = replace(whole.city, kinds=kinds, hosts={**whole.city.hosts, "sw-mairie": small})
    assert SUPPLIES["NXA-PAC-1100W-PE2"] == 1100
    assert ("power-has-a-margin", "sw-mairie") in broken(replace(whole, city=city), "wanted")


def _promised(whole: Whole, switch: str) -> float:
    total = 0.0
    for placed in whole.city.placed_on[switch]:
        kind = whole.city.kinds[placed.kind]
        if kind.power is not None:
            make = kind.models[placed.endpoint.model]
            total += 15.4 if placed.kind == "cctv" else make.maximum_watts or kind.power.maximum_watts
    return total


def test_rules_say_why_and_how_to_mend() -> None:
    def whole_words(rule: Rule) -> bool:
        return rule.rationale.endswith(".") and rule.fix.endswith((".", ".'"))

    assert [rule.name for rule in baseline().values() if not whole_words(rule)] == []
