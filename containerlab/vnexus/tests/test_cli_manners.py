"""How the command line says no, asks, and remembers: carets, questions, terminal settings, accounting."""

from __future__ import annotations

import pytest

from vnexus.exec.shell import Shell
from vnexus.lab import Lab
from vnexus.topology import NodeSpec, Topology


@pytest.fixture
def shell() -> Shell:
    startup = ("interface loopback0", "ip address 10.0.0.1/32")
    spec = NodeSpec("sw", "n9k-10", "N9K-C93180YC-FX3", "127.77.9.1", startup)
    return Lab(Topology("manners", (spec,))).nodes["sw"].shell("admin")


def say(shell: Shell, *lines: str) -> list[str]:
    return [shell.run(line).text for line in lines]


@pytest.mark.parametrize(
    ("line", "under", "words"),
    [
        ("show foo", "foo", "% Invalid command at '^' marker."),
        ("show  vlan  foo", "foo", "% Invalid command at '^' marker."),
        ("show", "", "% Incomplete command at '^' marker."),
        ("show vrf detail x", "x", "% Invalid command at '^' marker."),
        ("show i", "i", "% Ambiguous command at '^' marker."),
        ("show interface Ethernet1/99 status", "Ethernet1/99", "Invalid range at '^' marker."),
        ("show running-config interface loopback7", "loopback7", "Invalid range at '^' marker."),
        ("show vlan id 5000", "5000", "% Invalid number, range is (1:4094) at '^' marker."),
        ("terminal length 999", "999", "% Invalid number, range is (0:511) at '^' marker."),
        ("show vlan | foo", "foo", "% Invalid command at '^' marker."),
        ("show hsrp", "hsrp", "% Invalid command at '^' marker."),
    ],
)
@pytest.mark.parametrize("mode", ["exec", "config"])
def test_the_caret_stands_under_the_word(shell: Shell, mode: str, line: str, under: str, words: str) -> None:
    if mode == "config":
        shell.run("configure terminal")
    column = line.rindex(under) if under else len(line)
    output = shell.run(line, indent=len(shell.prompt))
    assert output.error
    assert output.text == f"{' ' * (len(shell.prompt) + column)}^\n{words}"


@pytest.mark.parametrize(
    ("line", "under", "words"),
    [
        ("switchport mode foo", "foo", "% Invalid command at '^' marker."),
        ("no switchport mode foo", "foo", "% Invalid command at '^' marker."),
        ("switchport access vlan", "", "% Incomplete command at '^' marker."),
        ("s", "s", "% Ambiguous command at '^' marker."),
        ("interface Ethernet1/1-99", "Ethernet1/1-99", "Invalid range at '^' marker."),
        ("mtu 99999", "99999", "% Invalid number, range is (1500:9216) at '^' marker."),
        ("speed 7", "7", "% Invalid command at '^' marker."),
    ],
)
def test_carets_of_configuration(shell: Shell, line: str, under: str, words: str) -> None:
    say(shell, "configure terminal", "interface Ethernet1/1")
    column = line.rindex(under) if under else len(line)
    text = shell.run(line, indent=len(shell.prompt)).text
    assert text == f"{' ' * (len(shell.prompt) + column)}^\n{words}"


def test_questions_are_asked_and_can_be_switched_off(shell: Shell) -> None:
    asked = {
        "reload": "This command will reboot the system. (y/n)?  [n] ",
        "delete bootflash:a": 'Do you want to delete "/a" ? (yes/no/abort)   [y] ',
        "copy running-config bootflash:a":
            "Warning: There is already a file existing with this name. Do you want to overwrite (y/n)?[n] ",
        "write erase": "Warning: This command will erase the startup-configuration.\n"
                       "Do you wish to proceed anyway? (y/n)  [n] ",
    }  # fmt: skip
    shell.run("copy running-config bootflash:a")
    for line, question in asked.items():
        assert shell.run(line).question == question
        assert shell.run("n").text == ""
    shell.run("configure terminal")
    copp = shell.run("copp profile dense")
    assert copp.question == "This operation can cause disruption of control traffic. Proceed (y/n)?  [no] "
    shell.run("n")
    assert shell.node.config.root.value("copp", "profile") == "strict"
    say(shell, "copp profile dense", "y")
    assert shell.run("show running-config copp | include ^copp").text == "copp profile dense"
    assert say(shell, "terminal dont-ask", "copp profile lenient", "end", "delete bootflash:a") == [""] * 4
    assert shell.run("dir bootflash:a").text == "No such file or directory"


