"""A switch that streams without mercy, in a process of its own: bounded, counted, and the others go on."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import grpc
import pytest

from agent.collect.gnmi.source import GnmiSource
from agent.collect.gnmi.subscriber import Around, Login
from agent.collect.gnmi.trust import Door, Trust
from agent.collect.streaming.flood import PAUSE_SECONDS, Allowance, Limits
from agent.collect.streaming.models import grow_tree
from agent.collect.streaming.rules import standard_rules
from tests.sim.streams.stage import CLOCKS, EAGER, until
from tests.sim.streams.test_mdt_dialout import Server, certify, envelope, message, write_pair

SECONDS = 3.0
LIMITS = Limits(messages=200, messages_at_once=1_000)


@contextmanager
def switch(folder: Path, how: str) -> Iterator[int]:
    certificate, key = write_pair(folder, how, certify("switch"))
    command = [sys.executable, str(Path(__file__).with_name("flooder.py")), str(certificate), str(key), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def test_a_flood_costs_what_its_limit_allows_and_nobody_else_anything(tmp_path: Path) -> None:
    async def main(ports: dict[str, int]) -> None:
        rules = standard_rules()
        around = Around(
            rules, grow_tree(rules), Trust("anything"), 1.0, CLOCKS.unix, random.Random(EAGER), LIMITS
        )
        logins = [Login(Door(how, "127.0.0.1", port), "admin", "admin") for how, port in ports.items()]
        source = GnmiSource(logins, around)
        stop = asyncio.Event()
        running = asyncio.create_task(source.run(stop))
        flood, calm = (source.subscribers[how].held for how in ("flood", "calm"))
        try:
            await until(lambda: flood.problems["flood"] and calm.synced)
            told, heard, dropped = flood.messages, calm.messages, flood.problems["flood"]
            spent, begun = time.thread_time(), time.monotonic()
            await asyncio.sleep(SECONDS)
            passed, spent = time.monotonic() - begun, time.thread_time() - spent
            assert 0 < flood.messages - told <= LIMITS.messages * passed + 1
            assert 0 < flood.problems["flood"] - dropped <= passed / PAUSE_SECONDS + 1
            assert calm.messages - heard >= 3  # of 15: this machine may be busy with other things
            assert calm.problems["flood"] == 0
            assert flood.up
            assert spent < 0.5 * passed
        finally:
            stop.set()
            await running

    with ExitStack() as stack:
        asyncio.run(main({how: stack.enter_context(switch(tmp_path, how)) for how in ("flood", "calm")}))


def test_when_it_is_calm_again_everything_is_asked_anew(tmp_path: Path) -> None:
    allowance = Allowance(Limits(messages=10, messages_at_once=10), 0.0)
    assert [allowance.take(1, 0.0) for _ in range(12)].count(False) == 2
    assert not allowance.recovered()
    assert allowance.take(1, 0.4)
    assert not allowance.recovered()
    assert allowance.take(1, 1.0)
    assert allowance.recovered()
    assert not allowance.recovered()


@pytest.mark.parametrize(
    "limits", [Limits(messages_at_once=5, messages=0.01), Limits(bytes_at_once=400, bytes=1)]
)
def test_dialling_in_is_bounded_too(limits: Limits) -> None:
    async def main() -> None:
        async with Server(limits=limits) as server:
            await server.send([envelope(message(octets=str(number))) for number in range(1, 12)])
            assert server.source.held()[0].problems["flood"] > 3
            assert 0 < max(server.shown().values()) < 8

    asyncio.run(main())


def test_after_a_flood_the_switch_is_hung_up_so_that_it_says_everything_again() -> None:
    async def main() -> None:
        limits = Limits(messages_at_once=4, messages=20)
        async with Server(limits=limits) as server:
            flood = [envelope(message(octets=str(number))) for number in range(1, 7)]
            await server.send(flood)
            assert server.source.held()[0].problems["flood"] > 0
            await asyncio.sleep(0.3)  # by the limits, it is calm then
            assert await server.send([envelope(message())]) is not grpc.StatusCode.OK
            assert server.source.refused == {"flood": 1}
            assert await server.send([envelope(message(octets="77"))]) is grpc.StatusCode.OK
            assert 77 in server.shown().values()

    asyncio.run(main())
