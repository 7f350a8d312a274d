"""The watch: coalescing, schedule, staleness, and one device that never harms another."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
import requests

from agent import metrics as m
from agent.collect.poll import Clocks, Poll, Poller
from agent.errors import UsageError
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, Target
from agent.settings import Secrets
from agent.web.serve import RunningWatch, open_listener, read_listen

Result = TypeVar("Result")
CAMERAS = ("axiscam_box", "axiscam_p1455-le")


class Time:
    """Unix time that a test can move."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def unix(self) -> float:
        return time.time() + self.ahead


def city(address: tuple[str, int], *names: str) -> Expectations:
    targets = (Target(name, *address, name, "hall", "camera", "axis") for name in names)
    return Expectations(tuple(targets), (), (), ())


def use(expectations: Expectations, do: Callable[[Watch, Time], Awaitable[Result]], **options: Any) -> Result:
    async def main() -> Result:
        moved = Time()
        watch = Watch(
            expectations,
            {target.community: target.community for target in expectations.targets},
            WatchOptions(**options),
            clocks=Clocks(time.monotonic, moved.unix),
            chance=random.Random(4),
        )
        await watch.open()
        try:
            return await do(watch, moved)
        finally:
            await watch.close()

    return asyncio.run(main())


def test_polls_of_one_device_coalesce(responder: Any) -> None:
    async def do(watch: Watch, _: Time) -> None:
        polls = await asyncio.gather(*(watch.fresh(CAMERAS[0]) for _ in range(8)))
        assert all(poll is polls[0] for poll in polls)
        assert watch.health.polls == {"complete": 1}
        assert (await watch.fresh(CAMERAS[0])) is polls[0]  # young enough
        assert (await watch.poll(CAMERAS[0])) is not polls[0]

    use(city(responder.address, CAMERAS[0]), do)


def test_what_is_too_old_is_not_shown(responder: Any) -> None:
    async def do(watch: Watch, moved: Time) -> None:
        name = CAMERAS[0]
        await watch.poll(name)
        assert watch.page(name).value(m.INTERFACE_UP, name, "eth0") == 1
        moved.ahead = 2.4 * 10
        assert watch.page(name).value(m.INTERFACE_UP, name, "eth0") == 1
        moved.ahead = 2.6 * 10
        page = watch.page(name)
        assert page.value(m.POLL_TIMESTAMP, name) is not None
        assert not [family for family in page.families if family.startswith("net_")]

    use(city(responder.address, CAMERAS[0]), do, interval_seconds=10.0)


def test_a_failed_poll_keeps_the_last_values_for_a_while(
    responder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def do(watch: Watch, moved: Time) -> None:
        name = CAMERAS[0]
        await watch.poll(name)

        async def crash(*_: object) -> Poll:
            raise RuntimeError("a bug")

        monkeypatch.setattr(Poller, "poll", crash)
        poll = await watch.poll(name)
        assert (poll.success, "RuntimeError: a bug" in poll.problem) == (False, True)
        assert watch.page(name).value(m.POLL_SUCCESS, name) == 0
        assert watch.page(name).value(m.INTERFACE_UP, name, "eth0") == 1
        moved.ahead = 30
        page = watch.page(name)
        assert page.value(m.POLL_SUCCESS, name) == 0
        assert not [family for family in page.families if family.startswith("net_")]

    use(city(responder.address, CAMERAS[0]), do, interval_seconds=10.0)


def test_the_schedule_goes_on_and_ends_when_told(responder: Any) -> None:
    """A silent device is in the city; the others keep their pace."""
    expectations = city(responder.address, *CAMERAS)
    silent = Target("silent", "127.0.0.254", 9, "silent", "hall", "leaf", "n9k")
    expectations = Expectations((*expectations.targets, silent), (), (), ())

    async def do(watch: Watch, _: Time) -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(watch.run(stop))
        async with asyncio.timeout(30):
            while watch.health.polls["complete"] < 6:  # noqa: ASYNC110  # its own timeout bounds it
                await asyncio.sleep(0.01)
        stop.set()
        async with asyncio.timeout(5):
            await running
        assert watch.health.outcomes.keys() >= set(CAMERAS)
        assert watch.health.outcomes.get("silent", "failed") == "failed"

    use(expectations, do, interval_seconds=1.5)


def test_a_missing_secret_is_told_at_the_start(responder: Any) -> None:
    expectations = city(responder.address, CAMERAS[0])
    running = RunningWatch(lambda: Watch(expectations, Secrets({})), "127.0.0.1:0")
    with pytest.raises(UsageError, match="MOULIN_SECRET_AXISCAM_BOX"):
        running.start()


def test_a_running_watch_answers_from_its_thread_and_ends(responder: Any) -> None:
    expectations = city(responder.address, *CAMERAS)
    before = threading.active_count()
    secrets = {name: name for name in CAMERAS}
    with RunningWatch(lambda: Watch(expectations, secrets), "127.0.0.1:0") as running:
        text = requests.get(f"{running.url}/probe", params={"target": CAMERAS[1]}, timeout=20).text
        assert "net_sensor_celsius" in text
        metrics = requests.get(f"{running.url}/metrics", timeout=20).text
        assert 'moulin_polls_total{outcome="complete"}' in metrics
        assert 'moulin_scrapes_total{path="/probe",status="200"} 1.0' in metrics
    assert threading.active_count() <= before + 1  # the default executor may keep a resolver thread
    with pytest.raises(requests.ConnectionError):
        requests.get(running.url, timeout=2)


def test_addresses_that_cannot_be_listened_on() -> None:
    for wrong in ("9469", "host:", "127.0.0.1:70000", ":9469"):
        with pytest.raises(UsageError, match="HOST:PORT"):
            read_listen(wrong)
    with open_listener("127.0.0.1:0") as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match="choose another with --listen"):
            open_listener(f"127.0.0.1:{port}")
