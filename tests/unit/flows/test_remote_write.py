"""What is put into the queues: whose series, with which labels, and their end."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

from agent import metrics as m
from agent.collect.poll import Clocks, Poll
from agent.export.remote.destination import Destination
from agent.export.remote.wire import Group, unpack_group
from agent.flows.remote_write import RemoteWrite, join_remote_write
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, ExpectedPort, Target
from agent.metrics import Page, Sample, name_series


def port(interface: str, tenant: str) -> ExpectedPort:
    return ExpectedPort("leaf-1", interface, "server", "hosting", "hall", tenant, interface, "rack")


class Time:
    now = 1_000.0

    def unix(self) -> float:
        return self.now


def make(folder: Path, *destinations: Destination) -> tuple[Watch, RemoteWrite, Time]:
    target = Target("leaf-1", "127.0.0.1", 9, "ro", "hall", "leaf", "n9k")
    ports = (port("Ethernet1/1", "schools"), port("Ethernet1/10", "bakery"))
    clock = Time()
    watch = Watch(
        Expectations((target,), ports, (), ()),
        {"ro": "public"},
        WatchOptions(interval_seconds=10),
        clocks=Clocks(time.monotonic, clock.unix),
        chance=random.Random(1),
    )
    feed = join_remote_write(watch, destinations, folder, {})
    for sender in feed.senders:
        sender.queue.open()
    return watch, feed, clock


def polled(watch: Watch, at: float, *interfaces: str) -> None:
    page = Page()
    for name in interfaces:
        page.add(Sample(m.INTERFACE_UP, ("leaf-1", name), 1))
    page.add(Sample(m.UPTIME, ("leaf-1",), at))
    watch.polling.note(Poll("leaf-1", at, 0.0, success=True, problem="", page=page))


def taken(feed: RemoteWrite, number: int = 0) -> list[Group]:
    queue, groups = feed.senders[number].queue, []
    while record := queue.read():
        groups.append(unpack_group(record.body))
    return groups


def series(interface: str) -> str:
    return name_series(m.INTERFACE_UP, ("leaf-1", interface))


def test_each_poll_is_written_once_with_the_labels_of_a_scrape(tmp_path: Path) -> None:
    watch, feed, clock = make(
        tmp_path, Destination(name="a", url="http://x", labels={"replica": "1", "site": "z"})
    )
    polled(watch, clock.now, "Ethernet1/1")
    feed.collect_devices()
    feed.collect_devices()
    (group,) = taken(feed)
    assert dict(group.target) == {
        "instance": "leaf-1",
        "job": "switches",
        "platform": "n9k",
        "replica": "1",
        "role": "leaf",
        "site": "hall",
    }
    assert group.at_ms == 1_000_000
    assert group.values[series("Ethernet1/1")] == 1
    assert group.values["up "] == 1


def test_what_goes_and_who_is_silent_ends(tmp_path: Path) -> None:
    watch, feed, clock = make(tmp_path, Destination(name="a", url="http://x"))
    polled(watch, clock.now, "Ethernet1/1", "Ethernet1/10")
    feed.collect_devices()
    clock.now += 10
    polled(watch, clock.now, "Ethernet1/1")
    feed.collect_devices()
    clock.now += 26  # no word for more than 2.5 intervals
    feed.collect_devices()
    first, second, third = taken(feed)
    assert first.values[series("Ethernet1/10")] == 1
    assert second.values[series("Ethernet1/10")] is None
    assert second.values[series("Ethernet1/1")] == 1
    assert third.values[series("Ethernet1/1")] is None
    assert series("Ethernet1/10") not in third.values


def test_a_tenant_gets_its_own_ports_and_nothing_else(tmp_path: Path) -> None:
    city = Destination(name="city", url="http://x")
    schools = Destination(name="schools", url="http://x", tenant="schools", org="schools")
    watch, feed, clock = make(tmp_path, city, schools)
    polled(watch, clock.now, "Ethernet1/1", "Ethernet1/10", "Ethernet1/100")
    feed.collect_devices()
    feed.collect_own()
    assert len(taken(feed)) == 2
    device, own = taken(feed, 1)
    assert list(device.values) == [series("Ethernet1/1")]
    assert dict(device.target)["tenant"] == "schools"
    assert own.values
    assert all('device="leaf-1",interface="Ethernet1/1"' in key for key in own.values)


def test_health_of_the_queue_is_told(tmp_path: Path) -> None:
    watch, feed, clock = make(tmp_path, Destination(name="a", url="http://x"))
    polled(watch, clock.now, "Ethernet1/1")
    feed.collect_devices()
    page = feed.health_page()
    assert page.value(m.REMOTE_WAITING, "a") == 4  # port, uptime, time of the poll, up
    assert page.value(m.REMOTE_DROPPED, "a", "full") == 0
    assert (page.value(m.REMOTE_BYTES, "a") or 0) > 50
    asyncio.run(watch.close())
