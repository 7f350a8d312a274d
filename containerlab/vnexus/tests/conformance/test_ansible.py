"""Ansible's cisco.nxos over SSH (network_cli) and NX-API (httpapi), from an environment of its own.

A play takes minutes, so each connection plays once and the tests read what it reported and what the
switches have become.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from vnexus import hardware, testing
from vnexus.lab import Lab
from vnexus.topology import Topology

BOOKS = Path(__file__).with_name("ansible")
DEEP = "hall"
"""The switch on which the rarer modules are tried."""
Judge = Callable[[str, str], Path]


def inventory(lab: Lab, connection: str) -> dict[str, Any]:
    listen = lab.topology.listen
    common = {
        "ansible_user": "admin", "ansible_password": "admin", "ansible_network_os": "cisco.nxos.nxos",
        "ansible_connection": f"ansible.netcommon.{connection}",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "ansible_port": listen.ssh, "ansible_network_cli_ssh_type": "libssh",
        "ansible_host_key_checking": False,
        "ansible_httpapi_port": listen.nxapi, "ansible_httpapi_use_ssl": False,
    }  # fmt: skip
    hosts = {}
    for number, (name, node) in enumerate(lab.nodes.items(), 1):
        near = next(e for e in lab.topology.endpoints if e.node == name and e.kind != "carrier")
        hosts[name] = {
            "ansible_host": node.spec.address, "hostname": name, "profile": node.spec.profile,
            "slot": near.port.partition("/")[0], "router_id": f"10.1.0.{number}", "near": near.address,
        }  # fmt: skip
    deep = {DEEP: None} if connection == "network_cli" else {}
    return {"all": {"vars": common, "hosts": hosts, "children": {"deep": {"hosts": deep}}}}


@dataclass(frozen=True)
class Report:
    """What a play said: result by play, task and switch."""

    lab: Lab
    results: dict[tuple[str, str], dict[str, dict[str, Any]]]

    def play(self, name: str) -> dict[str, dict[str, dict[str, Any]]]:
        return {task: hosts for (play, task), hosts in self.results.items() if play == name}

    def of(self, play: str, task: str, host: str) -> dict[str, Any]:
        return self.results[play, task][host]


def run_book(judge: Judge, lab: Lab, connection: str, book: str, folder: Path) -> Report:
    """Play a book with the JSON report."""
    program = judge("ansible", "ansible-playbook")
    file = folder / "inventory.json"
    file.write_text(json.dumps(inventory(lab, connection)))
    environment = {
        "PATH": f"{program.parent}:{os.environ['PATH']}", "HOME": str(folder),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"), "ANSIBLE_HOST_KEY_CHECKING": "False",
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", "ANSIBLE_FORKS": "3", "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    done = subprocess.run(
        [str(program), "-i", str(file), str(BOOKS / book)],
        env=environment, capture_output=True, text=True, timeout=800, check=False,
    )  # fmt: skip
    start = done.stdout.find("{")
    assert start >= 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    said, _ = json.JSONDecoder().raw_decode(done.stdout[start:])
    results = {
        (play["play"]["name"], task["task"]["name"]): task["hosts"]
        for play in said["plays"]
        for task in play["tasks"]
    }
    return Report(lab, results)


CONNECTIONS = ("network_cli", "httpapi")


@pytest.fixture(scope="module", params=CONNECTIONS)
def site(
    strangers: Topology,
    judge: Judge,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Report]:
    with testing.running(strangers) as lab:
        lab.clock.advance(7200)
        yield run_book(judge, lab, request.param, "site.yml", tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def operations(
    strangers: Topology, judge: Judge, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Report]:
    with testing.running(strangers) as lab:
        lab.clock.advance(7200)
        yield run_book(judge, lab, "network_cli", "operations.yml", tmp_path_factory.mktemp("operations"))


def faults(report: Report, play: str, *, changed: bool) -> list[str]:
    """Where a result is not as it should be."""
    return [
        f"{task} on {host}: {row.get('msg') or row.get('commands') or row.get('updates')}"
        for task, hosts in report.play(play).items()
        for host, row in hosts.items()
        if row.get("failed") or row.get("unreachable") or bool(row.get("changed")) is not changed
    ]


pytestmark = [pytest.mark.timeout(900)]


def test_facts(site: Report) -> None:
    for name, node in site.lab.nodes.items():
        facts = site.of("facts", "facts", name)["ansible_facts"]
        model = node.model.name
        assert facts["ansible_net_version"] == node.release.version
        assert facts["ansible_net_serialnum"] == hardware.serial(name)
        assert (facts["ansible_net_hostname"], facts["ansible_net_platform"]) == (name, model)
        assert facts["ansible_net_license_hostid"] == hardware.serial(name)
        assert facts["ansible_net_memtotal_mb"] == sum(node.world.memory_kilobytes(name)) / 1024
        assert facts["ansible_net_filesystems"] == ["bootflash:"]
        assert {"ospf", "bgp", "lldp", "interface-vlan"} <= set(facts["ansible_net_features_enabled"])
        assert set(facts["ansible_net_interfaces_list"]) >= {port.name for port in node.model.ports}
        assert f"10.1.0.{list(site.lab.nodes).index(name) + 1}" in facts["ansible_net_all_ipv4_addresses"]
        near = {n.local_port for n in node.world.neighbors(name)}
        assert set(facts["ansible_net_neighbors"]) == near
        assert len(facts["ansible_net_power_supply_info"]) == len(node.world.power_supplies(name))
        assert facts["ansible_net_cpu_utilization"]["core"]["five_minutes"] > 0
        assert "router ospf CITY" in facts["ansible_net_config"]


def test_resources_are_read_as_they_are(site: Report) -> None:
    for name in site.lab.nodes:
        found = site.of("facts", "facts", name)["ansible_facts"]["ansible_network_resources"]
        assert "CCTV" in {vlan.get("name") for vlan in found["vlans"]}
        assert found["ospfv2"]["processes"][0]["process_id"] == "CITY"
        assert found["bgp_global"]["as_number"] == "65001"
        assert {"name": "loopback0"} in [{"name": port["name"]} for port in found["l3_interfaces"]]


def test_every_module_changes_and_then_rests(site: Report) -> None:
    assert not faults(site, "changed", changed=True)
    assert not faults(site, "changed again", changed=False)
    for node in site.lab.nodes.values():
        lines = node.config.lines_of()
        assert {"feature lacp", "ip access-list CAMERAS", "  neighbor 10.99.22.2"} <= set(lines)
        slot = next(e.port for e in site.lab.topology.endpoints if e.node == node.spec.name).partition("/")[0]
        assert node.config.value("description ", f"interface {slot}/30") == "door rue Haute"
        assert node.config.interface(f"{slot}/22").addresses == ("10.99.22.1/24",)


def test_rarer_modules_change_and_then_rest(site: Report) -> None:
    if not site.play("more"):
        pytest.skip("the rarer modules are tried over SSH")
    assert not faults(site, "more", changed=True)
    assert not faults(site, "more again", changed=False)
    config = site.lab.nodes[DEEP].config
    assert config.hostname == f"{DEEP}-renamed"
    assert config.root.value("banner", "motd") == "@\nProperty of the city\nno trespassing\n@"


def test_replaced_and_deleted_once(site: Report) -> None:
    if not site.play("removed"):
        pytest.skip("the rarer states are tried over SSH")
    assert not faults(site, "removed", changed=True)
    assert not faults(site, "removed again", changed=False)
    config = site.lab.nodes[DEEP].config
    assert config.vlans()[211] == "PHONES"
    assert config.interface("Ethernet1/21").allowed_vlans == {211}
    assert config.interface("Vlan210").addresses == ()


SAYS_CHANGED = {
    "checkpoint", "saved when changed", "not saved", "running is not startup", "something to save",
    "checked only", "rollback", "a line too many", "replaced by a file",
}  # fmt: skip


def test_operations_say_what_they_did(operations: Report) -> None:
    for task, hosts in operations.play("operations").items():
        for name, row in hosts.items():
            if row.get("skipped"):
                assert operations.lab.nodes[name].spec.profile == "n7k-7.3"
                continue
            assert bool(row.get("failed")) is (task == "refused"), (task, name, row.get("msg"))
            assert bool(row.get("changed")) is (task in SAYS_CHANGED), (task, name)


def test_operations_left_the_switch_as_they_say(operations: Report) -> None:
    for name, node in operations.lab.nodes.items():
        vlans = set(node.config.vlans())
        assert not {220, 221, 222} & vlans, "rolled back, or checked only"
        assert (223 in vlans) is (name == "core"), "a file replaced it where the release can"
        assert "  name FESTIVAL" in node.startup_lines()
        assert "vlan 221" not in node.startup_lines(), "an unnamed VLAN stands in the list only"
        assert "% Invalid command" in operations.of("operations", "refused", name)["msg"]
        assert operations.of("operations", "ping", name)["packet_loss"] == "0.00%"
