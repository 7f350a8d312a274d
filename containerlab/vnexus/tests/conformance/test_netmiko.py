"""netmiko on every release."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from netmiko import ConnectHandler, SSHDetect, file_transfer

from vnexus.lab import Lab
from vnexus.node import Node


@pytest.fixture
def connect(lab: Lab) -> Iterator[Callable[..., Any]]:
    opened = []

    def open_one(node: Node, **options: Any) -> Any:
        opened.append(ConnectHandler(**arguments(lab, node), **options))
        return opened[-1]

    yield open_one
    for connection in opened:
        connection.disconnect()


def arguments(lab: Lab, node: Node) -> dict[str, Any]:
    return {"device_type": "cisco_nxos", "host": node.spec.address, "port": lab.topology.listen.ssh,
            "username": "admin", "password": "admin"}  # fmt: skip


def test_it_is_known_for_what_it_is(lab: Lab, node: Node) -> None:
    guesser = SSHDetect(**{**arguments(lab, node), "device_type": "autodetect"})
    assert guesser.autodetect() == "cisco_nxos"


def test_configures_reads_back_and_saves(connect: Callable[..., Any], node: Node) -> None:
    connection = connect(node)
    assert connection.find_prompt() == f"{node.spec.name}#"
    said = connection.send_config_set(["vlan 33", "name NETMIKO"], error_pattern=r"% ")
    assert f"{node.spec.name}(config-vlan)# " in said
    assert connection.check_config_mode() is False
    assert "name NETMIKO" in connection.send_command("show running-config | section ^vlan")
    assert "Copy complete." in connection.save_config()
    assert "  name NETMIKO" in node.startup_lines()


def test_a_banner_goes_through(connect: Callable[..., Any], node: Node) -> None:
    connection = connect(node)
    connection.send_config_set(["banner motd ^", "Property of the city", "! no trespassing", "^"])
    assert node.config.root.value("banner", "motd") == "^\nProperty of the city\n! no trespassing\n^"
    assert connection.send_command("show banner motd").strip().endswith("! no trespassing")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # netmiko finds its templates the old way
def test_parses_with_templates(connect: Callable[..., Any], node: Node) -> None:
    connection = connect(node)
    rows = connection.send_command("show interface status", use_textfsm=True)
    up = {row["port"] for row in rows if row["status"] == "connected" and row["port"].startswith("Eth")}
    wanted = {p.name for p in node.model.ports if node.world.oper(node.spec.name, p.name).up}
    assert up == {name.replace("Ethernet", "Eth") for name in wanted}


def test_transfers_files(connect: Callable[..., Any], node: Node, tmp_path: Path) -> None:
    (tmp_path / "image.bin").write_bytes(bytes(range(256)) * 300)
    connection = connect(node)
    put = file_transfer(
        connection, source_file=str(tmp_path / "image.bin"), dest_file="image.bin", file_system="bootflash:",
        direction="put",
    )  # fmt: skip
    assert put == {"file_exists": True, "file_transferred": True, "file_verified": True}
    got = file_transfer(
        connection, source_file="image.bin", dest_file=str(tmp_path / "back.bin"), file_system="bootflash:",
        direction="get",
    )  # fmt: skip
    assert got["file_verified"]
    assert (tmp_path / "back.bin").read_bytes() == (tmp_path / "image.bin").read_bytes()
