"""The deployer with a real docker engine: a drop-in for cisco_n9kv, and nothing left after a failure."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from netmiko import ConnectHandler

from vnexus.clab.deploy import engine_answers

IMAGE = os.environ.get("VNEXUS_IMAGE", "moulin/vnexus:latest")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
LAB, NETWORK = f"vnexustest{WORKER}", f"10.78.{int(WORKER) % 250}."
"""Tests that run beside each other have labs and networks of their own."""
TOPOLOGY = """\
name: LAB
mgmt: {network: LAB, ipv4-subnet: 10.78.0.0/24}
topology:
  kinds:
    cisco_n9kv: {image: "IMAGE", image-pull-policy: Never}
  nodes:
    leaf1: {kind: cisco_n9kv, mgmt-ipv4: 10.78.0.11, startup-config: leaf1.cfg}
    leaf2: {kind: cisco_n9kv, mgmt-ipv4: 10.78.0.12}
  links:
    - endpoints: ["leaf1:Ethernet1/1", "leaf2:eth3"]
"""


def _missing() -> str | None:
    if os.geteuid() != 0 or shutil.which("ip") is None or shutil.which("nsenter") is None:
        return "links between containers need root, ip and nsenter"
    if not engine_answers(os.environ):
        return "no docker engine answers"
    done = subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, check=False)
    return None if done.returncode == 0 else f"there is no image {IMAGE}"


REASON = _missing()
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))


def clab(*words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("vnexus-clab")), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=False).stdout.strip()


@pytest.fixture
def topology(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "leaf1.cfg").write_text("hostname first\nfeature lldp\n", "utf-8")
    file = tmp_path / f"{LAB}.clab.yml"
    file.write_text(
        TOPOLOGY.replace("IMAGE", IMAGE).replace("LAB", LAB).replace("10.78.0.", NETWORK), "utf-8"
    )
    try:
        yield file
    finally:
        clab("destroy", "-t", str(file), "--cleanup")
    assert docker("ps", "--all", "--quiet", "--filter", f"label=containerlab={LAB}") == ""
    assert docker("network", "ls", "--quiet", "--filter", f"name=^{LAB}$") == ""


def until(true: Callable[[], bool], what: str) -> None:
    pause, end = threading.Event(), time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, what
        pause.wait(0.2)


def session(address: str) -> Any:
    return ConnectHandler(device_type="cisco_nxos", host=address, username="admin", password="admin")


def test_our_image_stands_in_for_cisco_n9kv(topology: Path) -> None:
    deployed = clab("deploy", "-t", str(topology), "--reconfigure")
    assert deployed.returncode == 0, deployed.stderr
    containers = json.loads(clab("inspect", "-t", str(topology), "-f", "json").stdout)[LAB]
    assert [(one["name"], one["ipv4_address"], one["kind"]) for one in containers] == [
        (f"clab-{LAB}-leaf1", f"{NETWORK}11/24", "cisco_n9kv"),
        (f"clab-{LAB}-leaf2", f"{NETWORK}12/24", "cisco_n9kv"),
    ]
    for one in containers:
        until(lambda name=one["name"]: "Startup complete in:" in docker("logs", name), "it starts")  # type: ignore[misc]
    assert docker("exec", f"clab-{LAB}-leaf1", "id", "-u") != "0"
    again = clab("deploy", "-t", str(topology))
    assert again.returncode == 1
    assert "is deployed already" in again.stderr
    with session(f"{NETWORK}11") as first, session(f"{NETWORK}12") as second:
        assert first.find_prompt() == "first#"
        second.send_config_set(["feature lldp"])
        until(lambda: "leaf2" in str(first.send_command("show lldp neighbors")), "leaf1 hears leaf2")
        seen = json.loads(str(second.send_command("show lldp neighbors | json")))["TABLE_nbor"]["ROW_nbor"]
        assert (seen["chassis_id"], seen["l_port_id"], seen["port_id"]) == ("first", "Eth1/3", "Ethernet1/1")
        first.send_config_set(["interface Ethernet1/1", "shutdown"])
        until(lambda: "is down" in str(second.send_command("show interface Ethernet1/3")), "dark at leaf2")


def test_a_failure_half_way_leaves_nothing(topology: Path) -> None:
    text = topology.read_text("utf-8")
    topology.write_text(text.replace("leaf2: {kind", "leaf2: {image: 'none/such:1', kind"), "utf-8")
    failed = clab("deploy", "-t", str(topology))
    assert failed.returncode == 1
    assert "none/such" in failed.stderr
    assert failed.stderr.count("\n") == 1
    assert docker("ps", "--all", "--quiet", "--filter", f"label=containerlab={LAB}") == ""
    assert docker("network", "ls", "--quiet", "--filter", f"name=^{LAB}$") == ""
    assert not (topology.parent / f"clab-{LAB}").exists()


def test_nothing_deployed_is_an_empty_answer(topology: Path) -> None:
    asked = clab("inspect", "-t", str(topology), "-f", "json")
    assert (asked.returncode, json.loads(asked.stdout)) == (0, {})


def test_destroy_leaves_what_is_not_of_the_lab(topology: Path) -> None:
    other = docker("run", "--detach", "--network", "none", "--entrypoint", "sleep", IMAGE, "120")
    try:
        assert clab("deploy", "-t", str(topology)).returncode == 0
        assert clab("destroy", "-t", str(topology), "--cleanup").returncode == 0
        assert docker("inspect", "--format", "{{.State.Running}}", other) == "true"
    finally:
        docker("rm", "--force", other)
