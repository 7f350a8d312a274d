"""The other side of bench/stream.py, in a process of its own.

``python bench/stream_load.py gnmi PORT MESSAGES`` serves prebuilt gNMI updates to whoever subscribes;
``python bench/stream_load.py mdt PORT MESSAGES STREAMS`` dials out so many times and sends prebuilt objects.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc
import grpc.aio
from pygnmi.spec.v080 import gnmi_pb2

from agent.collect.gnmi.messages import SUBSCRIBE
from agent.collect.mdt.messages import ENVELOPE, FIELD, METHOD, SERVICE, TELEMETRY

PORTS = 48
_NAMES = ("octets", "unicast-pkts", "multicast-pkts", "broadcast-pkts", "errors", "discards")
COUNTERS = tuple(f"{way}-{name}" for way in ("in", "out") for name in _NAMES)
UPDATES = 50
BATCHES = 12
"""Different messages: 48 ports with 12 counters, 50 updates each."""


def gnmi_messages() -> list[bytes]:
    """One sample of a switch, 50 updates a message, about 5 kB each; every counter moves."""
    leaves = [(port, name) for port in range(1, PORTS + 1) for name in COUNTERS]
    made = []
    for start in range(0, len(leaves), UPDATES):
        response = gnmi_pb2.SubscribeResponse()
        response.update.timestamp = 1_800_000_000_000_000_000
        for number, (port, name) in enumerate(leaves[start : start + UPDATES]):
            update = response.update.update.add()
            update.val.uint_val = 10_000_000_000 + start * 1000 + number
            for step in ("interfaces", "interface", "state", "counters", name):
                elem = update.path.elem.add(name=step)
                if step == "interface":
                    elem.key["name"] = f"eth1/{port}"
        made.append(response.SerializeToString())
    return made


def mdt_messages(node: str) -> list[bytes]:
    """``sys/intf`` of a switch with 48 ports, counters of each, as a flat list; one message a port group."""
    made = []
    classes = {
        "rmonIfHCIn": ("dbgIfHCIn", ("octets", "ucastPkts", "multicastPkts", "broadcastPkts")),
        "rmonIfHCOut": ("dbgIfHCOut", ("octets", "ucastPkts", "multicastPkts", "broadcastPkts")),
        "rmonIfIn": ("dbgIfIn", ("octets", "errors", "discards")),
    }
    for first in range(1, PORTS + 1, 8):
        objects = [
            _object(kind, f"sys/intf/phys-[eth1/{port}]/{rn}", names, port)
            for port in range(first, first + 8)
            for kind, (rn, names) in classes.items()
        ]
        keys = FIELD(name="keys", fields=[FIELD(name="sys/intf", string_value="sys/intf")])
        row = FIELD(fields=[keys, FIELD(name="content", fields=objects)])
        telemetry = TELEMETRY(
            node_id_str=node, subscription_id_str="1", encoding_path="sys/intf", data_gpbkv=[row]
        )
        made.append(ENVELOPE(ReqId=first, data=telemetry.SerializeToString()).SerializeToString())
    return made


def _object(kind: str, dn: str, names: tuple[str, ...], port: int) -> Any:
    leaves = [FIELD(name="dn", string_value=dn)]
    leaves += [
        FIELD(name=name, string_value=str(10_000_000_000 * port + at)) for at, name in enumerate(names)
    ]
    attributes = FIELD(name="attributes", fields=[FIELD(fields=leaves)])
    return FIELD(fields=[FIELD(name=kind, fields=[FIELD(fields=[attributes])])])


async def serve_gnmi(port: int, count: int) -> None:
    """Until killed: each call gets that many messages, then ends."""
    messages = gnmi_messages()

    async def answer(requests: AsyncIterator[bytes], _: Any) -> AsyncIterator[bytes]:
        await anext(requests)
        for number in range(count):
            yield messages[number % len(messages)]

    service, _, method = SUBSCRIBE.strip("/").partition("/")
    handler = grpc.stream_stream_rpc_method_handler(answer)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {method: handler}),))
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    print("ready", flush=True)
    await server.wait_for_termination()


async def dial_mdt(port: int, count: int, streams: int) -> None:
    """Send and leave."""
    messages = mdt_messages("switch")

    def requests() -> Iterator[bytes]:
        for number in range(count):
            yield messages[number % len(messages)]

    async def one() -> None:
        async with grpc.aio.insecure_channel(
            f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)]
        ) as channel:
            call = channel.stream_stream(f"/{SERVICE}/{METHOD}")(requests())
            async for _ in call:
                pass

    await asyncio.gather(*(one() for _ in range(streams)))


if __name__ == "__main__":
    kind, *numbers = sys.argv[1:]
    asyncio.run({"gnmi": serve_gnmi, "mdt": dial_mdt}[kind](*map(int, numbers)))
