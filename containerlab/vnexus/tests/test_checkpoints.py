"""Checkpoints of users and of the system, what survives a reload, the schemes of rollback, differences."""

from __future__ import annotations

import pytest

from vnexus.exec.shell import Shell
from vnexus.faults import RejectLine
from vnexus.lab import Lab
from vnexus.topology import NodeSpec, Topology

# Recorded on 10.2(2).
ROLLBACK = """\
ADVISORY: Rollback operation started...
Modifying running configuration from another VSH terminal in parallel
is not recommended, as this may lead to Rollback failure.

Collecting Running-Config
Generating Rollback patch for switch profile
Rollback Patch is Empty
Collecting Running-Config
Generating Rollback Patch
Executing Rollback Patch
During CR operation,will retain L3 configuration
when vrf member change on interface
Generating Running-config for verification
Generating Rollback Patch

Rollback completed successfully."""


@pytest.fixture
def shell() -> Shell:
    """Checkpoint ``CHK01`` is without VLAN 10 and 11."""
    lab = Lab(Topology("checkpoints", (NodeSpec("sw", "n9k-10", "N9K-C93180YC-FX3", "127.77.6.1"),)))
    shell = lab.nodes["sw"].shell("admin")
    say(shell, "checkpoint CHK01", "conf t", "vlan 10", "vlan 11", "end")
    return shell


def say(shell: Shell, *lines: str) -> list[str]:
    return [shell.run(line).text for line in lines]


def vlans(shell: Shell) -> set[int]:
    return set(shell.node.config.vlans())


def test_rollback_to_the_letter(shell: Shell) -> None:
    assert shell.run("rollback running-config checkpoint CHK01").text == ROLLBACK
    assert vlans(shell) == {1}


@pytest.mark.parametrize(
    ("scheme", "kept", "verdict"),
    [
        ("", {1, 10, 11}, "Rollback failed."),
        ("atomic", {1, 10, 11}, "Rollback failed."),
        ("best-effort", {1, 10}, "Rollback completed successfully."),
        ("stop-at-first-failure", {1, 10, 11}, "Rollback failed."),
    ],
)
def test_schemes_differ_when_a_line_fails(shell: Shell, scheme: str, kept: set[int], verdict: str) -> None:
    shell.node.faults.add(RejectLine("^no vlan 10", "ERROR: VLAN 10 is in use"))
    said = shell.run(f"rollback running-config checkpoint CHK01 {scheme}").text
    assert said.endswith(verdict)
    assert vlans(shell) == kept


def test_stop_at_first_failure_keeps_what_is_done(shell: Shell) -> None:
    shell.node.faults.add(RejectLine("^no vlan 11", "ERROR: VLAN 11 is in use"))
    said = shell.run("rollback running-config checkpoint CHK01 stop-at-first-failure").text
    assert "ERROR: VLAN 11 is in use\nSyntax error while parsing 'no vlan 11'" in said
    assert vlans(shell) == {1, 11}


def test_verbose_shows_the_patch(shell: Shell) -> None:
    said = shell.run("rollback running-config checkpoint CHK01 atomic verbose").text
    assert "`config t `\n`no vlan 10`\n`no vlan 11`\n" in said


def test_ten_checkpoints_and_no_more(shell: Shell) -> None:
    assert say(shell, *(f"checkpoint C{n}" for n in range(2, 11))) == [".Done"] * 9
    assert shell.run("checkpoint C11").text == "ERROR: Maximum number of checkpoints reached"
    assert say(shell, "no checkpoint C2", "checkpoint C11") == [".Done", ".Done"]


def test_a_disabled_feature_leaves_a_system_checkpoint(shell: Shell) -> None:
    say(shell, "conf t", "feature bgp", "router bgp 65000", "router-id 10.0.0.1", "no feature bgp", "end")
    assert "1) system-fm-bgp:\nCreated by admin" in shell.run("show checkpoint summary system").text
    assert "system-fm" not in shell.run("show checkpoint summary user").text
    assert "Rollback completed" in shell.run("rollback running-config checkpoint system-fm-bgp").text
    assert "  router-id 10.0.0.1" in shell.node.config.lines_of()
    assert shell.run("checkpoint system-mine").error


def test_two_stages_leave_one_too(shell: Shell) -> None:
    say(shell, "configure dual-stage", "feature lacp", "commit", "no feature lacp", "commit", "end")
    assert "system-fm-lacp" in shell.node.checkpoints.system


def test_clearing_one_kind(shell: Shell) -> None:
    say(shell, "conf t", "feature bgp", "no feature bgp", "end", "clear checkpoint database system")
    assert (list(shell.node.checkpoints.by_name), shell.node.checkpoints.system) == (["CHK01"], {})


def test_a_reload_keeps_checkpoints_and_an_erased_one_does_not(shell: Shell) -> None:
    shell.node.world.reboot("sw")
    assert "CHK01" in shell.run("show checkpoint summary").text
    shell.run("write erase")
    shell.run("y")
    shell.node.world.reboot("sw")
    assert "CHK01" not in shell.run("show checkpoint summary").text


@pytest.mark.parametrize(
    "sources",
    ["checkpoint CHK01 running-config", "startup-config running-config", "file bootflash:cp running-config",
     "checkpoint CHK01 checkpoint NOW", "file bootflash:cp file bootflash:now"],
)  # fmt: skip
def test_the_patch_between_any_two(shell: Shell, sources: str) -> None:
    say(shell, "checkpoint NOW", "checkpoint file bootflash:now", "conf t", "no vlan 10-11", "end",
        "checkpoint file bootflash:cp", "rollback running-config checkpoint NOW")  # fmt: skip
    there = shell.run(f"show diff rollback-patch {sources}").text
    assert there.endswith("Generating Rollback Patch\n\n!!\n!\nvlan 10\n!\nvlan 11")


def test_running_against_startup(shell: Shell) -> None:
    said = shell.run("show running-config diff").text
    assert said.startswith("*** Startup-config")
    assert "! vlan 1,10-11" in said
    shell.run("copy running-config startup-config")
    assert shell.run("show running-config diff").text == ""
