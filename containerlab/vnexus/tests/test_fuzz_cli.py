"""Whatever is typed, the switch answers, and what it shows can be typed again."""

from __future__ import annotations

import os
import random
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vnexus.config.session import ConfigSession
from vnexus.exec.shell import Shell
from vnexus.grammar.speak import ODD, speak
from vnexus.grammar.table import modes
from vnexus.lab import Lab
from vnexus.node import Node
from vnexus.topology import Link, NodeSpec, Topology
from vnexus.world import Clock

LONG = int(os.environ.get("VNEXUS_FUZZ", "0"))
"""Examples of a long run (fuzz/run.py)."""
SMALL = settings(
    max_examples=LONG or 25, deadline=None, derandomize=not LONG, suppress_health_check=list(HealthCheck)
)
TOPOLOGY = Topology(
    "fuzz",
    (
        NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", "127.66.72.1"),
        NodeSpec("core", "n7k-7.3", "N7K-C7009", "127.66.72.2"),
        NodeSpec("leaf", "n9k-9.3", "N9K-C93180YC-FX3", "127.66.72.3"),
    ),
    (Link("hall", "Ethernet1/49", "core", "Ethernet3/1"),),
)
FEATURES = (
    "lacp", "interface-vlan", "ospf", "bgp", "vpc", "hsrp", "pim", "eigrp", "isis", "tacacs+", "telemetry",
    "scheduler", "sftp-server", "lldp", "udld", "dhcp", "nv overlay", "port-security",
)  # fmt: skip
PIPES = (
    "include ",
    "exclude ",
    "section ",
    "begin ",
    "count",
    "last ",
    "json",
    "json-pretty",
    "no-more",
    "x ",
)


def make_lab() -> Lab:
    wall = [1_800_000_000.0]
    return Lab(TOPOLOGY, clock=Clock(lambda: wall[0]))


def opened(node: Node) -> Shell:
    shell = node.shell("admin")
    shell.ask = False
    return shell


def shown_again(node: Node) -> list[str]:
    """What a fresh switch shows after typing all that this one shows."""
    fresh = node.scratch()
    session = ConfigSession(fresh)
    for line in node.config.lines_of():
        reply = session.feed(line)
        assert not reply.error, (line, reply.text)
    return fresh.lines_of()


def type_at_random(shell: Shell, chance: random.Random, lines: int) -> list[str]:
    typed = []
    for feature in FEATURES:
        if chance.random() < 0.7:
            typed += ["configure terminal", f"feature {feature}"]
            shell.run(typed[-2])
            shell.run(typed[-1])
    for _ in range(lines):
        if shell.configuring is None:
            shell.run("configure terminal")
        assert shell.configuring is not None
        tables = (shell.configuring.frames[-1].mode, modes()["config"], modes()["exec"])
        mode = chance.choices(tables, (6, 3, 1))[0]
        line = speak(mode, chance)
        if mode.name != "exec" and chance.random() < 0.15:
            line = chance.choice(("no ", "default ")) + line
        if mode.name == "exec" and chance.random() < 0.3:
            line += f" | {chance.choice(PIPES)}{chance.choice(ODD)}"
        typed.append(line)
        shell.run(line)
        shell.pending = None
    return typed


@SMALL
@given(st.integers(0, 2**32), st.sampled_from(["hall", "core", "leaf"]), st.integers(1, 150))
def test_any_lines_leave_a_configuration_that_can_be_typed(seed: int, name: str, lines: int) -> None:
    lab = make_lab()
    shell = opened(lab.nodes[name])
    type_at_random(shell, random.Random(seed), lines)
    node = lab.nodes[name]
    assert shown_again(node) == node.config.lines_of()
    assert node.config.lines_of(full=True)
    with lab.world.moment():
        for other in lab.nodes:  # the world and the agents live with whatever was typed
            assert lab.world.oper(other, "mgmt0") is not None
            assert lab.agents[other].sender() is not None
            other_shell = opened(lab.nodes[other])
            assert "NX-OS" in other_shell.run("show version").text


@SMALL
@given(st.text(max_size=300), st.booleans())
@example("² ٣ \x00 \x1b[2J", True)
@example("banner motd", True)
@example("show running-config | include " + "(" * 400, False)
@example("show version | " * 200, False)
def test_any_text_is_answered(text: str, configuring: bool) -> None:
    shell = opened(LAB.nodes["hall"])
    if configuring:
        shell.run("configure terminal")
    shell.run(text)
    assert shown_again(LAB.nodes["hall"]) == LAB.nodes["hall"].config.lines_of()
    assert LAB.nodes["core"].shell("admin").run("show hostname").text.strip() == "core"


