"""Unmodified clients over real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from netmiko import ConnectHandler

from vnexus import testing
from vnexus.lab import Lab
from vnexus.topology import Link, NodeSpec, Topology

ADDRESS, OTHER = "127.77.1.1", "127.77.1.2"
TOPOLOGY = Topology(
    "clients",
    (
        NodeSpec("leaf-1", "n9k-10", "N9K-C9348GC-FX3PH", ADDRESS,
                 ("interface mgmt0", "  ip address 10.66.0.21/24")),
        NodeSpec("core-1", "n7k-7.3", "N7K-C7009", OTHER),
    ),
    (Link("leaf-1", "Ethernet1/49", "core-1", "Ethernet3/1"),),
)  # fmt: skip


@pytest.fixture(scope="module")
def running() -> Iterator[Lab]:
    with testing.running(TOPOLOGY) as lab:
        yield lab


@pytest.fixture
def ssh(running: Lab) -> Iterator[Callable[..., Any]]:
    opened = []

    def connect(address: str = ADDRESS) -> Any:
        connection = ConnectHandler(
            device_type="cisco_nxos", host=address, port=running.topology.listen.ssh,
            username="admin", password="admin",
        )  # fmt: skip
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.disconnect()


@pytest.mark.parametrize("address", [ADDRESS, OTHER], ids=["n9k", "n7k"])
def test_netmiko_configures_reads_back_and_saves(ssh: Callable[..., Any], address: str) -> None:
    connection = ssh(address)
    said = connection.send_config_set(["vlan 10,20-22", "vlan 10", "name CCTV"], error_pattern=r"% ")
    assert "Invalid" not in said
    assert "vlan 1,10,20-22\nvlan 10\n  name CCTV" in connection.send_command("show running-config")
    assert "Copy complete." in connection.save_config()
    assert "name CCTV" in connection.send_command("show startup-config | section ^vlan")


def test_netmiko_sees_the_caret_under_the_word(ssh: Callable[..., Any]) -> None:
    said = ssh().send_config_set(["interface eth1/1-2", "switchport bogus"])
    lines = said.splitlines()
    typed = next(line for line in lines if line.endswith("switchport bogus"))
    caret = lines[lines.index(typed) + 1]
    assert caret.index("^") == typed.index("bogus")
    assert lines[lines.index(typed) + 2] == "% Invalid command at '^' marker."


def post(lab: Lab, data: Any, **options: Any) -> requests.Response:
    url = f"http://{ADDRESS}:{lab.topology.listen.nxapi}/ins"
    options.setdefault("auth", ("admin", "admin"))
    return requests.post(url, json=data, timeout=10, **options)


def rpc(*commands: str, method: str = "cli_ascii") -> list[dict[str, Any]]:
    return [
        {"jsonrpc": "2.0", "method": method, "params": {"cmd": line, "version": 1.0}, "id": number}
        for number, line in enumerate(commands, 1)
    ]


def test_json_rpc_keeps_the_mode_through_an_array(running: Lab) -> None:
    lines = ("interface Ethernet1/9", "  description camera", "show running-config interface Ethernet1/9")
    reply = post(running, rpc(*lines)).json()
    assert [item.get("result") for item in reply[:2]] == [None, None]
    assert "interface Ethernet1/9\n  description camera\n" in reply[2]["result"]["msg"]


def test_json_rpc_error_envelope(running: Lab) -> None:
    reply = post(running, rpc("bogus", method="cli")).json()
    assert reply["error"]["code"] == -32602
    assert reply["error"]["data"]["msg"] == "% Invalid command\n"


def test_ins_api_configuration(running: Lab) -> None:
    request = {"version": "1.0", "type": "cli_conf", "chunk": "0", "sid": "1", "output_format": "json",
               "input": "interface Ethernet1/10 ;description door ;bogus"}  # fmt: skip
    outputs = post(running, {"ins_api": request}).json()["ins_api"]["outputs"]["output"]
    assert [o["code"] for o in outputs] == ["200", "200", "400"]
    assert outputs[2]["msg"] == "Input CLI command error"


def test_wrong_password_and_cookie(running: Lab) -> None:
    assert post(running, rpc("show hostname"), auth=("admin", "wrong")).status_code == 401
    first = post(running, rpc("show hostname", method="cli"))
    cookie = first.headers["Set-Cookie"]
    again = post(running, rpc("show hostname", method="cli"), auth=None, headers={"Cookie": cookie})
    assert again.json()["result"]["body"] == {"hostname": "leaf-1"}


def test_nxapi_is_closed_without_its_feature(running: Lab) -> None:
    node = running.nodes["leaf-1"]
    node.merge("no feature nxapi")
    try:
        with pytest.raises(requests.ConnectionError):
            post(running, rpc("show hostname"))
    finally:
        node.merge("feature nxapi")
