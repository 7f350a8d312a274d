"""The agent over real sockets, asked by net-snmp's own commands."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from vnexus.snmp import Agent, serve

if TYPE_CHECKING:
    from conftest import Lab

needs_netsnmp = pytest.mark.skipif(
    shutil.which("snmpbulkwalk") is None, reason="net-snmp's commands are not installed"
)
IF = "1.3.6.1.2.1.2.2.1"
IFX = "1.3.6.1.2.1.31.1.1.1"
CAMERA_PORT = 436207616 + 6 * 512


V2C = ("-v2c", "-cpublic", "-r", "0", "-t", "5")


def walk(
    lab: Lab, node: str, *arguments: str, tool: str = "snmpbulkwalk", options: tuple[str, ...] = V2C
) -> subprocess.CompletedProcess[str]:
    """Run one of net-snmp's commands against a node, beside the loop that answers it."""

    async def run() -> subprocess.CompletedProcess[str]:
        port, close = await serve(Agent(lab.world, node), "127.0.0.1", 0)
        command = [tool, *options, "-On", "-m", "", f"127.0.0.1:{port}", *arguments]
        try:
            return await asyncio.to_thread(
                subprocess.run, command, capture_output=True, text=True, check=False
            )
        finally:
            close()

    return asyncio.run(run())


def oid(line: str) -> tuple[int, ...]:
    return tuple(int(part) for part in line.split(" ", 1)[0].strip(".").split("."))


def values(output: str) -> dict[str, str]:
    """OID without its dot to net-snmp's text of the value."""
    pairs = (line.split(" = ", 1) for line in output.splitlines() if " = " in line)
    return {name.strip("."): value for name, value in pairs}


@needs_netsnmp
@pytest.mark.parametrize("node", ["core-1", "leaf-1", "hall"])
@pytest.mark.parametrize("tool", ["snmpwalk", "snmpbulkwalk"])
def test_a_walk_goes_through_the_whole_node_in_order(lab: Lab, node: str, tool: str) -> None:
    result = walk(lab, node, ".1", tool=tool)
    assert (result.returncode, result.stderr) == (0, "")
    *lines, last = result.stdout.splitlines()
    names = [oid(line) for line in lines if line.startswith(".1")]
    assert names == sorted(set(names))
    assert names[0][:3] == (1, 0, 8802)
    assert len(names) > 3000
    assert "No more variables left" in last


@needs_netsnmp
def test_both_ways_to_walk_see_the_same(lab: Lab) -> None:
    texts = (walk(lab, "hall", ".1", tool=tool).stdout for tool in ("snmpwalk", "snmpbulkwalk"))
    # the agent counts the questions themselves
    slow, fast = ([line for line in text.splitlines() if ".1.3.6.1.2.1.11." not in line] for text in texts)
    assert slow == fast


@needs_netsnmp
def test_interfaces_are_those_of_the_world(lab: Lab) -> None:
    hall = lab.configs["hall"]
    hall.change("Ethernet1/7", description="camera rue Haute 12")
    hall.change("Vlan120", mode="routed", admin_up=False)
    lab.wait(3600)
    seen = values(walk(lab, "hall", IF).stdout) | values(walk(lab, "hall", IFX).stdout)
    assert seen[f"{IF}.2.{CAMERA_PORT}"] == 'STRING: "Ethernet1/7"'
    assert seen[f"{IF}.8.{CAMERA_PORT}"] == "INTEGER: 1"
    assert seen[f"{IFX}.15.{CAMERA_PORT}"] == "Gauge32: 100"
    assert seen[f"{IFX}.18.{CAMERA_PORT}"] == 'STRING: "camera rue Haute 12"'
    assert seen[f"{IFX}.6.{CAMERA_PORT}"] == f"Counter64: {4_000_000 // 8 * 3600}"
    assert seen[f"{IF}.10.{CAMERA_PORT}"] == f"Counter32: {4_000_000 // 8 * 3600 % 2**32}"
    assert seen[f"{IF}.7.{0x09010000 + 120}"] == "INTEGER: 2"
    assert len([name for name in seen if name.startswith(f"{IF}.2.")]) == 56


