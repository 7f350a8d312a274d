"""``configure replace``: transcript, atomic and best-effort, the commit timer, faults, a real client."""

from __future__ import annotations

import pytest
from netmiko import ConnectHandler
from netmiko.exceptions import ReadException

from vnexus import testing
from vnexus.exec.replace import DONE, RESTORED
from vnexus.exec.shell import Shell
from vnexus.faults import RejectLine, RollbackFails
from vnexus.lab import Lab
from vnexus.topology import NodeSpec, Topology

SUCCESS = f"""
Version match between user file and running configuration.
Pre-check for User config PASSED
ADVISORY: Config Replace operation started...
Modifying running configuration from another VSH terminal in parallel
is not recommended, as this may lead to Config Replace failure.

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

{DONE}"""


def make_shell(profile: str = "n9k-10") -> Shell:
    model = "N7K-C7009" if profile.startswith("n7k") else "N9K-C93180YC-FX3"
    lab = Lab(Topology("replace", (NodeSpec("sw", profile, model, "127.77.4.1"),)))
    return lab.nodes["sw"].shell("admin")


@pytest.fixture
def shell() -> Shell:
    """The running configuration has VLAN 10; the file ``goal`` was taken with VLAN 20."""
    shell = make_shell()
    say(shell, "conf t", "vlan 20", "name CCTV", "end", "copy running-config bootflash:goal",
        "conf t", "no vlan 20", "vlan 10", "end")  # fmt: skip
    return shell


def say(shell: Shell, *lines: str) -> list[str]:
    return [shell.run(line).text for line in lines]


def vlans(shell: Shell) -> set[int]:
    return set(shell.node.config.vlans())


def wait(shell: Shell, seconds: float) -> None:
    """Time passes, and somebody else looks at the switch: no session is needed."""
    shell.node.clock.advance(seconds)
    shell.node.world.refresh()


def add_to_goal(shell: Shell, line: str) -> None:
    flash = shell.node.flash
    flash.write("goal", flash.read("goal") + f"{line}\n".encode())


def test_success_to_the_letter(shell: Shell) -> None:
    assert shell.run("configure replace bootflash:///goal").text == SUCCESS
    assert vlans(shell) == {1, 20}
    log = shell.run("show config-replace log exec").text
    assert "Cfg-replace done By  : admin\nCfg-replace mode     : atomic\n" in log
    assert log.endswith(
        "Executing Patch:\n----------------\n`config t `\n`no vlan 10`\n`vlan 20`\n`name CCTV`\n`exit`"
    )
    assert "! No changes" in shell.run("show config-replace log verify").text
    assert "Operation Status: Success" in shell.run("show config-replace status").text


def test_startup_configuration_is_left_alone(shell: Shell) -> None:
    before = shell.node.startup_lines()
    shell.run("configure replace bootflash:goal")
    assert shell.node.startup_lines() == before


def test_nothing_to_do(shell: Shell) -> None:
    say(shell, "copy running-config bootflash:same")
    said = shell.run("configure replace bootflash:same").text
    assert said.endswith(f"Generating Rollback Patch\nRollback Patch is Empty\n\n{DONE}")


def test_show_patch_and_verify_only_change_nothing(shell: Shell) -> None:
    add_to_goal(shell, "bogus")
    shown = shell.run("configure replace bootflash:goal show-patch").text
    assert "`no vlan 10`\n`vlan 20`" in shown
    verified = shell.run("configure replace bootflash:goal verify-only").text
    assert "Converting to checkpoint file\nGenerating Rollback Patch\nValidating Patch\n====" in verified
    assert "Syntax error while parsing 'bogus'" in verified
    assert verified.endswith("Patch validation completed successful")
    assert vlans(shell) == {1, 10}


def test_one_bad_line_restores_the_start(shell: Shell) -> None:
    add_to_goal(shell, "bogus")
    before = shell.node.config.lines_of()
    said = shell.run("configure replace bootflash:goal").text
    assert said.endswith(RESTORED)
    assert "completed" not in said
    assert shell.node.config.lines_of() == before
    assert "Rollback Status      : Failed" in shell.run("show config-replace log exec").text
    assert "\nbogus\n" in shell.run("show config-replace log verify").text


def test_best_effort_goes_on(shell: Shell) -> None:
    add_to_goal(shell, "bogus")
    shell.node.faults.add(RejectLine("^no vlan 10", "ERROR: VLAN 10 is in use"))
    said = shell.run("configure replace bootflash:goal best-effort").text
    assert said.endswith(DONE)
    assert vlans(shell) == {1, 10, 20}
    log = shell.run("show config-replace log exec").text
    assert "Syntax error while parsing 'no vlan 10'" in log
    assert "Syntax error while parsing 'bogus'" in log


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("vlan 20\n", "not a complete running configuration"),
        ("version 9.2(1)\nvlan 20\n", "Version mismatch"),
        (None, "No such file or directory"),
    ],
)
def test_the_file_must_be_a_whole_running_configuration(shell: Shell, text: str | None, reason: str) -> None:
    shell.node.flash.files.clear()
    if text is not None:
        shell.node.flash.write("goal", text)
    output = shell.run("configure replace bootflash:goal")
    assert output.error
    assert reason in output.text
    assert vlans(shell) == {1, 10}