LAB = make_lab()
SLOW = [
    pytest.param("show running-config | include (a+)+$", id="endless-expression"),
    pytest.param("show running-config | include " + "a*" * 200 + "b", id="many-repetitions"),
    pytest.param("show running-config | include (e|e)*!", id="choice-in-a-repetition"),
    pytest.param("show running-config " + "|" * 60_000, id="bars"),
    pytest.param("show running-config | include '" + "|'" * 30_000, id="bars-and-quotes"),
    pytest.param("show version" + " " * 65_000 + ">x", id="blanks-before-an-arrow"),
    pytest.param("show version ;" * 4_000, id="many-commands"),
    pytest.param("x" * 10_000_000, id="ten-megabytes"),
    pytest.param("configure terminal ; interface Ethernet1/1-99999999", id="range-without-end"),
    pytest.param("configure terminal ; interface " + ",".join(["eth1/1-48"] * 6_000), id="list-without-end"),
    pytest.param("configure terminal ; vlan " + ",".join(map(str, range(1, 20_000))), id="vlans-without-end"),
    pytest.param("configure terminal ; description " + "9" * 60_000, id="long-number"),
    pytest.param("configure terminal ; vrf context " + "9" * 60_000, id="long-name-of-digits"),
    pytest.param("show version | last " + "9" * 60_000, id="long-count"),
]


@pytest.mark.parametrize("line", SLOW)
def test_nothing_typed_keeps_the_lab_busy(line: str) -> None:
    shell = opened(LAB.nodes["leaf"])
    spent = time.process_time()
    shell.run(line)
    assert shown_again(LAB.nodes["leaf"]) == LAB.nodes["leaf"].config.lines_of()
    assert time.process_time() - spent < 2.0


FOUND = [
    pytest.param(
        "ip access-list A;4294967290 deny ip any any;permit ip any any", id="sequence-behind-the-last"
    ),
    pytest.param(
        "ip prefix-list P seq 4294967294 deny 10.0.0.0/8;ip prefix-list P permit 11.0.0.0/8", id="list"
    ),
    pytest.param('username eve password 5 "two words"', id="hash-of-two-words"),
    pytest.param("key chain K;key 1;key-string x;key 65535;key-string y;key 0", id="key-is-no-key-string"),
    pytest.param(
        "feature eigrp;router eigrp 1;redistribute ospf 1 route-map M;shutdown;address-family ipv4 unicast",
        id="lines-that-the-section-before-would-take",
    ),
    pytest.param("event manager applet a;event manager applet b;description x", id="applet-in-an-applet"),
    pytest.param(
        "feature netflow;feature telemetry;flow exporter F;source mgmt0;telemetry;sensor-group 1",
        id="catch-all",
    ),
    pytest.param(
        "feature vpc;feature lacp;interface port-channel1;no switchport;vpc peer-link", id="routed-peer-link"
    ),
    pytest.param("feature interface-vlan;no interface Vlan1", id="vlan-1-stays"),
    pytest.param("vrf context 1²3;vrf context 9" + "9" * 5000, id="figures-that-are-none"),
]


@pytest.mark.parametrize("lines", FOUND)
def test_what_was_found(lines: str) -> None:
    """What fuzzing brought to light, by name."""
    for node in make_lab().nodes.values():
        shell = opened(node)
        shell.run("configure terminal")
        for line in lines.split(";"):
            shell.run(line)
        assert shown_again(node) == node.config.lines_of()


ODD_LINES = (
    ";", " ; ;", "| include", ">", "show version |", "show version | cut -f 1-999999999",
    "show version | tr ' a", "show version | head ²",
)  # fmt: skip


@pytest.mark.parametrize("line", ODD_LINES)
def test_odd_lines_are_answered(line: str) -> None:
    assert opened(LAB.nodes["hall"]).run(line).text is not None
    assert opened(LAB.nodes["hall"]).run("show version").text


def test_a_banner_without_end_is_refused() -> None:
    shell = opened(LAB.nodes["leaf"])
    shell.run("configure terminal")
    shell.run("banner motd #")
    said = [shell.run("y" * 1000) for _ in range(100)]
    assert any(output.error for output in said)
    assert shell.prompt == "leaf(config)# "
