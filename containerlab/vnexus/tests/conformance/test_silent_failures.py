"""How clients fail, provoked: what they say, and what the switch has really done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from napalm.base.exceptions import ReplaceConfigException
from netmiko import ConnectHandler, ReadTimeout
from scrapli.driver.core import NXOSDriver as ScrapliNXOS
from scrapli.exceptions import ScrapliConnectionError, ScrapliTimeout

from vnexus.faults import NoisyProgress, RejectLine, RollbackFails, SlowReply
from vnexus.lab import Lab
from vnexus.node import Node

REFUSALS = ("ERROR: VLAN 66 is in use by another feature", "% Incomplete command at '^' marker.",
            "% Permission denied for the role")  # fmt: skip
Connect = Callable[[Node, str], Any]


@pytest.mark.parametrize("refusal", REFUSALS, ids=["error", "incomplete", "denied"])
def test_a_refused_line_is_committed_and_saved(connect_napalm: Connect, node: Node, refusal: str) -> None:
    """NAPALM ``nxos_ssh`` looks for ``Invalid command`` only: every other refusal is a success to it."""
    device = connect_napalm(node, "nxos_ssh")
    node.faults.add(RejectLine("vlan 66", refusal))
    device.load_merge_candidate(config="vlan 65\nvlan 66\n")
    device.commit_config()
    assert {65, 66} & set(node.config.vlans()) == {65}
    assert any(",65" in line for line in node.startup_lines()), "half of the change was even saved"


def test_a_failed_rollback_is_dropped(connect_napalm: Connect, node: Node) -> None:
    """NAPALM ``nxos`` reads structure only: ``Rollback failed.`` stands in a text, so nobody sees it."""
    device = connect_napalm(node, "nxos")
    device.load_merge_candidate(config="vlan 67\n")
    device.commit_config()
    node.faults.add(RollbackFails())
    device.rollback()
    assert 67 in node.config.vlans()
    assert any(",67" in line for line in node.startup_lines())


def test_the_other_driver_tells(connect_napalm: Connect, node: Node) -> None:
    device = connect_napalm(node, "nxos_ssh")
    before = node.config.lines_of()
    device.load_replace_candidate(config=device._get_checkpoint_file().replace("CCTV", "LOST"))
    node.faults.add(RollbackFails())
    with pytest.raises(ReplaceConfigException):
        device.commit_config()
    assert node.config.lines_of() == before


def test_a_configuration_is_no_checkpoint(connect_napalm: Connect, node: Node) -> None:
    """Lesson of napalm#1182: a file that is no checkpoint ends in an IndexError, not in words."""
    device = connect_napalm(node, "nxos_ssh")
    device.load_replace_candidate(config="this is no checkpoint\n")
    with pytest.raises(IndexError):
        device.compare_config()


def test_noise_in_the_progress_ends_a_read(lab: Lab, node: Node) -> None:
    """Lesson of napalm-ansible#168: a reply is over for a client that waits for ``#`` at the first one."""
    with open_netmiko(lab, node) as connection:
        connection.send_command("checkpoint before")
        connection.send_config_set(["vlan 68"])
        node.faults.add(NoisyProgress())
        hasty = connection.send_command("rollback running-config checkpoint before", expect_string=r"[#>]")
        assert "Rollback completed" not in hasty
        connection.clear_buffer()
        patient = connection.send_command(
            "rollback running-config checkpoint before", expect_string=rf"{node.spec.name}# $"
        )
        assert "Rollback completed successfully" in patient
    assert 68 not in node.config.vlans()


def test_a_new_hostname_is_waited_for_in_vain(lab: Lab, node: Node) -> None:
    """Lesson of napalm#637: the prompt is another one after ``hostname``; until it is learnt, reads hang."""
    with open_netmiko(lab, node) as connection:
        connection.send_config_set(["hostname elsewhere"], cmd_verify=False)
        with pytest.raises(ReadTimeout):
            connection.send_command("show clock", expect_string=rf"{node.spec.name}#", read_timeout=1)
        connection.set_base_prompt()
        assert "UTC" in connection.send_command("show clock")


def test_a_slow_reply_beats_a_fixed_time(lab: Lab, node: Node) -> None:
    """Lesson of netmiko#2021."""
    node.faults.add(SlowReply(1.5, "show running-config"))
    with open_netmiko(lab, node) as connection:
        with pytest.raises(ReadTimeout):
            connection.send_command("show running-config", read_timeout=0.5)
        node.faults.clear()
        connection.read_until_prompt(read_timeout=20)
        assert "vlan 1," in connection.send_command("show running-config")


def test_scrapli_gives_up_on_a_hung_session(lab: Lab, node: Node) -> None:
    node.faults.add(SlowReply(3600, "show clock"))
    connection = ScrapliNXOS(
        host=node.spec.address, port=lab.topology.listen.ssh, auth_username="admin", auth_password="admin",
        auth_strict_key=False, ssh_config_file=False, transport="paramiko", timeout_ops=1,
    )  # fmt: skip
    connection.open()
    with pytest.raises((ScrapliTimeout, ScrapliConnectionError)):
        connection.send_command("show clock")
    assert not connection.isalive()


def open_netmiko(lab: Lab, node: Node) -> Any:
    return ConnectHandler(
        device_type="cisco_nxos", host=node.spec.address, port=lab.topology.listen.ssh, username="admin",
        password="admin",
    )  # fmt: skip
