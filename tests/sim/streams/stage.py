"""One switch in a lab, a watch with its streams, and the patience to see something come."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace

from agent.collect.gnmi.subscriber import Subscriber
from agent.collect.gnmi.trust import Trust
from agent.collect.poll import Clocks
from agent.flows.streams import StreamOptions, Streams, attach_streams
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, Target
from vnexus.lab import Lab
from vnexus.testing import running
from vnexus.topology import Endpoint, NodeSpec, Topology

WORKER = 100 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 100
"""Two processes that run these tests cannot have one address."""
ADDRESS = f"127.66.{WORKER}.61"
PATIENCE_SECONDS = 30.0
COMMON = ("hostname hall", "snmp-server community city group network-operator", "feature lldp")
CAMERA = Endpoint("hall", "Ethernet1/7", "camera", "cam-001", "00aa.bbcc.0001", "10.66.120.7", 6.5,
                  transmit_bps=4_000_000)  # fmt: skip
EAGER = 737
"""A seed by which pauses before the next try are short."""
CLOCKS = Clocks(time.monotonic, time.time)
CAMERA_BYTES = 'net_interface_receive_bytes_total{device="hall",interface="Ethernet1/7"} '
CAMERA_UP = 'net_interface_up{device="hall",interface="Ethernet1/7"} '


@contextmanager
def one_switch(*startup: str, profile: str = "n9k-10") -> Iterator[Lab]:
    """A building switch named hall with a camera on its port 7."""
    spec = NodeSpec("hall", profile, "N9K-C9348GC-FX3PH", ADDRESS, (*COMMON, *startup))
    with running(Topology("one", (spec,), (), (CAMERA,))) as lab:
        yield lab


def target_of(lab: Lab, *, gnmi: bool = True, device: str = "hall") -> Target:
    """The switch as an inventory would have it."""
    listen = lab.topology.listen
    target = Target(
        device, lab.nodes[device].spec.address, listen.snmp, "community", "hall", "building", "n9k"
    )
    return replace(target, gnmi_port=listen.grpc) if gnmi else target


@dataclass(frozen=True, slots=True)
class Stage:
    """A watch that runs, with its streams."""

    watch: Watch
    streams: Streams

    @property
    def subscriber(self) -> Subscriber:
        assert self.streams.gnmi is not None
        return self.streams.gnmi.subscribers["hall"]

    def shown(self, device: str = "hall") -> dict[str, float]:
        """Every series of the device's page."""
        families = self.watch.page(device).families
        return {series: value for family in families.values() for series, value in family.items()}

    def held(self, source: str, device: str = "hall") -> dict[str, float]:
        """Every series that a source holds."""
        holding = self.watch.holdings(device).get(source)
        families = holding.families if holding is not None else {}
        return {series: value for family in families.values() for series, value in family.items()}

    def health(self) -> dict[str, float]:
        """Series of the streams' own health."""
        families = self.streams.page().families
        return {series.strip(): value for family in families.values() for series, value in family.items()}


LAX = StreamOptions(interval_seconds=1, trust=Trust("anything"))


@asynccontextmanager
async def watching(
    target: Target,
    options: StreamOptions = LAX,
    password: str = "admin",  # noqa: S107 - the lab's default
    interval: float = 3.0,
) -> AsyncIterator[Stage]:
    """The watch of one switch, running."""
    watch = Watch(
        Expectations((target,), (), (), ()),
        {"community": "city"},
        WatchOptions(interval_seconds=interval),
        clocks=CLOCKS,
        chance=random.Random(1),
    )
    streams = attach_streams(watch, {"admin_password": password}, options, random.Random(EAGER))
    await watch.open()
    stop = asyncio.Event()
    running_watch = asyncio.create_task(watch.run(stop))
    try:
        yield Stage(watch, streams)
    finally:
        stop.set()
        await running_watch
        await watch.close()


async def until(true: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Return when it has come true, looked at fifty times a second; raises TimeoutError."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(seconds):
        while not true():
            moment: asyncio.Future[None] = loop.create_future()
            loop.call_later(0.02, moment.set_result, None)
            await moment


def free_port(address: str = "127.0.0.1") -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])
