"""A switch that streams as fast as it can: ``python flooder.py CERTIFICATE KEY calm|flood``; prints its port.

The calm one tells a counter five times a second; both do so until they are ended.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from pygnmi.spec.v080 import gnmi_pb2

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


async def main(certificate: str, key: str, how: str) -> None:
    async def subscribe(requests: Any, _: Any) -> AsyncIterator[bytes]:
        await anext(requests)
        yield update(1)
        yield SYNC
        for number in itertools.count(2):
            if how == "calm":
                await asyncio.sleep(0.2)
            yield update(number)

    async def capabilities(_request: bytes, _: Any) -> bytes:
        return CAPABLE

    server = grpc.aio.server()
    handlers = {
        "Subscribe": grpc.stream_stream_rpc_method_handler(subscribe),
        "Capabilities": grpc.unary_unary_rpc_method_handler(capabilities),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("gnmi.gNMI", handlers),))
    pair = [(Path(key).read_bytes(), Path(certificate).read_bytes())]  # noqa: ASYNC240  # before it begins
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials(pair))
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
