"""UPSs, cameras, access points, plain hosts: made-up agents in the form of their MIBs, and a real snmpd."""

from __future__ import annotations

import asyncio
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import metrics as m
from agent.collect.poll import Clocks, Poll, Poller
from agent.collect.snmp.backend import Community
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.tables.load import standard_tables
from tests.recordings.agent import serve_recordings

UPS = "1.3.6.1.2.1.33.1"
EATON = {
    "1.3.6.1.2.1.1.1.0": ("4", "Eaton 9PX"),
    "1.3.6.1.2.1.1.2.0": ("6", "1.3.6.1.4.1.534.1"),
    "1.3.6.1.2.1.1.3.0": ("67", "123456"),
    f"{UPS}.2.1.0": ("2", "3"),  # batteryLow
    f"{UPS}.2.2.0": ("2", "95"),
    f"{UPS}.2.3.0": ("2", "12"),
    f"{UPS}.2.4.0": ("2", "41"),
    f"{UPS}.2.5.0": ("2", "541"),
    f"{UPS}.2.6.0": ("2", "-12"),
    f"{UPS}.2.7.0": ("2", "27"),
    f"{UPS}.3.1.0": ("65", "9"),
    f"{UPS}.3.3.1.2.1": ("2", "499"),
    f"{UPS}.3.3.1.3.1": ("2", "231"),
    f"{UPS}.4.1.0": ("2", "5"),  # battery
    f"{UPS}.4.2.0": ("2", "500"),
    f"{UPS}.4.4.1.2.1": ("2", "230"),
    f"{UPS}.4.4.1.2.2": ("2", "229"),
    f"{UPS}.4.4.1.3.1": ("2", "87"),
    f"{UPS}.4.4.1.4.1": ("2", "1900"),
    f"{UPS}.4.4.1.5.1": ("2", "38"),
    f"{UPS}.6.1.0": ("66", "2"),
}
HIKVISION = {
    "1.3.6.1.2.1.1.1.0": ("4", "Hikvision DS-2CD2T47G2-L"),
    "1.3.6.1.2.1.1.2.0": ("6", "1.3.6.1.4.1.39165.1.1"),
    "1.3.6.1.2.1.1.3.0": ("67", "99"),
    "1.3.6.1.4.1.39165.1.7.0": ("4", "27 PERCENT"),
}
ARUBA = {
    "1.3.6.1.2.1.1.1.0": ("4", "ArubaOS (MODEL: 515), Version 8.10.0.5 SSR"),
    "1.3.6.1.2.1.1.2.0": ("6", "1.3.6.1.4.1.14823.1.2.132"),
    "1.3.6.1.2.1.1.3.0": ("67", "99"),
    "1.3.6.1.4.1.14823.2.3.3.1.2.1.1.2.1.2.3.4.5.6": ("4", "AP-12"),
    "1.3.6.1.4.1.14823.2.3.3.1.2.1.1.7.1.2.3.4.5.6": ("2", "31"),
    "1.3.6.1.4.1.14823.2.3.3.1.2.1.1.11.1.2.3.4.5.6": ("2", "1"),
}
CONTROLLER = {
    "1.3.6.1.2.1.1.1.0": ("4", "Cisco Controller"),
    "1.3.6.1.2.1.1.2.0": ("6", "1.3.6.1.4.1.9.1.1069"),
    "1.3.6.1.2.1.1.3.0": ("67", "99"),
    "1.3.6.1.4.1.14179.2.2.1.1.3.1.2.3.4.5.6": ("4", "AP-7"),
    "1.3.6.1.4.1.14179.2.2.1.1.6.1.2.3.4.5.6": ("2", "2"),
}
RADIO = {
    "1.3.6.1.2.1.1.1.0": ("4", "Cisco IOS Software, C1140 Software (C1140-K9W7-M), Version 15.3(3)JC14"),
    "1.3.6.1.2.1.1.2.0": ("6", "1.3.6.1.4.1.9.1.1034"),
    "1.3.6.1.2.1.1.3.0": ("67", "99"),
    "1.3.6.1.2.1.31.1.1.1.1.1": ("4", "Do0"),
    "1.3.6.1.4.1.9.9.273.1.1.2.1.1.1": ("66", "17"),
}


async def ask(address: tuple[str, int], community: str, name: str) -> Poll:
    engine = Engine(random.Random(9))
    backend = OwnBackend(engine, name, address, Community(community))
    try:
        return await Poller(name, backend, standard_tables(), Clocks(time.monotonic, time.time)).poll(20)
    finally:
        engine.close()


def poll(rows: dict[str, tuple[str, str]], folder: Path) -> Poll:
    file = folder / "device.snmprec"
    file.write_text("".join(f"{oid}|{tag}|{value}\n" for oid, (tag, value) in rows.items()))

    async def main() -> Poll:
        transport, _ = await serve_recordings({"device": file})
        try:
            return await ask(transport.get_extra_info("sockname"), "device", "it")
        finally:
            transport.close()

    found = asyncio.run(main())
    assert (found.success, found.problem) == (True, "")
    return found


