"""The inventory changes while switches stream: what did not change streams on, the rest follows."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest

from agent.collect.mdt.messages import METHOD, SERVICE
from agent.collect.mdt.server import Sender
from agent.flows.streaming import add_streams
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, Target
from agent.settings import Secrets, Settings
from tests.sim.streams.stage import CAMERA_UP, CLOCKS, one_switch, target_of, until, watching
from tests.sim.streams.test_mdt_dialout import Server, envelope, message

PASSWORD = {"admin_password": "admin", "community": "city"}


def of(*targets: Target) -> Expectations:
    return Expectations(targets, (), (), ())


def test_a_gnmi_port_that_comes_is_streamed_one_that_goes_is_not_the_rest_goes_on() -> None:
    async def main() -> None:
        with one_switch("feature grpc") as lab:
            hall = target_of(lab)
            async with watching(hall, interval=300) as stage:
                await until(lambda: stage.subscriber.held.synced)
                held, ghost = stage.subscriber.held, replace(hall, device="ghost", address="127.66.3.3")
                reconnects = held.problems["reconnect"]
                stage.watch.reload(of(hall, ghost), PASSWORD)
                assert stage.streams.gnmi is not None
                assert set(stage.streams.gnmi.subscribers) == {"hall", "ghost"}
                updates = held.updates
                await until(lambda: held.updates > updates)
                assert stage.subscriber.held is held
                assert held.problems["reconnect"] == reconnects
                stage.watch.reload(of(replace(hall, gnmi_port=None)), PASSWORD)
                assert stage.streams.gnmi.subscribers == {}
                assert stage.held("gnmi") == {}
                stage.watch.reload(of(hall), PASSWORD)
                await until(lambda: stage.held("gnmi").get(CAMERA_UP) == 1)

    asyncio.run(main())


def test_the_first_switch_that_streams_may_come_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(state=tmp_path, gnmi_trust="anything", stream_interval_seconds=1)

    async def main() -> None:
        with one_switch("feature grpc") as lab:
            watch = Watch(
                of(target_of(lab, gnmi=False)),
                {"community": "city"},
                WatchOptions(interval_seconds=300),
                clocks=CLOCKS,
            )
            add_streams(watch, settings, watch.secrets)
            await watch.open()
            stop = asyncio.Event()
            running = asyncio.create_task(watch.run(stop))
            try:
                await until(lambda: watch.holdings("hall"))
                with caplog.at_level(logging.WARNING):
                    watch.reload(of(target_of(lab)), Secrets({"community": "city"}))
                assert set(watch.holdings("hall")) == {"snmp"}
                watch.reload(of(target_of(lab)), PASSWORD)
                await until(lambda: "gnmi" in watch.holdings("hall"))
            finally:
                stop.set()
                await running
                await watch.close()

    asyncio.run(main())
    assert "admin_password" in caplog.text


def test_who_may_dial_in_follows_too() -> None:
    async def main() -> None:
        here = Sender("hall", frozenset({"127.0.0.1"}))
        async with Server("127.0.0.9") as server:
            assert await server.send([envelope(message())]) is not grpc.StatusCode.OK
            server.source.renew([here])
            async with grpc.aio.insecure_channel(f"127.0.0.1:{server.source.port}") as channel:
                call: Any = channel.stream_stream(f"/{SERVICE}/{METHOD}")()
                await call.write(envelope(message(octets="6")))
                await until(lambda: server.shown().values())
                server.source.renew([here, Sender("core", frozenset({"127.0.0.8"}))])
                await call.write(envelope(message(octets="7")))
                await until(lambda: 7 in server.shown().values())  # the same call, and nothing was forgotten
                server.source.renew([])
                assert server.source.devices() == []
                await call.write(envelope(message()))
                assert await call.code() is grpc.StatusCode.PERMISSION_DENIED

    asyncio.run(main())
