"""CPU of polling and exposing one device: our engine against pysnmp, interleaved, on one responder.

.venv/bin/python -m bench.poll            # prints the table
.venv/bin/python -m bench.poll --write    # and puts it into bench/RESULTS.md

Over HTTP, against snmp_exporter and under v3: ``bench/scrape.py``.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from agent.collect.poll import Clocks, Poller
from agent.collect.snmp.backend import Backend, Community
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.snmp.pysnmp_backend import PysnmpBackend, PysnmpEngine
from agent.collect.tables.load import standard_tables
from agent.collect.tables.table import Tables
from agent.export.exposition import write_page
from agent.metrics import INTERFACE_RX_BYTES, Page, Sample
from bench.section import write_section

HERE = Path(__file__).parent
CLOCKS = Clocks(time.monotonic, time.time)
ROUNDS, AT_ONCE = 3, 40


def every_time(tables: Tables) -> Tables:
    """The same tables, all read at every poll: entity names and optics too."""
    groups = (replace(group, every_seconds=0.0) for group in tables.groups)
    return replace(tables, groups=tuple(groups))


async def measure(make: Callable[[int], Backend], devices: int, tables: Tables) -> tuple[float, int]:
    """(CPU ms per poll and page, series) after one poll that warms the caches."""
    pollers = [Poller(f"sw-{number}", make(number), tables, CLOCKS) for number in range(devices)]
    gate = asyncio.Semaphore(AT_ONCE)
    series = 0

    async def one(poller: Poller) -> None:
        nonlocal series
        async with gate:
            poll = await poller.poll(60)
            assert poll.success, poll.problem
            assert not poll.partial, poll.problem
            series = len(poll.page)
            gzip.compress(write_page(poll.page).encode(), 1)

    await asyncio.gather(*(one(poller) for poller in pollers))
    started = time.process_time()
    await asyncio.gather(*(one(poller) for poller in pollers))
    return (time.process_time() - started) * 1000 / devices, series


async def compare(port: int) -> list[tuple[str, float, int]]:
    standard = standard_tables()
    full = every_time(standard)
    found: dict[str, list[tuple[float, int]]] = {}
    who, address = Community("public"), ("127.0.0.1", port)
    for _ in range(ROUNDS):
        engine, other = Engine(random.Random(1)), PysnmpEngine()  # noqa: S311  # request-ids, not keys

        def own(number: int, engine: Engine = engine) -> Backend:
            return OwnBackend(engine, f"sw-{number}", address, who)

        def pysnmp(number: int, other: PysnmpEngine = other) -> Backend:
            return PysnmpBackend(other, f"sw-{number}", address, who)

        for name, make, devices, tables in (
            ("own engine, every group", own, 100, full),
            ("own engine, steady state", own, 100, standard),
            ("pysnmp, every group", pysnmp, 5, full),
        ):
            found.setdefault(name, []).append(await measure(make, devices, tables))
        engine.close()
        other.close()
    return [(name, statistics.median(ms for ms, _ in runs), runs[0][1]) for name, runs in found.items()]


def expose(series: int = 100_000) -> tuple[float, float]:
    """CPU ms of writing so many series: cached prefixes, and a prometheus-client collector."""
    page = Page()
    for number in range(series):
        page.add(
            Sample(INTERFACE_RX_BYTES, (f"sw-{number // 500}", f"Ethernet1/{number % 500}"), number * 7919)
        )
    started = time.process_time()
    write_page(page)
    cached = time.process_time() - started

    class Collector:
        def collect(self) -> list[GaugeMetricFamily]:
            family = GaugeMetricFamily("bytes", "x", labels=["device", "interface"])
            for number in range(series):
                family.add_metric([f"sw-{number // 500}", f"Ethernet1/{number % 500}"], number * 7919)
            return [family]

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector())  # type: ignore[arg-type]
    started = time.process_time()
    generate_latest(registry)
    return cached * 1000, (time.process_time() - started) * 1000


REPORT = """\
`python -m bench.poll --write` on {cores} cores, Python {python}, {day}.

CPU (user and system) of the poller only, per device: poll, decode, write the page, gzip level 1. Loopback,
{at_once} devices at once, median of {rounds} interleaved rounds, caches warm. The responder
(`bench/load_target.py`) is a 48-port switch with 200 sensors. Ratios hold, absolute figures move with the
machine.

| what | series | CPU ms per device | of ours |
|---|---|---|---|
{rows}

Writing 100,000 series: {cached:.0f} ms with cached prefixes, {client:.0f} ms by a prometheus-client collector
({ratio:.0f} times as much).
"""


def report(rows: list[tuple[str, float, int]], exposed: tuple[float, float]) -> str:
    ours, (cached, client) = rows[0][1], exposed
    return REPORT.format(
        cores=os.cpu_count(),
        python=platform.python_version(),
        day=time.strftime("%Y-%m-%d", time.gmtime()),
        at_once=AT_ONCE,
        rounds=ROUNDS,
        rows="\n".join(f"| {name} | {series} | {ms:.2f} | {ms / ours:.2f} |" for name, ms, series in rows),
        cached=cached,
        client=client,
        ratio=client / cached,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into bench/RESULTS.md")
    arguments = parser.parse_args()
    with subprocess.Popen(
        [sys.executable, "-m", "bench.load_target"], stdout=subprocess.PIPE, text=True, cwd=HERE.parent
    ) as target:
        assert target.stdout is not None
        try:
            text = report(asyncio.run(compare(int(target.stdout.readline()))), expose())
        finally:
            target.terminate()
    print(text)
    if arguments.write:
        write_section("Polling", text)


if __name__ == "__main__":
    main()
