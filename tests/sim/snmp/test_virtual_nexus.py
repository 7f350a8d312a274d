"""The virtual Nexus over SNMP: an agent that was written apart tells its wiring, its faults and its PoE."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from agent import metrics as m
from agent.collect.poll import Clocks, Poll, Poller
from agent.collect.snmp.backend import Community
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.snmp.pysnmp_backend import PysnmpBackend, PysnmpEngine
from agent.collect.tables.load import standard_tables

LAB = """
name: two
listen: {ssh: SSH, nxapi: NXAPI, snmp: SNMP}
nodes:
  - name: hall-1
    profile: n9k-10
    model: N9K-C9348GC-FX3PH
    address: 127.77.3.21
    startup: ["snmp-server community watchers group network-operator", "feature lldp",
              "interface Ethernet1/7", "  description CAM-1", "interface Ethernet1/9", "  shutdown"]
  - name: core-1
    profile: n7k-7.3
    model: N7K-C7009
    address: 127.77.3.1
    startup: ["snmp-server community watchers group network-operator", "feature lldp",
              "interface Ethernet3/1", "  no shutdown"]
links:
  - [hall-1:Ethernet1/49, core-1:Ethernet3/1]
endpoints:
  - {node: hall-1, port: Ethernet1/7, kind: camera, name: CAM-1, mac: 00aa.bbcc.0001,
     watts: 6.5, poe_class: 3, transmit_bps: 4000000}
  - {node: hall-1, port: Ethernet1/9, kind: camera, name: CAM-2, mac: 00aa.bbcc.0002, watts: 6.5}
