"""A small town on virtual switches, and a watch over it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, ExpectedPort, Place, Target
from agent.web.serve import RunningWatch

LAB = """
name: two
listen: {ssh: SSH, nxapi: NXAPI, snmp: SNMP}
nodes:
  - name: hall-1
    profile: n9k-10
    model: N9K-C9348GC-FX3PH
    address: 127.77.6.21
    startup: ["snmp-server community watchers group network-operator", "feature lldp",
              "interface Ethernet1/7", "  description CAM-1", "interface Ethernet1/9", "  shutdown"]
  - name: core-1
    profile: n7k-7.3
    model: N7K-C7009
    address: 127.77.6.1
    startup: ["snmp-server community watchers group network-operator", "feature lldp",
              "interface Ethernet3/1", "  no shutdown"]
links:
  - [hall-1:Ethernet1/49, core-1:Ethernet3/1]
endpoints:
  - {node: hall-1, port: Ethernet1/7, kind: camera, name: CAM-1, mac: 00aa.bbcc.0001,
     watts: 6.5, poe_class: 3, transmit_bps: 4000000}
"""
INTERVAL_SECONDS = 1.0


@dataclass(frozen=True)
class Town:
    """Where its watch and the lab's control are."""

    url: str
    control: str

    def fault(self, **fault: str) -> str:
        """Break something; gives what ``mend`` takes."""
        answer = requests.post(f"{self.control}/faults", json=fault, timeout=10)
        assert answer.ok, answer.text
        return f"{self.control}/faults/{answer.json()['id']}"

    @staticmethod
    def mend(fault: str) -> None:
        """End a fault."""
        assert requests.delete(fault, timeout=10).ok


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def expectations(snmp_port: int) -> Expectations:
    def target(device: str, address: str, site: str, role: str) -> Target:
        return Target(device, address, snmp_port, "ro", site, role, "nxos")

    return Expectations(
        (
            target("hall-1", "127.77.6.21", "town-hall", "building"),
            target("core-1", "127.77.6.1", "data-centre", "core"),
        ),
        (
            ExpectedPort(
                "hall-1", "Ethernet1/7", "camera", "cctv", "town-hall", "town", "CAM-1", "rue Haute 12", 3.0
            ),
            ExpectedPort("hall-1", "Ethernet1/49", "uplink", "transport", "town-hall", "town", "core-1", ""),
        ),
        (),
        (),
        places=(Place("town-hall", "Town hall", "rue Haute", "centre", 0, 0),),
        town="Little",
    )


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder: Path = tmp_path_factory.mktemp("lab")
    ports = {"SSH": free_port(), "NXAPI": free_port(), "SNMP": free_port()}
    text = LAB
    for word, port in ports.items():
        text = text.replace(f": {word}", f": {port}")
    (folder / "lab.yml").write_text(text, encoding="utf-8")
    command = [str(Path(sys.executable).with_name("vnexus")), "run", str(folder / "lab.yml")]
    with (
        (folder / "log").open("w", encoding="utf-8") as log,
        subprocess.Popen(
            [*command, "--control", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=log, text=True
        ) as lab,
    ):
        try:
            assert lab.stdout is not None
            line = lab.stdout.readline()
            assert line, (folder / "log").read_text(encoding="utf-8")
            options = WatchOptions(interval_seconds=INTERVAL_SECONDS, deadline_seconds=1.5)
            watched = expectations(ports["SNMP"])
            with RunningWatch(lambda: Watch(watched, {"ro": "watchers"}, options), "127.0.0.1:0") as watch:
                yield Town(watch.url, f"http://{json.loads(line)['control']}")
        finally:
            lab.terminate()
