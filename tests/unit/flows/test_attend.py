"""What runs beside a watch: senders, keeper, and what follows a new inventory."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace
from pathlib import Path

import pytest

from agent import metrics as m
from agent.collect.poll import Clocks
from agent.collect.probes.prober import Prober
from agent.errors import StoreError
from agent.flows.attend import attend, senders_of
from agent.flows.notices import EventCounts, Keeper
from agent.flows.probing import Probing
from agent.flows.watch import Watch
from agent.intent.city import City
from agent.intent.expect import expect
from agent.intent.expectation import ExpectedPort, ExpectedProbe
from agent.intent.load import load_city
from agent.records import Event
from agent.settings import Secrets, Settings
from agent.store.events import EventStore
from agent.store.timeline import Timeline

CLOCKS = Clocks(time.monotonic, time.time)
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def bellerive() -> City:
    return load_city(ROOT / "inventory")


def probe(endpoint: str, every: float = 30.0) -> ExpectedProbe:
    port = ExpectedPort("hall", "Ethernet1/7", "camera", "cctv", "mairie", "city", endpoint, "rue Haute 12")
    return ExpectedProbe(port, "tcp", "tcp", "127.0.0.1", 9, every, 1.0)


def test_traps_come_from_where_a_switch_is_polled_managed_or_routed(bellerive: City) -> None:
    senders = senders_of(expect(bellerive))
    host = bellerive.hosts["core-1"]
    for address in (host.hostname, host.management, host.loopback):
        assert senders[str(address)] == "core-1"


def test_the_feeds_join_and_follow_the_inventory(bellerive: City, tmp_path: Path) -> None:
    watch = Watch(expect(bellerive), {"snmp_ro": "public"})
    settings = Settings(state=tmp_path, traps_listen="127.0.0.1:0", syslog_listen="127.0.0.1:0")
    remarks = attend(watch, bellerive, Secrets({"snmp_ro": "public"}), settings)
    assert remarks[-3].startswith("listening for traps on 127.0.0.1:")
    assert remarks[-2].startswith("listening for syslog on 127.0.0.1:")
    assert remarks[-1].startswith("drift is not checked: secret 'admin_password' is not set")
    names = ["events", "objectives", "stream-news", "traps", "syslog", "probes"]
    assert [feed.name for feed in watch._feeds] == names
    _, _, _, notices, syslog, probing = watch._feeds
    assert isinstance(probing, Probing)
    asked = len(probing.prober.states)
    assert asked > 600
    few = replace(
        watch.expectations, targets=watch.expectations.targets[:1], probes=watch.expectations.probes[:3]
    )
    watch.expectations = few
    for told in watch.on_reload:
        told()
    assert len(probing.prober.states) == 3
    assert set(notices.gate.senders.values()) == {few.targets[0].device}  # type: ignore[attr-defined]
    assert set(syslog.intake.gate.senders.values()) == {few.targets[0].device}  # type: ignore[attr-defined]

    async def end() -> None:
        stop = asyncio.Event()
        stop.set()
        await notices.run(stop)
        await syslog.run(stop)

    asyncio.run(end())


def test_a_probe_that_stays_keeps_what_is_known_of_it() -> None:
    prober = Prober(CLOCKS, random.Random(1))
    prober.renew([probe("a"), probe("b")])
    first = {state.probe.port.endpoint: state for state in prober.states}
    prober.renew([probe("b"), probe("c")])
    second = {state.probe.port.endpoint: state for state in prober.states}
    assert list(second) == ["b", "c"]
    assert second["b"] is first["b"]
    prober.renew([probe("b", every=60.0), probe("c")])
    assert {state.probe.port.endpoint: state for state in prober.states}["b"] is not first["b"]


def run_keeper(keeper: Keeper) -> None:
    async def main() -> None:
        stop = asyncio.Event()
        work = asyncio.create_task(keeper.run(stop))
        await asyncio.sleep(0)
        stop.set()
        await work

    asyncio.run(main())


def test_the_keeper_writes_what_the_timeline_hears_and_begins_with_what_was_kept(tmp_path: Path) -> None:
    store = EventStore(tmp_path)
    keeper = Keeper(Timeline(), store, time.time)
    keeper.start()
    event = Event(time.time(), "hall", "link-down", "Ethernet1/7")
    keeper.timeline.add(event)
    run_keeper(keeper)
    assert store.recent() == (event,)
    again = Keeper(Timeline(), store, time.time)
    again.start()
    assert again.timeline.recent() == (event,)
    run_keeper(again)
    assert store.recent() == (event,)  # not written twice
    flap = replace(event, kind="flapping")
    again.timeline.amend(0, event, flap)
    again.timeline.amend(again.timeline.add(event), event, None)
    run_keeper(again)
    assert store.recent() == again.timeline.recent() == (flap,)
    store.close()


def test_a_database_that_refuses_costs_the_past_not_the_present(tmp_path: Path) -> None:
    class Refusing(EventStore):
        def amend(self, amendments: object) -> None:
            raise StoreError("no room")

        def prune(self, now: float, **_: object) -> int:
            raise StoreError("no room")

    store = Refusing(tmp_path)
    keeper = Keeper(Timeline(), store, time.time)
    keeper.start()
    counts = EventCounts(keeper)
    keeper.timeline.follow(counts.note)
    for number in range(3):
        keeper.timeline.add(Event(float(number), "hall", "link-down"))
    run_keeper(keeper)
    store.close()
    assert len(keeper.timeline) == 3
    assert counts.page().value(m.EVENTS_UNSAVED) == 3
    assert counts.page().value(m.EVENTS, "hall", "link-down", "info") == 3