@needs_netsnmp
def test_sensors_and_power_are_scaled_as_on_nx_os(lab: Lab) -> None:
    lab.world.add_fault("psu-fail", {"node": "hall", "slot": 2})
    lab.world.add_fault("fan-fail", {"node": "hall", "fan": 3})
    seen = values(walk(lab, "hall", "1.3.6.1.4.1.9.9").stdout)
    receive = 300000003 + 48 * 1760 + 10
    assert seen[f"1.3.6.1.4.1.9.9.91.1.1.1.1.1.{receive}"] == "INTEGER: 14"
    assert seen[f"1.3.6.1.4.1.9.9.91.1.1.1.1.2.{receive}"] == "INTEGER: 8"
    milli_dbm = int(seen[f"1.3.6.1.4.1.9.9.91.1.1.1.1.4.{receive}"].split()[1])
    assert -2600 < milli_dbm < -2200
    assert seen[f"1.3.6.1.4.1.9.9.91.1.2.1.1.4.{receive}.3"] == "INTEGER: -12700"
    centiamps = int(seen["1.3.6.1.4.1.9.9.117.1.1.1.1.4.470"].split()[1])
    assert seen["1.3.6.1.4.1.9.9.117.1.1.1.1.2.470"] == 'STRING: "CentiAmps @ 12V"'
    assert centiamps * 12 / 100 == pytest.approx(lab.world.power_supplies("hall")[0].drawn_watts, rel=0.01)
    assert seen["1.3.6.1.4.1.9.9.117.1.1.2.1.2.471"] == "INTEGER: 8"
    assert seen["1.3.6.1.4.1.9.9.117.1.4.1.1.1.536"] == "INTEGER: 3"
    milliwatts = int(seen["1.3.6.1.4.1.9.9.402.1.2.1.9.1.7"].split()[1])
    assert milliwatts == pytest.approx(6500, rel=0.03)


@needs_netsnmp
def test_every_sensor_and_port_has_its_entity(lab: Lab) -> None:
    for node in ("core-1", "leaf-1", "hall"):
        seen = values(walk(lab, node, ".1").stdout)
        entities = {name.rsplit(".", 1)[1] for name in seen if name.startswith("1.3.6.1.2.1.47.1.1.1.1.7.")}
        for table in (
            "1.3.6.1.4.1.9.9.91.1.1.1.1.4.",
            "1.3.6.1.4.1.9.9.117.1.1.2.1.2.",
            "1.3.6.1.4.1.9.9.117.1.4.1.1.1.",
        ):
            rows = {name.rsplit(".", 1)[1] for name in seen if name.startswith(table)}
            assert rows
            assert rows <= entities
        inside = {
            value.split()[1] for name, value in seen.items() if name.startswith("1.3.6.1.2.1.47.1.1.1.1.4.")
        }
        assert inside - {"0"} <= entities
        aliases = {
            value.rsplit(".", 1)[1] for name, value in seen.items() if name.startswith("1.3.6.1.2.1.47.1.3.2")
        }
        assert aliases <= {name.rsplit(".", 1)[1] for name in seen if name.startswith(f"{IF}.1.")}


@needs_netsnmp
def test_neighbours_are_named_on_their_ports(lab: Lab) -> None:
    lab.configs["core-1"].hostname = "renamed"
    lab.configs["core-1"].touch()
    port = 436207616 + 48 * 512
    seen = values(walk(lab, "hall", "1.0.8802.1.1.2.1.4").stdout)
    assert seen[f"1.0.8802.1.1.2.1.4.1.1.9.0.{port}.0"] == 'STRING: "renamed"'
    assert seen[f"1.0.8802.1.1.2.1.4.1.1.7.0.{port}.0"] == 'STRING: "Ethernet3/2"'


@needs_netsnmp
def test_version_1_is_answered_without_counter64(lab: Lab) -> None:
    result = walk(lab, "hall", IFX, tool="snmpwalk", options=("-v1", "-cpublic", "-r", "0"))
    assert result.returncode == 0
    assert "Counter64" not in result.stdout
    assert "Ethernet1/7" in result.stdout


