"""The shell of one session: modes, abbreviations, pipes, confirmations, faults; and the command itself."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from vnexus import testing
from vnexus.exec.shell import Shell
from vnexus.faults import DropConnection, NodeFaults, RejectLine, RollbackFails, SlowReply, StorageFull
from vnexus.lab import Lab
from vnexus.topology import NodeSpec, Topology


@pytest.fixture
def shell() -> Shell:
    lab = Lab(Topology("shell", (NodeSpec("sw", "n9k-10", "N9K-C93180YC-FX3", "127.77.3.1"),)))
    return lab.nodes["sw"].shell("admin")


def say(shell: Shell, *lines: str) -> list[str]:
    return [shell.run(line).text for line in lines]


def test_prompts_follow_modes(shell: Shell) -> None:
    seen = []
    for line in ("conf t", "int eth1/1-2", "vlan 10", "exit", "vrf context A", "end"):
        shell.run(line)
        seen.append(shell.prompt)
    assert seen == ["sw(config)# ", "sw(config-if-range)# ", "sw(config-vlan)# ", "sw(config)# ",
                    "sw(config-vrf)# ", "sw# "]  # fmt: skip


def test_exec_commands_work_in_configuration_mode(shell: Shell) -> None:
    assert say(shell, "conf t", "interface Ethernet1/1", "sh hostname")[2] == "sw "
    assert shell.prompt == "sw(config-if)# "


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("show running-config | include ^hostname", "hostname sw"),
        ("show running-config | i hostname | count", "1"),
        ("show running-config | section 'interface mgmt0'", "interface mgmt0\n  vrf member management"),
        ("show running-config | begin 'line vty' | exclude boot", "line vty\n"),
        ("show hostname | json", '{"hostname": "sw"}'),
        ("show hostname ; show hostname", "sw \nsw "),
        ("show clock | last 1", "Time source is None"),
    ],
)
def test_pipes(shell: Shell, line: str, text: str) -> None:
    assert shell.run(line).text == text


def test_output_goes_to_a_file(shell: Shell) -> None:
    assert say(shell, "show hostname > bootflash:name.txt", "show file bootflash:name.txt") == ["", "sw "]
    assert shell.run("delete bootflash:name.txt").question.startswith("Do you want to delete")
    assert say(shell, "y", "dir bootflash:name.txt") == ["", "No such file or directory"]


def test_startup_is_apart_from_running(shell: Shell) -> None:
    say(shell, "conf t", "vlan 10", "end")
    assert "vlan 1,10" not in shell.run("show startup-config").text
    assert shell.run("copy run start").text.endswith("Copy complete.")
    assert "vlan 1,10" in shell.run("show startup-config").text


def test_rollback_restores_and_says_so(shell: Shell) -> None:
    said = say(shell, "checkpoint BEFORE", "conf t", "vlan 10", "end")
    assert said[0] == ".Done"
    assert "vlan 10" in shell.run("show diff rollback-patch checkpoint BEFORE running-config").text
    assert "completed successfully" in shell.run("rollback running-config checkpoint BEFORE atomic").text
    assert 10 not in shell.node.config.vlans()
    assert shell.run("checkpoint BEFORE").text == "ERROR: Checkpoint BEFORE already exists"


def test_faults_of_the_command_line(shell: Shell) -> None:
    faults = shell.node.faults
    faults.add(RejectLine("vlan 66", "ERROR: no"))
    faults.add(RollbackFails())
    assert say(shell, "checkpoint C", "conf t", "vlan 66", "vlan 67", "end") == [
        ".Done", "Enter configuration commands, one per line. End with CNTL/Z.", "ERROR: no", "", "",
    ]  # fmt: skip
    assert shell.run("rollback running-config checkpoint C").text.endswith("Rollback failed.")
    assert 67 in shell.node.config.vlans()


def test_full_storage_keeps_neither_checkpoint_nor_startup(shell: Shell) -> None:
    number = shell.node.faults.add(StorageFull("no room"))
    assert say(shell, "checkpoint C", "conf t", "vlan 10", "end", "copy run start")[::4] == [
        "ERROR: no room",
        "no room",
    ]
    assert "vlan 1,10" not in shell.run("show startup-config").text
    shell.node.faults.remove(number)
    assert say(shell, "checkpoint C")[0] == ".Done"


def test_faults_count_and_match() -> None:
    faults = NodeFaults()
    faults.add(DropConnection(2))
    slow = faults.add(SlowReply(1.5, "^show"))
    assert [faults.dropped() for _ in range(4)] == [False, False, True, False]
    assert (faults.delay("show version"), faults.delay("conf t")) == (1.5, 0)
    faults.remove(slow)
    assert not faults.active


def test_one_switch_for_others_tests() -> None:
    with (
        testing.one_switch() as (lab, node),
        socket.create_connection((node.spec.address, lab.topology.listen.ssh), timeout=10) as connection,
    ):
        assert connection.recv(64).startswith(b"SSH-2.0")


def test_the_command_says_ready_and_stops_cleanly(tmp_path: Path) -> None:
    listen = testing.free_ports("127.77.3.2")
    lab = {"name": "one", "listen": {"ssh": listen.ssh, "nxapi": listen.nxapi, "snmp": listen.snmp},
           "nodes": [{"name": "a", "profile": "n9k-9.3", "model": "N9K-C9300v",
                      "address": "127.77.3.2"}]}  # fmt: skip
    (tmp_path / "lab.yaml").write_text(json.dumps(lab))
    command = [sys.executable, "-m", "vnexus", "run", str(tmp_path / "lab.yaml"), "--control", "127.0.0.1:0",
               "--host-keys", str(tmp_path / "keys")]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready["ready"]
        assert ready["nodes"]["a"]["host_key"].startswith("ssh-ed25519 ")
        assert (tmp_path / "keys" / "a.key").exists()
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_mistake_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "lab.yaml").write_text(json.dumps({
        "name": "one", "nodes": [{"name": "a", "profile": "n9k-9.3", "model": "N9K-C9300v",
                                  "address": "127.77.3.3", "startup": ["vlam 10"]}]}))  # fmt: skip
    command = [sys.executable, "-m", "vnexus", "run", str(tmp_path / "lab.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    place = f"{tmp_path}/lab.yaml:1"
    assert done.stderr.splitlines() == [
        f"vnexus: {place}: a: startup line 'vlam 10' is refused: ^ % Invalid command at '^' marker."
    ]
