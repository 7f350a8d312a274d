"""The city in containers: deployed by our own deployer, planned, applied, watched; a real wire is cut.

Everything is made for this test and taken away after it: a lab of another name, on a network of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from netmiko import ConnectHandler

from agent.flows.containers import engine_answers
from agent.flows.prometheus import RunningPrometheus, find_prometheus
from agent.flows.watch import Watch, WatchOptions
from agent.intent.containerlab import IMAGE
from agent.intent.expect import expect
from agent.intent.load import load_city
from agent.noc.write import NocPlaces, build_noc, write_noc
from agent.web.serve import RunningWatch

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
NETWORK = "10.77.0."
LINK_DOWN = bytes.fromhex("2b0601060301010503")
"""1.3.6.1.6.3.1.1.5.3, as BER writes it."""


def _missing() -> str | None:
    if os.geteuid() != 0:
        return "links between containers need root"
    if shutil.which("ip") is None or shutil.which("nsenter") is None:
        return "ip and nsenter are not installed"
    if not engine_answers():
        return "no docker engine answers"
    done = subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, check=False)
    return None if done.returncode == 0 else f"there is no image {IMAGE}; build it: .ci/image"


REASON = _missing()
pytestmark = [pytest.mark.skipif(REASON is not None, reason=str(REASON)), pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Deployed:
    """The lab, and how its switches are reached."""

    work: Path
    environ: Mapping[str, str]

    @property
    def folder(self) -> Path:
        return self.work / ".moulin" / "lab" / "containers"

    @property
    def secrets(self) -> dict[str, str]:
        loaded: dict[str, str] = yaml.safe_load((self.folder / "secrets.yaml").read_text("utf-8"))
        return loaded

    def moulin(self, *words: str, inventory: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(BIN / "moulin"), *words],
            cwd=self.work,
            env={
                **self.environ,
                "MOULIN_INVENTORY": str(inventory or self.folder / "inventory"),
                **({} if inventory else {"MOULIN_SECRETS": str(self.folder / "secrets.yaml")}),
            },
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )

    def set_link(self, node: str, interface: str, state: str) -> None:
        """What a hand at the cable does: a real interface in the container's own namespace."""
        asked = ["docker", "inspect", "--format", "{{.State.Pid}}", f"clab-citest-{node}"]
        pid = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
        command = ["nsenter", "--target", pid, "--net", "ip", "link", "set", interface, state]
        subprocess.run(command, check=True, capture_output=True)

    def show(self, switch: str, *commands: str) -> list[Any]:
        """Structured output over SSH, of somebody else's client."""
        with self._session(switch) as session:
            return [json.loads(str(session.send_command(f"{line} | json"))) for line in commands]

    def type(self, switch: str, *lines: str) -> None:
        with self._session(switch) as session:
            session.send_config_set(list(lines))

    def _session(self, switch: str) -> Any:
        hosts = yaml.safe_load((self.folder / "inventory" / "hosts.yaml").read_text("utf-8"))
        return ConnectHandler(
            device_type="cisco_nxos",
            host=hosts[switch]["hostname"],
            username="admin",
            password=self.secrets["admin_password"],
        )


def _labelled() -> str:
    wanted = ["docker", "ps", "--all", "--quiet", "--filter", "label=containerlab=citest"]
    return subprocess.run(wanted, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Deployed]:
    work = tmp_path / "work"
    shutil.copytree(ROOT / "inventory", work / "inventory")
    for file in (work / "inventory").rglob("*.yaml"):
        text = file.read_text("utf-8").replace("10.66.0.", NETWORK)
        file.write_text(text.replace("domain: bellerive.example", "domain: citest.example"), "utf-8")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MOULIN_")}
    deployed = Deployed(work, clean | {"MOULIN_TEMPLATES": str(ROOT / "templates")})
    up = deployed.moulin("lab", "up", "--backend", "docker", inventory=work / "inventory")
    try:
        assert up.returncode == 0, up.stdout + up.stderr
        yield deployed
    finally:
        down = deployed.moulin("lab", "down", inventory=work / "inventory")
    assert down.returncode == 0, down.stdout + down.stderr
    assert _labelled() == ""
    gone = subprocess.run(["docker", "network", "inspect", "citest"], capture_output=True, check=False)
    assert gone.returncode != 0


def _until(true: Callable[[], bool], what: str, seconds: float = 60) -> None:
    pause, end = threading.Event(), time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"in {seconds} s it never came: {what}")
        pause.wait(0.2)


def test_the_city_in_containers(lab: Deployed, tmp_path: Path) -> None:
    """One story on one lab: deployed, brought to the intent, seen, cut."""
    _the_lab_is_what_containerlab_would_make(lab)
    _plan_and_apply_reach_the_intent(lab)
    _frames_really_cross(lab)
    _a_cut_wire_raises_the_alarm(lab, tmp_path)


