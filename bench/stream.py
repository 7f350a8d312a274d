"""What a streamed value costs, from the socket to the last-value store: python bench/stream.py [--write]

The load comes from another process (``bench/stream_load.py``). The peer in the same run is what clients
usually do: the published messages, and every path walked into a text that is the key.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from pygnmi.spec.v080 import gnmi_pb2
from section import write_section

from agent.collect.gnmi.messages import SUBSCRIBE
from agent.collect.gnmi.reader import Reader
from agent.collect.mdt import server as mdt
from agent.collect.mdt.messages import ENVELOPE, METHOD, SERVICE, TELEMETRY
from agent.collect.streaming.held import Held
from agent.collect.streaming.models import ModelReader, grow_tree
from agent.collect.streaming.rules import standard_rules

ROOT = Path(__file__).parents[1]
LOAD = ROOT / "bench" / "stream_load.py"
STREAMS, MESSAGES, ROUNDS = 8, 2_000, 3
OPTIONS = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_receive_message_length", 16 << 20)]
Take = Callable[[bytes], object]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- gNMI ---------------------------------------------------------------------------------------------------


def ours() -> Take:
    """Moulin's reader, with its rules, for one device."""
    rules, held = standard_rules(), Held("switch", 10)
    reader = Reader(held, ModelReader(grow_tree(rules), held, lambda _: 10.0))
    return reader.read


def naive() -> Take:
    """The published messages; the key is the path as text."""
    store: dict[str, object] = {}

    def take(data: bytes) -> None:
        notification = gnmi_pb2.SubscribeResponse.FromString(data).update
        for update in notification.update:
            path = ""
            for elem in update.path.elem:
                path += "/" + elem.name
                for key, value in sorted(elem.key.items()):
                    path += f"[{key}={value}]"
            store[path] = getattr(update.val, update.val.WhichOneof("value"))

    return take


def parsed() -> Take:
    """The published messages, nothing done with them."""
    return gnmi_pb2.SubscribeResponse.FromString


def dropped() -> Take:
    """Bytes, nothing done with them."""
    return len


async def subscribe(port: int, make: Callable[[], Take]) -> tuple[float, int]:
    """(CPU seconds, updates) of eight streams, each a device."""
    takes = [make() for _ in range(STREAMS)]
    count = 0

    async def one(take: Take) -> None:
        nonlocal count
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=OPTIONS) as channel:
            call = channel.stream_stream(SUBSCRIBE)()
            await call.write(b"")
            number = 0
            while isinstance(data := await call.read(), bytes):
                take(data)
                # eleven messages of fifty updates, then one of the 26 that are left
                count += 26 if number % 12 == 11 else 50
                number += 1

    begun = time.process_time()
    await asyncio.gather(*(one(take) for take in takes))
    return time.process_time() - begun, count


def measure_gnmi() -> list[str]:
    kinds = {
        "Moulin: path as it stands on the wire to its series": ours,
        "published messages, path walked into text": naive,
        "published messages parsed, nothing stored": parsed,
        "transport only, bytes dropped": dropped,
    }
    port = free_port()
    rates: dict[str, list[float]] = {name: [] for name in kinds}
    command = [sys.executable, str(LOAD), "gnmi", str(port), str(MESSAGES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as load:
        assert load.stdout is not None
        load.stdout.readline()
        try:
            for _ in range(ROUNDS):
                for name, make in kinds.items():
                    cpu, count = asyncio.run(subscribe(port, make))
                    rates[name].append(count / cpu)
        finally:
            load.terminate()
    return table("updates", rates)


# --- dial-out -----------------------------------------------------------------------------------------------


class Naive:
    """Receives dial-out and stores every leaf under its path as text."""

    def __init__(self, port: int) -> None:
        self.port, self.store, self.ready = port, dict[str, object](), asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        server = grpc.aio.server(options=mdt.OPTIONS)
        handler = grpc.stream_stream_rpc_method_handler(self._serve)
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {METHOD: handler}),))
        server.add_insecure_port(f"127.0.0.1:{self.port}")
        await server.start()
        self.ready.set()
        await stop.wait()
        await server.stop(0)

    async def _serve(self, requests: Any, _: Any) -> Any:
        async for data in requests:
            telemetry = TELEMETRY.FromString(ENVELOPE.FromString(data).data)
            for row in telemetry.data_gpbkv:
                self._walk(row, telemetry.encoding_path)
        for nothing in ():
            yield nothing

    def _walk(self, field: Any, path: str) -> None:
        path = f"{path}/{field.name}" if field.name else path
        kind = field.WhichOneof("value")
        if kind is not None:
            self.store[path] = getattr(field, kind)
        for below in field.fields:
            self._walk(below, path)


