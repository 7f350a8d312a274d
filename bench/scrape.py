"""CPU and memory of polling and exposing over HTTP: Moulin against snmp_exporter, interleaved, one responder.

.venv/bin/python -m bench.scrape            # prints the tables
.venv/bin/python -m bench.scrape --write    # and puts them into bench/RESULTS.md
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.columns import exporter_file, table_file
from bench.load_target import COMMUNITY, SECRET
from bench.section import write_section

ROOT = Path(__file__).parents[1]
AT_ONCE = 40
_TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def started(command: Sequence[str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process and the first line that it prints."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.terminate()


def module(name: str, *words: str) -> list[str]:
    return [sys.executable, "-m", name, *words]


@dataclass
class Server:
    """Something that answers scrapes; ``path`` has a place for the number of the device."""

    name: str
    pid: int
    port: int
    path: str
    cpu: list[float] = field(default_factory=list)
    """ms per device, by round."""
    most_mib: float = 0.0
    series: int = 0
    page_bytes: int = 0

    def spent(self) -> float:
        """CPU seconds of the process so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> float:
        """Resident MiB, at most so far."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

    async def scrape(self, devices: int) -> None:
        """One page of every device, ``AT_ONCE`` at a time over connections that stay, with gzip."""
        numbers = iter(range(devices))

        async def follow() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            for number in numbers:
                head = (
                    f"GET {self.path.format(number)} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n\r\n"
                )
                writer.write(head.encode())
                body = await read_answer(reader)
                if not number:
                    self.page_bytes, text = len(body), gzip.decompress(body).decode()
                    self.series = sum(not line.startswith("#") for line in text.splitlines())
            writer.close()

        await asyncio.gather(*(follow() for _ in range(AT_ONCE)))

    def measure(self, devices: int) -> None:
        before = self.spent()
        asyncio.run(self.scrape(devices))
        self.cpu.append((self.spent() - before) * 1000 / devices)


async def read_answer(reader: asyncio.StreamReader) -> bytes:
    """Body of a 200; raises when it is something else."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    assert " 200 " in head.splitlines()[0], head
    assert "content-encoding: gzip" in head, head
    for line in head.splitlines():
        if line.startswith("content-length:"):
            return await reader.readexactly(int(line.split(":")[1]))
    body = b""
    while size := int(await reader.readline(), 16):  # chunked
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


@contextmanager
def exporter(config: Path, repetitions: int) -> Iterator[tuple[int, int]]:
    """(pid, port) of snmp_exporter when it listens."""
    path = config / f"snmp-{repetitions}.yml"
    path.write_text(exporter_file(repetitions))
    port = free_port()
    command = ["prometheus-snmp-exporter", f"--config.file={path}", "--log.level=error"]
    command.append(f"--web.listen-address=127.0.0.1:{port}")
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            asyncio.run(wait_for(port))
            yield process.pid, port
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def wait_for(port: int) -> None:
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return
    raise TimeoutError("snmp_exporter does not listen")


def compare(devices: int, rounds: int, version: str) -> list[Server]:
    """Every server with its rounds, the first of which only warmed its caches."""
    secret = COMMUNITY if version == "v2c" else SECRET
    with ExitStack() as stack, tempfile.TemporaryDirectory() as scratch:
        room = Path(scratch)
        (room / "tables").mkdir()
        (room / "tables" / "bench.yaml").write_text(table_file())
        target = int(stack.enter_context(started(module("bench.load_target")))[1])
        servers = []
        own = (("Moulin, the same columns and series", [str(room / "tables")]),)
        if version == "v2c":
            own += (("Moulin, its own tables, all at every poll", []),)
        for name, tables in own:
            command = module("bench.scrape_server", str(devices), str(target), secret, *tables)
            process, port = stack.enter_context(started(command))
            servers.append(Server(f"{name}, {version}", process.pid, int(port), "/probe?target=sw-{}"))
        if shutil.which("prometheus-snmp-exporter"):
            for repetitions in (25, 50):
                pid, port = stack.enter_context(exporter(room, repetitions))
                name = f"snmp_exporter 0.21, {version}, max-repetitions {repetitions}"
                path = f"/snmp?target=127.0.0.1:{target}&module={version}&n={{}}"
                servers.append(Server(name, pid, port, path))
        for _ in range(rounds + 1):
            for server in servers:
                server.measure(devices)
        for server in servers:
            server.most_mib = server.memory()
        return servers


