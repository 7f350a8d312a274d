"""``configure dual-stage``: nothing applies before commit, all or nothing, the confirm timer, history."""

from __future__ import annotations

import pytest
import requests
from netmiko import ConnectHandler

from vnexus import testing
from vnexus.exec.shell import Shell
from vnexus.faults import RejectLine, RollbackFails
from vnexus.lab import Lab
from vnexus.topology import NodeSpec, Topology

COMMITTED = """Verification Succeeded.

Proceeding to apply configuration. This might take a while depending on amount of configuration in buffer.
Please avoid other configuration changes during this time.
Configuration committed by user 'admin' using Commit ID : 1000000001"""


def make_shell(profile: str = "n9k-10") -> Shell:
    lab = Lab(Topology("staged", (NodeSpec("sw", profile, "N9K-C93180YC-FX3", "127.77.5.1"),)))
    return lab.nodes["sw"].shell("admin")


@pytest.fixture
def shell() -> Shell:
    shell = make_shell()
    shell.run("configure dual-stage")
    return shell


def say(shell: Shell, *lines: str) -> list[str]:
    return [shell.run(line).text for line in lines]


def vlans(shell: Shell) -> set[int]:
    return set(shell.node.config.vlans())


def wait(shell: Shell, seconds: float) -> None:
    shell.node.clock.advance(seconds)
    shell.node.world.refresh()


def test_lines_wait_in_the_buffer(shell: Shell) -> None:
    assert shell.prompt == "sw(config-dual-stage)# "
    say(shell, "int lo 123", "desc hoge")
    assert shell.prompt == "sw(config-dual-stage-if)# "
    assert say(shell, "exit", "show configuration")[1] == (
        "! Cached configuration\n!\ninterface loopback123\n description hoge"
    )
    assert shell.node.config.section("loopback123") is None
    assert shell.run("commit").text == COMMITTED
    assert shell.node.config.interface_lines("loopback123") == ["interface loopback123", "  description hoge"]
    assert shell.run("show configuration").text == "! Cached configuration"


def test_words_are_judged_at_once(shell: Shell) -> None:
    assert "Invalid command" in shell.run("interfase Ethernet1/1").text
    assert shell.run("show configuration").text == "! Cached configuration"


def test_a_feature_works_once_committed(shell: Shell) -> None:
    said = say(shell, "feature bgp", "router bgp 65000")
    assert said[0] == ""
    assert "Invalid command" in said[1]
    say(shell, "commit")
    assert say(shell, "router bgp 65000", "commit")[0] == ""
    assert shell.node.config.root.get("router", "bgp", "65000") is not None


def test_one_refused_line_and_nothing_is_applied(shell: Shell) -> None:
    shell.node.faults.add(RejectLine("^vlan 66", "bgp instance is already running; Tag is 100"))
    said = say(shell, "vlan 65", "vlan 66", "commit")
    assert said == [
        "",
        "",
        "Failed. err=bgp instance is already running; Tag is 100\ncommit verification failed",
    ]
    assert vlans(shell) == {1}
    assert shell.run("show configuration").text.endswith("vlan 65\n!\nvlan 66")


def test_a_refusal_of_the_switch_itself_comes_at_commit(shell: Shell) -> None:
    said = say(shell, "vlan 65", "vlan 4000", "commit")
    assert said[1:] == ["", "Failed. err=VLAN range is reserved for internal use\ncommit verification failed"]
    assert vlans(shell) == {1}


def test_a_banner_of_several_lines(shell: Shell) -> None:
    say(shell, "banner motd ^Ville de Bellerive", "private^", "vlan 65")
    assert shell.node.config.root.value("banner", "motd") is None
    say(shell, "commit")
    assert shell.node.config.root.value("banner", "motd") == "^Ville de Bellerive\nprivate^"
    assert vlans(shell) == {1, 65}


def test_abort_forgets(shell: Shell) -> None:
    say(shell, "vlan 65", "abort")
    assert (shell.prompt, vlans(shell)) == ("sw# ", {1})


@pytest.mark.parametrize("way", ["end", "exit"])
@pytest.mark.parametrize(
    ("answer", "prompt", "kept"),
    [("yes", "sw# ", {1, 65}), ("no", "sw# ", {1}), ("", "sw(config-dual-stage)# ", {1}),
     ("cancel", "sw(config-dual-stage)# ", {1})],
)  # fmt: skip
def test_leaving_dirty_asks(shell: Shell, way: str, answer: str, prompt: str, kept: set[int]) -> None:
    say(shell, "vlan 65", "exit")
    question = shell.run(way).question
    assert question == "Uncommitted changes found, commit them before exiting (yes/no/cancel)? [cancel] "
    shell.run(answer)
    assert (shell.prompt, vlans(shell)) == (prompt, kept)


