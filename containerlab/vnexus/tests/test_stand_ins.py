"""Endpoints that answer on loopback while their port is up."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from vnexus.lab import Lab
from vnexus.servers import standins
from vnexus.testing import free_ports
from vnexus.topology import Endpoint, NodeSpec, Topology, TopologyError, load_topology

ADDRESS, CAMERA = "127.66.8.61", "127.66.8.62"
OPTIONS = b"OPTIONS rtsp://x/ RTSP/1.0\r\nCSeq: 7\r\n\r\n"


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - its own timeout bounds it
            await asyncio.sleep(0.01)


def test_a_camera_answers_until_it_is_unplugged_or_its_port_shut() -> None:
    async def run() -> None:
        camera = Endpoint(
            "hall", "Ethernet1/7", "camera", "cam-001", "00aa.bbcc.0001", watts=6.5,
            answers=(f"rtsp/{CAMERA}:10554", f"echo/{CAMERA}:10007"),
        )  # fmt: skip
        spec = NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", ADDRESS)
        topology = Topology("cameras", (spec,), endpoints=(camera,), listen=free_ports(ADDRESS))
        async with Lab(topology) as lab:
            door = lab.stand_ins.doors[CAMERA, "rtsp", 10554]
            reader, writer = await asyncio.open_connection(CAMERA, 10554)
            writer.write(OPTIONS)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"RTSP/1.0 200 OK\r\nCSeq: 7\r\n")
            fault = lab.world.add_fault("endpoint-unplug", {"endpoint": "cam-001"})
            assert await reader.read() == b""  # the visitor is cut off
            writer.close()
            await until(lambda: door.server is None)
            with pytest.raises(OSError, match="Connect call failed"):
                await asyncio.open_connection(CAMERA, 10554)
            lab.world.remove_fault(fault)
            await until(lambda: door.server is not None)
            fault = lab.world.add_fault("endpoint-freeze", {"endpoint": "cam-001"})
            await until(lambda: door.server is None)
            assert lab.world.oper("hall", "Ethernet1/7").up
            lab.world.remove_fault(fault)
            await until(lambda: door.server is not None)
            async with Lab(replace(topology, listen=free_ports(ADDRESS))) as other:
                assert sorted(other.stand_ins.taken) == [f"{CAMERA}:10007", f"{CAMERA}:10554"]

    asyncio.run(run())


def test_what_they_say() -> None:
    assert standins.rtsp(b"OPTIONS") is None
    assert (standins.http("ecr-1", b"GET / HTTP/1.1\r\n\r\n") or b"").endswith(b"\r\n\r\necr-1 ok\n")
    said = standins.sip(b"OPTIONS sip:x SIP/2.0\r\nVia: v\r\nCall-ID: c\r\nSecret: s\r\n\r\n") or b""
    assert said.startswith(b"SIP/2.0 200 OK\r\nVia: v\r\nCall-ID: c\r\n")
    assert b"Secret" not in said
    assert standins.sip(b"SIP/2.0 200 OK\r\n\r\n") == b""
    question = b"\x12\x34\x01\0\0\1\0\0\0\0\0\0\3www\2ex\0\0\1\0\1"
    answer = standins.names("127.0.113.53", question) or b""
    assert answer.startswith(b"\x12\x34\x85\x80")
    assert answer.endswith(socket.inet_aton("127.0.113.53"))
    assert standins.names("127.0.0.1", b"short") == b""


@pytest.mark.parametrize("answer", ["rtsp", "rtsp/10.0.0.1:554", "ftp/127.0.0.1:21", "tcp/127.0.0.1:0"])
def test_a_mistake_is_one_message(tmp_path: Path, answer: str) -> None:
    file = tmp_path / "lab.yaml"
    file.write_text(
        "name: x\nnodes: [{name: hall, profile: n9k-10, model: N9K-C9348GC-FX3PH, address: 127.66.8.61}]\n"
        "endpoints:\n  - {node: hall, port: Ethernet1/7, kind: camera, name: c, mac: 00aa.bbcc.0001, "
        f"answers: ['{answer}']}}\n"
    )
    with pytest.raises(TopologyError, match=r"is no answer\. Write KIND/127"):
        load_topology(file, {})