def test_terminal_settings_are_kept(shell: Shell) -> None:
    say(shell, "terminal width 511", "term len 0", "terminal session-timeout 30", "terminal dont-ask")
    said = shell.run("show terminal").text
    assert "Length: 0 lines" in said
    assert "Width: 511 columns" in said
    assert "Session Timeout: 30 minutes" in said
    assert "Prompt for confirmation: no" in said


def test_where_and_history(shell: Shell) -> None:
    say(shell, "configure terminal", "interface Ethernet1/1")
    assert shell.run("where").text.split() == ["conf;", "Ethernet1/1", "admin@sw%default"]
    assert shell.run("show cli history 2").text == "2  where\n3  show cli history 2"


def test_the_accounting_log_knows_who_did_what(shell: Shell) -> None:
    say(shell, "configure terminal", "vlan 10", "name ten", "router bgp 1")
    lines = shell.run("show accounting log").text.splitlines()
    assert [line.partition(":type=")[2] for line in lines] == [
        "update:id=vsh:user=admin:cmd=configure terminal ; vlan 10 (SUCCESS)",
        "update:id=vsh:user=admin:cmd=configure terminal ; vlan 10 ; name ten (SUCCESS)",
        "update:id=vsh:user=admin:cmd=configure terminal ; vlan 10 ; router bgp 1 (FAILURE)",
    ]


@pytest.mark.parametrize(
    ("topic", "shown", "hidden"),
    [
        ("vlan", "vlan 1,10", "hostname"),
        ("vlan 10", "vlan 1,10", "interface"),
        ("ospf", "  ip router ospf A area 0.0.0.0", "mgmt0"),
        ("lldp", "feature lldp", "ospf"),
        ("aclmgr", "ip access-list WEB", "vlan"),
        ("interface loopback0", "  ip address 10.0.0.1/32", "Ethernet"),
        ("section '^router ospf'", "router ospf A", "interface"),
        ("interface loopback0 all", "  ip redirects", "Ethernet"),
    ],
)
def test_parts_of_the_running_configuration(shell: Shell, topic: str, shown: str, hidden: str) -> None:
    say(shell, "configure terminal", "feature ospf", "feature lldp", "vlan 10")
    say(shell, "ip access-list WEB", "permit ip any any", "router ospf A")
    say(shell, "interface loopback0", "ip router ospf A area 0", "end")
    lines = shell.run(f"show running-config {topic}").text.splitlines()
    assert lines[1].startswith("!Command: show running-config ")
    assert shown in lines
    assert not any(hidden in line for line in lines[2:])


def test_the_difference_to_startup(shell: Shell) -> None:
    assert shell.run("show running-config diff").text == ""
    say(shell, "configure terminal", "vlan 10", "end")
    lines = shell.run("show running-config diff").text.splitlines()
    assert lines[:2] == ["*** Startup-config", "--- Running-config"]
    assert "! vlan 1" in lines
    assert "! vlan 1,10" in lines
    say(shell, "copy running-config startup-config")
    assert shell.run("show running-config diff").text == ""


def test_tech_support_holds_what_the_commands_say(shell: Shell) -> None:
    said = shell.run("show tech-support").text
    assert "`show version`" in said
    assert "`show running-config`" in said
    assert "`show hsrp`" not in said  # the feature is off