def test_a_ups_by_the_standard_mib(tmp_path: Path) -> None:
    found = poll(EATON, tmp_path)
    assert found.platform == "ups"
    for metric, value, *labels in (
        (m.UPS_BATTERY_OK, 0),
        (m.UPS_ON_BATTERY, 1),
        (m.UPS_ON_BATTERY_SECONDS, 95),
        (m.UPS_RUNTIME, 720),
        (m.UPS_CHARGE, 0.41),
        (m.UPS_BATTERY_VOLTS, 54.1),
        (m.UPS_BATTERY_AMPERES, -1.2),
        (m.UPS_INPUT_FAILURES, 9),
        (m.UPS_INPUT_HERTZ, 49.9, "1"),
        (m.UPS_INPUT_VOLTS, 231, "1"),
        (m.UPS_OUTPUT_HERTZ, 50),
        (m.UPS_OUTPUT_VOLTS, 229, "2"),
        (m.UPS_OUTPUT_AMPERES, 8.7, "1"),
        (m.UPS_OUTPUT_WATTS, 1900, "1"),
        (m.UPS_LOAD, 0.38, "1"),
        (m.UPS_ALARMS, 2),
        (m.SENSOR_CELSIUS, 27, "battery", ""),
    ):
        assert found.page.value(metric, "it", *labels) == value, metric.name


def test_a_ups_of_a_make_that_nobody_knows_is_found_out(tmp_path: Path) -> None:
    strange = EATON | {"1.3.6.1.2.1.1.2.0": ("6", "1.3.6.1.4.1.99999.7")}
    found = poll(strange, tmp_path)
    assert found.platform == "other"
    assert found.page.value(m.UPS_ON_BATTERY, "it") == 1


def test_a_number_within_words(tmp_path: Path) -> None:
    found = poll(HIKVISION, tmp_path)
    assert found.platform == "hikvision"
    assert found.page.value(m.CPU_RATIO, "it") == 0.27
    assert 'model="DS-2CD2T47G2-L"' in next(iter(found.page.families["net_device_info"]))


def test_access_points_by_their_controllers_and_alone(tmp_path: Path) -> None:
    aruba = poll(ARUBA, tmp_path)
    assert aruba.page.value(m.ACCESS_POINT_UP, "it", "AP-12") == 1
    assert aruba.page.value(m.ACCESS_POINT_CPU, "it", "AP-12") == 0.31
    controller = poll(CONTROLLER, tmp_path)
    assert controller.platform == "wlc"
    assert controller.page.value(m.ACCESS_POINT_UP, "it", "AP-7") == 0  # it is leaving
    assert poll(RADIO, tmp_path).page.value(m.WIRELESS_CLIENTS, "it", "Do0") == 17


@pytest.fixture
def snmpd(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Net-SNMP's agent on this machine's own figures."""
    program = shutil.which("snmpd", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if program is None:
        pytest.skip("snmpd is not installed (Debian package snmpd)")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = int(sock.getsockname()[1])
    config = tmp_path / "snmpd.conf"
    config.write_text(f"rocommunity watchers 127.0.0.1\nagentAddress udp:127.0.0.1:{port}\n")
    command = [program, "-f", "-C", "-c", str(config), "-Lf", str(tmp_path / "log"), "-I", "-smux"]
    with subprocess.Popen(command, cwd=tmp_path, env={"SNMP_PERSISTENT_DIR": str(tmp_path)}) as process:
        try:
            yield ("127.0.0.1", port)
        finally:
            process.terminate()


def test_a_plain_host_tells_its_load_and_ports(snmpd: tuple[str, int]) -> None:
    async def main() -> Poll:
        for _ in range(20):  # it answers as soon as it has read its MIBs
            found = await ask(snmpd, "watchers", "host")
            if found.success:
                break
        return found

    found = asyncio.run(main())
    assert (found.success, found.platform) == (True, "other")
    assert found.page.value(m.INTERFACE_UP, "host", "lo") == 1
    memory = found.page.value(m.MEMORY_RATIO, "host")
    assert memory is not None
    assert 0 < memory <= 1


def test_wide_counters_win_over_narrow_ones_port_by_port(tmp_path: Path) -> None:
    narrow, wide, pause = "1.3.6.1.2.1.10.7.2.1", "1.3.6.1.2.1.10.7.11.1", "1.3.6.1.2.1.10.7.10.1"
    rows = {
        "1.3.6.1.2.1.1.1.0": (
            "4",
            "Cisco NX-OS(tm) Nexus9000 C9348GC-FX3PH, Software (NXOS), Version 10.5(2), X",
        ),
        "1.3.6.1.2.1.1.2.0": ("6", "1.3.6.1.4.1.9.12.3.1.3.2193"),
        "1.3.6.1.2.1.1.3.0": ("67", "99"),
        **{f"1.3.6.1.2.1.31.1.1.1.1.{n}": ("4", f"Ethernet1/{n}") for n in (1, 2)},
        **{f"{narrow}.3.{n}": ("65", "7") for n in (1, 2)},
        **{f"{narrow}.8.{n}": ("65", "2") for n in (1, 2)},
        f"{narrow}.19.1": ("2", "2"),
        f"{narrow}.19.2": ("2", "1"),  # unknown
        f"{wide}.2.1": ("70", str(2**40)),
        f"{pause}.3.1": ("65", "3"),
        f"{pause}.3.2": ("65", "4"),
        f"{pause}.5.1": ("70", str(2**33)),
    }
    page = poll(rows, tmp_path).page
    errors = [page.value(m.INTERFACE_ETHERNET_ERRORS, "it", f"Ethernet1/{n}", "fcs") for n in (1, 2)]
    assert errors == [2**40, 7]
    assert page.value(m.INTERFACE_ETHERNET_ERRORS, "it", "Ethernet1/2", "late-collision") == 2
    assert [page.value(m.INTERFACE_RX_PAUSE, "it", f"Ethernet1/{n}") for n in (1, 2)] == [2**33, 4]
    assert [page.value(m.INTERFACE_FULL_DUPLEX, "it", f"Ethernet1/{n}") for n in (1, 2)] == [0, None]
