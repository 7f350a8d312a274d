"""``?`` and Tab: what the tables say may follow, in every mode, and over the terminal without Enter."""

from __future__ import annotations

import pytest

from vnexus.exec.help import completion, help_text
from vnexus.exec.shell import Shell
from vnexus.grammar.help import choices, texts
from vnexus.grammar.table import modes
from vnexus.lab import Lab
from vnexus.topology import NodeSpec, Topology


@pytest.fixture
def shell() -> Shell:
    lab = Lab(Topology("help", (NodeSpec("sw", "n9k-10", "N9K-C93180YC-FX3", "127.77.6.1"),)))
    return lab.nodes["sw"].shell("admin")


def words(shell: Shell, typed: str) -> list[str]:
    return [line.split("  ")[1].strip() for line in help_text(shell, typed).splitlines() if line[:2] == "  "]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("sh", "  show  Show running system information"),
        ("show vl", "  vlan  Vlan Information"),
        ("show ip route vrf ", "  WORD  Name (Max Size 63)"),
        ("interface ", "    ^\n% Invalid command at '^' marker."),
        ("show foo ", "         ^\n% Invalid command at '^' marker."),
        ("s v ", "      ^\n% Ambiguous command at '^' marker."),
        ("show interface ethernet ", "  <1-253>/<1-128>  Slot/port number"),
        ("show vlan | no", "  no-more  Turn-off pagination for command output"),
        ("show vlan | foo", "                ^\n% Invalid command at '^' marker."),
    ],
)
def test_help_of_exec_mode(shell: Shell, typed: str, text: str) -> None:
    assert help_text(shell, typed, len("sw# ")) == text


def test_after_a_whole_command_come_return_and_redirections(shell: Shell) -> None:
    assert words(shell, "show vlan ")[:5] == ["<CR>", ">", ">>", "brief", "id"]
    assert words(shell, "show vlan ")[-1] == "|"
    assert "  brief    All VLAN status in brief" in help_text(shell, "show vlan ")


def test_help_follows_features_and_roles(shell: Shell) -> None:
    assert "vpc" not in words(shell, "show ")
    shell.run("configure terminal")
    assert "ospf" not in words(shell, "router ")
    shell.run("feature vpc")
    shell.run("feature ospf")
    assert words(shell, "router ") == ["ospf"]
    assert "vpc" in words(shell, "show ")
    shell.run("interface Ethernet1/1")
    assert "mode" in words(shell, "switchport ")
    shell.run("no switchport")
    assert words(shell, "switchport ") == ["<CR>"]
    assert "address" in words(shell, "ip ")


def test_help_of_configuration_modes(shell: Shell) -> None:
    shell.run("configure terminal")
    assert {"end", "exit", "no", "show", "interface", "vlan"} <= set(words(shell, ""))
    shell.run("interface Ethernet1/1")
    own = words(shell, "")
    assert "shutdown" in own
    assert "hostname" not in own
    assert words(shell, "hostn") == ["hostname"]  # lines of the mode above work as well
    assert words(shell, "no switchport access ") == ["vlan"]
    assert words(shell, "show vlan br") == ["brief"]
    assert words(shell, "ex") == ["exit"]


def test_every_offer_can_be_typed(shell: Shell) -> None:
    """Two words deep, a keyword that is listed is never an invalid command."""
    root = modes()["exec"].root
    for first in [c.token for c in choices(root, "", shell.holds) if c.keyword]:  # type: ignore[union-attr]
        found = choices(root, f"{first} ", shell.holds)
        assert isinstance(found, list), first
        for second in [c.token for c in found if c.keyword]:
            assert isinstance(choices(root, f"{first} {second} ", shell.holds), list), (first, second)


@pytest.mark.parametrize("mode", ["exec", "config", "if-ethernet", "acl", "vlan"])
def test_first_words_have_a_text(mode: str) -> None:
    found = choices(modes()[mode].root, "", lambda rule: not rule.has("hidden"))
    assert isinstance(found, list)
    assert [c.token for c in found if c.keyword and not c.text] == []
    assert all(text and not text.endswith(" ") for text in texts().values())


@pytest.mark.parametrize(
    ("typed", "more", "several"),
    [
        ("sh", "ow ", []),
        ("show vl", "an ", []),
        ("show i", "", ["install", "interface", "inventory", "ip", "ipv6"]),
        ("show ", "", []),
        ("foo", "", []),
    ],
)
def test_tab(shell: Shell, typed: str, more: str, several: list[str]) -> None:
    assert completion(shell, typed) == (more, several)