"""
HOSTS = {"hall-1": "127.77.3.21", "core-1": "127.77.3.1"}


@dataclass(frozen=True)
class Lab:
    control: str
    snmp_port: int

    def fault(self, **fault: str) -> str:
        answer = requests.post(f"{self.control}/faults", json=fault, timeout=10)
        assert answer.ok, answer.text
        return f"{self.control}/faults/{answer.json()['id']}"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    ports = {"SSH": free_port(), "NXAPI": free_port(), "SNMP": free_port()}  # tests may run beside each other
    text = LAB
    for word, port in ports.items():
        text = text.replace(f": {word}", f": {port}")
    (folder / "lab.yml").write_text(text)
    command = [str(Path(sys.executable).parent / "vnexus"), "run", str(folder / "lab.yml")]
    command += ["--control", "127.0.0.1:0", "--host-keys", str(folder / "keys")]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, (folder / "log").read_text()
            control = str(json.loads(line)["control"])
            url = control if control.startswith("http") else f"http://{control}"
            yield Lab(url, ports["SNMP"])
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def poll_all(lab: Lab, *, by_pysnmp: bool = False, rounds: int = 1) -> dict[str, Poll]:
    async def main() -> dict[str, Poll]:
        engine, other = Engine(random.Random(5)), PysnmpEngine()
        found: dict[str, Poll] = {}
        for name, host in HOSTS.items():
            who, address = Community("watchers"), (host, lab.snmp_port)
            backend = (
                PysnmpBackend(other, name, address, who)
                if by_pysnmp
                else OwnBackend(engine, name, address, who)
            )
            poller = Poller(name, backend, standard_tables(), Clocks(time.monotonic, time.time))
            for _ in range(rounds):
                found[name] = await poller.poll(60)
        engine.close()
        other.close()
        return found

    return asyncio.run(main())


@pytest.fixture(scope="module")
def polls(lab: Lab) -> dict[str, Poll]:
    return poll_all(lab)


def test_every_group_answers(polls: dict[str, Poll]) -> None:
    for name, poll in polls.items():
        assert (name, poll.success, poll.problem, poll.platform) == (name, True, "", "nxos")
    families = polls["hall-1"].page.families.keys()
    # every switch of the lab has these, whatever it is configured to do
    wanted = (
        *(m.DEVICE_INFO, m.UPTIME, m.CPU_RATIO, m.MEMORY_RATIO, m.CONFIG_CHANGED, m.CONFIG_SAVED),
        *(m.MEMORY_POOL_USED, m.MEMORY_POOL_FREE, m.ENGINE_BOOTS, m.CORE_FILES, m.PART_INFO),
        *(m.INTERFACE_UP, m.INTERFACE_ADMIN_UP, m.INTERFACE_INFO, m.INTERFACE_SPEED, m.INTERFACE_MTU),
        *(m.INTERFACE_LAST_CHANGE, m.INTERFACE_RX_BYTES, m.INTERFACE_TX_BYTES, m.INTERFACE_RX_PACKETS),
        *(m.INTERFACE_TX_PACKETS, m.INTERFACE_RX_ERRORS, m.INTERFACE_TX_ERRORS, m.INTERFACE_RX_DISCARDS),
        *(m.INTERFACE_TX_DISCARDS, m.INTERFACE_ETHERNET_ERRORS, m.INTERFACE_FULL_DUPLEX),
        *(m.INTERFACE_DOWN_REASON, m.INTERFACE_RX_PAUSE, m.INTERFACE_TX_PAUSE),
        *(m.SENSOR_CELSIUS, m.SENSOR_VOLTS, m.SENSOR_AMPERES, m.SENSOR_DBM, m.SENSOR_OK),
        *(m.SENSOR_THRESHOLD, m.SENSOR_MARGIN, m.PSU_UP, m.PSU_WATTS, m.PSU_CAPACITY, m.FAN_UP),
        *(m.DEVICE_POWER, m.MODULE_UP, m.POE_DELIVERING, m.POE_WATTS, m.POE_CLASS, m.POE_BUDGET),
        *(m.POE_USED, m.POE_EVENTS, m.POE_ENABLED, m.POE_FAULT, m.POE_ALLOCATED, m.POE_GROUP_UP),
        m.NEIGHBOR_INFO,
    )
    assert {metric.name for metric in wanted} - families == set()


def test_ports_follow_wiring_and_shutdown(polls: dict[str, Poll]) -> None:
    hall, core = polls["hall-1"].page, polls["core-1"].page
    assert hall.value(m.INTERFACE_UP, "hall-1", "Ethernet1/7") == 1
    assert hall.value(m.INTERFACE_UP, "hall-1", "Ethernet1/8") == 0
    assert hall.value(m.INTERFACE_ADMIN_UP, "hall-1", "Ethernet1/9") == 0
    assert hall.value(m.INTERFACE_UP, "hall-1", "Ethernet1/49") == 1
    assert core.value(m.INTERFACE_UP, "core-1", "Ethernet3/1") == 1
    assert hall.value(m.INTERFACE_SPEED, "hall-1", "Ethernet1/7") == 12_500_000  # cameras speak 100BASE-TX
    assert hall.value(m.INTERFACE_INFO, "hall-1", "Ethernet1/7", "CAM-1") == 1


def test_cameras_take_their_watts(polls: dict[str, Poll]) -> None:
    hall = polls["hall-1"].page
    assert hall.value(m.POE_WATTS, "hall-1", "Ethernet1/7") == pytest.approx(6.5, rel=0.2)
    assert hall.value(m.POE_DELIVERING, "hall-1", "Ethernet1/7") == 1
    assert hall.value(m.POE_CLASS, "hall-1", "Ethernet1/7") == 3
    assert hall.value(m.POE_DELIVERING, "hall-1", "Ethernet1/8") == 0


def test_neighbours_see_each_other(polls: dict[str, Poll]) -> None:
    assert polls["hall-1"].page.value(m.NEIGHBOR_INFO, "hall-1", "Ethernet1/49", "core-1", "Ethernet3/1") == 1
    assert polls["core-1"].page.value(m.NEIGHBOR_INFO, "core-1", "Ethernet3/1", "hall-1", "Ethernet1/49") == 1


def test_pysnmp_reads_the_same(lab: Lab, polls: dict[str, Poll]) -> None:
    theirs = poll_all(lab, by_pysnmp=True)
    for name, poll in polls.items():
        own, other = poll.page.families, theirs[name].page.families
        assert own.keys() == other.keys()
        for family, values in own.items():
            assert values.keys() == other[family].keys(), family
        assert own[m.INTERFACE_UP.name] == other[m.INTERFACE_UP.name]


def test_an_unplugged_camera_is_seen_and_counters_move(lab: Lab, polls: dict[str, Poll]) -> None:
    fault = lab.fault(kind="endpoint-unplug", endpoint="CAM-1")
    page = poll_all(lab)["hall-1"].page
    assert page.value(m.INTERFACE_UP, "hall-1", "Ethernet1/7") == 0
    assert page.value(m.POE_DELIVERING, "hall-1", "Ethernet1/7") == 0
    requests.delete(fault, timeout=10).raise_for_status()
    after = poll_all(lab, rounds=2)["hall-1"].page
    assert after.value(m.INTERFACE_UP, "hall-1", "Ethernet1/7") == 1
    before = polls["hall-1"].page.value(m.INTERFACE_RX_BYTES, "hall-1", "Ethernet1/7")
    now = after.value(m.INTERFACE_RX_BYTES, "hall-1", "Ethernet1/7")
    assert before is not None
    assert now is not None
    assert now > before
