"""What probes cost: python bench/probes.py [--write] [--seconds 60]

3,000 pings and 1,000 RTSP OPTIONS every 30 s on loopback, by the prober of the watch, its pages written every
15 s. The RTSP servers are another process. fping asks the same 3,000 addresses when it is installed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

from section import write_section

from agent.collect.poll import Clocks
from agent.export.exposition import write_page
from agent.flows.probing import Probing
from agent.intent.expectation import ExpectedPort, ExpectedProbe
from agent.store.timeline import Timeline

ROOT = Path(__file__).parents[1]
PINGS, TALKS = 3_000, 1_000
EVERY_SECONDS, PAGE_SECONDS = 30.0, 15.0
SERVERS = 20

SERVER = """
import asyncio, sys
class Rtsp(asyncio.Protocol):
    def connection_made(self, transport): self.transport = transport
    def data_received(self, data): self.transport.write(b"RTSP/1.0 200 OK\\r\\nCSeq: 1\\r\\n\\r\\n")
async def main():
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Rtsp, "127.0.0.1", 0, backlog=1024) for _ in range(int(sys.argv[1]))]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def address(number: int) -> str:
    """One of many on loopback."""
    return f"127.78.{number // 250}.{number % 250 + 1}"


def probes(ports: list[int]) -> list[ExpectedProbe]:
    """3,000 pings, 1,000 RTSP OPTIONS."""

    def one(number: int, method: str, at: int) -> ExpectedProbe:
        tag = f"CAM-{number:04d}"
        port = ExpectedPort(
            "hall", "Ethernet1/1", "camera", "cctv", f"s{number % 40}", "city", tag, "rue Haute"
        )
        where = address(number) if method == "icmp" else "127.0.0.1"
        return ExpectedProbe(port, method, method, where, at, EVERY_SECONDS, 3.0)

    pings = [one(number, "icmp", 0) for number in range(PINGS)]
    return [*pings, *(one(number, "rtsp", ports[number % len(ports)]) for number in range(TALKS))]


async def measure(ports: list[int], seconds: float) -> dict[str, float]:
    """CPU seconds, worst lag, outcomes and bytes of the prober in this process."""
    clocks = Clocks(time.monotonic, time.time)
    probing = Probing(probes(ports), clocks, Timeline(), lambda *_: None, chance=random.Random(1))  # noqa: S311
    stop = asyncio.Event()
    work = asyncio.create_task(probing.run(stop))
    await asyncio.sleep(EVERY_SECONDS)  # the first round opens sockets and names series
    before, asked, worst, written = time.process_time(), probing.prober.counts.total(), 0.0, 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for _ in range(int(PAGE_SECONDS / 0.1)):
            await asyncio.sleep(0.1)
            worst = max(worst, probing.prober.lag_seconds)
        written = len(write_page(probing.page()))
    spent = time.process_time() - before
    counts = probing.prober.counts
    done = counts.total() - asked
    failed = sum(count for (_, _, outcome), count in counts.items() if outcome == "failed")
    stop.set()
    await work
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu": spent, "done": done, "failed": failed, "lag": worst, "bytes": written, "mib": mib}


def fping_cpu() -> float | None:
    """CPU seconds of one round of fping over the same addresses; None when it is not installed."""
    program = shutil.which("fping")
    if program is None:
        return None
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [program, "-q", "-c", "1", "-i", "1"],
        input="\n".join(address(number) for number in range(PINGS)),
        text=True,
        capture_output=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def report(found: dict[str, float], seconds: float) -> str:
    """The section of RESULTS.md."""
    share = 100 * found["cpu"] / seconds
    each = 1e6 * found["cpu"] / found["done"]
    peer = fping_cpu()
    head = (
        f"`python bench/probes.py --write`: {PINGS:,} pings and {TALKS:,} RTSP OPTIONS every "
        f"{EVERY_SECONDS:.0f} s, for {seconds:.0f} s after a\nfirst round, loopback, pages written every "
        f"{PAGE_SECONDS:.0f} s; Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}."
    )
    lines = [
        head,
        "",
        "| what | |",
        "|---|---|",
        f"| CPU of the prober | {found['cpu']:.2f} s, {share:.1f} % of a core |",
        f"| per probe | {each:.0f} µs |",
        f"| probes, of them failed | {found['done']:,.0f}, {found['failed']:.0f} |",
        f"| latest start after its time | {1000 * found['lag']:.0f} ms |",
        f"| page | {found['bytes']:,.0f} bytes |",
        f"| memory of the process | {found['mib']:.0f} MiB |",
    ]
    if peer is not None:
        lines.append(
            f"| fping, one round of {PINGS:,} | {peer:.2f} s CPU, {1e6 * peer / PINGS:.0f} µs each |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table; with --write put it into RESULTS.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(SERVERS)], stdout=subprocess.PIPE, text=True
    ) as servers:
        assert servers.stdout is not None
        ports = [int(word) for word in servers.stdout.readline().split()]
        try:
            found = asyncio.run(measure(ports, options.seconds))
        finally:
            servers.terminate()
    body = report(found, options.seconds)
    print(body)
    if options.write:
        write_section("Probes", body)


if __name__ == "__main__":
    main()