def test_a_commit_that_fails_keeps_one_inside(shell: Shell) -> None:
    say(shell, "vlan 4000", "end")
    assert "commit verification failed" in shell.run("yes").text
    assert shell.prompt.startswith("sw(config-dual-stage")


def test_leaving_clean_asks_nothing(shell: Shell) -> None:
    assert not shell.run("end").question
    assert shell.prompt == "sw# "


def test_unconfirmed_goes_back_and_says_so(shell: Shell) -> None:
    heard: list[str] = []
    shell.notify = heard.append
    say(shell, "vlan 65", "commit confirmed 30")
    assert vlans(shell) == {1, 65}
    wait(shell, 29)
    assert not heard
    wait(shell, 2)
    assert vlans(shell) == {1}
    assert "".join(heard) == (
        "Confirm commit Timer expired, triggering rollback commit\nRollback in progress\n"
        "Configuration committed by rollback using Commit ID : 1000000002"
    )


def test_a_second_commit_confirms(shell: Shell) -> None:
    say(shell, "vlan 65", "commit confirmed 30")
    assert shell.run("commit").text == ""
    wait(shell, 60)
    assert vlans(shell) == {1, 65}


def test_a_reboot_before_the_timer_ends_keeps_startup(shell: Shell) -> None:
    say(shell, "vlan 65", "commit confirmed 30")
    shell.node.world.reboot("sw")
    wait(shell, 60)
    assert vlans(shell) == {1}
    assert len(shell.node.commits.done) == 1


def test_a_rollback_that_fails(shell: Shell) -> None:
    heard: list[str] = []
    shell.notify = heard.append
    say(shell, "vlan 65", "commit confirmed 30")
    shell.node.faults.add(RollbackFails())
    wait(shell, 60)
    assert heard[0].endswith("Rollback failed.")
    assert vlans(shell) == {1, 65}


def test_history_and_the_way_back(shell: Shell) -> None:
    say(shell, "vlan 65", "commit", "vlan 66", "commit", "end")
    changes = shell.run("show configuration commit changes 1000000002").text
    assert changes.startswith("*** /bootflash/.dual-stage/1000000002.tmp\t")
    assert "! vlan 1,65-66" in changes
    listed = shell.run("show configuration commit list").text.splitlines()
    assert [line.split()[1] for line in listed[2:]] == ["1000000001", "1000000002"]
    said = shell.run("rollback configuration to 1000000001").text
    assert said.startswith("Rolling back to commitID :1000000001\nADVISORY: Rollback operation started...")
    assert said.endswith("Configuration committed by rollback using Commit ID : 1000000003")
    assert vlans(shell) == {1, 65}
    assert shell.run("rollback configuration to 7").error


def test_only_where_a_nexus_has_it() -> None:
    assert "Invalid command" in make_shell("n9k-9.3").run("configure dual-stage").text
    shell = make_shell()
    assert "Invalid command" in shell.run("commit").text
    shell.run("configure terminal")
    assert "Invalid command" in shell.run("abort").text


def test_netmiko_commits_and_nxapi_is_refused() -> None:
    with testing.one_switch() as (lab, node):
        listen = lab.topology.listen
        with ConnectHandler(device_type="cisco_nxos", host=node.spec.address, port=listen.ssh,
                            username="admin", password="admin") as connection:  # fmt: skip
            said = connection.send_config_set(
                ["vlan 65", "name CCTV", "commit confirmed 30"],
                config_mode_command="configure dual-stage", exit_config_mode=False,
            )  # fmt: skip
            assert "Configuration committed by user 'admin' using Commit ID : 1000000001" in said
            lab.clock.advance(31)
            heard = connection.read_until_pattern("committed by rollback using Commit ID : 1000000002", 20)
            assert "Confirm commit Timer expired" in heard
            connection.exit_config_mode()
            assert "vlan 1\n" in connection.send_command("show running-config | include ^vlan") + "\n"
        call = {"jsonrpc": "2.0", "method": "cli_ascii", "id": 1,
                "params": {"cmd": "configure dual-stage", "version": 1}}  # fmt: skip
        url = f"http://{node.spec.address}:{listen.nxapi}/ins"
        reply = requests.post(url, json=call, auth=("admin", "admin"), timeout=10).json()
        assert "interactive CLI only" in reply["error"]["data"]["msg"]
