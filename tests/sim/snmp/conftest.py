"""Recordings of real devices, replayed by snmpsim: one responder per session, one community per recording."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent.collect.poll import Clocks, Poll, Poller
from agent.collect.snmp.backend import Community
from agent.collect.snmp.ber import encode_oid
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.snmp.request import FIRST_ID, write_get
from agent.collect.tables.load import standard_tables
from tests.recordings.agent import serve_recordings

V3_USER = "v3 moulin sha256 correct-horse aes128 battery-staple"


def find_data(folder: str) -> Path | None:
    """Folder of recorded material, beside the repository or one of its parents."""
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared" / "data" / "INDEX.md").exists():
            return parent / "shared" / "data" / folder
    return None


@dataclass(frozen=True)
class Responder:
    """A running snmpsim."""

    address: tuple[str, int]
    recordings: dict[str, Path]


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture(scope="session")
def recordings() -> dict[str, Path]:
    folder = find_data("snmprec")
    if folder is None:
        pytest.skip("no recordings: shared/data/snmprec is not beside the repository")
    return {path.stem: path for path in sorted(folder.glob("*.snmprec"))}


@pytest.fixture(scope="session")
def responder(recordings: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Responder]:
    room = tmp_path_factory.mktemp("snmpsim")
    for name in ("data", "cache", "variation"):
        (room / name).mkdir()
    for path in recordings.values():
        shutil.copy(path, room / "data" / path.name)
    port = free_udp_port()
    command = [str(Path(sys.executable).parent / "snmpsim-command-responder")]
    if os.geteuid() == 0:  # snmpsim wants to be told as whom it runs
        command += ["--process-user=root", "--process-group=root"]
    command += [
        f"--cache-dir={room / 'cache'}",
        f"--variation-modules-dir={room / 'variation'}",
        "--v3-engine-id=auto",
        "--v3-user=moulin",
        "--v3-auth-proto=SHA256",
        "--v3-auth-key=correct-horse",
        "--v3-priv-proto=AES",
        "--v3-priv-key=battery-staple",
        f"--data-dir={room / 'data'}",
        f"--agent-udpv4-endpoint=127.0.0.1:{port}",
    ]
    log = room / "log"
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            _wait_for(process, port, next(iter(recordings)), log)
            yield Responder(("127.0.0.1", port), recordings)
        finally:
            process.terminate()


def _wait_for(process: subprocess.Popen[bytes], port: int, community: str, log: Path) -> None:
    """Ask for sysDescr until the responder answers; indexing the recordings takes some seconds."""
    packet = write_get(community.encode(), FIRST_ID, [encode_oid("1.3.6.1.2.1.1.1.0")])
    limit = time.monotonic() + 90
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.3)
        while time.monotonic() < limit:
            if process.poll() is not None:
                pytest.fail(f"snmpsim ended: {log.read_text(errors='replace')[-2000:]}")
            sock.sendto(packet, ("127.0.0.1", port))
            try:
                sock.recv(65535)
            except TimeoutError:
                continue
            return
    pytest.fail(f"snmpsim did not answer in 90 s: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def polled(recordings: dict[str, Path]) -> dict[str, Poll]:
    """Every recording, polled once by our own engine."""

    async def poll_all() -> dict[str, Poll]:
        transport, _ = await serve_recordings(recordings)
        engine = Engine(random.Random(7))
        polls = {}
        for name in recordings:
            backend = OwnBackend(engine, name, transport.get_extra_info("sockname"), Community(name))
            poller = Poller(name, backend, standard_tables(), Clocks(time.monotonic, time.time))
            polls[name] = await poller.poll(60)
        engine.close()
        transport.close()
        return polls

    return asyncio.run(poll_all())


@pytest.fixture(scope="session")
def raw(recordings: dict[str, Path]) -> dict[str, dict[str, str]]:
    """Recordings as OID to value, read without any of our code: hex is decoded, nothing else."""
    read: dict[str, dict[str, str]] = {}
    for name, path in recordings.items():
        values = read.setdefault(name, {})
        for line in path.read_text(encoding="latin-1").splitlines():
            oid, tag, value = [*line.split("|", 2), "", ""][:3]
            if not oid.startswith("#"):
                values[oid] = bytes.fromhex(value).decode("latin-1") if tag.endswith("x") else value
    return read


@pytest.fixture(scope="session")
def expected(recordings: dict[str, Path]) -> dict[str, dict[str, Any]]:
    """What another NMS made of the recordings, by recording."""
    folder = find_data("snmprec-expected")
    assert folder is not None
    return {
        path.stem: json.loads(path.read_text()) for path in folder.glob("*.json") if path.stem in recordings
    }