def table(servers: list[Server]) -> list[str]:
    """Rows of a table; ratios to the first."""
    ours = statistics.median(servers[0].cpu[1:])
    memory = servers[0].most_mib
    lines = []
    for server in servers:
        cpu = statistics.median(server.cpu[1:])
        ratios = [theirs / mine for theirs, mine in zip(server.cpu[1:], servers[0].cpu[1:], strict=True)]
        ratio = f"{cpu / ours:.1f} ({min(ratios):.1f}-{max(ratios):.1f})"
        used = server.most_mib
        page = f"{server.series} | {server.page_bytes / 1000:.0f}"
        lines.append(f"| {server.name} | {page} | {cpu:.2f} | {ratio} | {used:.0f} | {used / memory:.2f} |")
    return lines


def flat(sizes: Sequence[int]) -> list[str]:
    """Cost per device by number of devices, v2c."""
    lines = []
    for size in sizes:
        with ExitStack() as stack, tempfile.TemporaryDirectory() as scratch:
            (Path(scratch) / "bench.yaml").write_text(table_file())
            target = stack.enter_context(started(module("bench.load_target")))[1]
            command = module("bench.scrape_server", str(size), target, COMMUNITY, scratch)
            process, port = stack.enter_context(started(command))
            server = Server(str(size), process.pid, int(port), "/probe?target=sw-{}")
            for _ in range(1 + max(2, min(20, 400 // size))):
                server.measure(size)
            cpu = statistics.median(server.cpu[1:])
            lines.append(f"| {size:,} | {cpu:.2f} | {server.memory():.0f} |")
    return lines


def imported(name: str) -> float:
    """Resident MiB of a process that has imported a module."""
    code = f"import {name}; from bench.export import resident; print(resident())"
    return float(
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=ROOT).stdout
    )


REPORT = """\
`python -m bench.scrape --write` on {cores} cores, Python {python}, {day};
load of the machine at the start {load:.1f}.

CPU (user and system) of the server only, per page: it is asked over HTTP with gzip, polls the device and
answers. {devices} devices of 2,400 rows, {at_once} at once, over loopback; median of {rounds} interleaved
rounds after one that warms the caches. In brackets: lowest and highest ratio of a round. The responder
(`bench/load_target.py`) moves its counters twice a second. Ratios hold, absolute figures move with the
machine. Memory is the most that the process ever held. Beside what is measured here, the command `moulin
watch` loads receivers of traps, probes, inventory and journal: {more:.0f} MiB once, for all devices. All
devices are alike here, so that layouts of answers (`agent/collect/snmp/layout.py`) are kept once for all; a
switch whose numbers differ in length from all others' has its own, about 200 kB.

| what | series | page kB | CPU ms per page | of ours | MiB | of ours |
|---|---|---|---|---|---|---|
{v2c}

The same under SNMPv3 authPriv (SHA-1, AES-128), {few} devices:

| what | series | page kB | CPU ms per page | of ours | MiB | of ours |
|---|---|---|---|---|---|---|
{v3}

Moulin by number of devices, v2c:

| devices | CPU ms per page | MiB |
|---|---|---|
{flat}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables into bench/RESULTS.md")
    parser.add_argument("--devices", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--most", type=int, default=3000, help="most devices of the last table")
    options = parser.parse_args()
    load, few = os.getloadavg()[0], max(options.devices // 3, 1)
    sizes = [size for size in (10, 100, 1000, 3000) if size <= options.most]
    body = REPORT.format(
        cores=os.cpu_count(),
        python=platform.python_version(),
        day=time.strftime("%Y-%m-%d", time.gmtime()),
        load=load,
        devices=options.devices,
        few=few,
        at_once=AT_ONCE,
        more=imported("agent.cli.watch") - imported("bench.scrape_server"),
        rounds=options.rounds,
        v2c="\n".join(table(compare(options.devices, options.rounds, "v2c"))),
        v3="\n".join(table(compare(few, options.rounds, "v3"))),
        flat="\n".join(flat(sizes)),
    )
    print(body)
    if options.write:
        write_section("Polling over HTTP", body)


if __name__ == "__main__":
    main()