@needs_netsnmp
def test_a_wrong_community_meets_silence(lab: Lab) -> None:
    options = ("-v2c", "-cwrong", "-r", "0", "-t", "0.3")
    assert "Timeout" in walk(lab, "hall", "1.3.6.1.2.1.1.1.0", tool="snmpget", options=options).stderr


def test_what_the_agent_saw_is_counted(lab: Lab, get_name: bytes) -> None:
    agent = Agent(lab.world, "hall")
    agent.reply(get_name.replace(b"public", b"wrongs"))
    agent.reply(b"garbage")
    agent.reply(get_name)
    seen = agent.statistics
    assert (seen.bad_community, seen.malformed, seen.requests) == (1, 1, 1)


@needs_netsnmp
def test_what_is_not_there_is_said_exactly(lab: Lab) -> None:
    instance = walk(lab, "hall", "1.3.6.1.2.1.2.2.1.8.999", tool="snmpget").stdout
    nothing = walk(lab, "hall", "1.3.6.1.2.1.99.1.0", tool="snmpget").stdout
    assert "No Such Instance" in instance
    assert "No Such Object" in nothing


@needs_netsnmp
def test_setting_is_refused(lab: Lab) -> None:
    result = walk(lab, "hall", "1.3.6.1.2.1.1.5.0", "s", "mine", tool="snmpset")
    assert "noAccess" in result.stderr


@pytest.mark.parametrize(
    ("kind", "arguments"), [("snmp-silence", {}), ("power-off", {}), ("snmp-loss", {"percent": 100})]
)
def test_faults_silence_the_agent(lab: Lab, kind: str, arguments: dict[str, object], get_name: bytes) -> None:
    agent = Agent(lab.world, "hall")
    assert agent.reply(get_name) is not None
    number = lab.world.add_fault(kind, {"node": "hall", **arguments})
    assert agent.reply(get_name) is None
    lab.world.remove_fault(number)
    assert agent.reply(get_name) is not None


def test_a_small_view_shows_who_it_is_and_nothing_else(lab: Lab) -> None:
    number = lab.world.add_fault("snmp-view", {"node": "hall"})
    seen = walk(lab, "hall", ".1", tool="snmpbulkwalk").stdout.splitlines()
    assert len(seen) >= 6
    assert all(line.startswith(".1.3.6.1.2.1.1.") for line in seen if "No more variables" not in line)
    lab.world.remove_fault(number)


def test_a_shut_management_port_answers_nobody(lab: Lab, get_name: bytes) -> None:
    agent = Agent(lab.world, "hall")
    lab.configs["hall"].change("mgmt0", admin_up=False)
    assert agent.reply(get_name) is None


def test_a_slow_agent_tells_by_how_much(lab: Lab) -> None:
    lab.world.add_fault("snmp-slow", {"node": "hall", "seconds": 1.5})
    assert Agent(lab.world, "hall").delay_seconds() == 1.5


def test_loss_is_the_same_for_the_same_seed(make_small: Callable[[], Lab], get_name: bytes) -> None:
    patterns = []
    for _ in range(2):
        fresh = make_small()
        fresh.world.add_fault("snmp-loss", {"node": "hall", "percent": 50})
        agent = Agent(fresh.world, "hall")
        patterns.append([agent.reply(get_name) is None for _ in range(50)])
    assert patterns[0] == patterns[1]
    assert 10 < sum(patterns[0]) < 40


@needs_netsnmp
def test_the_table_changes_only_when_an_interface_comes_or_goes(lab: Lab) -> None:
    changed = "1.3.6.1.2.1.31.1.5.0"

    def read() -> str:
        return walk(lab, "hall", changed, tool="snmpget").stdout.split("(")[1].split(")")[0]

    lab.wait(100)
    lab.configs["hall"].change("Ethernet1/9", description="screen in the hall")
    assert read() == "0"
    lab.configs["hall"].change("Vlan120", mode="routed")
    assert read() == "10000"