def _the_lab_is_what_containerlab_would_make(lab: Deployed) -> None:
    containers = json.loads(lab.moulin("lab", "status", "--json").stdout)
    switches = {one["name"]: one for one in containers if one["ipv4_address"] != "N/A"}
    assert len(switches) >= 6
    assert len(containers) == len(switches) + 3
    assert switches["clab-citest-sw-mairie"]["ipv4_address"] == f"{NETWORK}101/24"
    folder = lab.folder / "clab-citest"
    assert sorted(file.name for file in folder.iterdir() if file.is_file()) == [
        "ansible-inventory.yml", "nornir-simple-inventory.yml", "topology-data.json",
    ]  # fmt: skip
    nornir = yaml.safe_load((folder / "nornir-simple-inventory.yml").read_text("utf-8"))
    assert nornir["core-1"]["hostname"] == f"{NETWORK}1"
    assert nornir["core-1"]["groups"] == ["core", "datacentre-nord"]
    ansible = yaml.safe_load((folder / "ansible-inventory.yml").read_text("utf-8"))
    assert set(ansible["all"]["children"]["building"]["hosts"]) == {
        "clab-citest-sw-mairie", "clab-citest-sw-mediatheque",
    }  # fmt: skip
    data = json.loads((folder / "topology-data.json").read_text("utf-8"))
    assert (data["name"], len(data["nodes"])) == ("citest", len(containers))


def _plan_and_apply_reach_the_intent(lab: Deployed) -> None:
    planned = lab.moulin("plan", "--json")
    assert planned.returncode == 3, planned.stderr
    assert len(json.loads(planned.stdout)["switches"]) >= 6
    applied = lab.moulin("apply", "--yes", "--reason", "a test over containers")
    assert applied.returncode == 0, applied.stdout + applied.stderr
    again = lab.moulin("plan")
    assert again.returncode == 0, again.stdout + again.stderr
    # promises are kept once carrier, LLDP and what follows from them have settled
    _until(lambda: lab.moulin("state").returncode == 0, "every promise is kept", seconds=90)


def _frames_really_cross(lab: Deployed) -> None:
    lldp, ospf, vpc = lab.show("core-1", "show lldp neighbors", "show ip ospf neighbors", "show vpc brief")
    seen = {(row["chassis_id"], row["l_port_id"]) for row in lldp["TABLE_nbor"]["ROW_nbor"]}
    assert ("sw-mairie", "Eth3/11") in seen
    assert "FULL" in json.dumps(ospf)
    assert vpc["vpc-peer-status"] == "peer-ok"
    before = _received(lab)
    _until(lambda: _received(lab) > before + 100_000, "the camera streams")
    phones = lab.show("sw-mairie", "show lldp neighbors")[0]["TABLE_nbor"]["ROW_nbor"]
    assert "TEL-001" in {row["chassis_id"] for row in phones}


def _received(lab: Deployed) -> int:
    shown = lab.show("sw-mairie", "show interface Ethernet1/1")[0]
    return int(shown["TABLE_interface"]["ROW_interface"]["eth_inbytes"])


def _a_cut_wire_raises_the_alarm(lab: Deployed, tmp_path: Path) -> None:
    expected = expect(load_city(lab.folder / "inventory"))
    uplink = next(p for p in expected.ports if (p.device, p.kind) == ("sw-mairie", "uplink"))
    interface = f"eth{uplink.interface.removeprefix('Ethernet1/')}"
    with ExitStack() as stack:
        traps = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        traps.bind((f"{NETWORK}254", 0))
        traps.settimeout(30)
        port = traps.getsockname()[1]
        lab.type(
            "sw-mairie",
            f"snmp-server host {NETWORK}254 traps version 2c noc udp-port {port}",
            "snmp-server enable traps link",
        )
        watch = stack.enter_context(
            RunningWatch(
                lambda: Watch(expected, lab.secrets, WatchOptions(interval_seconds=2)), "127.0.0.1:0"
            )
        )
        write_noc(build_noc(expected, NocPlaces(watch.url.removeprefix("http://"), 2)), tmp_path)
        prometheus = None
        if find_prometheus():
            prometheus = stack.enter_context(
                RunningPrometheus(tmp_path / "prometheus.yml", tmp_path / "data")
            )
            up = 'count(net_interface_up{device="sw-mairie"} == 1)'
            prometheus.await_(lambda: bool(prometheus.query(up)), "to see sw-mairie", seconds=60)
            assert not prometheus.query('ALERTS{alertname="UplinkRedundancyLost"}')

        lab.set_link("sw-mairie", interface, "down")

        assert LINK_DOWN in _next_trap(traps, LINK_DOWN)
        _until(lambda: _word(lab, uplink.interface) == "down", "the port is down")
        assert lab.moulin("state", "--limit", "sw-mairie").returncode == 4
        if prometheus is not None:
            lost = 'ALERTS{alertname="UplinkRedundancyLost",device="sw-mairie"}'
            prometheus.await_(lambda: bool(prometheus.query(lost)), "to raise the alert", seconds=60)
            oper = f'net_interface_up{{device="sw-mairie",interface="{uplink.interface}"}} == 0'
            assert prometheus.query(oper)

        lab.set_link("sw-mairie", interface, "up")
        _until(lambda: _word(lab, uplink.interface) == "up", "the port is up again")


def _next_trap(traps: socket.socket, wanted: bytes) -> bytes:
    """The first notification of a kind; others may come before it."""
    while wanted not in (data := traps.recv(65_535)):
        continue
    return data


def _word(lab: Deployed, interface: str) -> str:
    shown = lab.show("sw-mairie", f"show interface {interface}")[0]
    return str(shown["TABLE_interface"]["ROW_interface"]["state"])
