"""What it costs to show and to push what is known: ``python -m bench.export [--write]``.

100,000 series, 50 devices of 2,000: written by us, by a prometheus-client collector and by its gauges, in
turn, in one process; compressed by zlib and by ISA-L; encoded for remote write. Then memory: a watch in a
process of its own polls so many switches of ``load_target.py``, and its resident size is divided. CPU
seconds; ratios hold, absolute figures move with the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from agent import metrics as m
from agent.export.blocks import Block, join_blocks, write_block
from agent.export.exposition import OPENMETRICS, TEXT
from agent.export.remote.wire import Batch, Group, Writer, pack_group, unpack_group
from agent.export.squeeze import by_isal, by_zlib
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, Target
from agent.metrics import Page, Sample
from agent.metrics.roll import Rolls, Tally
from bench.section import write_section

DEVICES, PORTS, ROUNDS = 50, 200, 5
FAMILIES = (
    m.INTERFACE_RX_BYTES,
    m.INTERFACE_TX_BYTES,
    m.INTERFACE_RX_ERRORS,
    m.INTERFACE_TX_ERRORS,
    m.INTERFACE_RX_DISCARDS,
    m.INTERFACE_TX_DISCARDS,
    m.INTERFACE_UP,
    m.INTERFACE_SPEED,
    m.POE_WATTS,
    m.EXPECTED_POE_WATTS,
)
MARK = "Exporting"


def make_pages(seed: int) -> list[tuple[str, Page]]:
    """Pages of all devices; another seed gives the same series with other values."""
    chance = random.Random(seed)  # noqa: S311  # made-up counters
    pages, rolls = [], Rolls()
    for number in range(DEVICES):
        device, page = f"building-{number}", Page()
        for metric in FAMILIES:
            for port in range(PORTS):
                page.add(Sample(metric, (device, f"Ethernet1/{port}"), chance.randrange(10**12)))
        page.families = {name: Tally.of(name, family, rolls) for name, family in page.families.items()}
        pages.append((device, page))
    return pages


def spent(work: Callable[[], object]) -> float:
    """CPU milliseconds of one go."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


class Peer(Collector):
    """The usual way: families of prometheus-client, made at every scrape."""

    def __init__(self, pages: list[tuple[str, Page]]) -> None:
        self.values = [
            (metric, [(device, f"Ethernet1/{port}") for device, _ in pages for port in range(PORTS)], pages)
            for metric in FAMILIES
        ]

    def collect(self) -> Iterator[CounterMetricFamily]:
        for metric, labels, pages in self.values:
            family = CounterMetricFamily(metric.name, metric.help, labels=["device", "interface"])
            values = iter([value for _, page in pages for value in page.families[metric.name].values()])
            for pair in labels:
                family.add_metric(pair, next(values))
            yield family


def peer_gauges() -> tuple[CollectorRegistry, Callable[[list[tuple[str, Page]]], None]]:
    """Gauges with a child per series; and what sets them."""
    registry = CollectorRegistry(auto_describe=False)
    gauges = {
        metric.name: Gauge(f"{metric.name}_", metric.help, ["device", "interface"], registry=registry)
        for metric in FAMILIES
    }

    def fill(pages: list[tuple[str, Page]]) -> None:
        for device, page in pages:
            for name, family in page.families.items():
                gauge = gauges[name]
                for port, value in enumerate(family.values()):
                    gauge.labels(device, f"Ethernet1/{port}").set(value)

    return registry, fill


def measure_writing() -> list[tuple[str, float]]:
    """(what, CPU ms of 100,000 series), medians of interleaved rounds."""
    found: dict[str, list[float]] = {}

    def note(what: str, work: Callable[[], object]) -> None:
        found.setdefault(what, []).append(spent(work))

    registry = CollectorRegistry(auto_describe=False)
    gauges, fill = peer_gauges()
    for number in range(ROUNDS):
        pages = make_pages(number)
        blocks: list[Block] = []

        def write(pages: list[tuple[str, Page]] = pages, blocks: list[Block] = blocks) -> bytes:
            blocks[:] = [write_block(device, page.families) for device, page in pages]
            return join_blocks(blocks, TEXT)

        note("ours, every value new", write)
        note("ours, joined from blocks", lambda blocks=blocks: join_blocks(blocks, OPENMETRICS))
        registry = CollectorRegistry(auto_describe=False)
        registry.register(Peer(pages))
        note("prometheus-client, collector", lambda registry=registry: generate_latest(registry))
        fill(pages) if number == 0 else None
        note(
            "prometheus-client, gauges (set and write)",
            lambda pages=pages: (fill(pages), generate_latest(gauges)),
        )
    return [(what, statistics.median(times)) for what, times in found.items()]