def test_a_checkpoint_file_is_refused(shell: Shell) -> None:
    say(shell, "checkpoint file bootflash:cp")
    assert shell.run("configure replace bootflash:cp").error


def test_not_confirmed_in_time_goes_back(shell: Shell) -> None:
    before = shell.node.config.lines_of()
    shell.run("configure replace bootflash:goal commit-timeout 60")
    assert "Commit timer: 60 seconds left" in shell.run("show config-replace status").text.replace("59", "60")
    wait(shell, 58)
    assert vlans(shell) == {1, 20}
    wait(shell, 3)
    assert shell.node.config.lines_of() == before
    assert shell.run("configure replace commit").error


def test_confirmed_stays(shell: Shell) -> None:
    shell.run("configure replace bootflash:goal commit-timeout 60")
    assert shell.run("configure replace commit").text == "Commit Successful"
    wait(shell, 120)
    assert vlans(shell) == {1, 20}


def test_abort_goes_back_at_once(shell: Shell) -> None:
    shell.run("configure replace bootflash:goal commit-timeout 60")
    assert shell.run("configure replace abort").text == RESTORED
    assert vlans(shell) == {1, 10}


def test_a_failed_replace_starts_no_timer(shell: Shell) -> None:
    add_to_goal(shell, "bogus")
    shell.run("configure replace bootflash:goal commit-timeout 60")
    assert shell.run("configure replace commit").error


def test_a_second_replace_waits_for_the_first(shell: Shell) -> None:
    shell.run("configure replace bootflash:goal commit-timeout 60")
    assert shell.run("configure replace bootflash:goal").error


@pytest.mark.parametrize("timeout", ["29", "3601"])
def test_the_timer_has_limits(shell: Shell, timeout: str) -> None:
    assert "Invalid number" in shell.run(f"configure replace bootflash:goal commit-timeout {timeout}").text


def test_a_reboot_before_the_timer_ends_keeps_startup(shell: Shell) -> None:
    shell.run("configure replace bootflash:goal commit-timeout 60")
    shell.node.world.reboot("sw")
    assert vlans(shell) == {1}
    say(shell, "conf t", "vlan 30", "end")
    wait(shell, 120)
    assert vlans(shell) == {1, 30}


def test_no_timer_rings_without_power(shell: Shell) -> None:
    shell.run("configure replace bootflash:goal commit-timeout 60")
    fault = shell.node.world.add_fault("power-off", {"node": "sw"})
    wait(shell, 120)
    shell.node.world.remove_fault(fault)
    assert vlans(shell) == {1}


def test_a_rollback_that_fails(shell: Shell) -> None:
    number = shell.node.faults.add(RollbackFails())
    assert shell.run("configure replace bootflash:goal").text.endswith("Rollback failed.")
    assert vlans(shell) == {1, 10}
    shell.node.faults.remove(number)
    shell.run("configure replace bootflash:goal commit-timeout 30")
    shell.node.faults.add(RollbackFails())
    wait(shell, 31)
    assert vlans(shell) == {1, 20}
    assert "Operation Status: Failed" in shell.run("show config-replace status").text


def test_other_releases() -> None:
    assert "Invalid command" in make_shell("n7k-7.3").run("configure replace bootflash:goal").text
    assert "No such file" in make_shell("n9k-9.3").run("configure replace bootflash:goal").text


def test_netmiko_replaces_and_the_switch_returns_by_itself() -> None:
    with testing.one_switch() as (lab, node):
        options = {"device_type": "cisco_nxos", "host": node.spec.address, "port": lab.topology.listen.ssh,
                   "username": "admin", "password": "admin"}  # fmt: skip
        with ConnectHandler(**options) as connection:
            connection.send_config_set(["vlan 20"])
            connection.send_command("copy running-config bootflash:goal", expect_string="#")
            connection.send_config_set(["no vlan 20"])
            said = connection.send_command("configure replace bootflash:goal commit-timeout 30")
            assert said.strip().endswith(DONE)
            assert "vlan 1,20" in connection.send_command("show running-config | include ^vlan")
        lab.clock.advance(31)
        with ConnectHandler(**options) as connection:
            assert "vlan 1,20" not in connection.send_command("show running-config | include ^vlan")


def test_a_replace_that_locks_everybody_out_heals_itself() -> None:
    with testing.one_switch(startup=("interface mgmt0", "ip address 10.66.0.1/24")) as (lab, node):
        options = {"device_type": "cisco_nxos", "host": node.spec.address, "port": lab.topology.listen.ssh,
                   "username": "admin", "password": "admin"}  # fmt: skip
        with ConnectHandler(**options) as connection:
            connection.send_command("copy running-config bootflash:goal", expect_string="#")
            text = node.flash.read("goal").decode()
            text = text.replace("interface mgmt0\n", "interface mgmt0\n  shutdown\n")
            node.flash.write("goal", text)
            with pytest.raises(ReadException):
                connection.send_command("configure replace bootflash:goal commit-timeout 30")
        assert not node.reachable()
        lab.clock.advance(31)
        with ConnectHandler(**options) as connection:
            said = connection.send_command("show running-config interface mgmt0")
            assert "shutdown" not in said
            assert "ip address 10.66.0.1/24" in said
