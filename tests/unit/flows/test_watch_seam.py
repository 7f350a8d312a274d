"""What joins a watch: sources on its pages, feeds beside its polls, polls for a reason."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from agent import metrics as m
from agent.collect.poll import Clocks, Poll, Poller
from agent.collect.source import Holding
from agent.flows import watch as watch_module
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, Target
from agent.metrics import Page, Sample, name_series


@dataclass
class Held:
    """A source of one device."""

    holdings: dict[str, Holding]
    name: str = "gnmi"

    def devices(self) -> list[str]:
        return list(self.holdings)

    def holding(self, device: str) -> Holding | None:
        return self.holdings.get(device)


@dataclass
class Feeding:
    """A feed that fails so many times before it runs."""

    failures: int
    starts: int = 0
    stopped: bool = False
    name: str = "traps"

    async def run(self, stop: asyncio.Event) -> None:
        self.starts += 1
        if self.starts <= self.failures:
            raise OSError("port taken")
        await stop.wait()
        self.stopped = True


@dataclass
class Polled:
    """Stands in for the poll of a device: counts, and answers."""

    calls: list[frozenset[str]] = field(default_factory=list)

    async def poll(self, _: float, only: frozenset[str] = frozenset()) -> Poll:
        self.calls.append(only)
        await asyncio.sleep(0)
        page = Page()
        page.add(Sample(m.UPTIME, ("core-1",), 1))
        return Poll("core-1", time.time(), 0.01, success=True, problem="", page=page)


@pytest.fixture
def polled(monkeypatch: pytest.MonkeyPatch) -> Polled:
    """The real schedule over a device that answers at once."""
    stand_in = Polled()
    monkeypatch.setattr(Poller, "poll", stand_in.poll)
    return stand_in


def use(do: Callable[[Watch], Awaitable[None]]) -> None:
    async def main() -> None:
        target = Target("core-1", "127.0.0.1", 9, "ro", "hall", "core", "n7k")
        watch = Watch(
            Expectations((target,), (), (), ()),
            {"ro": "public"},
            WatchOptions(soon_seconds=0.02, interval_seconds=3600),
            clocks=Clocks(time.monotonic, time.time),
            chance=random.Random(1),
        )
        await watch.open()
        try:
            async with asyncio.timeout(20):
                await do(watch)
        finally:
            await watch.close()

    asyncio.run(main())


def test_a_source_joins_the_page_and_brings_devices_of_its_own(polled: Polled) -> None:
    async def do(watch: Watch) -> None:
        up = name_series(m.INTERFACE_UP, ("core-1", "Ethernet1/1"))
        held = Holding({m.INTERFACE_UP.name: {up: 1}}, time.time(), 10)
        watch.add_source(Held({"core-1": held, "camera-7": held}))
        await watch.poll("core-1")
        page = watch.page("core-1")
        assert page.value(m.INTERFACE_UP, "core-1", "Ethernet1/1") == 1
        assert page.value(m.UPTIME, "core-1") == 1
        assert watch.devices() == ["core-1", "camera-7"]
        with pytest.raises(ValueError, match="gnmi"):
            watch.add_source(Held({}))

    use(do)


def test_reasons_that_come_together_make_one_poll(polled: Polled) -> None:
    async def do(watch: Watch) -> None:
        for groups in ({"interfaces"}, {"poe"}, {"interfaces"}):
            watch.poll_soon("core-1", frozenset(groups))
        while not polled.calls:  # noqa: ASYNC110  # the timeout of the test bounds it
            await asyncio.sleep(0.005)
        assert polled.calls == [{"interfaces", "poe"}]
        watch.poll_soon("core-1", frozenset({"poe"}))
        watch.poll_soon("core-1")  # no group: all that is due
        while len(polled.calls) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        assert polled.calls[1] == frozenset()
        with pytest.raises(KeyError):
            watch.poll_soon("nowhere")

    use(do)


def test_a_reason_during_a_poll_is_not_answered_by_that_poll(polled: Polled) -> None:
    async def do(watch: Watch) -> None:
        watch.polling.options = WatchOptions(soon_seconds=0)
        running = asyncio.create_task(watch.poll("core-1"))
        await asyncio.sleep(0)
        watch.poll_soon("core-1", frozenset({"poe"}))
        await running
        while len(polled.calls) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        assert polled.calls == [frozenset(), {"poe"}]

    use(do)


def test_a_feed_that_fails_is_counted_and_started_again(
    polled: Polled, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watch_module, "FEED_PAUSE_SECONDS", (0.01, 0.02))

    async def do(watch: Watch) -> None:
        feed, stop = Feeding(failures=3), asyncio.Event()
        watch.add_feed(feed)
        running = asyncio.create_task(watch.run(stop))
        while feed.starts < 4 or not polled.calls:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        stop.set()
        await running
        assert feed.stopped
        assert watch.health.feed_failures == {"traps": 3}
        assert "port taken" in caplog.text

    use(do)
