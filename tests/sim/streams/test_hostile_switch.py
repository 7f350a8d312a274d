"""A switch that is none: giant messages, garbage without end, half a gNMI. Told, counted, tried again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from pygnmi.spec.v080 import gnmi_pb2

from agent.collect.gnmi.source import GnmiSource
from agent.collect.gnmi.subscriber import LARGEST_MESSAGE, Around, Login, Subscriber
from agent.collect.gnmi.trust import Door, Trust
from agent.collect.streaming.models import grow_tree
from agent.collect.streaming.rules import standard_rules
from tests.sim.streams.stage import CLOCKS, EAGER, until
from tests.sim.streams.test_mdt_dialout import certify, write_pair

Answer = Callable[[], AsyncIterator[bytes]]
CAPABLE = gnmi_pb2.CapabilityResponse(
    supported_models=[gnmi_pb2.ModelData(name="openconfig-interfaces")], supported_encodings=[gnmi_pb2.PROTO]
).SerializeToString()
SYNC = gnmi_pb2.SubscribeResponse(sync_response=True).SerializeToString()


def update(value: int) -> bytes:
    made = gnmi_pb2.SubscribeResponse()
    one = made.update.update.add()
    for step in ("interfaces", "interface", "state", "counters", "in-octets"):
        elem = one.path.elem.add(name=step)
        if step == "interface":
            elem.key["name"] = "eth1/1"
    one.val.uint_val = value
    return bytes(made.SerializeToString())


@asynccontextmanager
async def facing(folder: Path, answer: Answer, capable: bytes = CAPABLE) -> AsyncIterator[Subscriber]:
    """A subscriber of a server that answers so."""

    async def subscribe(requests: Any, _: Any) -> AsyncIterator[bytes]:
        await anext(requests)
        async for message in answer():
            yield message

    async def capabilities(_request: bytes, _: Any) -> bytes:
        return capable

    certificate, key = write_pair(folder, "switch", certify("switch"))
    server = grpc.aio.server(options=[("grpc.max_send_message_length", -1)])
    handlers = {
        "Subscribe": grpc.stream_stream_rpc_method_handler(subscribe),
        "Capabilities": grpc.unary_unary_rpc_method_handler(capabilities),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("gnmi.gNMI", handlers),))
    pair = [(key.read_bytes(), certificate.read_bytes())]
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials(pair))
    await server.start()
    rules = standard_rules()
    around = Around(
        rules,
        grow_tree(rules),
        Trust("anything"),
        1.0,
        CLOCKS.unix,
        random.Random(EAGER),
        patience_seconds=0.5,
    )
    source = GnmiSource([Login(Door("hall", "127.0.0.1", port), "admin", "admin")], around)
    stop = asyncio.Event()
    running = asyncio.create_task(source.run(stop))
    try:
        yield source.subscribers["hall"]
    finally:
        stop.set()
        await running
        await server.stop(0)


def test_a_giant_message_ends_the_stream_not_the_watch(tmp_path: Path) -> None:
    async def answer() -> AsyncIterator[bytes]:
        yield update(5)
        yield SYNC
        yield b"\x0a" + b"x" * LARGEST_MESSAGE

    async def main() -> None:
        async with facing(tmp_path, answer) as subscriber:
            await until(lambda: "RESOURCE_EXHAUSTED" in subscriber.problem)
            await until(lambda: subscriber.held.problems["reconnect"] >= 2)
            assert len(subscriber.held.families()) == 1

    asyncio.run(main())


def test_garbage_without_end_is_no_sign_of_life(tmp_path: Path) -> None:
    async def answer() -> AsyncIterator[bytes]:
        yield update(5)
        yield SYNC
        while True:
            yield b"\xff\xff\xff"

    async def main() -> None:
        async with facing(tmp_path, answer) as subscriber:
            await until(lambda: subscriber.held.synced)
            alive = subscriber.held.at
            await until(lambda: "fell silent" in subscriber.problem)
            assert subscriber.held.problems["malformed"] > 100
            assert subscriber.held.at >= alive
            assert not subscriber.held.up

    asyncio.run(main())


def test_something_that_is_no_gnmi_is_named(tmp_path: Path) -> None:
    async def answer() -> AsyncIterator[bytes]:
        yield SYNC

    async def main() -> None:
        for capable, words in ((b"\xff\xff", "no gNMI"), (b"", "none of the OpenConfig models")):
            async with facing(tmp_path, answer, capable) as subscriber:
                await until(lambda words=words, subscriber=subscriber: words in subscriber.problem)
                assert "\n" not in subscriber.problem

    asyncio.run(main())


def test_a_stream_that_ends_is_begun_again_and_keeps_its_values(tmp_path: Path) -> None:
    numbers = iter(range(1, 100))

    async def answer() -> AsyncIterator[bytes]:
        yield update(next(numbers))
        yield SYNC

    async def main() -> None:
        async with facing(tmp_path, answer) as subscriber:
            await until(lambda: subscriber.held.problems["reconnect"] >= 2)
            await until(lambda: subscriber.held.updates >= 3)
            ((_, family),) = subscriber.held.families().items()
            assert max(family.values()) >= 3
            assert "ended the stream" in subscriber.problem or subscriber.problem == ""

    asyncio.run(main())
