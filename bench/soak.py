"""A day of watching in minutes: ``python -m bench.soak [--devices 300] [--rounds 2880] [--write]``.

A round is one poll of every switch; 2,880 of them are a day at 30 seconds. Slow tables are slow in rounds, as
they would be in seconds. Meanwhile the fleet page and pages of switches are read, compressed, as Prometheus
reads them; samples are pushed to a receiver that is not there, into a queue that is soon full; and the
inventory changes every few rounds. Printed is the resident size over time; exit code 1 when it grew.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from agent.collect.tables.load import standard_tables
from agent.collect.tables.table import Tables
from agent.export.exposition import OPENMETRICS, TEXT
from agent.export.remote.destination import Destination
from agent.flows.remote_write import join_remote_write
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, Target
from agent.web.exposed import DevicePages, Wanted
from bench.export import resident
from bench.section import write_section

MARK = "Soak"
NORMAL_INTERVAL = 30.0
CHURN = 10
"""The inventory changes every so many rounds."""
MOST_GROWTH = 0.05
"""Of the resident size, from the second quarter of the time to the last."""


def compressed(tables: Tables, interval: float) -> Tables:
    """Slow tables as slow in rounds as they are at the normal interval."""
    factor = interval / NORMAL_INTERVAL
    return replace(
        tables, groups=tuple(replace(one, every_seconds=one.every_seconds * factor) for one in tables.groups)
    )


def city(port: int, count: int, shift: int) -> Expectations:
    """So many switches; another shift exchanges some of them."""
    names = [f"sw-{number}" for number in range(count - count // 10)]
    names += [f"guest-{shift}-{number}" for number in range(count // 10)]
    targets = (Target(name, "127.0.0.1", port, "ro", "hall", "leaf", "n9k") for name in names)
    return Expectations(tuple(targets), (), (), ())


async def soak(port: int, asked: argparse.Namespace, folder: Path) -> list[tuple[float, int, float]]:
    """(seconds, polls, resident MiB), about a hundred times."""
    tables = compressed(standard_tables(), asked.interval)
    options = WatchOptions(interval_seconds=asked.interval, deadline_seconds=30, tables=tables)
    watch = Watch(city(port, asked.devices, 0), {"ro": "public"}, options)
    nobody = Destination(name="nobody", url="http://127.0.0.1:9/write", queue_bytes=16 << 20)
    join_remote_write(watch, [nobody], folder, {})
    pages, stop = DevicePages(watch), asyncio.Event()
    await watch.open()
    running = asyncio.create_task(watch.run(stop))
    chance, started, found = random.Random(5), time.monotonic(), []  # noqa: S311  # which page is read
    step = max(1, asked.rounds // 100)
    for number in range(asked.rounds):
        await asyncio.sleep(max(0.0, started + (number + 1) * asked.interval - time.monotonic()))
        await pages.make_fleet(Wanted(chance.choice((TEXT, OPENMETRICS)), gzip=True), "")
        for device in chance.sample(sorted(watch.targets), min(20, asked.devices)):
            watch.block(device).page(gzip=True)
        if number % CHURN == CHURN - 1:
            watch.reload(city(port, asked.devices, number))
        if number % step == 0:
            found.append((time.monotonic() - started, watch.health.polls.total(), resident()))
    stop.set()
    await running
    await watch.close()
    return found


def growth(found: list[tuple[float, int, float]]) -> float:
    """Share by which the resident size grew from the second quarter to the last."""
    quarter = len(found) // 4
    first = statistics.median(mib for _, _, mib in found[quarter : 2 * quarter])
    last = statistics.median(mib for _, _, mib in found[-quarter:])
    return last / first - 1


def report(asked: argparse.Namespace, found: list[tuple[float, int, float]]) -> str:
    """The section of RESULTS.md."""
    quarter = len(found) // 4
    rows = (found[0], found[quarter], found[2 * quarter], found[3 * quarter], found[-1])
    days = asked.rounds * NORMAL_INTERVAL / 86_400
    options = f"--devices {asked.devices} --rounds {asked.rounds} --interval {asked.interval:g}"
    lines = [
        f"`python -m bench.soak {options} --write` on {os.cpu_count()} cores: {days:.2f} days at 30 seconds.",
        "Fleet page read each round, inventory changed every tenth, a receiver that is never there.",
        "",
        "| seconds | polls | resident MiB |",
        "|---|---|---|",
        *(f"| {at:.0f} | {polls:,} | {mib:.1f} |" for at, polls, mib in rows),
        "",
        f"From the second quarter to the last the resident size changed by {growth(found):+.1%}.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Run it; exit 1 when memory grew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=2880)
    parser.add_argument("--interval", type=float, default=1.0)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    command = [sys.executable, "-m", "bench.load_target"]
    with (
        tempfile.TemporaryDirectory() as room,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as target,
    ):
        assert target.stdout is not None
        try:
            found = asyncio.run(soak(int(target.stdout.readline()), asked, Path(room)))
        finally:
            target.terminate()
    body = report(asked, found)
    print(body)
    if asked.write:
        write_section(MARK, body)
    sys.exit(growth(found) > MOST_GROWTH)


if __name__ == "__main__":
    main()
