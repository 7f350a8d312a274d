"""Polling by several processes: one page; a worker that is killed comes back, nothing is missing."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from agent import metrics as m
from agent.collect.tables.load import standard_tables
from agent.errors import UsageError
from agent.flows.watch import Watch, WatchOptions
from agent.flows.workers import Workers
from agent.intent.expectation import Expectations, Target
from agent.settings import Secrets

NAMES = tuple(f"leaf-{number}" for number in range(6))


def city(port: int, *names: str) -> Expectations:
    targets = (Target(name, "127.0.0.1", port, "ro", "hall", "leaf", "n9k") for name in names)
    return Expectations(tuple(targets), (), (), ())


def use(port: int, do: Callable[[Watch, Workers], Awaitable[None]]) -> None:
    async def main() -> None:
        options = WatchOptions(interval_seconds=1, deadline_seconds=5, workers=2)
        watch = Watch(city(port, *NAMES), {"ro": "public"}, options)
        assert isinstance(watch.polling, Workers)
        try:
            async with asyncio.timeout(60):
                await watch.open()
                await do(watch, watch.polling)
        finally:
            await watch.close()

    asyncio.run(main())


async def rounds(watch: Watch, more: int) -> None:
    wanted = watch.health.polls["complete"] + more
    while watch.health.polls["complete"] < wanted:  # noqa: ASYNC110  # the timeout of the test bounds it
        await asyncio.sleep(0.02)


def test_both_workers_fill_one_page_and_one_that_dies_comes_back(snmp_port: int) -> None:
    async def do(watch: Watch, workers: Workers) -> None:
        poll = await watch.poll(NAMES[0])
        assert poll.success
        assert watch.page(NAMES[0]).value(m.INTERFACE_UP, NAMES[0], "Ethernet1/1") == 1
        stop = asyncio.Event()
        running = asyncio.create_task(watch.run(stop))
        await rounds(watch, 2 * len(NAMES))
        assert all(len(watch.block(name).families) > 10 for name in NAMES)
        assert workers.port_name(NAMES[0], 436207616) == "Ethernet1/1"
        pids = workers.pids()
        assert len(set(pids)) == 2
        os.kill(pids[0], signal.SIGKILL)
        while not workers.health.worker_restarts:
            await asyncio.sleep(0.01)
            assert all(len(watch.block(name).families) > 10 for name in NAMES)
        await rounds(watch, 3 * len(NAMES))
        assert all(len(watch.block(name).families) > 10 for name in NAMES)
        assert workers.health.worker_restarts == {0: 1}
        assert workers.pids()[1] == pids[1]
        assert watch.health.packets()["sent"] > 0
        stop.set()
        await running

    use(snmp_port, do)


def test_targets_change_while_they_work_and_mistakes_change_nothing(snmp_port: int) -> None:
    async def do(watch: Watch, workers: Workers) -> None:
        await asyncio.gather(*(watch.poll(name) for name in NAMES))
        with pytest.raises(UsageError, match="MOULIN_SECRET_RO"):
            watch.reload(city(snmp_port, "new-1"), Secrets({}))
        assert tuple(watch.targets) == NAMES
        watch.reload(city(snmp_port, NAMES[0], "new-1"))
        assert (await watch.poll("new-1")).success
        assert watch.devices() == [NAMES[0], "new-1"]
        assert len(watch.known("new-1").families[m.INTERFACE_UP.name]) == 48
        one = replace(standard_tables(), leave_out=(("interface", re.compile("Ethernet1/(?!1$)")),))
        watch.reload(city(snmp_port, NAMES[0], "new-1"), tables=one)
        await watch.poll("new-1")
        assert len(watch.known("new-1").families[m.INTERFACE_UP.name]) == 1
        watch.poll_soon("new-1", frozenset({"interfaces"}))
        polls = watch.health.polls["complete"]
        while watch.health.polls["complete"] == polls:  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    use(snmp_port, do)
