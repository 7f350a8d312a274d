"""Recordings of real devices, replayed by snmpsim: one responder per session, one community per recording."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.collect.snmp.ber import encode_oid
from agent.collect.snmp.request import FIRST_ID, write_get

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