FIELDS_PER_MESSAGE = 8 * (5 + 5 + 4)
"""Attributes of eight ports with three objects, their names included."""


async def receive(receiver: Any, port: int) -> float:
    """CPU seconds of taking in what eight streams send."""
    stop = asyncio.Event()
    running = asyncio.create_task(receiver.run(stop))
    await receiver.ready.wait()
    begun = time.process_time()
    load = await asyncio.create_subprocess_exec(
        sys.executable, str(LOAD), "mdt", str(port), str(MESSAGES), str(STREAMS)
    )
    assert await load.wait() == 0
    spent = time.process_time() - begun
    stop.set()
    await running
    return spent


def measure_mdt() -> list[str]:
    rates: dict[str, list[float]] = {
        "Moulin: attribute to its series": [],
        "every leaf under its path as text": [],
    }
    fields = STREAMS * MESSAGES * FIELDS_PER_MESSAGE
    for _ in range(ROUNDS):
        port = free_port()
        sender = mdt.Sender("switch", frozenset(("127.0.0.1",)))
        source = mdt.MdtSource([sender], ("127.0.0.1", port), mdt.Around(standard_rules(), time.time))
        cpu = asyncio.run(receive(source, port))
        (held,) = source.held()
        assert held.updates == fields
        assert sum(1 for _ in held.series()) == 48 * 10
        rates["Moulin: attribute to its series"].append(fields / cpu)
        port = free_port()
        rates["every leaf under its path as text"].append(fields / asyncio.run(receive(Naive(port), port)))
    return table("fields", rates)


# --- the page -----------------------------------------------------------------------------------------------


def table(what: str, rates: dict[str, list[float]]) -> list[str]:
    """Medians with their range, and the ratio to the first."""
    first = statistics.median(next(iter(rates.values())))
    rows = [f"| {what} per CPU second | median | range | of ours |", "|---|---|---|---|"]
    for name, found in rates.items():
        median = statistics.median(found)
        rows.append(
            f"| {name} | {median / 1000:,.0f} k | {min(found) / 1000:,.0f}-{max(found) / 1000:,.0f} k "
            f"| {median / first:.2f} |"
        )
    return rows


def main() -> None:
    """Print the tables; with --write put them into RESULTS.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    random.seed(0)
    head = (
        f"`python bench/stream.py --write`: {STREAMS} streams of {MESSAGES} messages, {ROUNDS} interleaved "
        f"rounds, grpcio {grpc.__version__},\nPython {platform.python_version()}, "
        f"{os.cpu_count()} cores, loopback, no TLS; the load is another process. CPU is user\n"
        "and system of the collector, transport included."
    )
    gnmi = [
        "gNMI: messages of 50 counters of a switch with 48 ports, to the last-value store.",
        "",
        *measure_gnmi(),
    ]
    dial = [
        "Dial-out: objects (DME) of eight ports a message, all values text, to the same store.",
        "",
        *measure_mdt(),
    ]
    body = "\n".join([head, "", *gnmi, "", *dial])
    print(body)
    if options.write:
        write_section("Streams", body)


if __name__ == "__main__":
    main()
