"""The collector and the virtual switch were written apart: what one exports is what the other holds."""

from __future__ import annotations

import asyncio
import random
import time

import pytest

from agent import metrics
from agent.collect.poll import Clocks, Poll, Poller
from agent.collect.snmp.backend import Community
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.tables.load import standard_tables
from vnexus.lab import Lab
from vnexus.snmp import Agent, serve
from vnexus.topology import Endpoint, Link, NodeSpec, Topology
from vnexus.world import Clock

COMMON = ("feature lldp", "snmp-server community city group network-operator")
TOPOLOGY = Topology(
    name="agreement",
    nodes=(
        NodeSpec("core", "n7k-7.3", "N7K-C7009", "127.66.96.1",
                 (*COMMON, "interface Ethernet3/1", "  no shutdown")),
        NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", "127.66.96.2",
                 (*COMMON, "interface Ethernet1/7", "  description camera rue Haute 12")),
    ),
    links=(Link("hall", "Ethernet1/49", "core", "Ethernet3/1"),),
    endpoints=(
        Endpoint("hall", "Ethernet1/7", "camera", "cam-001", "00aa.bbcc.0001", None, 6.5,
                 transmit_bps=4_000_000),
    ),
)  # fmt: skip


class Still:
    """A clock that a test moves."""

    seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


def poll(lab: Lab, node: str) -> Poll:
    async def run() -> Poll:
        engine = Engine(random.Random(7))
        port, close = await serve(Agent(lab.world, node), "127.0.0.1", 0)
        backend = OwnBackend(engine, node, ("127.0.0.1", port), Community("city"))
        try:
            return await Poller(node, backend, standard_tables(), Clocks(time.monotonic, time.time)).poll(30)
        finally:
            engine.close()
            close()

    return asyncio.run(run())


@pytest.fixture
def lab() -> Lab:
    return Lab(TOPOLOGY, clock=Clock(Still()))


@pytest.mark.parametrize("node", ["core", "hall"])
def test_every_interface_is_exported_as_it_is(lab: Lab, node: str) -> None:
    lab.clock.advance(3600)
    outcome = poll(lab, node)
    assert (outcome.success, outcome.problem, outcome.partial) == (True, "", ())
    world, page = lab.world, outcome.page
    for name in world.states(node):
        state, counters = world.oper(node, name), world.counters(node, name)
        assert page.value(metrics.INTERFACE_UP, node, name) == state.up
        assert page.value(metrics.INTERFACE_SPEED, node, name) == state.speed_mbps * 125_000
        assert page.value(metrics.INTERFACE_RX_BYTES, node, name) == counters.rx_bytes
        assert page.value(metrics.INTERFACE_TX_BYTES, node, name) == counters.tx_bytes
        assert page.value(metrics.INTERFACE_RX_ERRORS, node, name) == counters.rx_errors


def test_power_optics_and_fans_are_exported_as_they_are(lab: Lab) -> None:
    lab.world.add_fault("psu-fail", {"node": "hall", "slot": 2})
    lab.world.add_fault("fan-fail", {"node": "hall", "fan": 1})
    page = poll(lab, "hall").page
    camera = lab.world.poe("hall", "Ethernet1/7")
    assert camera is not None
    assert page.value(metrics.POE_WATTS, "hall", "Ethernet1/7") == camera.milliwatts / 1000
    first, second = lab.world.power_supplies("hall")
    assert page.value(metrics.PSU_WATTS, "hall", "PowerSupply-1") == pytest.approx(first.drawn_watts, abs=0.1)
    assert (first.up, second.up) == (True, False)
    assert page.value(metrics.PSU_UP, "hall", "PowerSupply-2") == 0
    assert page.value(metrics.FAN_UP, "hall", "Fan Module-1") == 0
    for sensor in lab.world.sensors("hall"):
        if sensor.unit == "dbm":
            exported = page.value(metrics.SENSOR_DBM, "hall", sensor.name, sensor.port or "")
            assert exported == pytest.approx(sensor.value, abs=0.001)
