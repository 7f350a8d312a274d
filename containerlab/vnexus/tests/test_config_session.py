"""``configure session``: access lists and bindings, checked and committed as one."""

from __future__ import annotations

import pytest

from vnexus.exec.shell import Shell
from vnexus.faults import RejectLine
from vnexus.lab import Lab
from vnexus.topology import NodeSpec, Topology

LINES = (
    "ip access-list WEB",
    "permit tcp any any eq 80",
    "interface Ethernet1/1",
    "ip port access-group WEB in",
)


@pytest.fixture
def shell() -> Shell:
    lab = Lab(Topology("session", (NodeSpec("sw", "n9k-10", "N9K-C93180YC-FX3", "127.77.8.1"),)))
    shell = lab.nodes["sw"].shell("admin")
    shell.run("configure session ONE")
    return shell


def say(shell: Shell, *lines: str) -> list[str]:
    return [shell.run(line).text for line in lines]


def test_nothing_applies_before_the_commit(shell: Shell) -> None:
    prompts = []
    for line in LINES:
        assert shell.run(line).text == ""
        prompts.append(shell.prompt)
    assert prompts == ["sw(config-s-acl)# ", "sw(config-s-acl)# ", "sw(config-s-if)# ", "sw(config-s-if)# "]
    config = shell.node.config
    assert config.root.get("ip", "access-list", "WEB") is None
    assert say(shell, "verify", "commit") == ["Verification Successful", "Commit Successful"]
    assert shell.prompt == "sw# "
    assert "  ip port access-group WEB in" in config.interface_lines("Ethernet1/1")
    assert shell.run("show running-config aclmgr | include permit").text == "  10 permit tcp any any eq www"
    assert shell.node.config_sessions == {}


@pytest.mark.parametrize(
    "line", ["vlan 10", "router bgp 1", "feature bgp", "hostname x", "no interface Ethernet1/1"]
)
def test_only_access_lists_and_bindings_are_lines(shell: Shell, line: str) -> None:
    output = shell.run(line)
    assert output.error
    assert "^" in output.text


def test_an_interface_must_exist_and_takes_bindings_only(shell: Shell) -> None:
    assert shell.run("interface Ethernet1/99").text.endswith("Invalid range at '^' marker.")
    shell.run("interface Ethernet1/1")
    assert shell.run("description x").error
    assert shell.node.config_sessions["ONE"].buffer[-1].text == "interface Ethernet1/1"


def test_a_line_that_fails_keeps_everything_as_it_was(shell: Shell) -> None:
    say(shell, *LINES)
    shell.node.faults.add(RejectLine("access-group", "ERROR: No free TCAM"))
    before = shell.node.config.lines_of()
    failed = shell.run("commit")
    assert failed.error
    assert failed.text.startswith("Commit Failed\nERROR: ")
    assert shell.node.config.lines_of() == before
    assert "Last Action Status   : Failed" in shell.run("show configuration session status").text


def test_a_session_waits_until_somebody_goes_on(shell: Shell) -> None:
    say(shell, *LINES[:2], "end")
    assert shell.prompt == "sw# "
    other = shell.node.shell("admin")
    assert other.run("configure session ONE").text.startswith("Config Session started, Session ID is 1")
    assert other.run("show configuration session ONE").text == (
        "config session name ONE\n0001  ip access-list WEB\n0002  permit tcp any any eq www\n\n"
        "Number of active configuration sessions = 1"
    )
    assert other.run("abort").text == ""
    assert shell.run("show configuration session").text == "Number of active configuration sessions = 0"


def test_the_lines_can_be_saved(shell: Shell) -> None:
    say(shell, *LINES, "save bootflash:web.cfg", "abort")
    assert shell.run("show file bootflash:web.cfg").text == (
        "ip access-list WEB\n  permit tcp any any eq www\n"
        "interface Ethernet1/1\n  ip port access-group WEB in"
    )
    shell.run("copy bootflash:web.cfg running-config")
    assert "  ip port access-group WEB in" in shell.node.config.interface_lines("Ethernet1/1")


def test_there_are_thirty_two(shell: Shell) -> None:
    for number in range(2, 33):
        say(shell, "end", f"configure session S{number}")
    assert (
        shell.run("configure session S33").text == "ERROR: Maximum number of configuration sessions reached"
    )
    assert shell.run("clear configuration session S2").text == ""
    assert "Session ID is 2" in shell.run("configure session S33").text
    assert shell.run("clear configuration session S2").error


def test_a_reload_forgets_them(shell: Shell) -> None:
    shell.run("ip access-list WEB")
    shell.node.reboot()
    assert shell.node.config_sessions == {}


def test_the_words_of_a_session_are_known_inside_only(shell: Shell) -> None:
    assert not shell.run("verify").error
    shell.run("end")
    assert shell.run("verify").text.endswith("% Invalid command at '^' marker.")
