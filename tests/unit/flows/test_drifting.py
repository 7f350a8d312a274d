"""Who is compared with the intent, when, and what is told of it; the reading of switches is played."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agent import metrics as m
from agent.check.drift import Drift
from agent.check.who import Author
from agent.collect.poll import Clocks
from agent.errors import UnreachableError, UsageError
from agent.flows import drifting
from agent.flows.comparing import Comparing, Ours
from agent.flows.drifting import Drifting
from agent.flows.watch import Watch
from agent.intent.expectation import Expectations, Target
from agent.metrics import Page, Sample
from agent.records import Event
from agent.settings import Secrets, Settings

NOON = 1_795_348_800.0
DEVICES = tuple(f"sw-{number}" for number in range(8))
EVE = Author("eve", "Sun Nov 22 12:00:00 2026", "10.66.2.7@pts/3", "vlan 7")


@dataclass
class Played(Comparing):
    """Answers what it is told, and counts."""

    drifts: dict[str, Drift] = field(default_factory=dict)
    change: Ours | None = None
    read: Counter[str] = field(default_factory=Counter)
    busy: int = 0
    most: int = 0
    gate: threading.Event = field(default_factory=threading.Event)

    def knows(self, device: str) -> bool:
        return device != "sw-7"

    def user(self, device: str) -> str:
        return "moulin"

    def ours(self, device: str, heard_at: float) -> Ours | None:
        return self.change

    def compare(self, device: str) -> Drift:
        self.read[device] += 1
        self.busy += 1
        self.most = max(self.most, self.busy)
        assert self.gate.wait(20)
        self.busy -= 1
        if device == "sw-6":
            raise UnreachableError(device, "no answer on port 22", hint="check VRF management")
        return self.drifts.get(device, Drift(device, (), ()))


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drifting, "SETTLE_SECONDS", 0.05)
    monkeypatch.setattr(drifting, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(drifting, "REST_SECONDS", (0.05, 0.4))


def play(
    do: Callable[[Watch, Played, Drifting], Awaitable[None]], *events: Event
) -> tuple[Watch, Played, Drifting]:
    """A watch that polls nobody, with its drift feed, while ``do`` runs."""

    async def main() -> tuple[Watch, Played, Drifting]:
        loop = asyncio.get_running_loop()
        targets = tuple(Target(name, "127.0.0.1", 161, "ro", "hall", "core", "n9k") for name in DEVICES)
        watch = Watch(Expectations(targets, (), (), ()), {}, clocks=Clocks(loop.time, lambda: NOON))
        watch.timeline.fill(events)
        played = Played(Settings(state=Path("nowhere")), Secrets({}))
        played.gate.set()
        feed = Drifting(watch, played)
        feed.join()
        stop = asyncio.Event()
        work = asyncio.create_task(feed.run(stop))
        try:
            await do(watch, played, feed)
        finally:
            played.gate.set()
            stop.set()
            await work
        return watch, played, feed

    return asyncio.run(main())


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110  # its own timeout bounds it
            await asyncio.sleep(0.01)


def configured(device: str = "sw-1", source: str = "trap", **fields: str) -> Event:
    return Event(NOON, device, "config-changed", text="configured", fields=fields, source=source)


def drifted(device: str = "sw-1", *lines: str, authors: tuple[Author, ...] = ()) -> Drift:
    return Drift(device, lines or ("- vlan 7",), (), authors=authors)


def told(watch: Watch, kind: str) -> list[Event]:
    return [event for event in watch.timeline.recent() if event.kind == kind]


def test_a_foreign_change_is_told_once_with_its_author() -> None:
    async def do(watch: Watch, played: Played, feed: Drifting) -> None:
        played.drifts["sw-1"] = drifted("sw-1", " vlan", "- vlan 7", "+ vlan 8", authors=(EVE,))
        place = watch.timeline.add(configured())
        trap = watch.timeline.at(place)
        assert trap is not None
        watch.timeline.amend(place, trap, configured(source="trap+syslog", user="bob", address="1.2.3.4"))
        await until(lambda: bool(told(watch, "config-drift")))
        watch.timeline.add(configured())
        await until(lambda: played.read["sw-1"] == 2)

    watch, _, feed = play(do)
    (event,) = told(watch, "config-drift")
    assert event.text == "eve from 10.66.2.7@pts/3 made 2 lines differ from the intent"
    assert event.fields == {"user": "eve", "address": "10.66.2.7@pts/3", "lines": "2", "heard": "trap+syslog"}
    assert watch.drifted["sw-1"].lines == 2
    assert feed.page().value(m.CONFIG_DRIFT_LINES, "sw-1") == 2
    assert feed.page().value(m.DRIFT_CHECKS, "drifted") == 2


def test_where_the_accounting_log_is_silent_the_message_tells_who() -> None:
    async def do(watch: Watch, played: Played, feed: Drifting) -> None:
        played.drifts["sw-1"] = drifted()
        watch.timeline.add(configured(user="bob", address="10.66.2.9"))
        await until(lambda: "sw-1" in watch.drifted)

    watch, *_ = play(do)
    assert watch.drifted["sw-1"].who == "bob from 10.66.2.9"


def test_our_change_is_labelled_and_waited_for_and_nobodys_drift() -> None:
    async def do(watch: Watch, played: Played, feed: Drifting) -> None:
        played.change = Ours(12, running=True)
        watch.timeline.add(configured())
        await until(lambda: "change" in watch.timeline.recent(1)[0].fields)
        assert played.read["sw-1"] == 0
        played.change = Ours(12, running=False)
        played.drifts["sw-1"] = drifted("sw-1", authors=(Author("moulin", "", "", ""),))
        await until(lambda: "sw-1" in watch.drifted)

    watch, _, feed = play(do)
    (event,) = watch.timeline.recent()
    assert event.text == "configured (our change 12)"
    assert watch.drifted["sw-1"].change == 12
    assert feed.page().value(m.DRIFT_CHECKS, "own") == 1


def test_what_another_does_during_our_change_is_foreign() -> None:
    async def do(watch: Watch, played: Played, feed: Drifting) -> None:
        played.change, played.drifts["sw-1"] = Ours(12, running=False), drifted(authors=(EVE,))
        watch.timeline.add(configured())
        await until(lambda: bool(told(watch, "config-drift")))

    watch, *_ = play(do)
    assert (watch.drifted["sw-1"].user, watch.drifted["sw-1"].change) == ("eve", None)


def test_back_in_line_is_told() -> None:
    async def do(watch: Watch, played: Played, feed: Drifting) -> None:
        played.drifts["sw-1"] = drifted()
        watch.timeline.add(configured())
        await until(lambda: "sw-1" in watch.drifted)
        played.drifts.clear()
        watch.timeline.add(configured())
        await until(lambda: bool(told(watch, "config-in-line")))

    _, _, feed = play(do)
    assert feed.page().value(m.CONFIG_DRIFT_LINES, "sw-1") == 0


def test_many_events_are_one_reading_and_few_readings_go_on_at_once() -> None:
    async def do(watch: Watch, played: Played, feed: Drifting) -> None:
        played.gate.clear()
        for _ in range(20):
            for device in DEVICES:
                watch.timeline.add(configured(device))
        await until(lambda: played.busy == drifting.AT_ONCE)
        await asyncio.sleep(0.2)
        played.gate.set()
        await until(lambda: len(watch.drifted) == 7)

    watch, played, feed = play(do)
    assert "sw-5" in watch.drifted
    assert played.most == drifting.AT_ONCE
    assert max(played.read.values()) == 1
    assert "sw-7" not in watch.drifted  # not one whose configuration is ours
    assert "no answer" in watch.drifted["sw-6"].problem
    assert feed.page().value(m.DRIFT_CHECKS, "failed") == 1


def test_whoever_says_all_the_time_that_he_was_configured_is_read_less_often() -> None:
    async def do(watch: Watch, played: Played, feed: Drifting) -> None:
        async with asyncio.timeout(20):
            while played.read["sw-1"] < 5:
                watch.timeline.add(configured())
                await asyncio.sleep(0.02)
        assert feed._rests["sw-1"][1] == 0.4

    play(do)


def test_a_poll_tells_what_nobody_told() -> None:
    async def do(watch: Watch, played: Played, feed: Drifting) -> None:
        pages = {"sw-1": 10.0}

        def known(device: str) -> Page:
            page = Page()
            page.add(Sample(m.CONFIG_CHANGED, (device,), pages[device]))
            return page

        watch.known = known  # type: ignore[method-assign]
        feed._look("sw-1")
        feed._look("sw-1")
        assert len(watch.timeline) == 0
        pages["sw-1"] = 20.0
        feed._polled_at["sw-1"] = (NOON - 600, NOON - 300)
        feed._look("sw-1")
        assert feed._asked["sw-1"].since == NOON - 600  # a change of ours since then explains it
        assert [event.source for event in watch.timeline.recent()] == ["poll"]
        watch.timeline.add(configured())
        pages["sw-1"] = 30.0
        feed._look("sw-1")
        assert len(watch.timeline) == 2  # a trap has told
        await until(lambda: "sw-1" in watch.drifted)

    play(do)


def test_what_differed_before_a_restart_or_a_new_intent_is_read_again() -> None:
    before = Event(NOON - 60, "sw-1", "config-drift", fields={"user": "eve", "heard": "syslog"})
    mended = (Event(NOON, "sw-2", "config-drift"), Event(NOON, "sw-2", "config-in-line"))

    async def do(watch: Watch, played: Played, feed: Drifting) -> None:
        played.drifts["sw-1"] = drifted()
        await until(lambda: "sw-1" in watch.drifted)
        played.drifts.clear()
        for call in watch.on_reload:
            call()
        await until(lambda: not watch.drifted["sw-1"].lines)

    watch, played, _ = play(do, before, *mended)
    assert played.read == {"sw-1": 2}
    assert watch.drifted["sw-1"].user == "eve"
    assert len(told(watch, "config-in-line")) == 2
    assert len(told(watch, "config-drift")) == 2


def test_without_a_password_it_is_told_at_once() -> None:
    settings = Settings(inventory=Path(__file__).parents[3] / "inventory", state=Path("nowhere"))
    with pytest.raises(UsageError, match="admin_password"):
        Comparing(settings, Secrets({})).test()