def measure_pushing() -> list[tuple[str, str]]:
    """Compression of the page, and samples per CPU second of remote write."""
    pages = make_pages(1)
    body = join_blocks([write_block(device, page.families) for device, page in pages])
    rows = []
    for what, squeeze in (("gzip 1, zlib", by_zlib), ("gzip 1, ISA-L", by_isal)):
        ms = statistics.median(spent(lambda squeeze=squeeze: squeeze(body)) for _ in range(ROUNDS))
        rows.append((what, f"{ms:.0f} ms, {len(body) / len(squeeze(body)):.1f} times smaller"))
    groups = [
        Group(
            1_700_000_000_000,
            (("instance", device), ("job", "switches"), ("site", "hall")),
            {series: value for family in page.families.values() for series, value in family.items()},
        )
        for device, page in pages
    ]
    batch, writer = Batch(tuple(groups)), Writer()
    writer.write_v1(batch)
    writer.write_v2(batch)
    for what, work in (
        ("remote write 1.0, encoded and compressed", lambda: writer.write_v1(batch)),
        ("remote write 2.0, encoded and compressed", lambda: writer.write_v2(batch)),
        ("packed for the queue and unpacked", lambda: [unpack_group(pack_group(group)) for group in groups]),
    ):
        ms = statistics.median(spent(work) for _ in range(3))
        rows.append((what, f"{batch.samples / ms / 1000:.2f} million samples per CPU second"))
    return rows


def resident() -> float:
    """Resident size of this process, MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def hold(port: int, count: int) -> None:
    """Poll so many switches three times, write and squeeze their pages; print (series, MiB before, after)."""
    before = resident()
    targets = tuple(Target(f"sw-{n}", "127.0.0.1", port, "ro", "hall", "leaf", "n9k") for n in range(count))
    watch = Watch(Expectations(targets, (), (), ()), {"ro": "public"}, WatchOptions(deadline_seconds=60))
    await watch.open()
    for _ in range(3):
        await watch.poll_all()
        for target in targets:
            watch.block(target.device).page(gzip=True)
    print(sum(watch.block("sw-0").series.values()), before, resident(), flush=True)
    await watch.close()


def measure_memory(port: int, count: int) -> tuple[int, float, float]:
    """(series per device, KiB per device, MiB in all) of a fresh process."""
    command = [sys.executable, "-m", "bench.export", "--hold", str(count), "--port", str(port)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    series, before, after = int(answer[0]), float(answer[1]), float(answer[2])
    return series, (after - before) * 1024 / count, after


def report(memory: list[tuple[int, tuple[int, float, float]]]) -> str:
    """The section of RESULTS.md."""
    written = measure_writing()
    ours = dict(written)["ours, every value new"]
    lines = [
        f"`python -m bench.export --write` on {os.cpu_count()} cores, Python {platform.python_version()}.",
        "CPU of one process, median of interleaved rounds.",
        "",
        "| 100,000 series as text | CPU ms | of ours |",
        "|---|---|---|",
        *(f"| {what} | {ms:.1f} | {ms / ours:.2f} |" for what, ms in written),
        "",
        "| of 100,000 series | |",
        "|---|---|",
        *(f"| {what} | {said} |" for what, said in measure_pushing()),
        "",
        "| devices polled and held | series each | KiB each | process, MiB |",
        "|---|---|---|---|",
        *(f"| {count} | {series} | {kib:.0f} | {mib:.0f} |" for count, (series, kib, mib) in memory),
    ]
    return "\n".join(lines)


def main() -> None:
    """Print the tables; with --write put them into RESULTS.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--hold", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.hold:
        asyncio.run(hold(asked.port, asked.hold))
        return
    command = [sys.executable, "-m", "bench.load_target"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as target:
        assert target.stdout is not None
        try:
            port = int(target.stdout.readline())
            memory = [(count, measure_memory(port, count)) for count in (10, 100, 300)]
        finally:
            target.terminate()
    body = report(memory)
    print(body)
    if asked.write:
        write_section(MARK, body)


if __name__ == "__main__":
    main()
